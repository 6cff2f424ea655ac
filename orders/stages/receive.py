"""Stage 2 of 9, received: the shop, the stock room and the order agree on what is sent from where."""

from orders.customers.merging import follow_merge
from orders.history import advanced
from orders.models import Order
from orders.queue import held, wake
from orders.services import place_hold
from orders.sources import source

ADDRESS_CHECK = "address-check"


def receive(order_id: int, *, by: str) -> Order:
    """Source every line by the shop's rules, and keep the decision with all that was weighed.

    An address that looked wrong when the order was placed is shown to a person before anything else happens.
    """
    with held(order_id) as order:
        order.receive()
        follow_merge(order, by=by)
        facts = source(order, list(order.lines.select_related("product")))
        wake(order.state)
        advanced(order, by=by, **facts)
        if order.warnings and not order.holds.filter(reason=ADDRESS_CHECK).exists():
            note = " ".join(str(warning["detail"]) for warning in order.warnings)
            place_hold(order, reason=ADDRESS_CHECK, note=note, by=by)
        return order
