"""Payments that need somebody: overdue by age, failed at a gateway, shipped and never taken; sums by currency."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext as _

from inventory import clock
from ordermgmt.payments.card import Move
from orders.balance import NOTHING, Balance
from orders.flow import State
from orders.models import Order, OrderEvent, Payment, Refund, Reminder, Transaction
from orders.payments.standing import CREDITED, Status, balance, unpaid

SHOWN = 100
GONE = (State.SHIPPED, State.DELIVERED, State.SURVEYED, State.REVIEWED)


@dataclass(frozen=True)
class OverdueRow:
    """One payment that should have come; `days` since it was due, `level` of the last reminder."""

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
    """The page. `ages` are the heads of `by_age` in the sums."""

    overdue: tuple[OverdueRow, ...]
    failed: tuple[Move, ...]
    untaken: tuple[UntakenRow, ...]
    ages: tuple[str, ...]
    sums: tuple[Sums, ...]


def payment_list() -> PaymentList:
    """Oldest first, at most `SHOWN` of each, in a fixed number of queries."""
    overdue, failed, untaken = tuple(_overdue()), _failed(), tuple(_untaken())
    return PaymentList(overdue, failed, untaken, tuple(_ages()), _sums(overdue, failed, untaken))


def _overdue() -> Iterable[OverdueRow]:
    now = clock.now()
    told = Reminder.objects.filter(payment=OuterRef("pk")).order_by("-level").values("level")[:1]
    rows = unpaid(Payment.objects.filter(due_at__lt=now)).annotate(told=Subquery(told))
    for row in rows.select_related("order__customer").prefetch_related(*_money("order__")).order_by("due_at")[:SHOWN]:
        if (owed := _balance(row.order).owed) and row.due_at:
            yield OverdueRow(row, owed, (now - row.due_at).days, row.told or 0)


def _failed() -> tuple[Move, ...]:
    rows = Transaction.objects.filter(status=Status.FAILED).select_related("payment__order__customer")
    return tuple(map(Move, rows.order_by("id")[:SHOWN]))


def _untaken() -> Iterable[UntakenRow]:
    """Only card money is taken when goods leave; who pays otherwise is in the other lists."""
    mine = Payment.objects.filter(order=OuterRef("pk"))
    by_card = unpaid(Payment.objects.filter(order=OuterRef("pk"), method=Payment.Method.CARD))
    orders = Order.objects.filter(Exists(by_card), state__in=GONE).exclude(
        Exists(mine.exclude(method=Payment.Method.CARD))
    )
    rows: QuerySet[Order] = orders.select_related("customer").prefetch_related(*_money("")).order_by("state_since")
    for order in rows[:SHOWN]:
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
    """Up to the first reminder, then from each on."""
    return [_("New"), *(_("From {day} days").format(day=day) for day in settings.DUNNING_DAYS)]


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
