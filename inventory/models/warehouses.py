"""Where goods lie, and how far it is from there to the customer."""

from typing import ClassVar
from zoneinfo import available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from inventory.countries import check_country


def check_time_zone(value: str) -> None:
    """A name of the IANA time zone database, by which the cut-off is read."""
    if value not in available_timezones():
        raise ValidationError(f"{value} is not a time zone: area and city, as in Europe/London.", code="time_zone")


class Warehouse(models.Model):
    """A place that sends goods: by machine, by the shop's own people, or by a third party."""

    class Mode(models.TextChoices):
        AUTOMATIC = "automatic", "Automatic: workers complete pick, pack and ship"
        MANUAL = "manual", "Manual: workers prepare, a person confirms"
        THIRD_PARTY = "3pl", "3PL: handed over, confirmed by call back"

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80)
    mode = models.CharField(max_length=16, choices=Mode.choices, default=Mode.MANUAL)
    line1 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="GB", validators=[check_country])
    time_zone = models.CharField(max_length=40, default="Europe/London", validators=[check_time_zone])
    cut_off = models.TimeField(
        null=True, blank=True, help_text="Orders received later leave a day later. In its time zone; empty: no cut-off."
    )
    capabilities = ArrayField(
        models.SlugField(max_length=32), default=list, blank=True, help_text="What it can keep: cold, hazardous, …"
    )
    priority = models.PositiveSmallIntegerField(default=10, help_text="The lowest number is asked first.")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["priority", "id"]

    def __str__(self) -> str:
        return self.name


class Lane(models.Model):
    """The way from a warehouse to a region: how many days and what a parcel costs. The longest prefix that fits holds.

    Where there is no lane, a parcel takes one day at home and five abroad, and its cost is not known.
    """

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="lanes")
    country = models.CharField(max_length=2, validators=[check_country], help_text="ISO 3166-1 alpha-2, in capitals.")
    postal_prefix = models.CharField(max_length=10, blank=True, help_text="As in YO; empty: the whole country.")
    days = models.PositiveSmallIntegerField()
    parcel_cost = models.DecimalField(
        max_digits=10, decimal_places=3, null=True, blank=True, help_text="In the shop's own money, for comparison."
    )

    class Meta:
        ordering: ClassVar = ["warehouse_id", "country", "postal_prefix"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["warehouse", "country", "postal_prefix"], name="one_lane_per_warehouse_and_region"
            ),
            models.CheckConstraint(
                condition=Q(parcel_cost__isnull=True) | Q(parcel_cost__gte=0), name="lane_cost_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse_id} to {self.country} {self.postal_prefix}: {self.days} days"


class Bin(models.Model):
    """A shelf place, addressed by aisle, bay and level."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="bins")
    code = models.CharField(max_length=16)
    aisle = models.PositiveSmallIntegerField()
    bay = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["warehouse_id", "aisle", "bay", "level"]
        constraints: ClassVar = [models.UniqueConstraint("warehouse", Upper("code"), name="one_bin_per_code")]

    def __str__(self) -> str:
        return self.code
