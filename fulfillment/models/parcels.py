"""Boxes, what is in them, their label, and where they are."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fulfillment.models.shipments import Shipment, ShipmentLine
from inventory import clock


class Carton(models.Model):
    """A box the shop keeps in stock. Sizes are inner, in millimetres; the price is in the shop's currency."""

    name = models.CharField(max_length=40, unique=True)
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    tare_g = models.PositiveIntegerField()
    max_gross_g = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        ordering: ClassVar = ["price", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def volume_mm3(self) -> int:
        return self.length_mm * self.width_mm * self.height_mm


class Parcel(models.Model):
    """One box on its way. Its status only ever moves forward."""

    class Status(models.TextChoices):
        PACKED = "packed", "Packed"
        LABELLED = "labelled", "Label bought"
        IN_TRANSIT = "in_transit", "In transit"
        OUT_FOR_DELIVERY = "out_for_delivery", "Out for delivery"
        DELIVERED = "delivered", "Delivered"

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="parcels")
    number = models.PositiveSmallIntegerField()
    carton = models.ForeignKey(Carton, on_delete=models.PROTECT, null=True, related_name="parcels")
    weight_g = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PACKED)
    status_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["shipment_id", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shipment", "number"], name="one_parcel_per_number"),
            models.CheckConstraint(
                condition=Q(status__in=["packed", "labelled", "in_transit", "out_for_delivery", "delivered"]),
                name="parcel_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Parcel {self.number}"


class ParcelItem(models.Model):
    """Units of a shipment line in one parcel."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="items")
    shipment_line = models.ForeignKey(ShipmentLine, on_delete=models.PROTECT, related_name="parcel_items")
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parcel", "shipment_line"], name="one_item_per_parcel_and_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="parcel_item_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} in parcel {self.parcel_id}"


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
    why = models.CharField(max_length=200, blank=True, help_text="Why this service was chosen.")
    runner_up = models.JSONField(default=dict, help_text="The best of the other services and its price.")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.tracking_number


class TrackingEvent(models.Model):
    """What a carrier told of a parcel, kept as it came; `key` makes a repeated message the same one."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="tracking")
    key = models.CharField(max_length=80, unique=True)
    status = models.CharField(max_length=20, choices=Parcel.Status.choices)
    description = models.CharField(max_length=200)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.status} at {self.at:%Y-%m-%d %H:%M}"
