"""What should have arrived and did not, or not as it should have: claims against the shop, and against carriers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.models.parcels import Parcel
from inventory import clock
from orders.models import Order, OrderLine


class Claim(models.Model):
    """Units of one order that are missing, wrong, damaged or lost. `key` makes a repeated claim the same one.

    Open until it is settled, which has one outcome, or refused. `refund` is what was credited to the customer;
    `compensation` what a carrier paid.
    """

    class Kind(models.TextChoices):
        MISSING = "missing", _("Missing")
        WRONG = "wrong", _("Wrong item")
        DAMAGED = "damaged", _("Damaged")
        LOST = "lost", _("Lost on the way")

    class Against(models.TextChoices):
        SHOP = "shop", _("The shop")
        CARRIER = "carrier", _("The carrier")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SETTLED = "settled", _("Settled")
        REFUSED = "refused", _("Refused")

    class Outcome(models.TextChoices):
        REFUND = "refund", _("Money back")
        RESHIP = "reship", _("Sent again")
        CARRIER_PAID = "carrier_paid", _("The carrier paid")
        NOTHING = "nothing", _("Nothing was owed")

    class OpenedBy(models.TextChoices):
        CUSTOMER = "customer", _("The customer")
        STAFF = "staff", _("The shop")
        CARRIER = "carrier", _("The carrier's news")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="claims")
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    against = models.CharField(max_length=10, choices=Against.choices, default=Against.SHOP)
    opened_by = models.CharField(max_length=10, choices=OpenedBy.choices, default=OpenedBy.STAFF)
    by = models.CharField(max_length=80)
    opened_at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=500, blank=True, help_text="What was said about it.")
    photo = models.FileField(upload_to="claims/%Y/%m", max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=80, blank=True)
    settle_note = models.CharField(max_length=500, blank=True)
    refund = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    compensation = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    reshipment = models.OneToOneField(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="reshipment_of"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(state="settled") & ~Q(outcome="")) | (~Q(state="settled") & Q(outcome="")),
                name="a_settled_claim_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="a_claim_that_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=(Q(outcome="reship") & Q(reshipment__isnull=False))
                | (~Q(outcome="reship") & Q(reshipment=None)),
                name="what_is_sent_again_is_an_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["opened_at"], condition=Q(state="open"), name="claim_open"),
        ]

    def __str__(self) -> str:
        return f"Claim {self.pk}"


class ClaimLine(models.Model):
    """Units of one order line in a claim. `open_against` repeats against whom it is open, and is empty afterwards."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="claim_lines")
    quantity = models.PositiveIntegerField()
    open_against = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "order_line"], name="one_claim_line_per_order_line"),
            models.UniqueConstraint(
                fields=["order_line", "open_against"],
                condition=~Q(open_against=""),
                name="one_open_claim_per_line_and_party",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="claim_line_claims_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.order_line_id}"
