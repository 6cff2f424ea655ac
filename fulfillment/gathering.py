"""The last unit of a shipment is gathered: its lists end, and it takes its step."""

from uuid import uuid4

from django.db.models import F
from django_fsm import can_proceed

from fulfillment.bins import carry_out
from fulfillment.lists import finish_pick_lists, lock_lists_of
from fulfillment.models import PickTask, Scan, Shipment, ShipmentLine
from fulfillment.services import advance_shipment, next_due
from inventory import clock
from inventory.models import Warehouse
from orders.history import record


def confirm_rest(shipment: Shipment, *, by: str) -> None:
    """Take every unit of a held shipment that is still to take as picked, without a scan of anything.

    Where the shop's own people pick, this is evidence: they did not look, or could not.
    """
    tasks = PickTask.objects.filter(shipment_line__shipment=shipment, quantity__gt=F("picked") + F("short"))
    if shipment.warehouse.mode == Warehouse.Mode.MANUAL:
        lock_lists_of(shipment)
        left = list(tasks.select_related("shipment_line__order_line"))
        _note_unscanned(shipment, left, by=by)
        carry_out({task: task.left for task in left}, warehouse=shipment.warehouse)
    tasks.update(picked=F("quantity") - F("short"), picked_at=clock.now(), picked_by=by)
    ShipmentLine.objects.filter(shipment=shipment).update(picked=F("quantity"))


def finish_picking(shipment: Shipment, *, by: str) -> Shipment:
    """Let a held shipment, all of it gathered, be picked."""
    finish_pick_lists(shipment)
    shipment.pick()
    return tell_picked(shipment, by=by)


def tell_picked(shipment: Shipment, *, by: str) -> Shipment:
    """Write that a held shipment has just been picked."""
    scanned = list(PickTask.objects.filter(shipment_line__shipment=shipment).values_list("picked", "scanned"))
    return advance_shipment(
        shipment,
        by=by,
        due_in=next_due(shipment.warehouse),
        lines=len(scanned),
        units=sum(units for units, _ in scanned),
        scanned=sum(seen for _, seen in scanned),
    )


def finish_if_gathered(shipment: Shipment, *, by: str) -> bool:
    """The same if all of a held shipment is gathered; one that is held goes on by itself once nothing holds it."""
    if shipment.lines.filter(picked__lt=F("quantity")).exists():
        return False
    if can_proceed(shipment.pick):
        finish_picking(shipment, by=by)
        return True
    finish_pick_lists(shipment)
    shipment.due_at = clock.now()
    shipment.save(update_fields=["due_at"])
    return True


def _note_unscanned(shipment: Shipment, tasks: list[PickTask], *, by: str) -> None:
    if not tasks:
        return
    Scan.objects.bulk_create(
        Scan(
            id=uuid4(),
            station=Scan.Station.PICK,
            action=Scan.Action.CONFIRM,
            pick_list_id=task.pick_list_id,
            task=task,
            shipment=shipment,
            line_id=task.shipment_line_id,
            verdict=Scan.Verdict.RIGHT,
            units=task.left,
            by=by,
            at=clock.now(),
            received_at=clock.now(),
        )
        for task in tasks
    )
    told = {"shipment": shipment.code, "lines": len(tasks), "units": sum(task.left for task in tasks)}
    record(shipment.order, "pick.unscanned", by=by, **told)
