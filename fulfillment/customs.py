"""What customs has to be told of a shipment that leaves its country, and what of it is not known yet."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTextTransform

from fulfillment.carriers.carrier import Content
from fulfillment.carriers.packages import contents_of, country_of
from fulfillment.models import Shipment
from inventory.models import Product
from orders.flow import State


def is_export(shipment: Shipment) -> bool:
    """Whether it leaves the country of its warehouse."""
    return shipment.warehouse.country != country_of(shipment.order)


def contents_by_product(shipment: Shipment) -> list[Content]:
    """What is in all its parcels together, by SKU and value."""
    found: dict[tuple[str, str], Content] = {}
    for content in _contents(shipment):
        key = (content.sku, str(content.value))
        earlier = found.get(key)
        found[key] = replace(content, quantity=content.quantity + (earlier.quantity if earlier else 0))
    return [found[key] for key in sorted(found)]


def undeclared(shipment: Shipment) -> list[str]:
    """SKUs in the parcels of an export whose tariff number or origin is not known; none within the country."""
    if not is_export(shipment):
        return []
    return sorted({content.sku for content in _contents(shipment) if not (content.hs_code and content.origin)})


def waited_for() -> QuerySet[Product]:
    """Products without a declaration in open shipments that leave their country."""
    to = KeyTextTransform("country", "order_lines__shipment_lines__shipment__order__shipping_address")
    open_ = Product.objects.filter(
        customs=None, order_lines__shipment_lines__shipment__state__in=(State.APPROVED, State.PICKED, State.PACKED)
    )
    abroad = open_.annotate(to=to).exclude(to=F("order_lines__shipment_lines__shipment__warehouse__country"))
    return Product.objects.filter(pk__in=abroad.values("pk")).order_by("sku")


def _contents(shipment: Shipment) -> Iterable[Content]:
    return (content for parcel in shipment.parcels.all() for content in contents_of(parcel))
