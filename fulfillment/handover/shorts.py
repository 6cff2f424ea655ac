"""What a third party did not find: its books are put right, and others send the units, or the customer waits."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import F

from fulfillment.models import PickTask, Shipment, ShipmentLine
from fulfillment.reallocation import find_elsewhere, give
from inventory import clock
from inventory import services as stock
from inventory.models import Stock
from orders.history import record


def find_the_missing(shipment: Shipment, missing: Mapping[ShipmentLine, int], *, by: str) -> Counter[str]:
    """Shorten a held shipment by these units of its lines; returns, by SKU, those that nobody has on hand."""
    awaited = Counter[str]()
    if not missing:
        return awaited
    sources = find_elsewhere(shipment, {line.order_line: units for line, units in missing.items()})
    for line, units in missing.items():
        given = [row for row in sources if row.line.pk == line.order_line_id]
        waits = units - sum(row.units for row in given)
        _write_down(shipment, line, units, waits=waits, by=by)
        _shorten(line, units)
        if waits:
            awaited[line.order_line.sku] += waits
        record(
            shipment.order,
            "pick.short",
            by=by,
            shipment=shipment.code,
            sku=line.order_line.sku,
            units=units,
            reason="not_found",
            awaited=waits,
            sources=[{"warehouse": row.warehouse, "units": row.units} for row in given],
        )
    if sources:
        give(shipment, sources, by=by)
    return awaited


def _write_down(shipment: Shipment, line: ShipmentLine, units: int, *, waits: int, by: str) -> None:
    place = Stock.objects.get(product=line.order_line.product_id, warehouse=shipment.warehouse_id)
    lost = {line.order_line.reservation_key: waits} if waits else {}
    reason = f"{shipment.warehouse.name} did not find them for {shipment.code}"
    stock.miss(place.pk, min(units, place.on_hand), lost=lost, key=f"handover:{line.pk}", by=by, reason=reason)


def _shorten(line: ShipmentLine, units: int) -> None:
    """Neither line nor tasks ask for what was not there; one that nothing is left of goes."""
    if units == line.quantity:
        line.delete()
        return
    ShipmentLine.objects.filter(pk=line.pk).update(quantity=F("quantity") - units)
    left = units
    for task in PickTask.objects.filter(shipment_line=line, picked=0).order_by("-id"):
        gone = min(left, task.left)
        PickTask.objects.filter(pk=task.pk).update(short=F("short") + gone, picked_at=clock.now())
        left -= gone
