"""What comes back. A return is its own record beside the order, never a state of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventory import clock
from orders.models import Order, OrderLine


class Return(models.Model):
    """Units of one order that came back, for one stated reason. `key` makes a repeated announcement the same one."""

    class Reason(models.TextChoices):
        UNWANTED = "unwanted", "No longer wanted"
        DAMAGED = "damaged", "Arrived damaged"
        WRONG_ITEM = "wrong_item", "Wrong item"
        NOT_AS_DESCRIBED = "not_as_described", "Not as described"
        TOO_LATE = "too_late", "Arrived too late"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    key = models.CharField(max_length=80, unique=True)
    reason = models.CharField(max_length=24, choices=Reason.choices)
    received_at = models.DateTimeField(default=clock.now)
    refund = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"Return {self.pk}"


class ReturnLine(models.Model):
    """Units of one order line that came back."""

    return_record = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="return_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["return_record", "order_line"], name="one_return_line_per_order_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="return_line_returns_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.order_line_id}"
