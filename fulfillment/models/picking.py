"""Work for the pickers: a list of bins to visit and what to take there."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from fulfillment.models.shipments import ShipmentLine
from inventory import clock
from inventory.models import Bin, Warehouse


class PickList(models.Model):
    """One walk through one warehouse, its metres known where the layout is; `s_shape_m` is what the S-shape takes."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="pick_lists")
    distance_m = models.FloatField(null=True, blank=True)
    s_shape_m = models.FloatField(null=True, blank=True)
    proven = models.BooleanField(default=False, help_text="No shorter walk exists.")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"Pick list {self.pk}"

    @property
    def saved_m(self) -> float | None:
        """Metres saved against the S-shape."""
        return None if self.distance_m is None or self.s_shape_m is None else self.s_shape_m - self.distance_m


class PickTask(models.Model):
    """Take units of one shipment line from one bin; a bin may be unknown, then the SKU alone leads the way."""

    pick_list = models.ForeignKey(PickList, on_delete=models.CASCADE, related_name="tasks")
    shipment_line = models.ForeignKey(ShipmentLine, on_delete=models.CASCADE, related_name="tasks")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, related_name="tasks")
    quantity = models.PositiveIntegerField()
    picked = models.PositiveIntegerField(default=0)
    picked_at = models.DateTimeField(null=True, blank=True)
    picked_by = models.CharField(max_length=80, blank=True)
    scanned = models.BooleanField(default=False, help_text="Confirmed by a scan, not by a click or a machine.")

    class Meta:
        ordering: ClassVar = ["pick_list_id", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="pick_task_takes_something"),
            models.CheckConstraint(condition=Q(picked__lte=F("quantity")), name="pick_task_never_overpicked"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} from bin {self.bin_id}"
