"""An order with all that its page shows, in at most ten queries whatever happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Func, IntegerField, Prefetch, QuerySet, prefetch_related_objects

from feedback.models import Answer
from fulfillment.models import Claim, Parcel, PickTask, Return, Shipment
from fulfillment.returns.reasons import REASON_LABEL
from ordermgmt.nested import give, nested, rows_under, unfold
from orders.flow import GOODS_HERE
from orders.models import Allocation, Customer, Order, Payment

OF_ORDER = ("decisions", "holds", "change_sets", "improvement_items", "follow_ups")
OF_PAYMENT = ("transactions", "refunds")
OF_PARCEL = ("items", "tracking")
JOINED = ("channel", "customer", "survey_record__answer", "review_record")
SELDOM: Mapping[str, QuerySet[Any]] = {  # few orders have any of these, and the others pay no query for them
    "returns": Return.objects.select_related("exchange", "sent_again").annotate(
        reason_label=REASON_LABEL, **nested(Return, "lines")
    ),
    "claims": Claim.objects.select_related("reshipment").annotate(**nested(Claim, "lines")),
}
# In the order of `Picked`.
PICKED = ("shipment_line__order_line", "shipment_line__shipment", "shipment_line", "quantity", "bin__code")
SHIPMENTS = Shipment.objects.select_related("warehouse", "handover").annotate(**nested(Shipment, "holds"))
PARCELS = Parcel.objects.select_related("carton", "label").annotate(**nested(Parcel, *OF_PARCEL))
PAYMENTS = Payment.objects.annotate(**nested(Payment, *OF_PAYMENT))
OF_CUSTOMER = {  # all they ordered, bought and sent back, and what they said last; in the order of `CustomerCard`
    "customer_orders": "SELECT count(*) FROM orders_order o WHERE o.customer_id = %(expressions)s",
    "customer_bought": """SELECT coalesce(sum(l.quantity), 0) FROM orders_orderline l
        JOIN orders_order o ON o.id = l.order_id WHERE o.customer_id = %(expressions)s""",
    "customer_returned": """SELECT coalesce(sum(r.received), 0) FROM fulfillment_returnline r
        JOIN orders_orderline l ON l.id = r.order_line_id JOIN orders_order o ON o.id = l.order_id
        WHERE o.customer_id = %(expressions)s""",
    "customer_score": """SELECT a.csat FROM feedback_answer a JOIN feedback_survey s ON s.id = a.survey_id
        JOIN orders_order o ON o.id = s.order_id WHERE o.customer_id = %(expressions)s
        ORDER BY a.answered_at DESC LIMIT 1""",
}


def _there_is(rows: str, column: str) -> Func:
    template = "EXISTS (SELECT FROM %(rows)s r WHERE r.%(column)s = %(expressions)s)"
    return Func("pk", template=template, rows=rows, column=column, output_field=BooleanField())


WITH_ALL = Order.objects.select_related(*JOINED).annotate(
    is_parent=_there_is(Order._meta.db_table, "parent_id"),
    answers=rows_under(Answer, "lines", "survey_record__answer"),
    **{f"has_{name}": _there_is(rows.model._meta.db_table, "order_id") for name, rows in SELDOM.items()},
    **nested(Order, *OF_ORDER),
    **{name: Func("customer", template=f"({rows})", output_field=IntegerField()) for name, rows in OF_CUSTOMER.items()},
)


@dataclass(frozen=True)
class CustomerCard:
    """The customer's trust at a glance, over all their orders."""

    customer: Customer
    orders: int
    bought: int
    returned: int
    last_score: int | None


@dataclass(frozen=True)
class Picked:
    """Units of an order line that a shipment's pick task takes from a bin, if the shelf has one."""

    line: int
    shipment: int
    shipment_line: int
    units: int
    bin: str | None


@dataclass(frozen=True)
class OrderRead:
    """The order, where its units are picked, whether orders came out of it, and its customer."""

    order: Order
    picked: tuple[Picked, ...]
    has_children: bool
    customer: CustomerCard


def read_order(number: int) -> OrderRead:
    """With all that can exist in its state; raises Order.DoesNotExist."""
    order: Any = WITH_ALL.get(number=number)
    found = vars(order)
    # From copies: what is prefetched with keeps the order, and with it the customer, for hints.
    always = {"payments": PAYMENTS, "shipments": SHIPMENTS, "shipments__parcels": PARCELS}
    seldom = {name: rows if found[f"has_{name}"] else rows.none() for name, rows in SELDOM.items()}
    ways = (Prefetch(name, rows.all()) for name, rows in {**always, **seldom}.items())
    prefetch_related_objects([order], "lines", "events", *ways)
    if order.state in GOODS_HERE:
        allocations = Prefetch("lines__allocations", Allocation.objects.select_related("warehouse"))
        prefetch_related_objects([order], allocations)
    _unfold(order)
    tasks = PickTask.objects.filter(shipment_line__shipment__order=order).values_list(*PICKED)
    customer = CustomerCard(order.customer, *(found[name] for name in OF_CUSTOMER))
    return OrderRead(order, tuple(Picked(*task) for task in tasks), order.is_parent, customer)


def _unfold(order: Order) -> None:
    unfold([order], *OF_ORDER)
    unfold(order.payments.all(), *OF_PAYMENT)
    unfold([*order.returns.all(), *order.claims.all()], "lines")
    unfold(order.shipments.all(), "holds")
    for shipment in order.shipments.all():
        unfold(shipment.parcels.all(), *OF_PARCEL)
    survey = getattr(order, "survey_record", None)
    if answer := getattr(survey, "answer", None):
        give(answer, "lines", vars(order)["answers"])
