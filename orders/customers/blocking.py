"""Whom the shop does not serve: single customers, and marks that any order may bear."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from orders.customers.marks import Kind, address_mark, domain_mark, email_mark, mark, phone_mark
from orders.customers.scoring import refuse_gone
from orders.errors import CustomerRefused
from orders.models import Blocked, Customer, CustomerEvent, Order

Marks = set[tuple[str, str]]


def block(kind: str, value: str, *, reason: str, by: str) -> Blocked:
    """Put what somebody wrote on the list, as orders are compared by it. Raises ValueError for what is no such mark."""
    return block_mark(kind, mark(kind, value), reason=reason, by=by)


def block_mark(kind: str, value: str, *, reason: str, by: str) -> Blocked:
    """The same for a mark itself, as `marks_of` has it; one that is on the list stays as it is."""
    if not reason.strip():
        raise CustomerRefused(_("A mark is blocked for a reason"), reason="reason_missing")
    known = {"reason": reason.strip(), "by": by}
    entry, __ = Blocked.objects.get_or_create(kind=Kind(kind).value, value=value, defaults=known)
    return entry


def unblock(entry_id: int) -> None:
    """Take a mark off the list; one that is not there changes nothing."""
    Blocked.objects.filter(pk=entry_id).delete()


def set_blocked(customer_id: int, *, blocked: bool, reason: str, by: str) -> Customer:
    """Refuse the customer's next orders, or serve them again; the same again changes nothing.

    Raises CustomerRefused without a reason, and for who was merged or erased.
    """
    if not reason.strip():
        raise CustomerRefused(_("A customer is blocked or unblocked for a reason"), reason="reason_missing")
    with transaction.atomic():
        row = Customer.objects.select_for_update(no_key=True).get(pk=customer_id)
        refuse_gone(row)
        if row.blocked != blocked:
            row.blocked = blocked
            row.save(update_fields=["blocked"])
            name = "customer.blocked" if blocked else "customer.unblocked"
            CustomerEvent.objects.create(customer=row, name=name, by=by, data={"reason": reason.strip()})
        return row


def blocked_by(order: Order) -> list[Blocked]:
    """The entries of the list whose mark the order bears, in one statement and the customer's."""
    return entries_of(marks_of(order.customer, (order.shipping_address, order.billing_address)))


def entries_of(marks: Marks) -> list[Blocked]:
    """The entries for these marks."""
    if not marks:
        return []
    return list(Blocked.objects.filter(reduce(or_, (Q(kind=kind, value=value) for kind, value in marks))))


def marks_of(customer: Customer, addresses: Iterable[Mapping[str, str]]) -> Marks:
    """All by which this customer and these addresses may be on the list."""
    places = list(addresses)
    found = {
        (Kind.EMAIL.value, email_mark(customer.email)),
        (Kind.DOMAIN.value, domain_mark(customer.email)),
        *((Kind.PHONE.value, phone_mark(str(row.get("phone") or ""))) for row in places),
        (Kind.PHONE.value, phone_mark(customer.phone)),
        *((Kind.ADDRESS.value, address_mark(row)) for row in places),
    }
    return {(kind, value) for kind, value in found if value}
