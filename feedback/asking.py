"""When a customer may be asked how it went: not while something about the order is open between them and the shop."""

from datetime import datetime, timedelta

from django.db.models import Q

from feedback.question_sets import Questionnaire
from fulfillment.models import Claim
from fulfillment.return_flow import RETURN_ENDED
from inventory import clock
from orders.models import Order, Transaction

LOOK_AGAIN = timedelta(hours=6)
# Claims that are open between the customer and the shop; what a carrier owes the shop is not their concern.
CUSTOMERS = Q(state=Claim.State.OPEN, against=Claim.Against.SHOP)


def may_be_asked(order: Order) -> bool:
    """Nothing is unsettled: the money of every return has gone back, and no return or claim is open."""
    open_refunds = Transaction.objects.filter(
        payment__order=order,
        kind=Transaction.Kind.REFUND,
        status__in=[Transaction.Status.PENDING, Transaction.Status.FAILED],
    )
    open_returns = order.returns.exclude(state__in=RETURN_ENDED)
    return not (open_refunds.exists() or open_returns.exists() or order.claims.filter(CUSTOMERS).exists())


def ask_at(order: Order, questionnaire: Questionnaire) -> datetime:
    """When to invite the customer of a delivered order; a moment that has passed means now."""
    moment = order.state_since + questionnaire.delay
    return moment if moment > clock.now() or may_be_asked(order) else clock.now() + LOOK_AGAIN
