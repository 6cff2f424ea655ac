"""A parcel of the database as carriers see it, and what the shop's rules ask of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects

from fulfillment.carriers.carrier import Content, Package, Place, Size
from fulfillment.carriers.choice import Subject
from fulfillment.models import Parcel, ParcelItem, ProductCustoms, Shipment
from inventory.models import Warehouse
from orders.models import Order

RETURN_KEY = "return-"  # begins the purchase's key of a label for the way back
# What is in parcels, for those who look at many of them.
GOODS_ROWS = ParcelItem.objects.select_related("shipment_line__order_line__product__customs")
GOODS = Prefetch("items", GOODS_ROWS)


def carrier_day() -> timedelta:
    """How long a day of the carrier lasts for what is sent now."""
    return timedelta(seconds=settings.CARRIER_DAY_SECONDS)


def ask_again_in(day: timedelta) -> timedelta:
    """The carrier is asked six times in one of its days."""
    return max(timedelta(seconds=0.25), day / 6)


def package_of(parcel: Parcel, shipment: Shipment, *, key: str, at: datetime) -> Package:
    """One parcel of a shipment whose order and warehouse are at hand."""
    order = shipment.order
    return Package(
        key=key,
        weight_g=parcel.weight_g,
        size_mm=size_of(parcel),
        origin=warehouse_place(shipment.warehouse),
        destination=customer_place(order),
        ready_at=at,
        day=carrier_day(),
        currency=order.currency,
        contents=contents_of(parcel) if shipment.warehouse.country != country_of(order) else (),
    )


def size_of(parcel: Parcel) -> Size:
    """Outer length, width and height in mm; of what nobody measured that of its carton, if it has one."""
    box = parcel.carton
    if any(parcel.size_mm) or not box:
        return parcel.size_mm
    return (box.length_mm, box.width_mm, box.height_mm)


def contents_of(parcel: Parcel) -> tuple[Content, ...]:
    """What is in it, as customs wants it; the value is the product's own or what was paid for one."""
    prefetch_related_objects([parcel], GOODS)
    found = []
    for row in parcel.items.all():
        line = row.shipment_line.order_line
        known: ProductCustoms | None = getattr(line.product, "customs", None)
        paid = line.unit_price if known is None or known.value is None else known.value
        found.append(
            Content(
                sku=line.sku,
                name=line.name,
                quantity=row.quantity,
                weight_g=line.product.weight_g,
                value=paid,
                hs_code=known.hs_code if known else "",
                origin=known.origin if known else "",
            )
        )
    return tuple(found)


def subject_of(parcel: Parcel, order: Order) -> Subject:
    """What rules of preference ask of a parcel."""
    prefetch_related_objects([parcel], GOODS)
    skus = [row.shipment_line.order_line.sku for row in parcel.items.all()]
    return asked_of(order, weight_g=parcel.weight_g, skus=skus)


def asked_of(order: Order, *, weight_g: int, skus: Iterable[str]) -> Subject:
    """What they ask of goods that may not be packed yet."""
    return Subject(
        country=country_of(order),
        weight_g=weight_g,
        value=order.total,
        skus=frozenset(skus),
        tier=order.customer.standing,
        channel=order.channel.code,
    )


def country_of(order: Order) -> str:
    """Where it goes."""
    return str(order.shipping_address.get("country", ""))


def warehouse_place(warehouse: Warehouse) -> Place:
    """Where it leaves from."""
    return Place(
        country=warehouse.country,
        postal_code=warehouse.postal_code,
        name=warehouse.name,
        line1=warehouse.line1,
        city=warehouse.city,
        time_zone=warehouse.time_zone,
    )


def customer_place(order: Order) -> Place:
    """Where it goes to."""
    given = order.shipping_address
    names = ("postal_code", "name", "company", "line1", "line2", "city", "region")
    known = {name: str(given.get(name) or "") for name in names}
    return Place(country=country_of(order), phone=order.customer.phone, email=order.customer.email, **known)
