"""Stage 5 of 9, packed: in as few and as cheap boxes as keep the goods safe."""

from fulfillment.models import Carton, Parcel, ParcelItem, Shipment
from fulfillment.packing import Box, Item, Packed
from fulfillment.packing import pack as plan
from fulfillment.queue import held_shipment
from fulfillment.services import advance_shipment, next_due
from inventory import clock
from orders.errors import NotAllowedNow
from orders.flow import State


def pack(shipment_id: int, *, by: str) -> Shipment:
    """Box every unit of a picked shipment, as planned."""
    with held_shipment(shipment_id) as shipment:
        if shipment.state != State.PICKED:
            raise NotAllowedNow("pack", shipment)
        cartons = {carton.pk: carton for carton in Carton.objects.all()}
        parcels = plan(items_of(shipment), [_box(carton) for carton in cartons.values()])
        for number, packed in enumerate(parcels, 1):
            _write(shipment, packed, number)
        shipment.pack()
        named = [
            {
                "carton": cartons[packed.carton_id].name if packed.carton_id else "own packaging",
                "weight_g": packed.weight_g,
            }
            for packed in parcels
        ]
        return advance_shipment(shipment, by=by, due_in=next_due(shipment.warehouse), parcels=named)


def items_of(shipment: Shipment) -> list[Item]:
    """What has to go into boxes, with sizes from the catalogue."""
    lines = shipment.lines.select_related("order_line__product")
    return [
        Item(line.pk, line.quantity, p.length_mm * p.width_mm * p.height_mm, p.weight_g)
        for line in lines
        for p in [line.order_line.product]
    ]


def _box(carton: Carton) -> Box:
    return Box(carton.pk, carton.volume_mm3, carton.tare_g, carton.max_gross_g)


def _write(shipment: Shipment, packed: Packed, number: int) -> None:
    parcel = Parcel.objects.create(
        shipment=shipment,
        number=number,
        carton_id=packed.carton_id,
        weight_g=packed.weight_g,
        status_at=clock.now(),
    )
    ParcelItem.objects.bulk_create(
        ParcelItem(parcel=parcel, shipment_line_id=line_id, quantity=count) for line_id, count in packed.units.items()
    )
