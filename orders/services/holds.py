"""Named reasons why an order waits: placed and released by people, checks and programs."""

from django.db.models import QuerySet

from inventory import clock
from orders.errors import NotAllowedNow
from orders.flow import FINAL
from orders.history import record
from orders.models import Hold, Order
from orders.queue import held, wake

BACKORDERS = "system:backorders"  # who holds and releases orders as goods go and come


def hold(order_id: int, *, reason: str, note: str, by: str) -> Hold:
    """Stop the order where it is, for a named reason; a second hold for an open reason is the first one."""
    with held(order_id) as order:
        return place_hold(order, reason=reason, note=note, by=by)


def place_hold(order: Order, *, reason: str, note: str, by: str) -> Hold:
    """The same on an order already held by the caller."""
    if order.state in FINAL:
        raise NotAllowedNow("hold", order, ["its journey is over"])
    row, fresh = Hold.objects.get_or_create(
        order=order, reason=reason, released_at=None, defaults={"note": note[:500], "by": by}
    )
    if fresh:
        order.open_holds += 1
        record(order, "order.held", by=by, reason=reason, note=row.note)
    return row


def release_hold(hold_id: int, *, by: str) -> Order:
    """Let go of one hold; after the last one the order goes on when it is due. Releasing twice changes nothing."""
    with held(Hold.objects.values_list("order_id", flat=True).get(pk=hold_id)) as order:
        end_holds(order, order.holds.filter(pk=hold_id), by=by)
        return order


def end_holds(order: Order, holds: QuerySet[Hold], *, by: str) -> None:
    """The same for those of `holds` that are open, on an order already held by the caller."""
    for hold in holds.filter(released_at=None):
        hold.released_at, hold.released_by = clock.now(), by
        hold.save(update_fields=["released_at", "released_by"])
        order.open_holds -= 1
        record(order, "order.released", by=by, reason=hold.reason)
        if order.open_holds == 0:
            wake(order.state)


def hold_for_exception(order: Order, error: Exception) -> None:
    """Let a person look at what a worker could not do; the order is held by the caller. Releasing tries again."""
    place_hold(order, reason="exception", note=f"{type(error).__name__}: {error}", by="system")
