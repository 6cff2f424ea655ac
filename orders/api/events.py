"""The feed of what happens to a channel's orders: read on from a cursor, miss nothing, get nothing twice."""

import re
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.endpoint import Endpoint, refusing
from orders.api.queries import EventQuerySerializer
from orders.api.requests import checked
from orders.api.schema import FeedSerializer
from orders.authentication import caller
from orders.history import Cursor, channel_events
from orders.problems import Problem
from orders.telling import shown_event

START: Cursor = (0, 0)
CURSOR = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)


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
        return Response({"events": [shown_event(event) for event in events], "next": f"{xid}-{last}"})


def _cursor(given: str) -> Cursor:
    if not given:
        return START
    parts = CURSOR.fullmatch(given)
    if not parts:
        raise Problem(400, "invalid_cursor", "Take cursors from `next` as they are.")
    return int(parts[1]), int(parts[2])
