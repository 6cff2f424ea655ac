"""What carriers bill: an invoice, and of each parcel on it how that differs from the quote."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fulfillment.models.carriers import CarrierAccount
from fulfillment.models.labels import Label
from inventory import clock


class CarrierInvoice(models.Model):
    """One invoice of one carrier, taken in from a file; the same number is taken in once."""

    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "number"], name="one_carrier_invoice_per_account_and_number")
        ]

    def __str__(self) -> str:
        return self.number


class ParcelBill(models.Model):
    """What an invoice bills for one tracking number, all its lines together, and why that is not what was quoted.

    `expected` is null where nothing was to be paid or the parcel is not known; `billed_g` where the carrier tells none.
    """

    class Reason(models.TextChoices):
        AGREES = "agrees", _("As quoted")
        DIMENSIONS = "dimensions", _("Dimensional weight")
        WEIGHT = "weight", _("Heavier than ours")
        ZONE = "zone", _("Other zone")
        SERVICE = "service", _("Other service")
        SURCHARGE = "surcharge", _("Surcharge")
        TWICE = "twice", _("Billed twice")
        UNKNOWN = "unknown", _("Unknown parcel")
        GIVEN_BACK = "given_back", _("Label was given back")
        CURRENCY = "currency", _("Other currency")
        LESS = "less", _("Less than quoted")
        OTHER = "other", _("Not explained")

    invoice = models.ForeignKey(CarrierInvoice, on_delete=models.CASCADE, related_name="bills", db_index=False)
    tracking_number = models.CharField(max_length=40, db_index=True)
    label = models.ForeignKey(Label, on_delete=models.SET_NULL, null=True, related_name="bills")
    billed = models.DecimalField(max_digits=14, decimal_places=3)
    expected = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    billed_g = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "tracking_number"], name="one_bill_per_invoice_and_parcel")
        ]

    def __str__(self) -> str:
        return f"{self.tracking_number}: {self.billed}"
