"""Writes beside the nine stages: notes, priorities, and what to do with an order that failed."""

from django.utils.translation import gettext as _

from inventory import clock
from inventory import services as stock
from orders.errors import NotAllowedNow
from orders.flow import FINAL, GOODS_HERE
from orders.history import record
from orders.models import Order
from orders.queue import TRIES, backoff, held
from orders.services.holds import hold_for_exception


def set_priority(order_id: int, *, priority: int, by: str) -> Order:
    """Serve the order before all of a lower priority when goods arrive; refused once its goods have left."""
    with held(order_id) as order:
        if order.state not in GOODS_HERE:
            raise NotAllowedNow("prioritise", order, [_("its goods are still here")])
        before, order.priority = order.priority, priority
        if before == priority:
            return order
        order.save(update_fields=["priority"])
        stock.set_priority([line.reservation_key for line in order.lines.all()], priority)
        return record(order, "order.prioritised", by=by, before=before, priority=priority)


def add_note(order_id: int, *, text: str, by: str) -> None:
    """Write a remark of a person into the history."""
    with held(order_id) as order:
        record(order, "order.noted", by=by, text=text)


def postpone(order_id: int, error: Exception) -> None:
    """A worker failed on this order: try again later, and after five tries hold it for a person.

    An order that has ended in the meantime needs no other try.
    """
    with held(order_id) as order:
        if order.state in FINAL:
            return
        order.attempts += 1
        order.due_at = clock.now() + backoff(order.attempts)
        if order.attempts >= TRIES:
            order.attempts, order.due_at = 0, clock.now()  # the hold keeps it until a person lets it try again
            hold_for_exception(order, error)
        order.save(update_fields=["attempts", "due_at"])
