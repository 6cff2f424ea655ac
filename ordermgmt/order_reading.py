"""An order with all that its page shows, in at most ten queries whatever happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery, Sum, prefetch_related_objects

from feedback.models import Answer, LineAnswer
from fulfillment.models import Claim, Parcel, PickTask, Return, ReturnLine, Shipment
from fulfillment.returns.reasons import REASON_LABEL
from ordermgmt.nested import as_json, give, nested, unfold
from orders.flow import GOODS_HERE
from orders.models import Allocation, Customer, Order, OrderLine, Payment

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
SHIPMENTS = Shipment.objects.select_related("warehouse", "handover")
PARCELS = Parcel.objects.select_related("carton", "label")
ALWAYS_READ = (
    "lines",
    "events",
    Prefetch("payments", Payment.objects.annotate(**nested(Payment, *OF_PAYMENT))),
    Prefetch("shipments", SHIPMENTS.annotate(**nested(Shipment, "holds"))),
    Prefetch("shipments__parcels", PARCELS.annotate(**nested(Parcel, *OF_PARCEL))),
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
class OrderRead:
    """The order, the pick tasks of its shipments, whether orders came out of it, and its customer."""

    order: Order
    tasks: tuple[PickTask, ...]
    has_children: bool
    customer: CustomerCard


def read_order(number: int) -> OrderRead:
    """With all that can exist in its state; raises Order.DoesNotExist."""
    order = _orders().get(number=number)
    found = vars(order)
    seldom = (Prefetch(name, rows if found[f"has_{name}"] else rows.none()) for name, rows in SELDOM.items())
    prefetch_related_objects([order], *ALWAYS_READ, *seldom)
    if order.state in GOODS_HERE:
        allocations = Prefetch("lines__allocations", Allocation.objects.select_related("warehouse"))
        prefetch_related_objects([order], allocations)
    _unfold(order)
    tasks = PickTask.objects.filter(shipment_line__shipment__order=order).select_related("bin", "shipment_line")
    ordered, bought, returned, score = (found[name] for name in _of_customer())
    customer = CustomerCard(order.customer, ordered or 0, bought or 0, returned or 0, score)
    return OrderRead(order, tuple(tasks), order.is_parent, customer)


def _orders() -> QuerySet[Any]:
    """With small rows beside each, and whether there are any of those that take a query of their own."""
    children = Exists(Order.objects.filter(parent=OuterRef("pk")))
    seldom = {f"has_{name}": Exists(rows.model.objects.filter(order=OuterRef("pk"))) for name, rows in SELDOM.items()}
    answers = as_json(LineAnswer.objects.filter(answer__survey__order=OuterRef("pk")))
    orders = Order.objects.select_related(*JOINED).annotate(is_parent=children, answers=answers, **seldom)
    return orders.annotate(**nested(Order, *OF_ORDER), **_of_customer())


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


def _of_customer() -> dict[str, Subquery]:
    """The customer's orders, units bought and brought back, and latest score."""
    me = OuterRef("customer")
    orders = Order.objects.filter(customer=me).order_by().values("customer").annotate(n=Count("pk"))
    bought = (
        OrderLine.objects.filter(order__customer=me).order_by().values("order__customer").annotate(n=Sum("quantity"))
    )
    back = ReturnLine.objects.filter(order_line__order__customer=me).order_by().values("order_line__order__customer")
    scores = Answer.objects.filter(survey__order__customer=me).order_by("-answered_at")
    return {
        "customer_orders": Subquery(orders.values("n")),
        "customer_bought": Subquery(bought.values("n")),
        "customer_returned": Subquery(back.annotate(n=Sum("received")).values("n")),
        "customer_score": Subquery(scores.values("csat")[:1]),
    }
