"""What a mail says of the goods: what is in the parcels that left or arrived, and what of the order follows."""

from collections import Counter
from typing import Any

from fulfillment.flow import LEFT
from fulfillment.models import ParcelItem, Shipment, ShipmentLine
from orders.models import OrderLine


def contents_of(order_id: int, *, code: str, arrived: bool) -> dict[str, Any]:
    """Of one shipment: `parcels`, each a list of what is in it, and `follows`, what had not left when this one did.

    With `arrived` what follows is what had not arrived when this one had.
    """
    shipment = Shipment.objects.get(order=order_id, number=int(code.rpartition("-")[2]))
    inside: dict[int, list[str]] = {}
    items = ParcelItem.objects.filter(parcel__shipment=shipment).select_related("shipment_line__order_line")
    for item in items.order_by("parcel__number", "pk"):
        inside.setdefault(item.parcel_id, []).append(_units(item.quantity, item.shipment_line.order_line))
    gone = _gone(shipment, arrived=arrived)
    lines = OrderLine.objects.filter(order=order_id)
    rest = [(line, line.quantity - gone[line.pk]) for line in lines]
    return {"parcels": list(inside.values()), "follows": [_units(count, line) for line, count in rest if count > 0]}


def _gone(shipment: Shipment, *, arrived: bool) -> Counter[int]:
    """Units by order line that had left, or arrived, no later than this shipment."""
    moment = "delivered_at" if arrived else "shipped_at"
    until = {f"shipment__{moment}__lte": getattr(shipment, moment)}
    rows = ShipmentLine.objects.filter(shipment__order=shipment.order_id, shipment__state__in=LEFT, **until)
    units = Counter[int]()
    for line_id, count in rows.values_list("order_line", "quantity"):
        units[line_id] += count
    return units


def _units(count: int, line: OrderLine) -> str:
    return f"{count} × {line.name}"
