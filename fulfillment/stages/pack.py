"""Stage 5 of 9, packed: in boxes that cost the least and keep the goods safe."""

from collections.abc import Sequence

from fulfillment.boxing import Packed, proposed, write_parcels
from fulfillment.models import Shipment
from fulfillment.packing import WORK
from fulfillment.queue import held_shipment
from fulfillment.services import advance_shipment, next_due
from orders.errors import NotAllowedNow
from orders.flow import State


def pack(shipment_id: int, *, by: str, work: int = WORK) -> Shipment:
    """Box every unit of a picked shipment as planned; `work` bounds how long a better plan is looked for."""
    with held_shipment(shipment_id) as shipment:
        if shipment.state != State.PICKED:
            raise NotAllowedNow("pack", shipment)
        return pack_into(shipment, proposed(shipment, work=work), by=by)


def pack_into(shipment: Shipment, boxes: Sequence[Packed], *, by: str) -> Shipment:
    """The same of a held shipment with boxes that somebody chose; they hold exactly its units, or nothing is done."""
    if shipment.state != State.PICKED:
        raise NotAllowedNow("pack", shipment)
    parcels = write_parcels(shipment, boxes)
    shipment.pack()
    named = [
        {"carton": parcel.carton.name if parcel.carton else "own packaging", "weight_g": parcel.weight_g}
        for parcel in parcels
    ]
    return advance_shipment(shipment, by=by, due_in=next_due(shipment.warehouse), parcels=named)
