"""Everything the page of one customer shows, read in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import Answer
from fulfillment.models import Return
from fulfillment.returns.reasons import REASON_LABEL
from inventory import clock
from ordermgmt.phrases import counted
from orders.customers.blocking import entries_of, marks_of
from orders.customers.marks import Kind
from orders.customers.merging import Suggestion, suggest_duplicates
from orders.customers.standing import PaymentHistory, Spending, payment_history
from orders.customers.tiers import Score
from orders.models import Blocked, Customer, CustomerEvent, Order, Payment, Tier
from orders.money import shown

SHOWN = 20
MARK_LABELS = {
    Kind.EMAIL.value: gettext_lazy("Their e-mail address"),
    Kind.PHONE.value: gettext_lazy("Phone"),
    Kind.ADDRESS.value: gettext_lazy("Address"),
}

NOTICED = {
    "empty_box": gettext_lazy("Less came back than was announced"),
    "wear": gettext_lazy("Goods came back worn"),
    "many_returns": gettext_lazy("Most of their orders come back"),
}


@dataclass(frozen=True)
class Paid:
    """One payment, and how it went in two words."""

    payment: Payment
    tag: str
    tone: str


@dataclass(frozen=True)
class Told:
    """Something that happened to the customer beside their orders, as a sentence."""

    event: CustomerEvent
    sentence: str


@dataclass(frozen=True)
class CustomerPage:
    """The whole page; lists hold the newest twenty."""

    customer: Customer
    history: PaymentHistory
    spending: tuple[tuple[str, Spending], ...]
    spent: str
    scores: tuple[Score, ...]
    orders: tuple[Order, ...]
    payments: tuple[Paid, ...]
    returns: tuple[Return, ...]
    answers: tuple[Answer, ...]
    suggestions: tuple[Suggestion, ...]
    duplicates: tuple[Customer, ...]
    events: tuple[Told, ...]
    listed: tuple[Blocked, ...]
    marks: tuple[tuple[str, str], ...]

    @property
    def has_more(self) -> bool:
        """Whether there are orders that are not shown."""
        return self.history.orders + self.history.called_off > len(self.orders)


def customer_page(customer: Customer) -> CustomerPage:
    """Read all around a customer who was not merged into another one."""
    history = payment_history([customer.pk])[customer.pk]
    orders = tuple(customer.orders.select_related("channel").order_by("-number")[:SHOWN])
    payments = Payment.objects.filter(order__customer=customer).select_related("order").order_by("-pk")[:SHOWN]
    returns = Return.objects.filter(order__customer=customer).select_related("order").order_by("-pk")
    answers = Answer.objects.filter(survey__order__customer=customer).select_related("survey__order")
    is_known = customer.erased_at is None
    marks = marks_of(customer, _places(orders)) if is_known else set()
    return CustomerPage(
        customer=customer,
        history=history,
        spending=tuple(sorted(history.spending.items())),
        spent=spent(history),
        scores=tuple(Score(**row) for row in customer.scores.get("inputs", [])),
        orders=orders,
        payments=tuple(paid(row) for row in payments),
        returns=tuple(returns.annotate(reason_label=REASON_LABEL)[:SHOWN]),
        answers=tuple(answers.order_by("-answered_at")[:SHOWN]),
        suggestions=tuple(suggest_duplicates(customer)) if is_known else (),
        duplicates=tuple(customer.duplicates.order_by("email")) if is_known else (),
        events=tuple(Told(row, _sentence(row)) for row in customer.events.order_by("-pk")[:SHOWN]),
        listed=tuple(entries_of(marks)),
        marks=tuple(sorted((kind, value) for kind, value in marks if kind in MARK_LABELS)),
    )


def paid(payment: Payment) -> Paid:
    """How a payment went, the worst first."""
    return Paid(payment, *_word(payment))


def _word(payment: Payment) -> tuple[str, str]:
    due, taken = payment.due_at, payment.captured_at
    if payment.charged_back:
        return _("Charged back"), "bad"
    if payment.voided_at:
        return _("Let go"), ""
    if not payment.captured:
        if due and due < clock.now():
            return _("Overdue"), "bad"
        return (_("Pledged"), "go") if payment.authorised else (_("Open"), "")
    return (_("Paid late"), "warn") if due and taken and taken > due else (_("Paid"), "good")


def _sentence(event: CustomerEvent) -> str:
    data = event.data
    told = {
        "customer.scored": _("Tier {tier} became {tier_2}").format(
            tier=_tier(data.get("from")), tier_2=_tier(data.get("to"))
        ),
        "customer.tier_overridden": _("Tier set from {tier} to {tier_2}").format(
            tier=_tier(data.get("from")), tier_2=_tier(data.get("to"))
        ),
        "customer.merged": _("Two customers became one: {orders} moved").format(
            orders=counted(data.get("orders", 0), "order")
        ),
        "customer.blocked": _("Blocked"),
        "customer.unblocked": _("Served again"),
        "customer.erased": _("Erased"),
        "customer.noticed": _("{get} (order {order})").format(
            get=NOTICED.get(str(data.get("signal")), "Noticed"), order=data.get("order", "")
        ),
    }
    reason = data.get("reason")
    return f"{told.get(event.name, event.name)}{f': {reason}' if reason else ''}"


def _tier(name: Any) -> str:
    return Tier(name).label if name in Tier.values else "none"


def _places(orders: Iterable[Order]) -> list[dict[str, str]]:
    return [place for order in orders for place in (order.shipping_address, order.billing_address)]


def spent(history: PaymentHistory) -> str:
    """In each currency; amounts of two are never added."""
    return _(" and ").join(shown(row.total, currency) for currency, row in sorted(history.spending.items()))
