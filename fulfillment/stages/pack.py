"""Stage 5 of 9, packed: in boxes that cost the least and keep the goods safe."""

from collections import Counter
from collections.abc import Iterable, Sequence

from fulfillment.models import Carton, Parcel, ParcelItem, Shipment, ShipmentLine
from fulfillment.packing import WORK, Item, plan
from fulfillment.packing import Carton as Box
from fulfillment.queue import held_shipment
from fulfillment.services import advance_shipment, next_due
from inventory import clock
from orders.errors import NotAllowedNow
from orders.flow import State


def pack(shipment_id: int, *, by: str, work: int = WORK) -> Shipment:
    """Box every unit of a picked shipment, as planned. What fits no box travels in its own packaging.

    `work` bounds how long a better plan is looked for.
    """
    with held_shipment(shipment_id) as shipment:
        if shipment.state != State.PICKED:
            raise NotAllowedNow("pack", shipment)
        cartons = {carton.name: carton for carton in Carton.objects.all()}
        lines = list(shipment.lines.select_related("order_line__product"))
        planned = plan([_item(line) for line in lines], [_box(carton) for carton in cartons.values()], work=work)
        filled = [(cartons[box.carton.name], box.gross_g, [unit.sku for unit in box.items]) for box in planned.cartons]
        own = _own(lines, planned.unpacked, each=bool(cartons))
        parcels = [_write(shipment, number, *contents) for number, contents in enumerate([*filled, *own], 1)]
        shipment.pack()
        named = [
            {"carton": parcel.carton.name if parcel.carton else "own packaging", "weight_g": parcel.weight_g}
            for parcel in parcels
        ]
        return advance_shipment(shipment, by=by, due_in=next_due(shipment.warehouse), parcels=named)


def _item(line: ShipmentLine) -> Item:
    """A line is known to the planner by its id; what was never measured takes next to no room."""
    product = line.order_line.product
    width, length, height = (max(side, 1) for side in (product.width_mm, product.length_mm, product.height_mm))
    return Item(str(line.pk), line.quantity, (width, length, height), product.weight_g)


def _box(carton: Carton) -> Box:
    size = (carton.width_mm, carton.length_mm, carton.height_mm)
    return Box(carton.name, size, size, carton.tare_g, carton.max_gross_g, carton.price)


def _own(lines: Iterable[ShipmentLine], unpacked: Sequence[str], *, each: bool) -> list[tuple[None, int, list[str]]]:
    """What goes without a box: each unit in its own packaging, or each line."""
    grams = {str(line.pk): line.order_line.product.weight_g for line in lines}
    alone = [[unit] for unit in unpacked] if each else [[unit] * count for unit, count in Counter(unpacked).items()]
    return [(None, sum(grams[unit] for unit in units), units) for units in alone]


def _write(shipment: Shipment, number: int, carton: Carton | None, weight_g: int, units: Iterable[str]) -> Parcel:
    """One parcel with these units, each named by the id of its line."""
    parcel = Parcel.objects.create(
        shipment=shipment, number=number, carton=carton, weight_g=weight_g, status_at=clock.now()
    )
    ParcelItem.objects.bulk_create(
        ParcelItem(parcel=parcel, shipment_line_id=int(line), quantity=count) for line, count in Counter(units).items()
    )
    return parcel
