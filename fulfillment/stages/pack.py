"""Stage 5 of 9, packed: in boxes that cost the least and keep the goods safe."""

from collections import Counter
from collections.abc import Iterable

from fulfillment.models import Carton, Parcel, ParcelItem, Shipment, ShipmentLine
from fulfillment.packing import Carton as Box
from fulfillment.packing import Item, plan
from fulfillment.queue import held_shipment
from fulfillment.services import advance_shipment, next_due
from inventory import clock
from orders.errors import NotAllowedNow
from orders.flow import State


def pack(shipment_id: int, *, by: str) -> Shipment:
    """Box every unit of a picked shipment, as planned. What fits no box travels in its own packaging."""
    with held_shipment(shipment_id) as shipment:
        if shipment.state != State.PICKED:
            raise NotAllowedNow("pack", shipment)
        cartons = {carton.name: carton for carton in Carton.objects.all()}
        lines = list(shipment.lines.select_related("order_line__product"))
        planned = plan([_item(line) for line in lines], [_box(carton) for carton in cartons.values()])
        parcels = [
            _write(shipment, cartons[filled.carton.name], filled.gross_g, [placed.sku for placed in filled.items])
            for filled in planned.cartons
        ]
        grams = {str(line.pk): line.order_line.product.weight_g for line in lines}
        own = [[unit] for unit in planned.unpacked] if cartons else [[str(line.pk)] * line.quantity for line in lines]
        parcels += [_write(shipment, None, sum(grams[unit] for unit in units), units) for units in own]
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


def _write(shipment: Shipment, carton: Carton | None, weight_g: int, units: Iterable[str]) -> Parcel:
    """The shipment's next parcel with these units, each named by the id of its line."""
    parcel = Parcel.objects.create(
        shipment=shipment,
        number=shipment.parcels.count() + 1,
        carton=carton,
        weight_g=weight_g,
        status_at=clock.now(),
    )
    ParcelItem.objects.bulk_create(
        ParcelItem(parcel=parcel, shipment_line_id=int(line), quantity=count) for line, count in Counter(units).items()
    )
    return parcel
