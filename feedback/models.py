"""What customers say, and what the shop makes of it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from inventory import clock
from orders.flow import STAGES
from orders.models import Order


class Survey(models.Model):
    """The one invitation of an order. After `closes_at`, silence is an answer too."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="survey_record")
    invited_at = models.DateTimeField(default=clock.now)
    mailed_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-invited_at"]

    def __str__(self) -> str:
        return f"Survey of order {self.order_id}"


class Answer(models.Model):
    """What the customer said: satisfaction 1 to 5, recommendation 0 to 10, and words."""

    survey = models.OneToOneField(Survey, on_delete=models.PROTECT, related_name="answer")
    csat = models.PositiveSmallIntegerField()
    nps = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True, max_length=2000)
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-answered_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(csat__gte=1, csat__lte=5), name="csat_from_1_to_5"),
            models.CheckConstraint(condition=Q(nps__isnull=True) | Q(nps__gte=0, nps__lte=10), name="nps_from_0_to_10"),
        ]

    def __str__(self) -> str:
        return f"{self.csat} of 5"


class OrderReview(models.Model):
    """The verdict on a finished order: perfect only if nothing failed."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="review_record")
    perfect = models.BooleanField()
    failed = ArrayField(models.CharField(max_length=24), default=list, help_text="Which of the four conditions failed.")
    slowest_stage = models.CharField(max_length=16)
    lead_time = models.DurationField(help_text="From placed to delivered.")
    reviewed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-reviewed_at"]

    def __str__(self) -> str:
        return "perfect" if self.perfect else f"failed: {', '.join(self.failed)}"


class ImprovementItem(models.Model):
    """Something that could be improved, found at an order, in one of the nine stages."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="improvement_items")
    stage = models.CharField(max_length=16, choices=[(stage.verb, stage.state.label) for stage in STAGES])
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
