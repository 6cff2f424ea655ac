"""Counting what is there: blind, with the difference shown only afterwards."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory import clock
from inventory.models.stock import Stock
from inventory.models.warehouses import Bin, Warehouse


class Count(models.Model):
    """One round through some shelves of one warehouse. Large differences wait for a second person."""

    class State(models.TextChoices):
        OPEN = "open", _("Being counted")
        SUBMITTED = "submitted", _("Waits for approval")
        BOOKED = "booked", _("Booked")
        DISCARDED = "discarded", _("Discarded")

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="counts")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField(default=clock.now)
    submitted_by = models.CharField(max_length=80, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "submitted", "booked", "discarded"]), name="count_state_is_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CountLine(models.Model):
    """One bin of one stock to count: a further bin, or without one the stock's own.

    `expected` is what the books said of it when the number was entered, never shown before.
    """

    count = models.ForeignKey(Count, on_delete=models.CASCADE, related_name="lines")
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="count_lines")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    counted = models.PositiveIntegerField(null=True, blank=True)
    expected = models.IntegerField(null=True, blank=True)
    counted_by = models.CharField(max_length=80, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["count_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["count", "stock", "bin"], nulls_distinct=False, name="one_count_line_per_count_and_bin"
            ),
            models.CheckConstraint(
                condition=Q(counted__isnull=True, expected__isnull=True)
                | Q(counted__isnull=False, expected__isnull=False),
                name="count_line_knows_both_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stock_id}: {self.counted}"

    @property
    def place(self) -> Bin | None:
        """Where it is counted; None where no bin is known."""
        return self.bin or self.stock.bin

    @property
    def variance(self) -> int:
        """Units found too many (positive) or too few (negative); 0 until counted."""
        return 0 if self.counted is None or self.expected is None else self.counted - self.expected
