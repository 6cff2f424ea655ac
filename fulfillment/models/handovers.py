"""What a third party was asked to send, and what it said."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.flow import Handing, HandOverFlow
from fulfillment.models.shipments import Shipment
from inventory import clock


class HandOver(HandOverFlow):
    """A shipment handed to the third party that runs its warehouse. `version` counts what happened to it."""

    class Reason(models.TextChoices):
        INVALID_SKU = "invalid_sku", _("Unknown SKU")
        OUT_OF_STOCK = "out_of_stock", _("Out of stock")
        DAMAGED_STOCK = "damaged_stock", _("The stock is damaged")
        ORDER_TOO_LARGE = "order_too_large", _("The order is too large")
        NO_CAPACITY = "no_capacity", _("No capacity in time")
        ADDRESS_UNDELIVERABLE = "address_undeliverable", _("Does not deliver to the address")
        ADDRESS_INCOMPLETE = "address_incomplete", _("The address is incomplete or wrong")
        SERVICE_NOT_OFFERED = "service_not_offered", _("The way of shipping is not offered")
        GOODS_NOT_ALLOWED = "goods_not_allowed", _("Such goods are not sent")
        OTHER = "other", _("Another reason")

    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="handover")
    state_since = models.DateTimeField(default=clock.now)
    requested_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="The last word of the third party.")
    reason = models.CharField(max_length=24, choices=Reason.choices, blank=True, help_text="Why it was rejected.")
    words = models.CharField(max_length=500, blank=True, help_text="The same in the third party's words.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "hand-over"
        verbose_name_plural = "hand-overs"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=Handing.values), name="handover_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(reason=""), name="rejected_handover_has_a_reason"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "state_since"],
                condition=Q(state__in=["requested", "accepted", "rejected", "cancel_requested"]),
                name="handover_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}: {self.state}"
