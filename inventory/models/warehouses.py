"""Where goods lie, and how far it is from there to the customer."""

from typing import ClassVar
from zoneinfo import available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.countries import check_country


def check_time_zone(value: str) -> None:
    """A name of the IANA time zone database, by which the cut-off is read."""
    if value not in available_timezones():
        raise ValidationError(
            _("{value} is not a time zone: area and city, as in Europe/London.").format(value=value), code="time_zone"
        )


class Warehouse(models.Model):
    """A place that sends goods: by machine, by the shop's own people, or by a third party."""

    class Mode(models.TextChoices):
        AUTOMATIC = "automatic", gettext_lazy("Automatic: workers complete pick, pack and ship")
        MANUAL = "manual", gettext_lazy("Manual: workers prepare, a person confirms")
        THIRD_PARTY = "3pl", gettext_lazy("3PL: handed over, confirmed by call back")

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80)
    mode = models.CharField(max_length=16, choices=Mode.choices, default=Mode.MANUAL)
    line1 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="GB", validators=[check_country])
    time_zone = models.CharField(max_length=40, default="Europe/London", validators=[check_time_zone])
    cut_off = models.TimeField(
        null=True,
        blank=True,
        help_text=gettext_lazy("Orders received later leave a day later. In its time zone; empty: no cut-off."),
    )
    capabilities = ArrayField(
        models.SlugField(max_length=32),
        default=list,
        blank=True,
        help_text=gettext_lazy("What it can keep: cold, hazardous, …"),
    )
    priority = models.PositiveSmallIntegerField(default=10, help_text=gettext_lazy("The lowest number is asked first."))
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["priority", "id"]

    def __str__(self) -> str:
        return self.name


class WarehouseLayout(models.Model):
    """The floor of a rectangular warehouse: parallel aisles of equal bays, joined by cross aisles; lengths in metres.

    `cross_aisles` says after how many bays each lies, from 0 at the front to the number of bays at the back. Walks
    start and end where `depot_aisle` meets `depot_cross_aisle`, both counted from 1.
    """

    warehouse = models.OneToOneField(Warehouse, on_delete=models.CASCADE, related_name="layout")
    aisles = models.PositiveSmallIntegerField()
    bays = models.PositiveSmallIntegerField(help_text=gettext_lazy("Of each aisle."))
    bay_m = models.DecimalField(
        max_digits=6, decimal_places=2, help_text=gettext_lazy("Width of a bay along its aisle.")
    )
    aisle_m = models.DecimalField(
        max_digits=6, decimal_places=2, help_text=gettext_lazy("From the middle of an aisle to the next.")
    )
    cross_m = models.DecimalField(
        max_digits=6, decimal_places=2, default=0, help_text=gettext_lazy("Width of a cross aisle.")
    )
    cross_aisles = ArrayField(models.PositiveSmallIntegerField(), help_text=gettext_lazy("As in 0, 10, 20."))
    depot_aisle = models.PositiveSmallIntegerField(default=1)
    depot_cross_aisle = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(aisles__gt=0, bays__gt=0, bay_m__gt=0, aisle_m__gt=0), name="layout_has_a_size"
            ),
            models.CheckConstraint(
                condition=Q(depot_aisle__gte=1, depot_aisle__lte=F("aisles")), name="depot_lies_at_an_aisle"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.aisles} aisles of {self.bays} bays"

    def clean(self) -> None:
        """Cross aisles rise from the front to the back, and the depot lies where one of them meets an aisle."""
        places = self.cross_aisles or []
        if self.bays and (places[:1] != [0] or places[-1:] != [self.bays] or places != sorted(set(places))):
            raise ValidationError(
                {"cross_aisles": _("These rise from 0, the front, to {bays}, the back.").format(bays=self.bays)}
            )
        if self.depot_cross_aisle and not 1 <= self.depot_cross_aisle <= len(places):
            raise ValidationError(
                {"depot_cross_aisle": _("There are {places} cross aisles.").format(places=len(places))}
            )


class Lane(models.Model):
    """The way from a warehouse to a region: how many days and what a parcel costs. The longest prefix that fits holds.

    Where there is no lane, a parcel takes one day at home and five abroad, and its cost is not known.
    """

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="lanes")
    country = models.CharField(
        max_length=2, validators=[check_country], help_text=gettext_lazy("ISO 3166-1 alpha-2, in capitals.")
    )
    postal_prefix = models.CharField(
        max_length=10, blank=True, help_text=gettext_lazy("As in YO; empty: the whole country.")
    )
    days = models.PositiveSmallIntegerField()
    parcel_cost = models.DecimalField(
        max_digits=10,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=gettext_lazy("In the shop's own money, for comparison."),
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
