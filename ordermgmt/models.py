"""What belongs to the screens alone: lists as people keep them, where people work, and how they want it."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from inventory import clock
from inventory.models import Warehouse
from ordermgmt.zones import ZONES


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


class DemoShop(models.Model):
    """The shop's data is the demo's, so that it may be removed. A worker takes it at `begun_at`, if it is asked."""

    at = models.DateTimeField(default=clock.now)
    begun_at = models.DateTimeField(null=True, blank=True)
    loaded_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Demo shop of {self.at:%Y-%m-%d}"


class Preference(models.Model):
    """How one person wants the dashboard; who has no row wants it as the shop has it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preference")
    time_zone = models.CharField(max_length=64, blank=True, validators=[check_zone], help_text="Empty: the shop's.")
    shortcuts = models.BooleanField(default=True, help_text="Whether single keys do something.")

    class Meta:
        ordering: ClassVar = ["user_id"]

    def __str__(self) -> str:
        return f"of user {self.user_id}"
