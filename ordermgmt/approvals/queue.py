"""The approval queue: the orders that wait for a person's word, with what each decision was based on."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.retelling import retold
from inventory.wording import Words
from ordermgmt.approvals.decision_card import DecisionCard, decision_card
from ordermgmt.attention import hold_name
from ordermgmt.phrases import of_program, until
from orders.flow import GOODS_HERE, UNDECIDED, State
from orders.models import Decision, Hold, Order
from orders.policy import Policy
from orders.policy.versions import policies_of
from orders.services.holds import EXCEPTION

SHOWN = 10  # each with its checks and forms
OLDEST, DEAREST = "age", "value"
SORTS = {
    OLDEST: (gettext_lazy("Longest waiting first"), ("waits_since", "pk")),
    DEAREST: (gettext_lazy("Highest value first"), ("-total", "pk")),
}
TIER_TONES = {"A": "good", "B": "go", "C": "warn"}


@dataclass(frozen=True)
class Chip:
    """A choice above the list; `count` orders are behind it."""

    label: Words
    address: str
    chosen: bool
    count: int | None = None


@dataclass(frozen=True)
class OpenHold:
    """One reason why an order waits."""

    hold: Hold
    label: Words

    @property
    def said(self) -> str:
        """What it says, without the reason's own word again."""
        return of_program(self.hold.note, self.hold.by) or str(self.label)

    @property
    def until(self) -> str:
        """When it ends by itself; empty for never."""
        return until(self.hold.until) if self.hold.until else ""


@dataclass(frozen=True)
class Waiting:
    """An order in the queue. `takes_two` says that one person's word is not enough."""

    order: Order
    since: datetime
    holds: tuple[OpenHold, ...]
    card: DecisionCard | None
    takes_two: bool

    @property
    def tier(self) -> str:
        """The customer's, with its colour; empty when there is none yet."""
        return self.order.customer.standing

    @property
    def tier_tone(self) -> str:
        return TIER_TONES.get(self.tier, "")

    @property
    def sentence(self) -> str:
        """The decision's, where it holds the order; else what the first hold says."""
        by_policy = self.card and any(row.hold.decision_id for row in self.holds)
        if self.card and by_policy:
            return retold(self.card.decision.why)
        return _("Held: {why}").format(why=self.holds[0].said)

    @property
    def may_approve(self) -> bool:
        """Whether it can be approved now; before it is received stage 3 will ask, later it can only be let go."""
        return State(self.order.state) is State.RECEIVED

    @property
    def may_reject(self) -> bool:
        """Whether it can be rejected now; once it was trusted it can only be called off."""
        return State(self.order.state) in UNDECIDED


@dataclass(frozen=True)
class Queue:
    """One page of it. `count` orders wait in all."""

    rows: tuple[Waiting, ...]
    count: int
    sorts: tuple[Chip, ...]
    reasons: tuple[Chip, ...]
    earlier: str
    later: str


def approval_queue(*, sort: str = OLDEST, reason: str = "", start: int = 0) -> Queue:
    """Orders that are held while their goods are here, in six queries. Failed steps are the radar's."""
    sort = sort if sort in SORTS else OLDEST
    counts = dict(holds_to_decide().values_list("reason").annotate(Count("pk")).order_by("reason"))
    reason = reason if reason in counts else ""
    found = _waiting(reason).order_by(*SORTS[sort][1])
    total = found.count()
    orders = list(found[start : start + SHOWN])
    policies = policies_of({order.channel_id for order in orders})
    newest = {row.order_id: row for row in Decision.objects.filter(order__in=orders).order_by("pk")}
    chips = [Chip(_("All"), _address(sort, ""), not reason)]
    chips += [Chip(hold_name(name), _address(sort, name), name == reason, count) for name, count in counts.items()]
    return Queue(
        rows=tuple(_row(order, newest.get(order.pk), policies[order.channel_id]) for order in orders),
        count=total,
        sorts=tuple(Chip(label, _address(name, reason), name == sort) for name, (label, _) in SORTS.items()),
        reasons=tuple(chips),
        earlier=_address(sort, reason, max(0, start - SHOWN)) if start else "",
        later=_address(sort, reason, start + SHOWN) if start + SHOWN < total else "",
    )


def holds_to_decide() -> QuerySet[Hold]:
    """What stops an order whose goods are here until somebody decides."""
    return Hold.objects.filter(released_at=None, order__state__in=GOODS_HERE).exclude(reason=EXCEPTION)


def _waiting(reason: str) -> QuerySet[Order]:
    mine = holds_to_decide().filter(order=OuterRef("pk"))
    since = mine.order_by("at").values("at")[:1]
    orders = Order.objects.filter(Exists(mine.filter(reason=reason) if reason else mine), open_holds__gt=0)
    return (
        orders.annotate(waits_since=Subquery(since))
        .select_related("customer", "channel")
        .prefetch_related(Prefetch("holds", holds_to_decide().order_by("pk")))
    )


def _row(order: Order, decision: Decision | None, policy: Policy) -> Waiting:
    holds = tuple(OpenHold(hold, hold_name(hold.reason)) for hold in order.holds.all())
    most = policy.second_person_above
    return Waiting(
        order=order,
        since=min(row.hold.at for row in holds),
        holds=holds,
        card=decision_card([decision] if decision else []),
        takes_two=most is not None and order.total > most,
    )


def _address(sort: str, reason: str, start: int = 0) -> str:
    asked = {"sort": sort if sort != OLDEST else "", "reason": reason, "start": start}
    return f"?{urlencode({name: value for name, value in asked.items() if value})}"
