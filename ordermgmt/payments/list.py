"""Payments that need somebody: overdue by age, failed at a gateway, shipped and never taken; sums by currency."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import clock
from ordermgmt.lists.ordering import Ordering
from ordermgmt.payments.card import Move
from orders.balance import NOTHING, Balance
from orders.flow import State
from orders.models import Order, OrderEvent, Payment, Refund, Reminder, Transaction
from orders.payments.standing import CREDITED, Status, balance, unpaid

SHOWN = 50
UNTAKEN_DAYS = 90
LONGEST_OVERDUE = Ordering(Payment, "pk", "due_at")
GONE = (State.SHIPPED, State.DELIVERED, State.SURVEYED, State.REVIEWED)


@dataclass(frozen=True)
class OverdueRow:
    """One payment that should have come; `days` of the calendar since it was due, `level` of the last reminder."""

    payment: Payment
    owed: Decimal
    days: int
    level: int

    @property
    def tone(self) -> str:
        return "bad" if self.days >= max(settings.DUNNING_DAYS, default=0) else "warn"


@dataclass(frozen=True)
class UntakenRow:
    """An order whose goods have left and whose card money was not taken; `may_take` when some is still pledged."""

    order: Order
    owed: Decimal
    may_take: bool


@dataclass
class Sums:
    """What one currency is short of, by why."""

    currency: str
    overdue: Decimal = NOTHING
    by_age: list[Decimal] = field(default_factory=list)
    failed: Decimal = NOTHING
    untaken: Decimal = NOTHING


@dataclass(frozen=True)
class PaymentList:
    """The page. `ages` are the heads of `by_age` in the sums, which are of the rows that are shown.

    `back` and `on` are the places in front of and behind the overdue ones where there are more. What was never taken is
    of orders that came where they are `since`.
    """

    overdue: tuple[OverdueRow, ...]
    failed: tuple[Move, ...]
    untaken: tuple[UntakenRow, ...]
    ages: tuple[str, ...]
    sums: tuple[Sums, ...]
    back: str
    on: str
    since: datetime | None
    more_failed: bool
    more_untaken: bool

    @property
    def is_cut(self) -> bool:
        """Whether some part has more than is shown."""
        return bool(self.back or self.on or self.more_failed or self.more_untaken)


def payment_list(*, behind: str = "", before: str = "", ever: bool = False) -> PaymentList:
    """Oldest first, at most `SHOWN` of each, in a fixed number of queries. Overdue ones from a place on, or up to it.

    What was never taken is of the last days, or all that `ever` was.
    """
    since = None if ever else clock.now() - timedelta(days=UNTAKEN_DAYS)
    read = LONGEST_OVERDUE.read
    cut = LONGEST_OVERDUE.page(_overdue_payments(), SHOWN, behind=read(behind), before=read(before))
    overdue, failed, untaken = tuple(_overdue(cut.rows)), _failed(), tuple(_untaken(since))
    return PaymentList(
        overdue,
        failed[:SHOWN],
        untaken[:SHOWN],
        tuple(_ages()),
        _sums(overdue, failed[:SHOWN], untaken[:SHOWN]),
        back=str(LONGEST_OVERDUE.place(cut.rows[0])) if cut.before and cut.rows else "",
        on=str(LONGEST_OVERDUE.place(cut.rows[-1])) if cut.behind and cut.rows else "",
        since=since,
        more_failed=len(failed) > SHOWN,
        more_untaken=len(untaken) > SHOWN,
    )


def _overdue_payments() -> QuerySet[Payment]:
    told = Reminder.objects.filter(payment=OuterRef("pk")).order_by("-level").values("level")[:1]
    rows = unpaid(Payment.objects.filter(due_at__lt=clock.now())).annotate(told=Subquery(told))
    return rows.select_related("order__customer").prefetch_related(*_money("order__"))


def _overdue(payments: Iterable[Payment]) -> Iterable[OverdueRow]:
    today = timezone.localdate(clock.now())
    for row in payments:
        if (owed := _balance(row.order).owed) and row.due_at:
            days = (today - timezone.localdate(row.due_at)).days
            yield OverdueRow(row, owed, days, getattr(row, "told", None) or 0)


def _failed() -> tuple[Move, ...]:
    rows = Transaction.objects.filter(status=Status.FAILED).select_related("payment__order__customer")
    return tuple(map(Move, rows.order_by("id")[: SHOWN + 1]))


def _untaken(since: datetime | None) -> Iterable[UntakenRow]:
    """Only card money is taken when goods leave; who pays otherwise is in the other lists.

    Of those whose goods left long ago every single one has to be looked at, as there are ever more of them.
    """
    mine = Payment.objects.filter(order=OuterRef("pk"))
    by_card = unpaid(mine.filter(method=Payment.Method.CARD))
    orders = Order.objects.filter(Exists(by_card), state__in=GONE).exclude(
        Exists(mine.exclude(method=Payment.Method.CARD))
    )
    if since:
        orders = orders.filter(state_since__gte=since)
    first = orders.order_by("state_since").values("pk")[: SHOWN + 1]  # whole rows would be sorted on disk
    rows: QuerySet[Order] = Order.objects.filter(pk__in=first).select_related("customer").order_by("state_since")
    for order in rows.prefetch_related(*_money("")):
        sums = _balance(order)
        if sums.owed:
            yield UntakenRow(order, sums.owed, may_take=sums.pledged > 0)


def _money(path: str) -> "list[Prefetch[str]]":
    """What the balance of an order at `path` is made of."""
    return [
        Prefetch(f"{path}payments", Payment.objects.order_by("id")),
        Prefetch(f"{path}payments__transactions", Transaction.objects.order_by("id")),
        Prefetch(f"{path}payments__refunds", Refund.objects.order_by("id")),
        Prefetch(f"{path}events", OrderEvent.objects.filter(name__in=CREDITED), to_attr="returned"),
    ]


def _balance(order: Order) -> Balance:
    returned: list[OrderEvent] = getattr(order, "returned", [])
    return balance(order, order.payments.all(), returned)


def _ages() -> list[str]:
    """Up to the day of the first reminder, then from each to the next."""
    days = settings.DUNNING_DAYS
    if not days:
        return [_("Any age")]
    between = [_("{day} to {last} days").format(day=day, last=later - 1) for day, later in pairwise(days)]
    return [_("Under {day} days").format(day=days[0]), *between, _("{day} days and more").format(day=days[-1])]


def _sums(overdue: Iterable[OverdueRow], failed: Iterable[Move], untaken: Iterable[UntakenRow]) -> tuple[Sums, ...]:
    ages = len(settings.DUNNING_DAYS) + 1
    sums: defaultdict[str, Sums] = defaultdict(lambda: Sums("", by_age=[NOTHING] * ages))
    for row in overdue:
        mine = sums[row.payment.order.currency]
        mine.overdue += row.owed
        mine.by_age[sum(row.days >= day for day in settings.DUNNING_DAYS)] += row.owed
    for move in failed:
        sums[move.row.payment.order.currency].failed += move.row.amount
    for gone in untaken:
        sums[gone.order.currency].untaken += gone.owed
    for currency, mine in sums.items():
        mine.currency = currency
    return tuple(sums[currency] for currency in sorted(sums))
