"""Boxes, what is in them, and where they are."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fulfillment.models.shipments import Shipment, ShipmentLine
from inventory import clock

WALLS_MM = 6  # of corrugated board, on both sides together


class Carton(models.Model):
    """A box the shop keeps. Sizes are inner, in millimetres, `outer` ones from outside; the price is in the shop's
    currency.

    How many are left is `counted` less the parcels packed in it since `counted_at` (`fulfillment.boxing`): nobody
    waits for a lock on a box. Null `counted` means that there are always enough.
    """

    name = models.CharField(max_length=40, unique=True)
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    outer_length_mm = models.PositiveIntegerField(default=0, help_text="0: the inner length and two walls of 3 mm.")
    outer_width_mm = models.PositiveIntegerField(default=0)
    outer_height_mm = models.PositiveIntegerField(default=0)
    tare_g = models.PositiveIntegerField()
    max_gross_g = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=14, decimal_places=3)
    counted = models.PositiveIntegerField(null=True, blank=True, help_text="How many there were; empty: enough.")
    counted_at = models.DateTimeField(default=clock.now)
    low_mark = models.PositiveIntegerField(default=0, help_text="Warn when no more than these are left.")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["price", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(outer_length_mm=0) | Q(outer_length_mm__gte=F("length_mm")))
                & (Q(outer_width_mm=0) | Q(outer_width_mm__gte=F("width_mm")))
                & (Q(outer_height_mm=0) | Q(outer_height_mm__gte=F("height_mm"))),
                name="carton_is_larger_outside",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def outer_mm(self) -> tuple[int, int, int]:
        """Length, width and height from outside."""
        return (
            self.outer_length_mm or self.length_mm + WALLS_MM,
            self.outer_width_mm or self.width_mm + WALLS_MM,
            self.outer_height_mm or self.height_mm + WALLS_MM,
        )


class Parcel(models.Model):
    """One box on its way, its size from outside in millimetres. Its status only ever moves forward.

    `weight_g` is what the scale said, or without one `expected_g`: what the goods and the box weigh by their records.
    The last two statuses are ends both. What was lost or came back is `settled` when somebody has seen to it: then the
    shipment can go on without it.
    """

    class Status(models.TextChoices):
        PACKED = "packed", _("Packed")
        LABELLED = "labelled", _("Label bought")
        IN_TRANSIT = "in_transit", _("In transit")
        OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
        DELIVERY_FAILED = "delivery_failed", _("Delivery failed")
        RETURNING = "returning", _("On its way back")
        LOST = "lost", _("Lost")
        RETURNED_TO_SENDER = "returned_to_sender", _("Returned to sender")
        DELIVERED = "delivered", _("Delivered")

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="parcels")
    number = models.PositiveSmallIntegerField()
    carton = models.ForeignKey(Carton, on_delete=models.PROTECT, null=True, related_name="parcels", db_index=False)
    weight_g = models.PositiveIntegerField()
    expected_g = models.PositiveIntegerField(null=True, blank=True)
    length_mm = models.PositiveIntegerField(default=0)
    width_mm = models.PositiveIntegerField(default=0)
    height_mm = models.PositiveIntegerField(default=0)
    packed_at = models.DateTimeField(default=clock.now)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PACKED)
    status_at = models.DateTimeField(default=clock.now)
    handed_over_at = models.DateTimeField(null=True, blank=True, help_text="When it was scanned at the dock.")
    delayed_at = models.DateTimeField(null=True, blank=True, help_text="When it was found to be late.")
    silent_at = models.DateTimeField(null=True, blank=True, help_text="When the carrier's silence was told.")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_how = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering: ClassVar = ["shipment_id", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shipment", "number"], name="one_parcel_per_number"),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        *("packed", "labelled", "in_transit", "out_for_delivery", "delivery_failed"),
                        *("returning", "lost", "returned_to_sender", "delivered"),
                    ]
                ),
                name="parcel_status_is_known",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["carton", "packed_at"], name="parcel_in_carton")]

    def __str__(self) -> str:
        return f"Parcel {self.number}"

    @property
    def size_mm(self) -> tuple[int, int, int]:
        """Length, width and height from outside; zeros where nobody measured."""
        return self.length_mm, self.width_mm, self.height_mm


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
