"""When a customer may be asked how it went: not while something about the order is open between them and the shop."""

from datetime import datetime, timedelta

from feedback.question_sets import Questionnaire
from inventory import clock
from orders.models import Order, Transaction

LOOK_AGAIN = timedelta(hours=6)


def may_be_asked(order: Order) -> bool:
    """Nothing is unsettled: the money of every return has gone back. Whatever else is open is asked about here."""
    open_refunds = Transaction.objects.filter(
        payment__order=order,
        kind=Transaction.Kind.REFUND,
        status__in=[Transaction.Status.PENDING, Transaction.Status.FAILED],
    )
    return not open_refunds.exists()


def ask_at(order: Order, questionnaire: Questionnaire) -> datetime:
    """When to invite the customer of a delivered order; a moment that has passed means now."""
    moment = order.state_since + questionnaire.delay
    return moment if moment > clock.now() or may_be_asked(order) else clock.now() + LOOK_AGAIN
