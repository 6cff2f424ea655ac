"""The search for anything: what the words name exactly, and what they may mean.

Numbers, codes and addresses are looked up in unique indexes; names by the beginnings of their words, and phones by
their last digits, each in an index of its own, so that the time does not grow with the orders.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from fulfillment.models import Label, Return, Shipment
from inventory.models import Product
from ordermgmt.customers.naming import named
from ordermgmt.lists.filters import is_number
from ordermgmt.phrases import counted
from orders.models import Channel, Customer, Order

SHOWN = 20
PART = re.compile(r"(r?)#?(\d{1,18})-(\d{1,4})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Hit:
    """One thing that was found, and where its page is."""

    kind: str
    title: str
    detail: str
    address: str
    icon: str


@dataclass(frozen=True)
class Found:
    """What the words name exactly, and what is like them."""

    exact: Sequence[Hit] = ()
    customers: Sequence[Customer] = ()
    orders: Sequence[Order] = ()
    products: Sequence[Product] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.exact or self.customers or self.orders or self.products)


def exact_hits(words: str, *, people: bool = True) -> list[Hit]:
    """Everything that has just this number, code or address; in a few look-ups."""
    plain = words.strip()
    bare = plain.removeprefix("#").strip()
    if not bare:
        return []
    hits = {hit.address: hit for hit in _named(bare, only_orders=plain != bare)}
    return [hit for hit in hits.values() if people or hit.kind != "Customer"]


def found(words: str, *, people: bool = True) -> Found:
    """What the words name, the products they may mean and, for who may see `people`, customers with their orders."""
    exact = exact_hits(words, people=people)
    # Not by their numbers: the database would read all people backwards until it had found enough.
    customers = list(named(words).order_by("-created_at")[:SHOWN]) if people else []
    orders = Order.objects.filter(customer__in=[row.pk for row in customers]).select_related("customer")
    goods = Product.objects.filter(Q(sku__istartswith=words) | Q(name__icontains=words))
    return Found(exact, customers, list(orders.order_by("-placed_at")[:SHOWN]), list(goods.order_by("sku")[:SHOWN]))


def _named(plain: str, *, only_orders: bool) -> Iterator[Hit]:
    if is_number(plain):
        yield from map(_order, _orders(number=int(plain)))
    if only_orders:
        return
    if part := PART.fullmatch(plain):
        yield from _returns(part) if part[1] else _shipments(part)
    for label in Label.objects.filter(tracking_number=plain.upper()).select_related("parcel__shipment__order"):
        yield _shipment(label.parcel.shipment, label.tracking_number)
    for goods in Product.objects.filter(Q(sku=plain) | Q(sku=plain.upper()) | Q(barcode=plain)):
        yield Hit(_("Product"), goods.sku, goods.name, reverse("stock-product", args=[goods.sku]), "shelf")
    # By channel, because that is what leads the index.
    yield from map(_order, _orders(channel__in=Channel.objects.order_by().values("pk"), external_id=plain))
    if "@" in plain:
        yield from map(_customer, Customer.objects.filter(email=plain.lower()))


def _orders(**of: object) -> QuerySet[Order]:
    return Order.objects.filter(**of).select_related("customer").order_by()[:SHOWN]


def _order(row: Order) -> Hit:
    detail = f"{row.customer.name}, {row.get_state_display().lower()}"
    return Hit(_("Order"), f"#{row.number}", detail, reverse("order", args=[row.number]), "orders")


def _shipments(part: re.Match[str]) -> Iterator[Hit]:
    for row in Shipment.objects.filter(order__number=int(part[2]), number=int(part[3])).select_related("order"):
        yield _shipment(row, row.get_state_display().lower())


def _shipment(row: Shipment, detail: str) -> Hit:
    address = f"{reverse('order', args=[row.order.number])}#shipment-{row.number}"
    return Hit(_("Shipment"), row.code, detail, address, "truck")


def _returns(part: re.Match[str]) -> Iterator[Hit]:
    for row in Return.objects.filter(order__number=int(part[2]), number=int(part[3])):
        address = reverse("return", args=[int(part[2]), row.number])
        yield Hit(_("Return"), f"R{part[2]}-{row.number}", row.get_state_display().lower(), address, "back")


def _customer(row: Customer) -> Hit:
    return Hit(_("Customer"), row.name, row.email, reverse("customer", args=[row.pk]), "person")


def said(found_: Found) -> str:
    """How much there is, for the head of the page."""
    counts = ((len(found_.customers), "customer"), (len(found_.orders), "order"), (len(found_.products), "product"))
    return ", ".join(counted(count, noun) for count, noun in counts if count)
