"""The verdict on each finished order, and what went wrong with it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from inventory import clock
from orders.flow import STAGES
from orders.models import Order

STAGE_CHOICES = [(stage.verb, stage.state.label) for stage in STAGES]


class OrderReview(models.Model):
    """The verdict on a finished order: perfect only if nothing failed.

    `evidence` is what it was read off: seconds by stage, the slowest one's bound and the shop's median, exceptions on
    the way, and the scores. `judged_at` moves when a return, a claim or an answer changes it; the history keeps what it
    was before.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="review_record")
    perfect = models.BooleanField()
    failed = ArrayField(models.CharField(max_length=24), default=list, help_text="Which of the four conditions failed.")
    slowest_stage = models.CharField(max_length=16)
    lead_time = models.DurationField(help_text="From placed to delivered.")
    evidence = models.JSONField(default=dict, db_default={}, blank=True)
    reviewed_at = models.DateTimeField(default=clock.now)
    judged_at = models.DateTimeField(null=True, blank=True, help_text="Judged anew, on later evidence.")

    class Meta:
        ordering: ClassVar = ["-reviewed_at"]
        indexes: ClassVar = [models.Index(fields=["-reviewed_at"], name="review_at")]

    def __str__(self) -> str:
        return "perfect" if self.perfect else f"failed: {', '.join(self.failed)}"


class ImprovementItem(models.Model):
    """Something that could be improved, found at an order, in one of the nine stages."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="improvement_items")
    stage = models.CharField(max_length=16, choices=STAGE_CHOICES)
    finding = models.CharField(max_length=200)
    found_at = models.DateTimeField(default=clock.now)
    owner = models.CharField(max_length=80, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-found_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "stage", "finding"], name="one_item_per_order_stage_and_finding")
        ]

    def __str__(self) -> str:
        return self.finding


class VerdictCursor(models.Model):
    """How far the history has been read for later evidence: the transaction and the id of the last event."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    xid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="one_verdict_cursor")]

    def __str__(self) -> str:
        return f"{self.xid}-{self.event_id}"
