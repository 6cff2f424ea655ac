"""The one append-only history: how it is written and how it is read.

An event is written in the transaction that changes the order, under the order's row lock, so `seq` has no gap:
`record()` adds it to an order from `held()`, and refuses any other.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from inventory import clock
from orders.flow import State
from orders.models import Channel, Order, OrderEvent

Cursor = tuple[int, int]  # the transaction and the id of the last event read
TOLD = ("seq", "name", "at", "by", "data", "xid", "order__number", "order__external_id")
FLOW_FIELDS = ("state", "state_since", "due_at", "attempts", "open_holds", "event_seq")
# Scan by scan at the shelf and at the bench, and of no concern to a channel.
AT_THE_STATIONS = Q(name__startswith="pick.") | Q(name__startswith="pack.")
HANDED = "handover."
AT_ONCE = timedelta(0)
EVENT_OF_STATE = {state: f"order.{state.value}" for state in State}


def record(order: Order, name: str, *, by: str, **data: Any) -> Order:
    """Add one event to a held order; it is written, with the order's state, when the hold on the row ends."""
    order.event_seq += 1
    order.unwritten.append(OrderEvent(order=order, seq=order.event_seq, name=name, at=clock.now(), by=by, data=data))
    return order


def write(order: Order) -> None:
    """Write what was recorded of a held order, and with it its state, due time and event number: two statements."""
    if order.unwritten:
        OrderEvent.objects.bulk_create(order.unwritten)
        order.unwritten.clear()
        order.save(update_fields=FLOW_FIELDS)


def advanced(order: Order, *, by: str, due_in: timedelta | None = AT_ONCE, **data: Any) -> Order:
    """Write that a held order has just entered its state; `due_in` says when a worker looks next, None never."""
    order.state_since = clock.now()
    order.due_at = None if due_in is None else order.state_since + due_in
    order.attempts = 0
    return record(order, EVENT_OF_STATE[State(order.state)], by=by, **data)


def events_since(cursor: Cursor, *, limit: int = 1000) -> Iterable[OrderEvent]:
    """Events after `cursor` that no running transaction can still precede, oldest transaction first.

    Ids commit out of order; below the horizon of the oldest running transaction nothing can appear any more,
    so a reader that goes on from the last event it got misses none and sees none twice.
    """
    return _settled(cursor)[:limit]


def channel_events(channel: Channel, cursor: Cursor, *, limit: int) -> tuple[list[OrderEvent], Cursor]:
    """The same for the orders of one channel, without what happens at the stations; and the cursor to go on from.

    When nothing is left the cursor passes over the other channels' events too, so that asking again stays cheap.
    """
    return _page(cursor, Q(order__channel=channel) & ~AT_THE_STATIONS, limit=limit)


def warehouse_events(code: str, cursor: Cursor, *, limit: int) -> tuple[list[OrderEvent], Cursor]:
    """The same of what was handed over to the warehouse of this code."""
    return _page(cursor, Q(name__startswith=HANDED, data__warehouse_code=code), limit=limit)


def settled_until() -> Cursor:
    """The cursor from which on everything is still to come."""
    return _settled((0, 0)).reverse().values_list("xid", "pk").first() or (0, 0)


def _page(cursor: Cursor, wanted: Q, *, limit: int) -> tuple[list[OrderEvent], Cursor]:
    settled = _settled(cursor)
    events = list(settled.filter(wanted).select_related("order").only(*TOLD)[:limit])
    if len(events) == limit:
        return events, (events[-1].xid, events[-1].pk)
    newest = settled.reverse().values_list("xid", "pk").first()
    return events, newest or cursor


def _settled(cursor: Cursor) -> QuerySet[OrderEvent]:
    with connection.cursor() as database:
        database.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        horizon = database.fetchone()[0]
    xid, last = cursor
    after = OrderEvent.objects.filter(xid__gte=xid, xid__lt=horizon).exclude(xid=xid, id__lte=last)
    return after.order_by("xid", "id")
