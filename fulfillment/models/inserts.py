"""The small wow: what is added to a parcel, for whom, and what was added."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fulfillment.models.shipments import Shipment
from inventory import clock
from orders.models import Channel


class InsertRule(models.Model):
    """Something the packer adds to an order's first shipment when `occasion` holds, and all that it is narrowed to.

    `cost` is in the shop's currency. `code` is what is scanned when it is done; without one it is ticked off. How many
    are left is `counted` less what was added since `counted_at`; null means that there are always enough.
    """

    class Kind(models.TextChoices):
        CARD = "card", _("Card")
        GIFT = "gift", _("Gift")
        SAMPLE = "sample", _("Sample")
        NOTE = "note", _("Note")

    class Occasion(models.TextChoices):
        ALWAYS = "always", _("Every order")
        FIRST_ORDER = "first_order", _("First order")
        TIER_A = "tier_a", _("A-list customer")
        APOLOGY = "apology", _("The last order came late")
        BIRTHDAY = "birthday", _("Birthday month")

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    occasion = models.CharField(max_length=12, choices=Occasion.choices)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sku = models.CharField(max_length=64, blank=True, help_text=_("Only with this product."))
    least_total = models.DecimalField(
        max_digits=14, decimal_places=3, null=True, blank=True, help_text=_("Only for orders of at least this much.")
    )
    text = models.CharField(max_length=500, blank=True, help_text=_("What is written on it; {name} is the customer's."))
    code = models.CharField(max_length=64, blank=True, help_text=_("Scanned when it is done."))
    cost = models.DecimalField(max_digits=10, decimal_places=3, default=0)
    priority = models.PositiveSmallIntegerField(default=10, help_text=_("The lowest number is shown first."))
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text=_("The last day."))
    counted = models.PositiveIntegerField(null=True, blank=True, help_text=_("How many there were; empty: enough."))
    counted_at = models.DateTimeField(default=clock.now)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["priority", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cost__gte=0), name="insert_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="insert_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Insert(models.Model):
    """What was added to a shipment by a rule, once, with the cost that held."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="inserts", db_index=False)
    rule = models.ForeignKey(InsertRule, on_delete=models.PROTECT, related_name="inserts", db_index=False)
    cost = models.DecimalField(max_digits=10, decimal_places=3)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shipment", "rule"], name="one_insert_per_shipment_and_rule"),
        ]
        indexes: ClassVar = [models.Index(fields=["rule", "at"], name="insert_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule_id} in {self.shipment_id}"
