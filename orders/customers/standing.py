"""How customers have ordered and paid: what tiers are computed from and what the approval policy asks.

`payment_history()` answers for any number of customers in three statements, `payment_history_of()` for one, before
a moment and without the order that is being decided. Amounts of different currencies are never added: `spending` has
one entry for each. Payments count as they were at that moment; the states of orders as they are now.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Aggregate, Count, DecimalField, F, Max, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from inventory import clock
from orders.flow import EXITS, State
from orders.models import Order, OrderEvent, Payment, Refund
from orders.payments.standing import CREDITED, CREDITS, kept_of_order

RECENT = timedelta(days=365)
FINISHED = (State.DELIVERED, State.SURVEYED, State.REVIEWED)
FOLLOWING = ("exchange", "reshipment")  # what an order is to its parent that nobody bought
CALLED_OFF = Q(state__in=EXITS)
CREDIT = reduce(or_, (Q(key__startswith=cause) for cause in CREDITS))
AMOUNT: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=14, decimal_places=3)
ZERO = Value(Decimal(0), AMOUNT)


@dataclass(frozen=True)
class Spending:
    """Orders in one currency that were not called off: what they cost, and what one usually costs (the median).

    `recent` is the total of those finished ones that were placed within the last 365 days.
    """

    orders: int
    total: Decimal
    recent: Decimal
    usual: Decimal


@dataclass(frozen=True)
class PaymentHistory:
    """What is known of one customer at a moment. Orders that were called off count as `called_off` only, and what was
    sent again or exchanged is no order of theirs.

    `finished` orders have been delivered, `recent` ones are those of them placed within the last 365 days, `returned`
    ones those of which something came back. Payments with a due date were paid on time, late, or are overdue now.
    """

    orders: int = 0
    finished: int = 0
    recent: int = 0
    called_off: int = 0
    returned: int = 0
    paid_on_time: int = 0
    paid_late: int = 0
    overdue_now: int = 0
    charged_back: int = 0
    first_order_at: datetime | None = None
    last_order_at: datetime | None = None
    spending: Mapping[str, Spending] = field(default_factory=dict)

    @property
    def on_time_share(self) -> Decimal | None:
        """Of what was paid later and should be paid by now, the share that was paid in time; None without any."""
        should_be = self.paid_on_time + self.paid_late + self.overdue_now
        return Decimal(self.paid_on_time) / should_be if should_be else None

    def usual(self, currency: str) -> Decimal | None:
        """The median total of the orders in this currency; None without any. Of two in the middle, the lower one."""
        spent = self.spending.get(currency)
        return spent.usual if spent and spent.orders else None


NONE_YET = PaymentHistory()


class Median(Aggregate):
    """The value in the middle, one that occurs; of two, the lower one."""

    function = "percentile_disc"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = AMOUNT


def payment_history(
    customer_ids: Iterable[int], *, before: datetime | None = None, excluding: int | None = None
) -> dict[int, PaymentHistory]:
    """By customer id, for each of them; `before` is now unless told, `excluding` the id of an order to leave out."""
    ids, before, without = list(customer_ids), before or clock.now(), [] if excluding is None else [excluding]
    bought = Order.objects.exclude(parent_relation__in=FOLLOWING)
    orders = bought.filter(customer__in=ids, placed_at__lt=before).exclude(pk__in=without).order_by()
    found = _orders(orders, before)
    payments = Payment.objects.filter(order__customer__in=ids, order__placed_at__lt=before).exclude(order__in=without)
    for row in _paid(payments, before):
        found[row.pop("order__customer")].update(row)
    came_back = OrderEvent.objects.filter(name="order.returned", at__lt=before, order__in=orders).order_by()
    for customer, count in came_back.values_list("order__customer").annotate(Count("order", distinct=True)):
        found[customer]["returned"] = count
    return {customer: replace(NONE_YET, **found[customer]) for customer in ids}


def payment_history_of(customer_id: int, *, before: datetime, excluding: int | None = None) -> PaymentHistory:
    """One customer's history before `before`, without the order `excluding` that is being decided."""
    return payment_history([customer_id], before=before, excluding=excluding)[customer_id]


def _orders(orders: Any, before: datetime) -> defaultdict[int, dict[str, Any]]:
    """Counts, dates and amounts by customer, from one row for each customer and currency."""
    kept, finished = ~CALLED_OFF, Q(state__in=FINISHED)
    recent = finished & Q(placed_at__gte=before - RECENT)
    rows = orders.values("customer", "currency").annotate(
        kept=Count("pk", filter=kept),
        finished=Count("pk", filter=finished),
        recent=Count("pk", filter=recent),
        called_off=Count("pk", filter=CALLED_OFF),
        first=Min("placed_at", filter=kept),
        last=Max("placed_at", filter=kept),
        sum=Sum("total", filter=kept),
        recent_sum=Sum("total", filter=recent),
        usual=Median("total", filter=kept),
    )
    found: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        _add(found[row["customer"]], row)
    return found


def _add(known: dict[str, Any], row: Mapping[str, Any]) -> None:
    """One currency more of a customer."""
    for name, count in (("orders", "kept"), *((name, name) for name in ("finished", "recent", "called_off"))):
        known[name] = known.get(name, 0) + row[count]
    if not row["kept"]:
        return
    known["first_order_at"] = min(row["first"], known.get("first_order_at", row["first"]))
    known["last_order_at"] = max(row["last"], known.get("last_order_at", row["last"]))
    amounts = Spending(row["kept"], row["sum"], row["recent_sum"] or Decimal(0), row["usual"])
    known.setdefault("spending", {})[row["currency"]] = amounts


def _paid(payments: Any, before: datetime) -> Any:
    """Payments with a due date, by how they were paid: in time means that the whole order was paid by that date.

    What came back and was not paid back for needs no payment.
    """
    returned = OrderEvent.objects.filter(order=OuterRef("order"), name__in=CREDITED).order_by().values("order")
    paid_back = Refund.objects.filter(CREDIT, payment__order=OuterRef("order")).order_by()
    worth = Sum(Cast(KT("data__refund"), AMOUNT))
    rows = payments.filter(Q(due_at__isnull=False) | Q(charged_back_at__isnull=False)).annotate(
        taken=kept_of_order(),
        returned=Coalesce(Subquery(returned.annotate(sum=worth).values("sum")), ZERO),
        paid_back=Coalesce(
            Subquery(paid_back.values("payment__order").annotate(sum=Sum("amount")).values("sum")), ZERO
        ),
    )
    due = Q(due_at__isnull=False, voided_at=None, order__total__gt=0)
    open_then = Q(taken__lt=F("order__total") - F("returned") + F("paid_back")) | Q(captured_at__gte=before)
    paid = due & ~open_then & Q(captured_at__lt=before)
    return rows.values("order__customer").annotate(
        paid_on_time=Count("pk", filter=paid & Q(captured_at__lte=F("due_at"))),
        paid_late=Count("pk", filter=paid & Q(captured_at__gt=F("due_at"))),
        overdue_now=Count("pk", filter=due & open_then & Q(due_at__lt=before) & ~Q(order__state__in=EXITS)),
        charged_back=Count("pk", filter=Q(charged_back_at__lt=before)),
    )
