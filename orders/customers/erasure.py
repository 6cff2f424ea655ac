"""Erasing a person: who they were goes, what the shop sold and was paid stays.

Later apps hold words of the person, too; whoever calls `erase()` lets them forget those in the same transaction
(`ordermgmt.customers.erasing`). [ADR 13](../../docs/adr/0013-people-are-erased-orders-stay.md)
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.admin.models import LogEntry
from django.db import connection
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from inventory import clock
from orders.customers.blocking import entries_of, marks_of
from orders.customers.merging import customers_held
from orders.customers.words import Words, coarse, erased, without, words_of
from orders.errors import CustomerRefused
from orders.flow import FINAL
from orders.history import record
from orders.models import (
    ChangeSet,
    Customer,
    CustomerEvent,
    Decision,
    Hold,
    IdempotencyKey,
    Order,
    OrderEvent,
    Payment,
    Refund,
    Transaction,
)
from orders.payments.standing import balance_of
from orders.queue import held

NAMELESS = "Erased customer"


def erase(customer_id: int, *, by: str) -> list[int]:
    """Take the person out of every row; returns the ids of their orders. Again changes nothing.

    Raises CustomerRefused while an order is under way, money is owed or moving, or the blocked list names them; and
    for a duplicate: its survivor is who is erased.
    """
    with customers_held(customer_id) as (customer,):
        orders = list(customer.orders.order_by("pk"))
        if customer.erased_at is not None:
            return [order.pk for order in orders]
        _refuse(customer, orders)
        people = [customer, *customer.duplicates.order_by("pk")]
        words = _words(people, orders)
        for order in orders:
            with held(order.pk) as row:
                _erase_order(row, words)
                record(row, "order.erased", by=by)
        _forget_answers(people, orders)
        for person in people:
            _erase_customer(person, words)
        CustomerEvent.objects.create(customer=customer, name="customer.erased", by=by, data={"orders": len(orders)})
        return [order.pk for order in orders]


def _refuse(customer: Customer, orders: list[Order]) -> None:
    if customer.merged_into_id is not None:
        raise CustomerRefused(_("This customer was merged into another one: erase that one"), reason="merged")
    if under_way := [order for order in orders if order.state not in FINAL]:
        raise CustomerRefused(
            _("Order {under_way} is still under way").format(under_way=under_way[0]), reason="order_under_way"
        )
    for order in orders:
        balance = balance_of(order)
        if balance.owed or balance.surplus:
            raise CustomerRefused(_("Money is owed for order {order}").format(order=order), reason="money_owed")
    moving = Transaction.objects.filter(payment__order__in=orders, status=Transaction.Status.PENDING)
    if (found := moving.select_related("payment__order").first()) is not None:
        raise CustomerRefused(
            _("A payment of order {order} is not settled yet").format(order=found.payment.order), reason="money_moving"
        )
    places = (place for order in orders for place in (order.shipping_address, order.billing_address))
    if entries := entries_of(marks_of(customer, places) - _domain_of(customer)):
        kinds = ", ".join(sorted(entry.get_kind_display() for entry in entries))
        raise CustomerRefused(
            _("The blocked list names this person ({kinds}): take it off first").format(kinds=kinds),
            reason="on_the_list",
        )


def _domain_of(customer: Customer) -> set[tuple[str, str]]:
    """A domain is blocked for all its people, and tells of none of them."""
    return {(kind, value) for kind, value in marks_of(customer, ()) if kind == "domain"}


def _words(people: list[Customer], orders: list[Order]) -> Words:
    """Of all addresses they had or were to have, and their own."""
    places = [place for order in orders for place in (order.shipping_address, order.billing_address)]
    for change in ChangeSet.objects.filter(order__in=orders):
        said = [*change.operations, change.preview.get("fields_before", {})]
        places += [value for row in said for value in row.values() if isinstance(value, dict)]
    return words_of(places, *(text for row in people for text in (row.email, row.name, row.phone)))


def _erase_order(order: Order, words: Words) -> None:
    """The order, held by the caller, and all around it that somebody may have written the person's name into."""
    Order.objects.filter(pk=order.pk).update(
        shipping_address=coarse(order.shipping_address),
        billing_address=coarse(order.billing_address),
        note="",
        gift_note="",
        warnings=[{**warning, "detail": ""} for warning in order.warnings],
        discounts=without(order.discounts, words),
    )
    Hold.objects.filter(order=order).update(note="", release_note="")
    for change in ChangeSet.objects.filter(order=order):
        change.operations, change.preview = without(change.operations, words), without(change.preview, words)
        change.reason = erased(change.reason, words)
        change.save(update_fields=["operations", "preview", "reason"])
    for payment in Payment.objects.filter(order=order).exclude(reference=""):
        Payment.objects.filter(pk=payment.pk).update(reference=erased(payment.reference, words))
    for refund in Refund.objects.filter(payment__order=order):
        Refund.objects.filter(pk=refund.pk).update(reason=erased(refund.reason, words))
    with _history_open():
        for event in OrderEvent.objects.filter(order=order):
            if (data := without(event.data, words)) != event.data:
                OrderEvent.objects.filter(pk=event.pk).update(data=data)
        for decision in Decision.objects.filter(order=order):
            facts, checks = without(decision.facts, words), without(decision.checks, words)
            if (erased(decision.why, words), facts, checks) != (decision.why, decision.facts, decision.checks):
                told = {"why": erased(decision.why, words), "facts": facts, "checks": checks}
                Decision.objects.filter(pk=decision.pk).update(**told)


def _erase_customer(row: Customer, words: Words) -> None:
    Customer.objects.filter(pk=row.pk).update(
        email=f"erased-{row.pk}@erased.invalid",
        name=NAMELESS,
        phone="",
        birth_month=None,
        tier="",
        scores={},
        scored_at=None,
        tier_override="",
        tier_reason="",
        erased_at=clock.now(),
    )
    named = LogEntry.objects.filter(content_type__app_label="orders", content_type__model="customer")
    named.filter(object_id=str(row.pk)).update(object_repr=NAMELESS)
    with _history_open():
        for event in CustomerEvent.objects.filter(customer=row):
            if (data := without(event.data, words)) != event.data:
                CustomerEvent.objects.filter(pk=event.pk).update(data=data)


def _forget_answers(people: list[Customer], orders: list[Order]) -> None:
    """What was answered about the orders and is kept for callers that ask again."""
    theirs = Q(body__number__in=[order.number for order in orders])
    for row in people:
        theirs |= Q(text__icontains=row.email)
    IdempotencyKey.objects.annotate(text=Cast("body", TextField())).filter(theirs).delete()


@contextmanager
def _history_open() -> Iterator[None]:
    """Let words be taken out of append-only rows; the database lets nothing else of them change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('orders.erasing', 'on', true)")
        yield
        cursor.execute("SELECT set_config('orders.erasing', 'off', true)")
