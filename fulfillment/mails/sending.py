"""Mails are sent row by row, outside any transaction.

A row is leased before it is sent and marked afterwards. What dies in between is sent again after the lease, with the
same Message-ID: SMTP itself promises no more than at least once.
"""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from fulfillment.models import Message
from inventory import clock
from orders.queue import TRIES

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
LONGEST_ERROR = 300


def lease_messages(limit: int) -> list[int]:
    """Take up to `limit` mails that are due; others leave them alone until the lease is over."""
    with transaction.atomic():
        due = Message.objects.filter(state=Message.State.PENDING, due_at__lte=clock.now()).order_by("due_at", "id")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        Message.objects.filter(pk__in=ids).update(due_at=clock.now() + LEASE)
    return ids


def send_message(message_id: int) -> None:
    """Send a leased mail and mark it sent; one that was sent meanwhile is left."""
    row = Message.objects.get(pk=message_id)
    if row.state != Message.State.PENDING:
        return
    mail = EmailMultiAlternatives(
        subject=row.subject,
        body=row.text,
        from_email=row.sender or settings.DEFAULT_FROM_EMAIL,
        to=[row.recipient],
        headers={"Message-ID": f"<message-{row.pk}@{settings.MAIL_DOMAIN}>"},
    )
    mail.attach_alternative(row.html, "text/html")
    mail.send()
    now = clock.now()
    done = Message.objects.filter(pk=row.pk, state=Message.State.PENDING)
    done.update(state=Message.State.SENT, sent_at=now, due_at=None, error="")


def unsent(message_id: int, error: Exception) -> None:
    """It could not be sent: again later, and after five tries a person looks."""
    with transaction.atomic():
        row = Message.objects.select_for_update().get(pk=message_id)
        if row.state != Message.State.PENDING:
            return
        row.tries, row.error = row.tries + 1, f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
        is_over = row.tries >= TRIES
        row.state = Message.State.FAILED if is_over else Message.State.PENDING
        row.due_at = None if is_over else clock.now() + timedelta(minutes=2**row.tries)
        row.save(update_fields=["tries", "error", "state", "due_at"])


def send_again(message_id: int) -> bool:
    """Let a mail that failed, or was sent, go out (again); False for one that waits already."""
    again = Message.objects.filter(pk=message_id).exclude(state=Message.State.PENDING)
    told = {"state": Message.State.PENDING, "due_at": clock.now(), "tries": 0, "error": ""}
    return bool(again.update(**told))
