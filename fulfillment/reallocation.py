"""Units that a warehouse cannot send after all go to others, into their shipments of the order or new ones."""

from collections.abc import Collection, Sequence

from django.db.models import F

from fulfillment.lists import write_pick_list
from fulfillment.models import HandOver, Shipment, ShipmentLine
from fulfillment.services import open_for
from inventory import services as stock
from inventory.models import Stock, Warehouse
from orders.flow import State
from orders.models import OrderLine
from orders.queue import wake
from orders.reallocation import reallocate
from orders.sources import Source


def find_elsewhere(shipment: Shipment, units: dict[OrderLine, int]) -> list[Source]:
    """Other warehouses for as many of these units of a held shipment as there are; their promises and allocations move.

    Nobody gets units into a shipment that is gathered already or in a third party's hands, nor a third party that has
    refused a part of this order.
    """
    products = [line.product_id for line in units]
    list(stock.lock_stock(Stock.objects.filter(product__in=products).values_list("pk", flat=True)))  # in turn, at once
    avoid, prefer = _others(shipment)
    found: list[Source] = []
    for line, count in units.items():
        found += reallocate(line, count, source_id=shipment.warehouse_id, avoid=avoid, prefer=prefer)
    return found


def give(shipment: Shipment, sources: Sequence[Source], *, by: str) -> None:
    """Each of these warehouses gets its units into its shipment of the order, or a new one for them."""
    open_ones = shipment.order.shipments.filter(state=State.APPROVED).exclude(pk=shipment.pk)
    served = {row.warehouse_id: row for row in open_ones.select_related("warehouse")}
    for source in sources:
        if source.warehouse_id in served:
            _add(served[source.warehouse_id], source)
    open_for(shipment.order, by=by)


def _others(shipment: Shipment) -> tuple[Collection[int], Collection[int]]:
    """Warehouses that cannot get more of the order, and those that send a part of it anyway."""
    refused = HandOver.objects.filter(shipment__order=shipment.order).exclude(reason="")
    avoid = set(refused.values_list("shipment__warehouse_id", flat=True))
    prefer = set()
    others = shipment.order.shipments.exclude(state=State.CANCELLED).exclude(pk=shipment.pk)
    for row in others.select_related("warehouse"):
        if row.state == State.APPROVED and row.warehouse.mode != Warehouse.Mode.THIRD_PARTY:
            prefer.add(row.warehouse_id)
        else:
            avoid.add(row.warehouse_id)
    return avoid, prefer


def _add(shipment: Shipment, source: Source) -> None:
    line, fresh = ShipmentLine.objects.get_or_create(
        shipment=shipment, order_line=source.line, defaults={"quantity": source.units}
    )
    if not fresh:
        ShipmentLine.objects.filter(pk=line.pk).update(quantity=F("quantity") + source.units)
    line.quantity = source.units  # of the new list
    write_pick_list(shipment.warehouse, [line])
    if shipment.due_at:
        wake(shipment.state)
