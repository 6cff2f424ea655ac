"""What the checks add up to: approve, hold or reject, with the sentence that says why. Pure; stage 3 feeds it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext_noop as _

from orders.policy.checks import QUESTIONS, Question
from orders.policy.facts import Facts
from orders.policy.rules import Outcome, Policy

DEFAULT = Policy()


@dataclass(frozen=True)
class Check:
    """One question, its answer and what a failure means.

    A failure does not count where it is `skipped` because the customer is trusted, or `overruled` by a person.
    """

    name: str
    passed: bool
    value: str
    threshold: str
    outcome: Outcome
    sentence: str
    skipped: bool = False
    overruled: bool = False

    @property
    def stands(self) -> bool:
        """Whether it failed and nothing speaks for it."""
        return not (self.passed or self.skipped or self.overruled)


@dataclass(frozen=True)
class Verdict:
    """The outcome with every check behind it; `why` is one sentence for people."""

    outcome: Outcome
    why: str
    checks: tuple[Check, ...]

    @property
    def against(self) -> list[Check]:
        """The checks that hold or reject the order."""
        return [check for check in self.checks if check.stands and check.outcome is not Outcome.NOTE]

    def evidence(self) -> list[dict[str, object]]:
        """The checks as JSON for the decision and the history."""
        return [asdict(check) for check in self.checks]


def decide(facts: Facts, policy: Policy = DEFAULT, *, overruled: frozenset[str] = frozenset()) -> Verdict:
    """Approve, hold or reject. Checks a person has `overruled` by releasing their hold do not stop it again."""
    asked = [_asked(question, facts, policy, overruled) for question in QUESTIONS]
    checks = tuple(check for check in asked if check)
    against = [check for check in checks if check.stands and check.outcome is not Outcome.NOTE]
    rejects = [check for check in against if check.outcome is Outcome.REJECT]
    if not against:
        return Verdict(Outcome.APPROVE, _approved(checks), checks)
    outcome, words = (Outcome.REJECT, _("Rejected: {why}")) if rejects else (Outcome.HOLD, _("Held: {why}"))
    return Verdict(outcome, words.format(why=_joined(rejects or against)), checks)


def _asked(question: Question, facts: Facts, policy: Policy, overruled: frozenset[str]) -> Check | None:
    rule = policy.rules.get(question.name, question.default)
    if not rule.asked:
        return None
    answer = question.answer(facts, rule)
    return Check(
        name=question.name,
        passed=answer.passed,
        value=answer.value,
        threshold=answer.wanted,
        outcome=rule.outcome,
        sentence="" if answer.passed else answer.sentence,
        skipped=not answer.passed and rule.trusted and facts.tier in policy.trusted_tiers,
        overruled=not answer.passed and question.name in overruled,
    )


def _approved(checks: Sequence[Check]) -> str:
    """All passed, or how many did and what speaks for the others."""
    failed = [check for check in checks if not check.passed]
    if not failed:
        return _("Approved: all {count} checks passed").format(count=len(checks))
    kinds = {
        _("overruled: {why}"): [check for check in failed if check.overruled],
        _("trusted with: {why}"): [check for check in failed if check.skipped and not check.overruled],
        _("noted: {why}"): [check for check in failed if check.stands],
    }
    told = [words.format(why=_joined(found)) for words, found in kinds.items() if found]
    passed = _("Approved: {passed} of {count} checks passed").format(
        passed=len(checks) - len(failed), count=len(checks)
    )
    return "; ".join([passed, *told])


def _joined(checks: Sequence[Check]) -> str:
    *first, last = [check.sentence for check in checks]
    return f"{', '.join(first)} and {last}" if first else last
