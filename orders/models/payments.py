"""What the customer owes, pledged, paid and got back."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from inventory import clock
from orders.models.order import Order


class Payment(models.Model):
    """One payment of an order: pledged (`authorised`), taken (`captured`), given back (`refunded`)."""

    class Method(models.TextChoices):
        CARD = "card", "Card"
        INVOICE = "invoice", "Invoice, pay later"
        TRANSFER = "transfer", "Bank transfer"
        CASH_ON_DELIVERY = "cod", "Cash on delivery"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=16, choices=Method.choices)
    reference = models.CharField(max_length=120, blank=True, help_text="The payment provider's name for it.")
    authorised = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    captured = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    refunded = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    captured_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(authorised__gte=0), name="authorised_not_negative"),
            models.CheckConstraint(
                condition=Q(captured__gte=0, captured__lte=F("authorised")), name="captured_within_authorised"
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("captured")), name="refunded_within_captured"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | Q(captured=0), name="void_payment_took_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.authorised}"


class Refund(models.Model):
    """Money given back once for one reason, named by `key`."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=80, unique=True)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    reason = models.CharField(max_length=120)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_gives_something"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.reason}"
