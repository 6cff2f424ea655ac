"""Stage 6 of 9, shipped: at the best rate that keeps the promise, with one label a parcel.

The label is bought before the transaction, with the parcel's id as the carrier's idempotency key: a crash in between
buys nothing twice, and no lock waits for a carrier.
"""

from decimal import Decimal

from fulfillment.carriers.buying import buy_labels
from fulfillment.carriers.packages import ask_again_in, carrier_day
from fulfillment.models import Label, Parcel, Shipment
from fulfillment.queue import held_shipment
from fulfillment.services import advance_shipment
from inventory import clock
from inventory import services as stock
from orders.money import plain
from orders.services import goods_left


def ship(shipment_id: int, *, by: str) -> Shipment:
    """Buy the labels, hand over, let the stock go and take the money; waits for the carrier's news afterwards."""
    buy_labels(
        Shipment.objects.select_related("order__customer", "order__channel", "warehouse").get(pk=shipment_id), by=by
    )
    with held_shipment(shipment_id) as shipment:
        shipment.ship()
        shipment.shipped_at = clock.now()
        Parcel.objects.filter(shipment=shipment, handed_over_at=None).update(handed_over_at=shipment.shipped_at)
        units = {line.order_line.reservation_key: line.quantity for line in shipment.lines.select_related("order_line")}
        stock.ship(units, warehouse_id=shipment.warehouse_id, key=f"ship:{shipment.pk}", by=by)
        goods_left(shipment.order, by=by)
        return advance_shipment(shipment, by=by, due_in=ask_again_in(carrier_day()), **_evidence(shipment))


def _evidence(shipment: Shipment) -> dict[str, object]:
    labels = list(Label.objects.filter(parcel__shipment=shipment))
    currency = labels[0].currency
    return {
        "carrier": ", ".join(dict.fromkeys(label.carrier for label in labels)),
        "tracking": [label.tracking_number for label in labels],
        "cost": plain(sum((label.cost for label in labels), Decimal(0)), currency),
        "currency": currency,
        "why": labels[0].why,
        "runner_up": [label.runner_up for label in labels],
    }
