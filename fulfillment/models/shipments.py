"""What one warehouse sends for one order."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from fulfillment.flow import SHIPMENT_STATES, ShipmentFlow
from inventory import clock
from inventory.models import Warehouse
from orders.models import Order, OrderLine


class Shipment(ShipmentFlow):
    """One warehouse's part of an order. `due_at` as for the order; `number` counts the shipments of the order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="shipments")
    number = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=clock.now)
    state_since = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    open_holds = models.PositiveSmallIntegerField(db_default=0, default=0)
    taken_on = models.BooleanField(
        db_default=False, default=False, help_text="A third party has accepted it, and is asked before it is stopped."
    )
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["order_id", "number"]
        permissions: ClassVar = [
            ("pack_shipment", "Can pack at the station"),
            ("ship_shipment", "Can hand over to carriers"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "number"], name="one_shipment_per_number"),
            models.UniqueConstraint(
                fields=["order", "warehouse"],
                condition=Q(state="approved"),
                name="one_shipment_to_pick_per_order_and_warehouse",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state for state, _ in SHIPMENT_STATES]), name="shipment_state_is_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at"], condition=Q(due_at__isnull=False), name="shipment_due"),
            models.Index(fields=["warehouse", "state"], name="shipment_of_warehouse"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """For people and barcodes: order number, dash, shipment number."""
        return f"{self.order.number}-{self.number}"


class ShipmentHold(models.Model):
    """A named reason why one shipment waits while the rest of its order goes on; as an order's `Hold`."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="holds")
    reason = models.SlugField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True, help_text="Released by itself then.")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=80, blank=True)
    release_note = models.CharField(max_length=500, blank=True, help_text="Why it was let go.")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shipment", "reason"],
                condition=Q(released_at__isnull=True),
                name="one_open_shipment_hold_per_reason",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["until"], condition=Q(released_at=None, until__isnull=False), name="shipment_hold_until"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.note}"


class ShipmentLine(models.Model):
    """Units of one order line in one shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipment_lines")
    quantity = models.PositiveIntegerField()
    picked = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shipment", "order_line"], name="one_shipment_line_per_order_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_sends_something"),
            models.CheckConstraint(condition=Q(picked__lte=F("quantity")), name="never_overpicked"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.order_line_id}"
