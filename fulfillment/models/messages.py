"""Mails to customers: written as rows once each, sent afterwards, row by row."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory import clock
from orders.models import Order


class Message(models.Model):
    """One mail about one order. `key` names what it is about, so it is written once; it says what it said when written.

    Pending ones are due at `due_at`; a failed one waits for a person.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=80, unique=True)
    recipient = models.CharField(max_length=254)
    sender = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="pending", due_at__isnull=False) | (~Q(state="pending") & Q(due_at=None)),
                name="a_mail_is_due_while_it_waits",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="a_sent_mail_has_its_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="message_due"),
            models.Index(fields=["state", "-id"], condition=Q(state="failed"), name="message_failed"),
        ]

    def __str__(self) -> str:
        return self.key


class MessageCursor(models.Model):
    """Up to where the history was read for mails. One row."""

    xid = models.BigIntegerField()
    event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.xid}-{self.event_id}"


class LinkRequest(models.Model):
    """Somebody asked for the link to an order by its number and e-mail address; gone once it was looked at.

    Right and wrong pairs are kept alike, so that the answer and its time tell nothing.
    """

    number = models.BigIntegerField()
    email = models.CharField(max_length=254)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"Request {self.pk}"
