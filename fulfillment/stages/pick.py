"""Stage 4 of 9, picked: the shop or a third party gathers the items."""

from fulfillment.gathering import confirm_rest, finish_picking
from fulfillment.models import Shipment
from fulfillment.queue import held_shipment


def pick(shipment_id: int, *, by: str) -> Shipment:
    """Confirm what is left of the shipment's pick tasks, and with it the shipment.

    At the pick station the last scan does this by itself.
    """
    with held_shipment(shipment_id) as shipment:
        confirm_rest(shipment, by=by)
        return finish_picking(shipment, by=by)
