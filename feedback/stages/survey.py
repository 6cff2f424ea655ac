"""Stage 8 of 9, surveyed: is the customer satisfied? An answer, or silence until the window closes."""

from django.db.models import Q

from feedback.models import Answer, Survey
from feedback.services import invite, not_yet, send_invitation
from inventory import clock
from orders.history import advanced
from orders.models import Order
from orders.queue import held, wake


def survey(order_id: int, *, by: str) -> Order:
    """Invite first, when the time has come; once there is an answer or the window is over, the order goes on."""
    if waiting := not_yet(order_id):
        return waiting
    invitation = invite(order_id, by=by)
    order = Order.objects.select_related("customer").get(pk=order_id)
    if not invitation.mailed_at:
        send_invitation(invitation, order)
    with held(order_id) as order:
        over = Q(closes_at__lte=clock.now()) | Q(answer__isnull=False)
        if not Survey.objects.filter(over, pk=invitation.pk).exists():
            order.due_at = invitation.closes_at
            order.save(update_fields=["due_at"])
            return order
        order.survey()
        wake(order.state)
        return advanced(order, by=by, answered=Answer.objects.filter(survey=invitation).exists())
