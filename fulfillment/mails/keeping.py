"""Mails that other parts of the shop sent themselves, kept beside those that are written and sent here."""

from django.core.mail import EmailMultiAlternatives

from fulfillment.models import Message
from inventory import clock
from orders.models import Order
from orders.queue import held


def keep_sent(mail: EmailMultiAlternatives, order: Order, *, kind: str, key: str) -> None:
    """Keep what was sent, once by its `key`, so that people can read it and send it again.

    Nothing is kept of a person who was erased while it was on its way.
    """
    html = next((str(body) for body, kind_of_body in mail.alternatives if kind_of_body == "text/html"), "")
    kept = Message(order=order, kind=kind, key=key, recipient=mail.to[0], subject=mail.subject[:200], html=html)
    kept.text, kept.state, kept.sent_at = str(mail.body), Message.State.SENT, clock.now()
    with held(order.pk) as now:
        if now.customer.erased_at is None:
            Message.objects.bulk_create([kept], ignore_conflicts=True)
