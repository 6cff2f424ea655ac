"""Stage 8 of 9, surveyed: is the customer satisfied? An answer, or silence until the window closes."""

from django.db.models import Q

from feedback.models import Answer, Survey
from feedback.services import invite, next_look, not_yet, send_invitation, send_reminder
from inventory import clock
from orders.history import advanced
from orders.models import Order
from orders.queue import held, wake


def survey(order_id: int, *, by: str) -> Order:
    """Invite first, when the time has come, and remind once; with an answer, or after the window, the order goes on."""
    if waiting := not_yet(order_id):
        return waiting
    invitation = invite(order_id, by=by)
    order = Order.objects.select_related("customer").get(pk=order_id)
    over = Survey.objects.filter(Q(closes_at__lte=clock.now()) | Q(answer__isnull=False), pk=invitation.pk)
    if not invitation.mailed_at:
        send_invitation(invitation, order)
    elif next_look(invitation, order) <= clock.now() and not over.exists():
        send_reminder(invitation, order, by=by)
    with held(order_id) as order:
        if not over.exists():
            order.due_at = next_look(Survey.objects.get(pk=invitation.pk), order)
            order.save(update_fields=["due_at"])
            return order
        order.survey()
        wake(order.state)
        return advanced(order, by=by, answered=Answer.objects.filter(survey=invitation).exists())
