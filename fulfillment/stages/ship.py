"""Stage 6 of 9, shipped: at the best rate that keeps the promise, with one label a parcel.

The label is bought before the transaction, with the parcel's id as the carrier's idempotency key: a crash in between
buys nothing twice, and no lock waits for a carrier. An order that was changed while its label was bought does not use
it: the label may be for another address.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from fulfillment.carriers import fake
from fulfillment.carriers.rates import CURRENCY, Choice, choose, rates
from fulfillment.flow import no_holds, not_held, order_runs
from fulfillment.models import Label, Parcel, Shipment
from fulfillment.queue import held_shipment
from fulfillment.services import advance_shipment
from inventory import clock
from inventory import services as stock
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.history import record
from orders.money import plain
from orders.services import goods_left


def ship(shipment_id: int, *, by: str) -> Shipment:
    """Buy the labels, hand over, let the stock go and take the money; waits for the carrier's news afterwards."""
    buy_labels(Shipment.objects.select_related("order", "warehouse").get(pk=shipment_id), by=by)
    with held_shipment(shipment_id) as shipment:
        shipment.ship()
        shipment.shipped_at = clock.now()
        units = {line.order_line.reservation_key: line.quantity for line in shipment.lines.select_related("order_line")}
        stock.ship(units, warehouse_id=shipment.warehouse_id, key=f"ship:{shipment.pk}", by=by)
        goods_left(shipment.order, by=by)
        return advance_shipment(shipment, by=by, due_in=ask_again_in(carrier_day()), **_evidence(shipment))


def buy_labels(shipment: Shipment, *, by: str) -> None:
    """One label for each parcel that has none, kept as soon as it is bought; safe to repeat.

    Raises NotAllowedNow when the order was changed in the meantime.
    """
    blockers = [str(guard.__doc__) for guard in (no_holds, not_held) if not guard(shipment)]
    if shipment.state != State.PACKED or not order_runs(shipment) or blockers:
        raise NotAllowedNow("ship", shipment, [f"it takes that {words[0].lower()}{words[1:]}" for words in blockers])
    origin, destination = shipment.warehouse.country, shipment.order.shipping_address.get("country", "")
    for parcel in shipment.parcels.filter(label=None):
        now = clock.now()
        offers = rates(origin=origin, destination=destination, weight_g=parcel.weight_g, day=carrier_day(), now=now)
        choice = choose(offers, promised_at=shipment.order.promised_at)
        version = shipment.order.version
        number = fake.buy(f"parcel:{parcel.pk}:{version}" if version else f"parcel:{parcel.pk}")
        with held_shipment(shipment.pk) as now_held:
            is_same = now_held.order.version == version
            if is_same:
                keep_label(parcel, number, choice, bought_at=now)
            else:
                record(now_held.order, "label.dropped", by=by, shipment=now_held.code, tracking=number)
        if not is_same:
            raise NotAllowedNow("ship", shipment, ["the order was changed while its label was bought"])


@transaction.atomic
def keep_label(parcel: Parcel, tracking_number: str, choice: Choice, *, bought_at: datetime) -> None:
    """A label that another worker has kept in the meantime is the same one."""
    _, fresh = Label.objects.get_or_create(
        parcel=parcel,
        defaults={
            "carrier": fake.NAME,
            "service": choice.rate.service,
            "tracking_number": tracking_number,
            "cost": choice.rate.price,
            "currency": CURRENCY,
            "bought_at": bought_at,
            "expected_at": choice.rate.arrives_at,
            "why": choice.why,
            "runner_up": {"service": choice.runner_up.service, "price": str(choice.runner_up.price)},
        },
    )
    if fresh:
        Parcel.objects.filter(pk=parcel.pk).update(status=Parcel.Status.LABELLED, status_at=bought_at)


def carrier_day() -> timedelta:
    """How long a day of the carrier lasts for what is sent now."""
    return timedelta(seconds=settings.CARRIER_DAY_SECONDS)


def ask_again_in(day: timedelta) -> timedelta:
    """The carrier is asked six times in one of its days."""
    return max(timedelta(seconds=0.25), day / 6)


def _evidence(shipment: Shipment) -> dict[str, object]:
    labels = list(Label.objects.filter(parcel__shipment=shipment))
    return {
        "carrier": fake.NAME,
        "tracking": [label.tracking_number for label in labels],
        "cost": plain(sum((label.cost for label in labels), Decimal(0)), CURRENCY),
        "currency": CURRENCY,
        "why": labels[0].why,
        "runner_up": [label.runner_up for label in labels],
    }
