"""How a warehouse's own people pick: with which trolley, and which orders on one walk."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Warehouse


class Trolley(models.Model):
    """A kind of trolley with equal totes; what it carries is bounded by totes, weight and volume."""

    name = models.CharField(max_length=40, unique=True)
    totes = models.PositiveSmallIntegerField(help_text=_("Each holds goods of one order."))
    tote_litres = models.PositiveIntegerField(help_text=_("Volume of one tote that can be filled."))
    max_weight_g = models.PositiveIntegerField(help_text=_("Of the goods on the whole trolley."))

    class Meta:
        verbose_name_plural = "trolleys"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(totes__gt=0, tote_litres__gt=0, max_weight_g__gt=0), name="trolley_carries_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PickingPolicy(models.Model):
    """Which orders of a warehouse share a walk. A warehouse without one picks order by order.

    Batches are planned from all that waits; waves first part what waits by `waves_by`, and plan within each.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("Order by order")
        BATCH = "batch", _("Batches, so that the walk is short")
        WAVE = "wave", _("Waves of orders that have something in common")

    class WavesBy(models.TextChoices):
        CUT_OFF = "cut_off", _("Cut-off")
        SERVICE = "service", _("Way of shipping")
        CARRIER = "carrier", _("Carrier and service")
        ZONE = "zone", _("Zone")
        PRIORITY = "priority", _("Priority")

    warehouse = models.OneToOneField(Warehouse, on_delete=models.CASCADE, related_name="picking_policy")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SINGLE)
    waves_by = models.CharField(max_length=10, choices=WavesBy.choices, default=WavesBy.CUT_OFF)
    zone_aisles = models.PositiveSmallIntegerField(default=4, help_text=_("Aisles of one zone."))
    trolley = models.ForeignKey(Trolley, on_delete=models.PROTECT, related_name="policies")

    class Meta:
        verbose_name_plural = "picking policies"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["single", "batch", "wave"]), name="picking_policy_is_known"),
            models.CheckConstraint(condition=Q(zone_aisles__gt=0), name="zone_has_aisles"),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse_id}: {self.kind}"

    @property
    def by_carrier(self) -> bool:
        """Whether planning has to know who will carry what."""
        return self.kind == self.Kind.WAVE and self.waves_by == self.WavesBy.CARRIER
