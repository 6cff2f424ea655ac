"""The feed of what happens to a channel's orders: read on from a cursor, miss nothing, get nothing twice."""

import re
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.answers import moment
from orders.api.endpoint import Endpoint, refusing
from orders.api.queries import EventQuerySerializer
from orders.api.requests import checked
from orders.api.schema import FeedSerializer
from orders.authentication import caller
from orders.history import Cursor, channel_events
from orders.models import OrderEvent
from orders.problems import Problem

START: Cursor = (0, 0)
BY_POLICY = "system:approve"
CURSOR = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)
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


class EventsView(Endpoint):
    """`/api/v1/events/`"""

    scopes: ClassVar = {"GET": "orders:read"}

    @extend_schema(
        operation_id="events_list",
        summary="Read on in what happened",
        description="Events of the channel's own orders after the cursor, in an order that never changes. Keep `next` "
        "and ask with it as `after`, for ever: at once after a full page, else after a while. Nothing is left out and "
        "nothing comes twice, however many orders change at the same moment; an event appears as soon as no "
        "transaction that began before it is still running.",
        parameters=[EventQuerySerializer],
        responses={200: FeedSerializer, **refusing(400)},
        tags=["orders"],
    )
    def get(self, request: Request) -> Response:
        """The next events."""
        query = checked(EventQuerySerializer, request.query_params)
        cursor = _cursor(query["after"])
        events, (xid, last) = channel_events(caller(request).channel, cursor, limit=query["limit"])
        return Response({"events": [_shown(event) for event in events], "next": f"{xid}-{last}"})


def _cursor(given: str) -> Cursor:
    if not given:
        return START
    parts = CURSOR.fullmatch(given)
    if not parts:
        raise Problem(400, "invalid_cursor", "Take cursors from `next` as they are.")
    return int(parts[1]), int(parts[2])


def _shown(event: OrderEvent) -> dict[str, Any]:
    return {
        "order": event.order.number,
        "external_id": event.order.external_id,
        "seq": event.seq,
        "name": event.name,
        "at": moment(event.at),
        "data": _told(event),
    }


def _told(event: OrderEvent) -> dict[str, Any]:
    told = {key: event.data[key] for key in TOLD.get(event.name, ()) if key in event.data}
    if told.get("reason") == "exception" or event.by == BY_POLICY:  # for whoever runs the shop
        told.pop("note", None)
    return told
