"""What is told of the history outside the shop: to channels by the feed, to channels and 3PLs by webhooks."""

from datetime import UTC, datetime
from typing import Any

from orders.models import OrderEvent

BY_POLICY = "system:approve"
# What a channel may know of an event beyond its name: no checks of the customer, no costs, nothing of other orders.
# What is not named here is not told.
TOLD = {
    "order.placed": ("lines", "total", "payment", "authorised"),
    "order.rejected": ("why",),
    "order.cancelled": ("reason",),
    "order.held": ("reason", "note"),
    "order.released": ("reason",),
    "order.changed": ("change", "lines", "before", "after"),
    "order.units_cancelled": ("reason", "lines", "before", "after"),
    "order.split": ("other", "lines", "before", "after"),
    "order.split_off": ("other", "lines"),
    "order.merged": ("other", "lines", "before", "after"),
    "order.returned": ("reason", "lines", "refund", "credit", "rma"),
    "return.requested": ("rma", "resolution", "lines"),
    "return.approved": ("rma",),
    "return.declined": ("rma",),
    "return.labelled": ("rma", "carrier", "tracking"),
    "return.in_transit": ("rma",),
    "return.received": ("rma", "lines", "missing"),
    "return.unit_inspected": ("rma", "sku", "unit", "grade", "disposition"),
    "return.inspected": ("rma",),
    "return.settled": ("rma", "exchange"),
    "return.cancelled": ("rma",),
    "return.arrived": ("rma", "seen_at", "description"),
    "return.lost": ("rma", "seen_at", "description"),
    "return.sent_back": ("rma", "shipment", "parcel", "lines"),
    "return.sent_again": ("rma", "reshipment"),
    "credit.given": ("amount",),
    "claim.opened": ("claim", "kind", "against", "lines"),
    "claim.settled": ("claim", "kind", "against", "outcome", "refund", "reshipment"),
    "claim.refused": ("claim", "kind", "against"),
    "payment.authorised": ("amount", "reference"),
    "payment.captured": ("amount",),
    "payment.refunded": ("amount", "reason"),
    "payment.settled": ("kind", "amount"),
    "payment.failed": ("kind", "amount"),
    "payment.retried": ("kind", "amount"),
    "payment.dropped": ("amount",),
    "payment.charged_back": ("amount",),
    "payment.charge_back_won": ("amount",),
    "payment.reminded": ("level", "amount"),
    "shipment.created": ("shipment", "warehouse"),
    "shipment.held": ("shipment", "reason"),
    "shipment.released": ("shipment", "reason"),
    "shipment.handed_over": ("shipment", "warehouse"),
    **{
        f"handover.{state}": ("shipment", "warehouse", "version", "reason", "refused")
        for state in ("requested", "accepted", "rejected", "cancel_requested", "cancelled", "confirmed")
    },
    "shipment.picked": ("shipment", "warehouse"),
    "shipment.packed": ("shipment", "warehouse"),
    "shipment.shipped": ("shipment", "warehouse", "carrier", "tracking"),
    "shipment.delivered": ("shipment", "warehouse"),
    "shipment.cancelled": ("shipment", "warehouse"),
    "parcel.labelled": ("shipment", "parcel", "carrier", "service", "tracking"),
    "parcel.handed_over": ("shipment", "parcel", "carrier", "tracking", "manifest"),
    "parcel.delayed": ("shipment", "parcel", "expected_at"),
    "parcel.silent": ("shipment", "parcel", "heard_at"),
    "parcel.settled": ("shipment", "parcel", "status", "how"),
    "delivery.confirmed": ("complete", "short", "over", "damaged"),
    **dict.fromkeys(
        (
            *("parcel.moved", "parcel.in_transit", "parcel.out_for_delivery", "parcel.delivery_failed"),
            *("parcel.returning", "parcel.lost", "parcel.returned_to_sender", "parcel.delivered"),
        ),
        ("shipment", "parcel", "status", "description", "seen_at"),
    ),
}


def moment(at: datetime) -> str:
    """ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def shown_event(event: OrderEvent) -> dict[str, Any]:
    """An event as the feed and webhooks tell it; it was read with its order."""
    return {
        "order": event.order.number,
        "external_id": event.order.external_id,
        "seq": event.seq,
        "name": event.name,
        "at": moment(event.at),
        "data": told_of(event),
    }


def told_of(event: OrderEvent) -> dict[str, Any]:
    """What may be known of it beyond its name."""
    told = {key: event.data[key] for key in TOLD.get(event.name, ()) if key in event.data}
    if told.get("reason") == "exception" or event.by == BY_POLICY:  # for whoever runs the shop
        told.pop("note", None)
    return told
