"""Work for the pickers: lists of bins to visit, what to take there, and into which tote of the trolley it goes."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fulfillment.models.shipments import Shipment, ShipmentLine
from fulfillment.models.trolleys import Trolley
from inventory import clock
from inventory.models import Bin, Warehouse


class PickList(models.Model):
    """One walk through one warehouse, its metres known where the layout is; `s_shape_m` is what the S-shape takes.

    A single list is of one shipment and waits in the pool until somebody takes it, or until it is planned into a
    batch or a wave. `priority` is added to that of its orders by a person; `cut_off_at` is when its goods have to be
    ready to leave on the day that was promised.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("Single order")
        BATCH = "batch", _("Batch")
        WAVE = "wave", _("Wave")

    class State(models.TextChoices):
        OPEN = "open", _("To pick")
        ASSIGNED = "assigned", _("Assigned")
        PICKING = "picking", _("Being picked")
        PAUSED = "paused", _("Paused")
        FINISHED = "finished", _("Finished")
        STOPPED = "stopped", _("Stopped")

    ACTIVE = (State.ASSIGNED, State.PICKING)
    ENDED = (State.FINISHED, State.STOPPED)

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="pick_lists")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SINGLE)
    name = models.CharField(max_length=60, blank=True, help_text="Of a wave: what its orders have in common.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    picker = models.CharField(max_length=80, blank=True, help_text="Who walks it; kept when it has ended.")
    priority = models.SmallIntegerField(default=0, help_text="The highest is picked first.")
    cut_off_at = models.DateTimeField(null=True, blank=True)
    trolley = models.ForeignKey(Trolley, on_delete=models.PROTECT, null=True, blank=True, related_name="pick_lists")
    distance_m = models.FloatField(null=True, blank=True)
    s_shape_m = models.FloatField(null=True, blank=True)
    proven = models.BooleanField(default=False, help_text="No shorter walk exists.")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True, help_text="Or stopped.")

    class Meta:
        ordering: ClassVar = ["id"]
        permissions: ClassVar = [("pick_picklist", "Can pick at the station")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["single", "batch", "wave"]), name="pick_list_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "assigned", "picking", "paused", "finished", "stopped"]),
                name="pick_list_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) ^ Q(state__in=["finished", "stopped"]), name="pick_list_ends_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["assigned", "picking", "paused"]) | ~Q(picker=""),
                name="pick_list_in_hand_has_a_picker",
            ),
            models.UniqueConstraint(
                fields=["picker"], condition=Q(state__in=["assigned", "picking"]), name="one_active_list_per_picker"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["warehouse", "state"], condition=Q(finished_at=None), name="pick_list_open"),
        ]

    def __str__(self) -> str:
        return f"Pick list {self.pk}"

    @property
    def saved_m(self) -> float | None:
        """Metres saved against the S-shape."""
        return None if self.distance_m is None or self.s_shape_m is None else self.s_shape_m - self.distance_m


class PickTask(models.Model):
    """Take units of one shipment line from one bin; a bin may be unknown, then the SKU alone leads the way.

    It is done when what was picked and what was short are all of it; units that are short are sent from elsewhere, or
    stand on another list.
    """

    pick_list = models.ForeignKey(PickList, on_delete=models.CASCADE, related_name="tasks")
    shipment_line = models.ForeignKey(ShipmentLine, on_delete=models.CASCADE, related_name="tasks")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, related_name="tasks")
    turn = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Its place on the walk.")
    quantity = models.PositiveIntegerField()
    picked = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0, db_default=0, help_text="Units that were not there.")
    picked_at = models.DateTimeField(null=True, blank=True)
    picked_by = models.CharField(max_length=80, blank=True)
    scanned = models.BooleanField(default=False, help_text="Confirmed by a scan, not by a click or a machine.")

    class Meta:
        ordering: ClassVar = ["pick_list_id", "turn", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="pick_task_takes_something"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("picked") + F("short")), name="pick_task_never_overpicked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} from bin {self.bin_id}"

    @property
    def left(self) -> int:
        """Units still to take."""
        return self.quantity - self.picked - self.short


class ToteSlot(models.Model):
    """A tote of the trolley, counted from 1, and the one shipment whose goods go into it; a large one has several."""

    pick_list = models.ForeignKey(PickList, on_delete=models.CASCADE, related_name="totes")
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="totes")
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["pick_list_id", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pick_list", "number"], name="tote_holds_one_shipment"),
            models.CheckConstraint(condition=Q(number__gt=0), name="totes_are_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"Tote {self.number}"


class PickListStep(models.Model):
    """What somebody did with a pick list as a whole, never changed: planned, assigned, taken over, paused, …"""

    pick_list = models.ForeignKey(PickList, on_delete=models.CASCADE, related_name="steps")
    action = models.CharField(max_length=20)
    picker = models.CharField(max_length=80, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.action} by {self.by}"
