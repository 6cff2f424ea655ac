"""What carriers were asked, what they sold, told and billed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.models.carriers import CarrierAccount, ShippingRule
from fulfillment.models.parcels import Parcel
from inventory import clock


class RateQuote(models.Model):
    """Every offer for one parcel, which one was taken and why; written before the label is bought.

    `key` is the carrier's idempotency key: whoever tries again buys the same from the same carrier.
    """

    class State(models.TextChoices):
        CHOSEN = "chosen", _("Chosen")
        BOUGHT = "bought", _("Bought")
        REFUSED = "refused", _("Refused by the carrier")

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="quotes")
    key = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    promised_at = models.DateTimeField()
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="quotes")
    service = models.CharField(max_length=32)
    price = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    arrives_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField(help_text="Of transit.")
    reference = models.CharField(max_length=120, blank=True, help_text="The carrier's own name for the offer.")
    offers = models.JSONField(help_text="All of them: carrier, service, price, arrival, version of its table.")
    runner_up = models.JSONField(default=dict)
    saving = models.DecimalField(max_digits=14, decimal_places=3, default=0, help_text="Against the runner-up.")
    why = models.CharField(max_length=200)
    rule = models.ForeignKey(ShippingRule, on_delete=models.SET_NULL, null=True, related_name="quotes")
    on_time = models.BooleanField(help_text="Whether the service keeps the promise.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHOSEN)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(state="refused"), name="one_standing_quote_per_purchase"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} for {self.price} {self.currency}"


class Manifest(models.Model):
    """What one carrier took along from one warehouse: scanned while it is open, frozen when it is closed.

    `told_at`: the carrier has the list. `trouble` is what it said to it instead. Only one is open per account and
    warehouse; each scan counts in `parcels`, so that scanning and closing queue up for its row.
    """

    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="manifests")
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="manifests")
    day = models.DateField()
    number = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)
    parcels = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    document_url = models.URLField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "warehouse", "day", "number"], name="one_manifest_per_day_and_number"
            ),
            models.UniqueConstraint(
                fields=["account", "warehouse"], condition=Q(closed_at=None), name="one_open_manifest_per_pick_up"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """For people and barcodes."""
        return f"M{self.pk}"


class Label(models.Model):
    """What the carrier sold for one parcel, once: the parcel's id was the carrier's idempotency key."""

    parcel = models.OneToOneField(Parcel, on_delete=models.PROTECT, related_name="label")
    carrier = models.CharField(max_length=32)
    service = models.CharField(max_length=32)
    tracking_number = models.CharField(max_length=40, unique=True)
    cost = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    bought_at = models.DateTimeField(default=clock.now)
    expected_at = models.DateTimeField(help_text="When the parcel should arrive, by the carrier's word.")
    transit_days = models.PositiveSmallIntegerField(db_default=1, default=1)
    why = models.CharField(max_length=200, blank=True, help_text="Why this service was chosen.")
    runner_up = models.JSONField(default=dict, help_text="The best of the other services and its price.")
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, null=True, related_name="labels")
    reference = models.CharField(max_length=80, blank=True, help_text="The carrier's own name for the purchase.")
    document_url = models.URLField(max_length=500, blank=True, help_text="Where the carrier keeps the label to print.")
    manifest = models.ForeignKey(Manifest, on_delete=models.SET_NULL, null=True, related_name="labels")
    manifested_at = models.DateTimeField(null=True, blank=True, help_text="When its order's history was told of it.")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.tracking_number


class VoidedLabel(models.Model):
    """A label that is not used: given back by staff, or sold without our knowing. `voided_at`: the carrier agreed."""

    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="voided_labels")
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, null=True, related_name="voided_labels")
    tracking_number = models.CharField(max_length=40, unique=True)
    reference = models.CharField(max_length=80, blank=True)
    service = models.CharField(max_length=32)
    cost = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    bought_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)
    voided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True, help_text="What the carrier said to it.")

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["at"], condition=Q(voided_at=None), name="label_to_void")]

    def __str__(self) -> str:
        return self.tracking_number


class CarrierNews(models.Model):
    """What a carrier told, kept as it came; `key` makes a repeated message the same one."""

    key = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=20, choices=Parcel.Status.choices)
    description = models.CharField(max_length=200)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    raw = models.JSONField(default=dict, help_text="The carrier's own words.")

    class Meta:
        abstract = True
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.status} at {self.at:%Y-%m-%d %H:%M}"


class TrackingEvent(CarrierNews):
    """News of a parcel on its way to the customer."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="tracking")


class PlayedLabel(models.Model):
    """The played carrier's own book: what it sold. Nothing of the shop's points here."""

    account = models.CharField(max_length=32)
    key = models.CharField(max_length=80)
    tracking_number = models.CharField(max_length=40, unique=True)
    service = models.CharField(max_length=32)
    cost = models.DecimalField(max_digits=14, decimal_places=3)
    sold_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "key"], name="one_played_label_per_account_and_key")
        ]

    def __str__(self) -> str:
        return self.key
