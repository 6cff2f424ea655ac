"""What was done at the stations, one row for each, kept under the id that the device gave it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.models.picking import PickList, PickTask
from fulfillment.models.shipments import Shipment, ShipmentLine
from inventory import clock


class Scan(models.Model):
    """One act at a pick or pack station and what came of it; the same id is taken once, however often it is sent.

    `bin` and `code` are as scanned. `units` is what it moved: of a right item or a confirmation the units that count as
    picked from then on, of a short pick those that were not there, of a correction those taken out again; else 0.
    """

    class Station(models.TextChoices):
        PICK = "pick", _("Pick station")
        PACK = "pack", _("Pack station")

    class Action(models.TextChoices):
        BIN = "bin", _("Bin scanned")
        ITEM = "item", _("Item scanned")
        CONFIRM = "confirm", _("Confirmed without a scan")
        SHORT = "short", _("Short")
        CORRECT = "correct", _("Corrected")

    class Verdict(models.TextChoices):
        RIGHT = "right", _("Right")
        WRONG_ITEM = "wrong_item", _("Wrong item")
        WRONG_BIN = "wrong_bin", _("Wrong bin")
        ALREADY_COMPLETE = "already_complete", _("Already complete")
        NOT_ON_LIST = "not_on_list", _("Not on the list")
        UNKNOWN = "unknown", _("Unknown code")

    id = models.UUIDField(primary_key=True)
    station = models.CharField(max_length=4, choices=Station.choices)
    action = models.CharField(max_length=8, choices=Action.choices, default=Action.ITEM)
    pick_list = models.ForeignKey(PickList, on_delete=models.SET_NULL, null=True, blank=True, related_name="scans")
    task = models.ForeignKey(PickTask, on_delete=models.SET_NULL, null=True, blank=True, related_name="scans")
    shipment = models.ForeignKey(Shipment, on_delete=models.SET_NULL, null=True, blank=True, related_name="scans")
    line = models.ForeignKey(ShipmentLine, on_delete=models.SET_NULL, null=True, blank=True, related_name="scans")
    bin = models.CharField(max_length=32, blank=True)
    code = models.CharField(max_length=120, blank=True)
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    said = models.CharField(max_length=200, blank=True, help_text="The verdict as the person read it.")
    units = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(help_text="By the device's clock.")
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["received_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(station__in=["pick", "pack"]), name="scan_station_is_known"),
            models.CheckConstraint(
                condition=Q(verdict="right") | Q(units=0), name="scan_moves_something_only_if_it_is_right"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["pick_list", "received_at"], name="scan_of_pick_list")]

    def __str__(self) -> str:
        return f"{self.code or self.bin}: {self.verdict}"
