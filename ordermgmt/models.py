"""What belongs to the screens alone: lists as people keep them, where people work, and how they want it."""

from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy

from inventory import clock
from inventory.models import TaxClass, Warehouse
from ordermgmt.zones import ZONES
from orders.models import languages


def check_zone(value: str) -> None:
    """A name of the IANA time zone database."""
    if value not in ZONES:
        raise ValidationError(f"{value} is not a time zone.", code="zone")


class SavedView(models.Model):
    """A list as somebody wants to see it again: the address says all; a shared one is shown to everybody."""

    listing = models.CharField(max_length=24, help_text="A name of ordermgmt.lists.all.")
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=1000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    shared = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["listing", "owner", "name"], name="one_saved_view_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Workplace(models.Model):
    """A warehouse that somebody works in. Who has none works in all of them; who has some, in no other."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="workplaces")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="workplaces")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "warehouse"], name="one_workplace_per_user_and_warehouse")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.warehouse}"


LOAD_LASTS = timedelta(minutes=15)


class DemoShop(models.Model):
    """The shop has the demo's data, so that it may be removed. A worker takes it at `begun_at`, if it is asked.

    `marks` are, of each table, the ranges of ids that the load wrote: after the first number, up to the last.
    """

    at = models.DateTimeField(default=clock.now)
    begun_at = models.DateTimeField(null=True, blank=True)
    loaded_at = models.DateTimeField(null=True, blank=True)
    marks = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"Demo shop of {self.at:%Y-%m-%d}"

    @property
    def is_lost(self) -> bool:
        """Whether its worker must be gone: a load that takes longer is stopped."""
        return self.loaded_at is None and self.begun_at is not None and self.begun_at < clock.now() - LOAD_LASTS


class ProductFile(models.Model):
    """A file of products that somebody uploaded and looks through; `job_id` is of the work once it is asked for."""

    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, help_text="Of rows that name none.")
    tax_class = models.ForeignKey(TaxClass, on_delete=models.CASCADE, related_name="product_files")
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, null=True, blank=True, related_name="product_files"
    )
    unread = models.JSONField(default=list, help_text="Columns that say nothing here.")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    job_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name


class ProductRow(models.Model):
    """One row of a product file: what it says by column, and what would come of it when it was uploaded."""

    class Verdict(models.TextChoices):
        NEW = "new", gettext_lazy("New")
        CHANGED = "changed", gettext_lazy("Changed")
        SAME = "same", gettext_lazy("As it is")
        WRONG = "wrong", gettext_lazy("Refused")

    file = models.ForeignKey(ProductFile, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    values = models.JSONField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    changes = models.JSONField(default=list, help_text="What, from, to.")
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["file_id", "line"]

    def __str__(self) -> str:
        return str(self.values.get("sku", ""))

    @property
    def price(self) -> tuple[Decimal, str]:
        """With its currency, of a row that brings something new."""
        return Decimal(self.values["price"]), self.values.get("currency") or self.file.currency


class Preference(models.Model):
    """How one person wants the dashboard; who has no row wants it as the shop has it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preference")
    time_zone = models.CharField(max_length=64, blank=True, validators=[check_zone], help_text="Empty: the shop's.")
    language = models.CharField(max_length=8, blank=True, choices=languages, help_text="Empty: the browser's.")
    shortcuts = models.BooleanField(default=True, help_text="Whether single keys do something.")

    class Meta:
        ordering: ClassVar = ["user_id"]

    def __str__(self) -> str:
        return f"of user {self.user_id}"
