"""What the data say goes wrong often, what people say of each stage, and what is done about it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from feedback.models.reviews import STAGE_CHOICES
from inventory import clock


class Finding(models.Model):
    """A share that is worse than the one it is compared with, beyond chance; the same `key` is the same finding.

    `cases` of `sample` went wrong, with Wilson's interval of 95 % from `low` to `high`; the others beside it, or
    nothing where an accepted share (`limit`) is what it is compared with. `order_ids` are the newest orders behind it.
    While it holds `gone_at` is null.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=24)
    stage = models.CharField(max_length=16, choices=STAGE_CHOICES)
    sentence = models.CharField(max_length=300)
    narrowed = models.JSONField(default=dict, blank=True, help_text='What it is about: {"carrier": "fake"}.')
    cases = models.PositiveIntegerField()
    sample = models.PositiveIntegerField()
    low = models.FloatField()
    high = models.FloatField()
    compared_with = models.CharField(max_length=120)
    other_cases = models.PositiveIntegerField(null=True, blank=True)
    other_sample = models.PositiveIntegerField(null=True, blank=True)
    limit = models.FloatField(help_text="The upper end of what it is compared with.")
    orders = models.PositiveIntegerField(help_text="How many orders it affected.")
    weight = models.PositiveSmallIntegerField()
    order_ids = ArrayField(models.BigIntegerField(), default=list)
    first_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["gone_at", "-orders", "key"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cases__lte=F("sample"), sample__gt=0), name="finding_has_its_sample"),
            models.CheckConstraint(condition=Q(low__gt=F("limit")), name="finding_is_beyond_chance"),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def share(self) -> float:
        """Of the sample, how much went wrong."""
        return self.cases / self.sample

    @property
    def other_share(self) -> float | None:
        """Of those it is compared with; None where that is an accepted share."""
        return self.other_cases / self.other_sample if self.other_cases is not None and self.other_sample else None

    @property
    def cost(self) -> int:
        """Affected orders times how bad it is for one of them."""
        return self.orders * self.weight


class StageAssessment(models.Model):
    """What people say of one stage: how it is done, how well, and what trouble it made."""

    class How(models.TextChoices):
        MANUAL = "manual", _("By hand")
        ASSISTED = "assisted", _("With help of the system")
        AUTOMATIC = "automatic", _("By itself")

    stage = models.CharField(max_length=16, choices=STAGE_CHOICES, unique=True)
    how = models.CharField(max_length=10, choices=How.choices)
    works = models.PositiveSmallIntegerField(help_text="1: badly, 5: well.")
    trouble = models.CharField(max_length=500, blank=True, help_text="What problems it caused.")
    trouble_orders = models.PositiveIntegerField(default=0, help_text="How many orders they touched.")
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(works__gte=1, works__lte=5), name="stage_works_from_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.stage}: {self.works} of 5"


class ImprovementAction(models.Model):
    """What is done about an area: by whom, until when, and which figure it should move to which target.

    The figure is measured for as long before `started_on` as after it; `narrowed` as in the finding it came from.
    """

    title = models.CharField(max_length=160)
    stage = models.CharField(max_length=16, choices=STAGE_CHOICES)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, blank=True, related_name="actions")
    owner = models.CharField(max_length=150)
    due_on = models.DateField()
    kpi = models.CharField(max_length=24)
    target = models.FloatField(help_text="A share from 0 to 1, or days.")
    narrowed = models.JSONField(default=dict, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.CharField(max_length=150)
    started_on = models.DateField(null=True, blank=True, help_text="From when on it is in force.")
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]

    def __str__(self) -> str:
        return self.title
