"""Stage 7 of 9, delivered: the right items in the right quantities, as the carrier tells it, asked or unasked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from fulfillment.carriers.accounts import carrier_of
from fulfillment.carriers.carrier import Scan
from fulfillment.carriers.packages import ask_again_in, carrier_day
from fulfillment.carriers.standard import open_standard_account
from fulfillment.flow import LEFT, all_arrived
from fulfillment.models import CarrierAccount, Label, Parcel, Return, Shipment
from fulfillment.news import claim_losses, take_news, watch
from fulfillment.queue import held_shipment
from fulfillment.returns.following import hear_return
from fulfillment.returns.sent_back import open_sent_back
from fulfillment.services import advance_shipment
from inventory import clock
from orders.errors import NotAllowedNow

News = Mapping[int, Sequence[Scan]]  # by the parcel's id


def deliver(shipment_id: int, *, by: str) -> Shipment:
    """Ask the carrier for news; when the last parcel has arrived, so have the shipment and perhaps the order."""
    news = ask_carrier(Shipment.objects.select_related("order", "warehouse").get(pk=shipment_id))
    return hear(shipment_id, news, by=by)


def hear(shipment_id: int, news: News, *, by: str) -> Shipment:
    """Take news of a shipment's parcels, in any order and however often."""
    with held_shipment(shipment_id) as shipment:
        # Read again under the lock: another worker may have brought newer news.
        parcels = list(shipment.parcels.select_related("label"))
        for parcel in parcels:
            take_news(shipment, parcel, news.get(parcel.pk, ()), by=by)
        if shipment.state == "shipped":
            _go_on(shipment, parcels, by=by)
    if any(parcel.status == Parcel.Status.LOST for parcel in parcels):
        claim_losses(shipment, by=by)
    for parcel in parcels:
        if parcel.status == Parcel.Status.RETURNED_TO_SENDER and parcel.settled_at is None:
            open_sent_back(parcel.pk, by=by)
    return shipment


def hear_webhook(account: CarrierAccount, body: bytes, headers: Mapping[str, str]) -> int:
    """Take the news in a carrier's message; returns of how many parcels and returns of ours. Raises WebhookRefused."""
    by_number: defaultdict[str, list[Scan]] = defaultdict(list)
    for scan in carrier_of(account).read_webhook(body, headers):
        by_number[scan.tracking_number].append(scan)
    labels = Label.objects.filter(account=account, tracking_number__in=by_number).order_by("parcel__shipment_id")
    news: defaultdict[int, dict[int, list[Scan]]] = defaultdict(dict)
    for number, parcel_id, shipment_id in labels.values_list("tracking_number", "parcel_id", "parcel__shipment_id"):
        news[shipment_id][parcel_id] = by_number[number]
    for shipment_id, parcels in news.items():
        hear(shipment_id, parcels, by=f"carrier:{account.code}")
    coming = Return.objects.filter(account=account, tracking_number__in=by_number).order_by("order_id", "pk")
    returns = list(coming.values_list("tracking_number", "pk"))
    for number, return_id in returns:
        hear_return(return_id, by_number[number], by=f"carrier:{account.code}")
    return sum(map(len, news.values())) + len(returns)


def _go_on(shipment: Shipment, parcels: Sequence[Parcel], *, by: str) -> None:
    """Arrived, or asked about again."""
    if all_arrived(shipment):
        shipment.deliver()
        shipment.delivered_at = max(parcel.status_at for parcel in parcels)
        advance_shipment(shipment, by=by, due_in=None)
        return
    labelled = [parcel for parcel in parcels if hasattr(parcel, "label")]
    day = min((day_of(parcel.label) for parcel in labelled), default=carrier_day())
    watch(shipment, labelled, day=day, by=by)
    shipment.due_at = clock.now() + ask_again_in(day)
    shipment.attempts = 0
    shipment.save(update_fields=["due_at", "attempts"])


def ask_carrier(shipment: Shipment) -> dict[int, list[Scan]]:
    """What the carriers have seen of each parcel so far; outside any transaction."""
    if shipment.state not in LEFT:
        raise NotAllowedNow("deliver", shipment, ["it has not left the warehouse"])
    parcels: defaultdict[CarrierAccount | None, dict[str, int]] = defaultdict(dict)
    for label in Label.objects.filter(parcel__shipment=shipment).select_related("account"):
        parcels[label.account][label.tracking_number] = label.parcel_id
    now = clock.now()
    found: dict[int, list[Scan]] = {}
    for account, numbers in parcels.items():
        told = carrier_of(account or open_standard_account()).track(list(numbers), now=now)
        found |= {numbers[number]: scans for number, scans in told.items()}
    return found


def day_of(label: Label) -> timedelta:
    """How long the carrier's day was when the label was bought, so that a journey keeps its pace."""
    return (label.expected_at - label.bought_at) / label.transit_days
