"""Stage 6 of 9, shipped: at the best rate that keeps the promise, with one label a parcel.

The label is bought before the transaction, with the parcel's id as the carrier's idempotency key: a crash in between
buys nothing twice, and no lock waits for a carrier.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from fulfillment.carriers import fake
from fulfillment.carriers.rates import CURRENCY, Choice, choose, rates
from fulfillment.flow import order_runs
from fulfillment.models import Label, Parcel, Shipment
from fulfillment.queue import held_shipment
from fulfillment.services import advance_shipment
from inventory import clock
from inventory import services as stock
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.services import capture


@dataclass(frozen=True)
class Bought:
    """A label and the decision for it."""

    parcel: Parcel
    tracking_number: str
    choice: Choice
    bought_at: datetime


def ship(shipment_id: int, *, by: str) -> Shipment:
    """Buy the labels, hand over, let the stock go and take the money; waits for the carrier's news afterwards."""
    bought = buy_labels(Shipment.objects.select_related("order", "warehouse").get(pk=shipment_id))
    with held_shipment(shipment_id) as shipment:
        for label in bought:
            _write(label)
        shipment.ship()
        shipment.shipped_at = clock.now()
        units = {line.order_line.reservation_key: line.quantity for line in shipment.lines.select_related("order_line")}
        stock.ship(units, warehouse_id=shipment.warehouse_id, key=f"ship:{shipment.pk}", by=by)
        capture(shipment.order, by=by)
        return advance_shipment(shipment, by=by, due_in=ask_again_in(carrier_day()), **_evidence(bought))


def buy_labels(shipment: Shipment) -> list[Bought]:
    """One label for each parcel that has none; outside any transaction, safe to repeat."""
    if shipment.state != State.PACKED or not order_runs(shipment):
        raise NotAllowedNow("ship", shipment, [] if order_runs(shipment) else ["the order was called off"])
    day, now = carrier_day(), clock.now()
    origin, destination = shipment.warehouse.country, shipment.order.shipping_address.get("country", "")
    bought = []
    for parcel in shipment.parcels.filter(label=None):
        offers = rates(origin=origin, destination=destination, weight_g=parcel.weight_g, day=day, now=now)
        choice = choose(offers, promised_at=shipment.order.promised_at)
        bought.append(Bought(parcel, fake.buy(f"parcel:{parcel.pk}"), choice, now))
    return bought


def carrier_day() -> timedelta:
    """How long a day of the carrier lasts for what is sent now."""
    return timedelta(seconds=settings.CARRIER_DAY_SECONDS)


def ask_again_in(day: timedelta) -> timedelta:
    """The carrier is asked six times in one of its days."""
    return max(timedelta(seconds=0.25), day / 6)


def _write(bought: Bought) -> None:
    """A label written by another worker in the meantime is the same one."""
    _, fresh = Label.objects.get_or_create(
        parcel=bought.parcel,
        defaults={
            "carrier": fake.NAME,
            "service": bought.choice.rate.service,
            "tracking_number": bought.tracking_number,
            "cost": bought.choice.rate.price,
            "currency": CURRENCY,
            "bought_at": bought.bought_at,
            "expected_at": bought.choice.rate.arrives_at,
        },
    )
    if fresh:
        Parcel.objects.filter(pk=bought.parcel.pk).update(status=Parcel.Status.LABELLED, status_at=clock.now())


def _evidence(bought: list[Bought]) -> dict[str, object]:
    return {
        "carrier": fake.NAME,
        "tracking": [row.tracking_number for row in bought],
        "cost": str(sum(row.choice.rate.price for row in bought)),
        "currency": CURRENCY,
        "why": bought[0].choice.why if bought else "labels were there already",
        "runner_up": [
            {"service": row.choice.runner_up.service, "price": str(row.choice.runner_up.price)} for row in bought
        ],
    }
