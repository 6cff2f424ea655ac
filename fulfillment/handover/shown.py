"""What is shown of hand-overs: to third parties over the API and in files, and to the shop by how long they wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fulfillment.flow import Handing
from fulfillment.models import HandOver
from inventory import clock
from orders.api.answers import moment
from orders.bounds import UNACCEPTED, bounds

OPEN = (Handing.REQUESTED, Handing.ACCEPTED, Handing.CANCEL_REQUESTED)
# How long a third party may take for its next word; then it counts as silent. For its first word the shop sets it.
BOUNDS = {
    Handing.ACCEPTED: timedelta(hours=24),
    Handing.CANCEL_REQUESTED: timedelta(hours=2),
}


def hand_overs() -> QuerySet[HandOver]:
    """With all that is shown of them."""
    rows = HandOver.objects.select_related("shipment__order", "shipment__warehouse")
    return rows.prefetch_related("shipment__lines__order_line__product", "shipment__parcels__label")


def shown_hand_over(row: HandOver) -> dict[str, Any]:
    """One hand-over for its third party."""
    shipment = row.shipment
    order = shipment.order
    return {
        "shipment": shipment.code,
        "warehouse": shipment.warehouse.code,
        "state": str(row.state),
        "version": row.version,
        "held": bool(shipment.open_holds or order.open_holds),
        "requested_at": moment(row.requested_at),
        "answered_at": moment(row.answered_at) if row.answered_at else None,
        "reason": row.reason,
        "words": row.words,
        "promised_at": moment(order.promised_at),
        "shipping_method": order.shipping_method,
        "gift_note": order.gift_note,
        "shipping_address": order.shipping_address,
        "lines": [
            {"sku": line.order_line.sku, "name": line.order_line.name, "quantity": line.quantity}
            for line in shipment.lines.all()
        ],
        "tracking": [parcel.label.tracking_number for parcel in shipment.parcels.all() if hasattr(parcel, "label")],
    }


@dataclass(frozen=True)
class Waiting:
    """A hand-over that waits for its third party, or for the shop where that one does not send it."""

    row: HandOver
    waited: timedelta
    bound: timedelta | None

    @property
    def waited_words(self) -> str:
        """How long, for people."""
        return in_words(self.waited)

    @property
    def bound_words(self) -> str:
        """How long it may, for people."""
        return in_words(self.bound) if self.bound else ""

    @property
    def late(self) -> bool:
        """Longer than it may."""
        return self.bound is not None and self.waited > self.bound


def in_words(time: timedelta) -> str:
    """Minutes, hours or days."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes)
    return f"{minutes // 60} h" if minutes < 48 * 60 else _("{minutes} days").format(minutes=minutes // 1440)


def waiting(rows: Iterable[HandOver], *, now: datetime | None = None) -> list[Waiting]:
    """How long each of these waits, the latest first."""
    moment_ = now or clock.now()
    limits = {**BOUNDS, Handing.REQUESTED: bounds()[UNACCEPTED]}
    found = [Waiting(row, moment_ - row.state_since, limits.get(Handing(row.state))) for row in rows]
    return sorted(found, key=lambda one: (not one.late, -one.waited))
