"""News of parcels: kept as they come, in any order and however often; a parcel's status only moves forward."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import Model
from django.utils.translation import gettext_noop

from fulfillment.carriers.carrier import Scan
from fulfillment.claims import Told, open_claim
from fulfillment.errors import ParcelNotEnded
from fulfillment.models import CarrierNews, Claim, Parcel, ParcelItem, Shipment, TrackingEvent
from fulfillment.queue import held_shipment
from inventory import clock
from inventory.retelling import in_english
from orders.flow import FINAL
from orders.history import record
from orders.services import place_hold
from orders.services.holds import end_holds

Status = Parcel.Status
RANKS = [status.value for status in Status]
# These stand in nobody's way of the door any more: a parcel that came back or arrived goes nowhere else.
ENDS = {Status.RETURNED_TO_SENDER, Status.DELIVERED}
ASTRAY = (Status.LOST, Status.RETURNED_TO_SENDER)
HOLD_OF = {Status.LOST: "parcel-lost", Status.RETURNED_TO_SENDER: "parcel-returned"}
SILENT_DAYS = 4  # of the carrier's own


def take_news(shipment: Shipment, parcel: Parcel, scans: Iterable[Scan], *, by: str) -> None:
    """Keep the scans that are new; the furthest one moves the parcel. The shipment is held."""
    fresh = keep_fresh(TrackingEvent, scans, parcel=parcel)
    if not fresh:
        return
    parcel.silent_at = None
    for scan in fresh:
        if moves(parcel.status, scan.status):
            _move(shipment, parcel, scan, by=by)
    parcel.save(update_fields=["status", "status_at", "silent_at"])


def keep_fresh(table: type[CarrierNews], scans: Iterable[Scan], **about: Model) -> list[Scan]:
    """Keep the scans that are new in the history of what they are `about`; returns these, as they came."""
    known = set(table._default_manager.filter(**about).values_list("key", flat=True))
    fresh = list({scan.key: scan for scan in scans if scan.key not in known}.values())
    table._default_manager.bulk_create(
        table(
            **about,
            key=scan.key,
            status=scan.status,
            description=scan.description[:200],
            at=scan.at,
            received_at=clock.now(),
            raw=dict(scan.raw),
        )
        for scan in fresh
    )
    return fresh


def moves(before: str, after: str) -> bool:
    """Whether news of `after` lead on from `before`: forward only, and nothing follows an end."""
    return Status(before) not in ENDS and RANKS.index(after) > RANKS.index(before)


def _move(shipment: Shipment, parcel: Parcel, scan: Scan, *, by: str) -> None:
    parcel.status, parcel.status_at = scan.status, scan.at
    record(
        shipment.order,
        f"parcel.{scan.status}",
        by=by,
        shipment=shipment.code,
        parcel=parcel.number,
        status=scan.status,
        description=scan.description[:200],
        seen_at=scan.at.isoformat(),
    )
    reason = HOLD_OF.get(Status(scan.status))
    if reason and shipment.order.state not in FINAL:
        with in_english():
            status = parcel.get_status_display().lower()
        said = gettext_noop("Parcel {number} of {code}: {status}")
        note = said.format(number=parcel.number, code=shipment.code, status=status)
        place_hold(shipment.order, reason=reason, note=note, by=by)


def watch(shipment: Shipment, parcels: Sequence[Parcel], *, day: timedelta, by: str) -> None:
    """Say once of each parcel of a held shipment that it is late, and that the carrier is silent about it."""
    now = clock.now()
    for parcel in parcels:
        if parcel.status in ENDS or parcel.status == Status.LOST:
            continue
        told, before = {"shipment": shipment.code, "parcel": parcel.number}, (parcel.delayed_at, parcel.silent_at)
        if parcel.delayed_at is None and now > parcel.label.expected_at:
            parcel.delayed_at = now
            record(shipment.order, "parcel.delayed", by=by, expected_at=parcel.label.expected_at.isoformat(), **told)
        heard = max(parcel.status_at, shipment.shipped_at or parcel.status_at)
        if parcel.silent_at is None and now - heard > SILENT_DAYS * day:
            parcel.silent_at = now
            record(shipment.order, "parcel.silent", by=by, heard_at=heard.isoformat(), **told)
        if before != (parcel.delayed_at, parcel.silent_at):
            parcel.save(update_fields=["delayed_at", "silent_at"])


def claim_losses(shipment: Shipment, *, by: str) -> None:
    """Claim what the carrier has lost, from the carrier; once per parcel, outside any lock."""
    lost = shipment.parcels.filter(status=Status.LOST, settled_at=None)
    for parcel in lost.exclude(claims__against=Claim.Against.CARRIER):
        items = ParcelItem.objects.filter(parcel=parcel).select_related("shipment_line")
        open_claim(
            shipment.order_id,
            kind=Claim.Kind.LOST,
            units={item.shipment_line.order_line_id: item.quantity for item in items},
            key=f"lost:{parcel.pk}",
            by=by,
            told=Told(
                against=Claim.Against.CARRIER,
                opened_by=Claim.OpenedBy.CARRIER,
                note=gettext_noop("Parcel {number} of {code} is lost").format(number=parcel.number, code=shipment.code),
                parcel_id=parcel.pk,
            ),
        )


def settle_parcel(parcel_id: int, *, how: str, by: str) -> Parcel:
    """Somebody has seen to a parcel that was lost or came back: its shipment goes on without it.

    Settling again changes nothing. Raises ParcelNotEnded for any other parcel.
    """
    with held_shipment(Parcel.objects.values_list("shipment_id", flat=True).get(pk=parcel_id)) as shipment:
        parcel = Parcel.objects.get(pk=parcel_id)
        if parcel.status not in ASTRAY:
            raise ParcelNotEnded(f"Parcel {parcel.number} of {shipment.code} is neither lost nor back")
        if parcel.settled_at:
            return parcel
        parcel.settled_at, parcel.settled_how = clock.now(), how[:16]
        parcel.save(update_fields=["settled_at", "settled_how"])
        told = {"shipment": shipment.code, "parcel": parcel.number, "status": parcel.status}
        record(shipment.order, "parcel.settled", by=by, how=parcel.settled_how, **told)
        others = Parcel.objects.filter(shipment__order=shipment.order, status=parcel.status, settled_at=None)
        if not others.exists():
            end_holds(shipment.order, shipment.order.holds.filter(reason=HOLD_OF[Status(parcel.status)]), by=by)
        shipment.due_at = clock.now()
        shipment.save(update_fields=["due_at"])
        return parcel
