"""Stage 7 of 9, delivered: the right items in the right quantities, as the carrier tells it.

Raw scans are kept as they come, in any order and however often; a parcel's status only moves forward.
"""

from datetime import timedelta

from fulfillment.carriers import fake
from fulfillment.carriers.fake import Scan
from fulfillment.carriers.rates import TABLE, zone
from fulfillment.flow import LEFT
from fulfillment.models import Label, Parcel, Shipment, TrackingEvent
from fulfillment.queue import held_shipment
from fulfillment.services import advance_shipment
from fulfillment.stages.ship import ask_again_in, carrier_day
from inventory import clock
from orders.errors import NotAllowedNow
from orders.history import record

RANKS = [status.value for status in Parcel.Status]


def deliver(shipment_id: int, *, by: str) -> Shipment:
    """Ask the carrier for news; when the last parcel has arrived, so have the shipment and perhaps the order."""
    news = ask_carrier(Shipment.objects.select_related("order", "warehouse").get(pk=shipment_id))
    with held_shipment(shipment_id) as shipment:
        # Read again under the lock: another worker may have brought newer news.
        here = {parcel.pk: parcel for parcel in shipment.parcels.all()}
        for parcel, scans in news:
            take_news(shipment, here[parcel.pk], scans, by=by)
        if shipment.state == "shipped" and all(parcel.status == "delivered" for parcel in shipment.parcels.all()):
            shipment.deliver()
            shipment.delivered_at = max(parcel.status_at for parcel in shipment.parcels.all())
            return advance_shipment(shipment, by=by, due_in=None)
        if shipment.state == "shipped":
            days = [day_of(parcel.label, shipment) for parcel, _ in news]
            shipment.due_at = clock.now() + ask_again_in(min(days, default=carrier_day()))
            shipment.attempts = 0
            shipment.save(update_fields=["due_at", "attempts"])
        return shipment


def ask_carrier(shipment: Shipment) -> list[tuple[Parcel, list[Scan]]]:
    """What the carrier has seen of each parcel so far; outside any transaction."""
    if shipment.state not in LEFT:
        raise NotAllowedNow("deliver", shipment, ["it has not left the warehouse"])
    return [
        (
            parcel,
            fake.track(
                parcel.label.tracking_number,
                bought_at=parcel.label.bought_at,
                days=transit_days(parcel.label, shipment),
                day=day_of(parcel.label, shipment),
                now=clock.now(),
            ),
        )
        for parcel in shipment.parcels.select_related("label").exclude(label=None)
    ]


def transit_days(label: Label, shipment: Shipment) -> int:
    """How many of the carrier's days the service takes to where the parcel goes."""
    where = zone(shipment.warehouse.country, shipment.order.shipping_address.get("country", ""))
    return TABLE[label.service][where][0]


def day_of(label: Label, shipment: Shipment) -> timedelta:
    """How long the carrier's day was when the label was bought, so that a journey keeps its pace."""
    return (label.expected_at - label.bought_at) / transit_days(label, shipment)


def take_news(shipment: Shipment, parcel: Parcel, scans: list[Scan], *, by: str) -> None:
    """Keep the scans that are new; the furthest one moves the parcel."""
    known = set(TrackingEvent.objects.filter(parcel=parcel).values_list("key", flat=True))
    fresh = list({scan.key: scan for scan in scans if scan.key not in known}.values())
    TrackingEvent.objects.bulk_create(
        TrackingEvent(
            parcel=parcel,
            key=scan.key,
            status=scan.status,
            description=scan.description,
            at=scan.at,
            received_at=clock.now(),
        )
        for scan in fresh
    )
    for scan in fresh:
        if RANKS.index(scan.status) > RANKS.index(parcel.status):
            parcel.status, parcel.status_at = scan.status, scan.at
            record(
                shipment.order,
                "parcel.moved",
                by=by,
                shipment=shipment.code,
                parcel=parcel.number,
                status=scan.status,
                description=scan.description,
                seen_at=scan.at.isoformat(),
            )
    if fresh:
        parcel.save(update_fields=["status", "status_at"])
