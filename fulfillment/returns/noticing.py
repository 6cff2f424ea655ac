"""What a settled return says of its customer, called down into their trust history."""

from decimal import Decimal

from fulfillment.models import Return, ReturnLine, ReturnUnit
from fulfillment.returns.reasons import all_reasons
from inventory import clock
from orders.customers.noticing import notice
from orders.customers.standing import payment_history_of

MANY, ENOUGH = Decimal("0.5"), 4  # returned orders ÷ finished orders, among at least so many


def notice_signals(row: Return, lines: list[ReturnLine], *, by: str) -> None:
    """Units that were announced and not in the box, units worn though nothing was wrong with them, many returns."""
    order = row.order
    missing = sum(line.quantity - line.received for line in lines)
    if missing:
        notice(order.customer_id, "empty_box", order=order.number, by=by, rma=row.rma, units=missing)
    reasons = all_reasons()
    wished = [line.pk for line in lines if line.reason not in reasons or reasons[line.reason].is_customers_wish]
    worn = ReturnUnit.objects.filter(line__in=wished, grade=ReturnUnit.Grade.C).count()
    if worn:
        notice(order.customer_id, "wear", order=order.number, by=by, rma=row.rma, units=worn)
    past = payment_history_of(order.customer_id, before=clock.now())
    if past.finished >= ENOUGH and past.returned >= MANY * past.finished:
        facts = {"returned": past.returned, "finished": past.finished}
        notice(order.customer_id, "many_returns", order=order.number, by=by, rma=row.rma, **facts)
