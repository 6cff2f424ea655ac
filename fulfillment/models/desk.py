"""What customs asks of a product, and what customers confirm."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from inventory import clock
from inventory.countries import check_country
from inventory.models import Product
from orders.models import Order, OrderLine


class ProductCustoms(models.Model):
    """What customs asks of a product: tariff number (HS), country it was made in, value of one unit."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="customs")
    hs_code = models.CharField(max_length=12, help_text="6 to 10 digits, as in 691110.")
    origin = models.CharField(max_length=2, validators=[check_country])
    value = models.DecimalField(
        max_digits=14, decimal_places=3, null=True, blank=True, help_text="Empty: what the customer paid for it."
    )

    class Meta:
        ordering: ClassVar = ["product_id"]
        verbose_name_plural = "product customs"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(hs_code__regex=r"^\d{6,10}$"), name="hs_code_is_six_to_ten_digits")
        ]

    def __str__(self) -> str:
        return self.hs_code


class DeliveryConfirmation(models.Model):
    """What somebody says arrived of an order. `key` makes a repeated word the same one."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="confirmations")
    key = models.CharField(max_length=80, unique=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"Confirmation {self.pk}"


class DeliveryLine(models.Model):
    """One line of a confirmation: units that were sent, that arrived, and how many of those are damaged."""

    confirmation = models.ForeignKey(DeliveryConfirmation, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="delivery_lines")
    sent = models.PositiveIntegerField()
    received = models.PositiveIntegerField()
    damaged = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["confirmation", "order_line"], name="one_delivery_line_per_order_line"),
            models.CheckConstraint(condition=Q(damaged__lte=F("received")), name="what_is_damaged_has_arrived"),
        ]

    def __str__(self) -> str:
        return f"{self.received} of {self.sent}"

    @property
    def short(self) -> int:
        """Units that did not arrive."""
        return max(0, self.sent - self.received)

    @property
    def over(self) -> int:
        """Units that arrived beyond what was sent."""
        return max(0, self.received - self.sent)
