"""Trying a policy on what was decided before: the kept facts are decided again, and nothing is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef

from orders.models import Decision
from orders.policy.decision import decide
from orders.policy.facts import Facts
from orders.policy.rules import Policy

MOST = 2000


@dataclass(frozen=True)
class Change:
    """An order that would be decided otherwise: what was decided and why, and what it would come to."""

    number: int
    total: Decimal
    currency: str
    at: datetime
    was: str
    because: str
    becomes: str
    why: str


@dataclass(frozen=True)
class DryRun:
    """What a policy would do to the first decisions of the last orders.

    `before` and `after` count them by outcome, `changes` are those that differ, the newest first.
    """

    before: Mapping[str, int]
    after: Mapping[str, int]
    changes: tuple[Change, ...]

    @property
    def examined(self) -> int:
        """How many orders were decided again."""
        return sum(self.before.values())

    @property
    def moves(self) -> dict[tuple[str, str], int]:
        """How many go from one outcome to another."""
        return dict(Counter((change.was, change.becomes) for change in self.changes).most_common())


def dry_run(policy: Policy, *, channel_id: int, last: int) -> DryRun:
    """Decide the last orders of the channel again, by `policy`, in one statement.

    Only the first decision of an order counts: the later ones were taken after people had looked at it.
    """
    sooner = Decision.objects.filter(order=OuterRef("order"), pk__lt=OuterRef("pk"))
    first = Decision.objects.filter(~Exists(sooner), order__channel=channel_id).select_related("order")
    before, after, changes = Counter[str](), Counter[str](), []
    for row in first.order_by("-pk")[: min(last, MOST)]:
        facts = Facts.from_json(row.facts)
        verdict = decide(facts, policy)
        before[row.outcome] += 1
        after[verdict.outcome.value] += 1
        if row.outcome != verdict.outcome.value:
            said = (row.outcome, row.why, verdict.outcome.value, verdict.why)
            changes.append(Change(row.order.number, facts.total, facts.currency, row.at, *said))
    return DryRun(before, after, tuple(changes))
