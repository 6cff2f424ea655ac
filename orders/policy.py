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


def _blocked(facts: Facts) -> Check:
    value = "blocked" if facts.blocked else "not blocked"
    return Check("blocked", not facts.blocked, value, "not blocked", Outcome.REJECT, "the customer is blocked")


def _payment(facts: Facts) -> Check:
    total, pledged = shown(facts.total, facts.currency), shown(facts.pledged, facts.currency)
    passed, value = facts.pays_later or facts.pledged >= facts.total, "pays later" if facts.pays_later else pledged
    return Check("payment", passed, value, total, Outcome.HOLD, f"{pledged} pledged of {total}")


def _stock(facts: Facts) -> Check:
    without, promised = ", ".join(facts.unpromised), "all promised"
    return Check("stock", not without, without or promised, promised, Outcome.HOLD, f"no stock behind {without}")


def _first_order_value(facts: Facts) -> Check:
    total, limit = shown(facts.total, facts.currency), shown(facts.first_order_limit, facts.currency)
    passed = facts.earlier_orders > 0 or facts.total <= facts.first_order_limit
    return Check("first-order-value", passed, total, limit, Outcome.HOLD, f"a first order of {total}, above {limit}")


def _address(facts: Facts) -> Check:
    billing, shipping = facts.countries
    sentence = f"billed in {billing}, sent to {shipping}"
    return Check("address", billing == shipping, f"{billing} to {shipping}", "same country", Outcome.HOLD, sentence)


CHECKS = (_blocked, _payment, _stock, _first_order_value, _address)


def decide(facts: Facts, *, overruled: frozenset[str] = frozenset()) -> Decision:
    """Approve, hold or reject. Checks a person has `overruled` by releasing their hold do not stop it again."""
    checks = tuple(check(facts) for check in CHECKS)
    failed = [check for check in checks if not check.passed and check.name not in overruled]
    if not failed:
        return Decision(Outcome.APPROVE, f"Approved: all {len(checks)} checks passed or were overruled", checks)
    rejects = [check for check in failed if check.outcome is Outcome.REJECT]
    outcome = Outcome.REJECT if rejects else Outcome.HOLD
    word = "Rejected" if rejects else "Held"
    return Decision(outcome, f"{word}: {' and '.join(check.sentence for check in rejects or failed)}", checks)
