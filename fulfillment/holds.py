"""Named reasons why one shipment waits while the rest of its order goes on."""

from datetime import datetime
from functools import partial

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fulfillment.flow import OPEN
from fulfillment.handover.following import ask_again_when_free
from fulfillment.models import Shipment, ShipmentHold
from fulfillment.queue import held_shipment
from inventory import clock
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.history import record
from orders.queue import each_alone, wake
from orders.services import place_hold, refuse_other

ITS_DATE = "system:holds"


def hold_shipment(shipment_id: int, *, reason: str, note: str, by: str, until: datetime | None = None) -> ShipmentHold:
    """Stop the shipment where it is; the same hold again is the first one. Refused once it has left.

    Raises HoldOpen when one for the reason is open with another note or date.
    """
    with held_shipment(shipment_id) as shipment:
        if shipment.state not in OPEN:
            raise NotAllowedNow("hold", shipment, [_why_not(shipment)])
        refuse_other(shipment.holds, reason, note, until)
        return place_shipment_hold(shipment, reason=reason, note=note, by=by, until=until)


def place_shipment_hold(
    shipment: Shipment, *, reason: str, note: str, by: str, until: datetime | None = None
) -> ShipmentHold:
    """The same on a shipment held by the caller."""
    row, fresh = ShipmentHold.objects.get_or_create(
        shipment=shipment,
        reason=reason,
        released_at=None,
        defaults={"note": note[:500], "by": by, "until": until},
    )
    if fresh:
        _count(shipment, 1)
        record(shipment.order, "shipment.held", by=by, shipment=shipment.code, reason=reason)
    return row


def release_shipment(hold_id: int, *, by: str, note: str = "") -> Shipment:
    """Let go of one hold; after the last one the shipment is back in its queue, and a third party is asked again.

    Releasing twice changes nothing.
    """
    with held_shipment(ShipmentHold.objects.values_list("shipment_id", flat=True).get(pk=hold_id)) as shipment:
        end_shipment_holds(shipment, shipment.holds.filter(pk=hold_id), by=by, note=note)
        ask_again_when_free(shipment, by=by)
        return shipment


def end_shipment_holds(shipment: Shipment, holds: QuerySet[ShipmentHold], *, by: str, note: str = "") -> None:
    """The same for those of `holds` that are open, on a shipment held by the caller."""
    for hold in holds.filter(released_at=None):
        hold.released_at, hold.released_by, hold.release_note = clock.now(), by, note[:500]
        hold.save(update_fields=["released_at", "released_by", "release_note"])
        _count(shipment, -1)
        record(shipment.order, "shipment.released", by=by, shipment=shipment.code, reason=hold.reason)
        if shipment.open_holds == 0:
            wake(shipment.state)


def hand_up_holds(shipment: Shipment, *, by: str) -> None:
    """Let the order wait for what a shipment waited for that is stopped while its order goes on; both are held."""
    for hold in shipment.holds.filter(released_at=None):
        place_hold(shipment.order, reason=hold.reason, note=hold.note, by=by, until=hold.until)
    end_shipment_holds(shipment, shipment.holds.all(), by=by)


def release_due_shipments(limit: int = 500) -> int:
    """Release up to `limit` holds whose date has come; returns how many. One that fails stops no other."""
    due = ShipmentHold.objects.filter(released_at=None, until__lte=clock.now()).order_by("until")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return each_alone(ids, partial(release_shipment, by=ITS_DATE), failed="Hold %s of a shipment could not be released")


def _why_not(shipment: Shipment) -> str:
    return _("it was called off") if shipment.state == State.CANCELLED else _("it has left the warehouse")


def _count(shipment: Shipment, more: int) -> None:
    shipment.open_holds += more
    shipment.save(update_fields=["open_holds"])
