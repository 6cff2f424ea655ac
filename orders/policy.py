"""Whom to trust: named checks over plain facts, and the decision they add up to. Pure; stage 3 feeds it."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum

from orders.money import shown


class Outcome(StrEnum):
    APPROVE = "approve"
    HOLD = "hold"
    REJECT = "reject"


@dataclass(frozen=True)
class Facts:
    """What is known of an order, its customer and its money when trust is decided."""

    total: Decimal
    currency: str
    pledged: Decimal
    pays_later: bool
    earlier_orders: int
    blocked: bool
    countries: tuple[str, str]
    unpromised: tuple[str, ...]
    first_order_limit: Decimal


@dataclass(frozen=True)
class Check:
    """One question, its answer and what a failure means."""

    name: str
    passed: bool
    value: str
    threshold: str
    outcome: Outcome
    sentence: str


@dataclass(frozen=True)
class Decision:
    """The outcome with every check behind it; `why` is one sentence for people."""

    outcome: Outcome
    why: str
    checks: tuple[Check, ...]

    def evidence(self) -> list[dict[str, object]]:
        """The checks as JSON for the history."""
        return [asdict(check) for check in self.checks]


def decide(facts: Facts, *, overruled: frozenset[str] = frozenset()) -> Decision:
    """Approve, hold or reject. Checks a person has `overruled` by releasing their hold do not stop it again."""
    checks = _checks(facts)
    failed = [check for check in checks if not check.passed and check.name not in overruled]
    if not failed:
        return Decision(Outcome.APPROVE, f"Approved: all {len(checks)} checks passed or were overruled", checks)
    rejects = [check for check in failed if check.outcome is Outcome.REJECT]
    outcome = Outcome.REJECT if rejects else Outcome.HOLD
    word = "Rejected" if rejects else "Held"
    return Decision(outcome, f"{word}: {' and '.join(check.sentence for check in rejects or failed)}", checks)


def _checks(facts: Facts) -> tuple[Check, ...]:
    total, pledged = shown(facts.total, facts.currency), shown(facts.pledged, facts.currency)
    limit = shown(facts.first_order_limit, facts.currency)
    billing, shipping = facts.countries
    return (
        Check(
            "blocked",
            not facts.blocked,
            "blocked" if facts.blocked else "not blocked",
            "not blocked",
            Outcome.REJECT,
            "the customer is blocked",
        ),
        Check(
            "payment",
            facts.pays_later or facts.pledged >= facts.total,
            "pays later" if facts.pays_later else pledged,
            total,
            Outcome.HOLD,
            f"{pledged} pledged of {total}",
        ),
        Check(
            "stock",
            not facts.unpromised,
            ", ".join(facts.unpromised) or "all promised",
            "all promised",
            Outcome.HOLD,
            f"no stock behind {', '.join(facts.unpromised)}",
        ),
        Check(
            "first-order-value",
            facts.earlier_orders > 0 or facts.total <= facts.first_order_limit,
            total,
            limit,
            Outcome.HOLD,
            f"a first order of {total}, above {limit}",
        ),
        Check(
            "address",
            billing == shipping,
            f"{billing} to {shipping}",
            "same country",
            Outcome.HOLD,
            f"billed in {billing}, sent to {shipping}",
        ),
    )
