"""One person with two addresses: who may be the same, and making two customers one.

The duplicate stays as a name for the survivor, so that orders placed under its e-mail go to the survivor when they
are received. It never points to another duplicate: a duplicate's own duplicates move along.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Lower, Right, Trim
from django.utils.translation import gettext as _

from orders.customers.marks import PHONE_DIGITS, name_mark, phone_mark, postcode_mark
from orders.customers.scoring import refuse_gone, rescore
from orders.errors import CustomerRefused
from orders.history import record
from orders.models import Customer, CustomerEvent, Order
from orders.queue import held

MOST_ALIKE = 50


class Replace(Func):
    """What a pattern finds is replaced, everywhere."""

    function = "regexp_replace"
    template = "%(function)s(%(expressions)s, 'g')"
    output_field = CharField()


NAME_IN_SQL = Trim(Replace(Lower("name"), Value(r"[\W_]+"), Value(" ")))
PHONE_IN_SQL = Right(Replace(F("phone"), Value(r"\D"), Value("")), PHONE_DIGITS)


@dataclass(frozen=True)
class Suggestion:
    """Somebody who may be the same person, and by what."""

    customer: Customer
    why: str


def merge(survivor_id: int, *, duplicate_id: int, by: str) -> Customer:
    """Give the survivor all the duplicate's orders; the same again changes nothing. Returns the survivor.

    A block of either holds for both. Raises CustomerRefused for one and the same, and for who is erased or was merged
    into somebody else.
    """
    if survivor_id == duplicate_id:
        raise CustomerRefused(_("A customer cannot be merged into themselves"), reason="same")
    with customers_held(survivor_id, duplicate_id) as (survivor, duplicate):
        if duplicate.merged_into_id == survivor.pk:
            return survivor
        refuse_gone(survivor)
        refuse_gone(duplicate)
        moved = 0
        for order_id in list(duplicate.orders.order_by("pk").values_list("pk", flat=True)):
            with held(order_id) as order:
                _move(order, survivor.pk, by=by)
            moved += 1
        _join(survivor, duplicate)
        data = {"survivor": survivor.pk, "duplicate": duplicate.pk, "orders": moved}
        CustomerEvent.objects.bulk_create(
            CustomerEvent(customer=row, name="customer.merged", by=by, data=data) for row in (survivor, duplicate)
        )
        rescore([survivor.pk], by=by)
        return Customer.objects.get(pk=survivor.pk)


def follow_merge(order: Order, *, by: str) -> None:
    """An order under a merged customer's address belongs to the survivor. The order is held by the caller."""
    merged = Customer.objects.filter(pk=order.customer_id, merged_into__isnull=False)
    if (survivor := merged.values_list("merged_into", flat=True).first()) is not None:
        _move(order, survivor, by=by)


def suggest_duplicates(customer: Customer) -> list[Suggestion]:
    """Who has the same phone number, or the same name and has had an order to the same postal code."""
    phone, name = phone_mark(customer.phone), name_mark(customer.name)
    alike = Q(name_mark=name) if name else Q()
    alike = alike | Q(phone_mark=phone) if phone else alike
    others = Customer.objects.filter(merged_into=None, erased_at=None).exclude(pk=customer.pk)
    rows = list(
        others.annotate(phone_mark=PHONE_IN_SQL, name_mark=NAME_IN_SQL).filter(alike).order_by("pk")[:MOST_ALIKE]
    )
    places = _postcodes([customer.pk, *(row.pk for row in rows)]) if rows else {}
    found = []
    for row in rows:
        same_phone = bool(phone) and phone_mark(row.phone) == phone
        same_place = name_mark(row.name) == name and bool(places[customer.pk] & places[row.pk])
        same = [word for word, is_same in (("phone", same_phone), (_("name and postal code"), same_place)) if is_same]
        if same:
            found.append(Suggestion(row, _("Same {same}").format(same=" and same ".join(same))))
    return found


@contextmanager
def customers_held(*customer_ids: int) -> Iterator[list[Customer]]:
    """These customers while no order is placed under their addresses, in a transaction; duplicates' addresses too.

    Takes the names that placing takes, in its order, before any order is locked.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        theirs = Q(pk__in=customer_ids) | Q(merged_into__in=customer_ids)
        # Sorted here, not by the database's collation: placing sorts so too.
        for email in sorted(Customer.objects.filter(theirs).values_list("email", flat=True)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('customer:' || %s, 0))", [email])
        rows = Customer.objects.in_bulk(customer_ids)
        yield [rows[pk] if pk in rows else _missing(pk) for pk in customer_ids]


def _missing(customer_id: int) -> Customer:
    raise Customer.DoesNotExist(_("There is no customer {customer_id}").format(customer_id=customer_id))


def _move(order: Order, customer_id: int, *, by: str) -> None:
    before, order.customer_id = order.customer_id, customer_id
    order.save(update_fields=["customer"])
    record(order, "order.reassigned", by=by, before=before, customer=customer_id)


def _join(survivor: Customer, duplicate: Customer) -> None:
    """The duplicate becomes a name for the survivor, and so do its own duplicates."""
    Customer.objects.filter(merged_into=duplicate).update(merged_into=survivor)
    Customer.objects.filter(pk=duplicate.pk).update(
        merged_into=survivor, tier="", scores={}, scored_at=None, tier_override="", tier_reason=""
    )
    Customer.objects.filter(pk=survivor.pk).update(
        blocked=survivor.blocked or duplicate.blocked, phone=survivor.phone or duplicate.phone
    )


def _postcodes(customer_ids: list[int]) -> defaultdict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    orders = Order.objects.filter(customer__in=customer_ids).order_by()
    places = orders.values_list("customer", "shipping_address__postal_code", "shipping_address__country").distinct()
    for customer, postal_code, country in places:
        if code := postcode_mark({"postal_code": postal_code, "country": country}):
            found[customer].add(code)
    return found
