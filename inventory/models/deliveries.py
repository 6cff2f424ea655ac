"""What is on its way to a warehouse, and what of it has come."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory import clock
from inventory.models.stock import Stock
from inventory.models.warehouses import Warehouse


class ExpectedDelivery(models.Model):
    """A supplier's delivery to one warehouse. It may come in parts, with too much, and damaged."""

    class State(models.TextChoices):
        OPEN = "open", _("Expected")
        CLOSED = "closed", _("Closed")

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="expected_deliveries")
    reference = models.CharField(max_length=40, unique=True, help_text="The purchase order or delivery note.")
    supplier = models.CharField(max_length=120, blank=True)
    due_on = models.DateField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField(default=clock.now)
    closed_by = models.CharField(max_length=80, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        verbose_name_plural = "expected deliveries"

    def __str__(self) -> str:
        return self.reference


class ExpectedLine(models.Model):
    """Units of one stock. `received` went on the shelf, `damaged` did not; both may add up to more than expected.

    What came without being expected has a line with `expected` 0.
    """

    delivery = models.ForeignKey(ExpectedDelivery, on_delete=models.CASCADE, related_name="lines")
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="expected_lines")
    expected = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    damaged = models.PositiveIntegerField(default=0)
    added_by = models.CharField(max_length=80, blank=True, help_text="Who added what came without being expected.")

    class Meta:
        ordering: ClassVar = ["delivery_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "stock"], name="one_expected_line_per_delivery_and_stock"),
        ]

    def __str__(self) -> str:
        return f"{self.received} of {self.expected}"

    @property
    def outstanding(self) -> int:
        """Units that are still to come."""
        return max(0, self.expected - self.received - self.damaged)


class DeliveryReceipt(models.Model):
    """One arrival of a delivery or of a part of it, booked once per `key`."""

    delivery = models.ForeignKey(ExpectedDelivery, on_delete=models.CASCADE, related_name="receipts")
    key = models.CharField(max_length=80)
    units = models.JSONField(help_text="By expected line: good units, damaged units.")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["delivery_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "key"], name="one_receipt_per_delivery_and_key"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.key}"
