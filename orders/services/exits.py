"""Calling an order off: both exits give stock and money back, once."""

from inventory import clock
from inventory import services as stock
from orders.flow import State
from orders.history import advanced
from orders.models import Order
from orders.queue import held, wake
from orders.services.money import give_money_back


def cancel(order_id: int, *, reason: str, by: str) -> Order:
    """Call the order off before anything has left: promises and pledged money go back, once."""
    with held(order_id) as order:
        return cancel_held(order, reason=reason, by=by)


def cancel_held(order: Order, *, reason: str, by: str) -> Order:
    """The same of an order held by the caller."""
    if order.state == State.CANCELLED:
        return order
    order.cancel()
    return leave(order, by=by, reason=reason)


def reject(order: Order, *, why: str, checks: list[dict[str, object]], by: str) -> Order:
    """Refuse an order held by the caller: trust is not established."""
    order.reject()
    return leave(order, by=by, why=why, checks=checks)


def leave(order: Order, *, by: str, **data: object) -> Order:
    """What both exits share: open holds and changes end, stock and money go back."""
    order.holds.filter(released_at=None).update(released_at=clock.now(), released_by=by)
    order.open_holds = 0
    order.change_sets.filter(status="open").update(status="discarded", ended_at=clock.now(), ended_by=by)
    stock.release(line.reservation_key for line in order.lines.all())
    give_money_back(order, by=by)
    wake(State.APPROVED)  # whoever opens shipments also stops those that were opened
    return advanced(order, by=by, due_in=None, **data)
