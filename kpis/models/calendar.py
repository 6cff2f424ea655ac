"""What stands on the time axis beside the orders: campaigns, incidents, and what the shop aims at."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from inventory import clock


class Campaign(models.Model):
    """Something the shop did to sell more, and whom it was meant for; without customers it was meant for all."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40, blank=True, help_text="E-mail, price, advertising, …")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last day.")
    customers = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "starts_on"], name="one_campaign_per_name_and_start"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name


class Incident(models.Model):
    """Something that went wrong for more than one customer: a strike, an outage, a bad batch."""

    name = models.CharField(max_length=120)
    stage = models.CharField(max_length=16, blank=True, help_text="The verb of the stage it hit, if one.")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last day.")
    note = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "starts_on"], name="one_incident_per_name_and_start"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="incident_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """What a figure should reach; the newest one holds."""

    kpi = models.CharField(max_length=40)
    value = models.FloatField(help_text="Rates as fractions, durations in days.")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["kpi", "-at"]

    def __str__(self) -> str:
        return f"{self.kpi} {self.value:g}"
