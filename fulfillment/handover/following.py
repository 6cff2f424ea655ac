"""A hand-over is asked for with its shipment, and goes where its shipment goes."""

from fulfillment.flow import LEFT, OPEN, TAKEN_ON, Handing
from fulfillment.models import HandOver, Shipment
from inventory import clock
from inventory.models import Warehouse
from orders.flow import State
from orders.history import record

STOPPED = (Handing.REJECTED, Handing.CANCELLED)


def ask(shipment: Shipment, *, by: str) -> HandOver:
    """Ask the third party that runs the warehouse to send a shipment that was just opened."""
    now = clock.now()
    row = HandOver.objects.create(shipment=shipment, requested_at=now, state_since=now)
    tell(shipment, row, "requested", by=by)
    return row


def hand_over_of(shipment: Shipment) -> HandOver | None:
    """What was asked of a third party about a held shipment; None where nobody was."""
    if shipment.warehouse.mode != Warehouse.Mode.THIRD_PARTY:
        return None
    return HandOver.objects.filter(shipment=shipment).first()


def entered(row: HandOver, shipment: Shipment, *, by: str, answered: bool = False, **told: object) -> HandOver:
    """Write that a hand-over of a held shipment has just entered its state, and tell of it."""
    row.state_since, row.version = clock.now(), row.version + 1
    if answered:
        row.answered_at = row.state_since
    row.save(update_fields=["state", "state_since", "version", "answered_at", "requested_at", "reason", "words"])
    taken_on = row.state in TAKEN_ON
    if shipment.taken_on != taken_on:
        shipment.taken_on = taken_on
        shipment.save(update_fields=["taken_on"])
    tell(shipment, row, str(row.state), by=by, **told)
    return row


def follow(shipment: Shipment, *, by: str) -> None:
    """What happened to a held shipment happens to its hand-over: who picks has accepted, what left is confirmed."""
    row = hand_over_of(shipment)
    if row is None:
        return
    if shipment.state == State.CANCELLED and row.state != Handing.CANCELLED:
        row.stop()
    elif shipment.state in LEFT and row.state != Handing.CONFIRMED:
        row.confirm()
    elif shipment.state != State.APPROVED and row.state == Handing.REQUESTED and shipment.state in OPEN:
        row.accept()
    else:
        return
    entered(row, shipment, by=by, answered=shipment.state != State.CANCELLED)


def ask_again_when_free(shipment: Shipment, *, by: str) -> None:
    """Nothing holds a shipment any more that was rejected or stopped: its third party is asked anew."""
    row = hand_over_of(shipment)
    if row is None or row.state not in STOPPED or shipment.open_holds or shipment.state not in OPEN:
        return
    row.ask_again()
    row.requested_at, row.answered_at, row.reason, row.words = clock.now(), None, "", ""
    entered(row, shipment, by=by)


def tell(shipment: Shipment, row: HandOver, what: str, *, by: str, **told: object) -> None:
    """One event of a hand-over, with what its third party has to know of it."""
    whose = {"warehouse": shipment.warehouse.name, "warehouse_code": shipment.warehouse.code}
    record(shipment.order, f"handover.{what}", by=by, shipment=shipment.code, version=row.version, **whose, **told)
