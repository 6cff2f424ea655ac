"""What happened to an order, and what holds it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventory import clock
from orders.models.approval import Decision
from orders.models.order import Order


class TransactionId(models.Func):
    """The database transaction that writes the row, as a number that never wraps around."""

    template = "pg_current_xact_id()::text::bigint"
    arity = 0


class OrderEvent(models.Model):
    """One thing that happened: timeline, audit trail, KPI source and outbox in one append-only table.

    `seq` counts from 1 without a gap per order. Ids commit out of order, so readers go by `xid`.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    xid = models.BigIntegerField(db_default=TransactionId(), editable=False)

    class Meta:
        ordering: ClassVar = ["order_id", "seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "seq"], name="one_event_per_order_and_seq")]
        indexes: ClassVar = [
            models.Index(fields=["xid", "id"], name="event_by_transaction"),
            models.Index(fields=["name", "at"], name="event_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.name}"


class Hold(models.Model):
    """A named reason why an order waits; while one is open, no worker moves it on; parcels on the road still arrive."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="holds")
    reason = models.SlugField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="holds", help_text="That placed it."
    )
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True, help_text="Released by itself then.")
    seconded_by = models.CharField(max_length=80, blank=True, help_text="Who has agreed, where it takes two.")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=80, blank=True)
    release_note = models.CharField(max_length=500, db_default="", blank=True, help_text="Why it was let go.")
    overrules = models.BooleanField(db_default=False, help_text="Whether its check was overruled by the release.")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "reason"], condition=Q(released_at__isnull=True), name="one_open_hold_per_reason"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["until"], condition=Q(released_at=None, until__isnull=False), name="hold_until"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.note}"
