"""What a right scan does: units count as picked in list, shipment and history. All of it is held by the caller."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_noop

from fulfillment.bins import carry_out
from fulfillment.gathering import finish_if_gathered
from fulfillment.lists import end_list, undone
from fulfillment.models import PickList, PickTask, Scan, Shipment, ShipmentLine
from inventory import clock
from orders.flow import State
from orders.history import record

Action, Verdict = Scan.Action, Scan.Verdict


@dataclass
class Run:
    """Acts about one shipment that follow each other: done in memory one by one, then written at once."""

    pick_list: PickList | None
    by: str
    rows: list[Scan] = field(default_factory=list)
    units: Counter[PickTask] = field(default_factory=Counter)

    def add(self, row: Scan, task: PickTask | None) -> None:
        """The next one. Nothing moves on a mismatch; what was scanned is kept with the order it was wrong for."""
        self.rows.append(row)
        if task is None:
            return
        if row.verdict != Verdict.RIGHT:
            said = {"verdict": row.verdict, "action": row.action, "code": row.code or row.bin}
            record(shipment_of(task).order, "pick.mismatched", by=self.by, **told_of(task), **said)
        elif row.action != Action.BIN:
            self._take(row, task)

    def _take(self, row: Scan, task: PickTask) -> None:
        """Units go into the tote, by a scan or confirmed without one."""
        task.picked += row.units
        task.picked_by = self.by
        self.units[task] += row.units
        seen = row.action == Action.ITEM
        told = {"units": row.units} if seen else {"units": row.units, "lines": 1}
        name = "pick.scanned" if seen else "pick.unscanned"
        record(shipment_of(task).order, name, by=self.by, **told_of(task), **told)

    def write(self) -> None:
        """All of it; the shipment and the list end with their last unit."""
        Scan.objects.bulk_create(self.rows)
        if not self.units or self.pick_list is None:
            return
        begin(self.pick_list)
        by_line = Counter[int]()
        for task, units in self.units.items():
            by_line[task.shipment_line_id] += units
        for line_id, units in by_line.items():
            ShipmentLine.objects.filter(pk=line_id).update(picked=F("picked") + units)
        carry_out(self.units, warehouse=self.pick_list.warehouse)
        settle(list(self.units), self.pick_list, by=self.by)


def settle(tasks: Sequence[PickTask], pick_list: PickList, *, by: str) -> None:
    """Write tasks of one shipment that have changed, and end what ends with its last unit."""
    confirmed = set(Scan.objects.filter(task__in=tasks, action=Action.CONFIRM).values_list("task_id", flat=True))
    for task in tasks:
        done = task.left == 0
        task.picked_at = clock.now() if done else None
        task.scanned = done and task.pk not in confirmed
    PickTask.objects.bulk_update(tasks, ["picked", "short", "picked_at", "picked_by", "scanned"])
    if any(task.left == 0 for task in tasks) and not finish_if_gathered(shipment_of(tasks[0]), by=by):
        end_if_done(pick_list.pk, by=by)


def end_if_done(list_id: int, *, by: str) -> None:
    """A locked list with nothing left to take ends, though its orders may wait for the rest elsewhere."""
    pick_list = PickList.objects.get(pk=list_id)
    if pick_list.finished_at is None and not undone(pick_list.tasks.all()).exists():
        end_list(pick_list, by=by)


def correct(row: Scan, task: PickTask, pick_list: PickList) -> None:
    """Units that were taken wrongly come out of the tote and are still to take.

    Once the list has ended, or the goods are further on, they are exchanged on the spot: nothing moves, it is noted.
    """
    shipment = shipment_of(task)
    late = pick_list.state in PickList.ENDED or shipment.state != State.APPROVED
    if row.units > task.picked or shipment.state not in (State.APPROVED, State.PICKED):
        row.verdict, row.units = Verdict.NOT_ON_LIST, 0
        only, packed = gettext_noop("Only {units} were taken"), gettext_noop("It is packed already")
        row.said = only.format(units=task.picked) if shipment.state == State.APPROVED else packed
        row.save(force_insert=True)
        return
    units = row.units
    row.units = 0 if late else units
    row.save(force_insert=True)
    told = {"units": units, "reason": row.reason or "wrong_item", "late": late}
    record(shipment.order, "pick.corrected", by=row.by, **told_of(task), **told)
    if late:
        return
    task.picked -= units
    ShipmentLine.objects.filter(pk=task.shipment_line_id).update(picked=F("picked") - units)
    carry_out({task: -units}, warehouse=pick_list.warehouse)
    settle([task], pick_list, by=row.by)


def begin(pick_list: PickList) -> None:
    """The first unit makes an assigned list one that is being picked."""
    if pick_list.state == PickList.State.ASSIGNED:
        pick_list.state = PickList.State.PICKING
        pick_list.save(update_fields=["state"])


def shipment_of(task: PickTask) -> Shipment:
    """The held one."""
    return task.shipment_line.shipment


def told_of(task: PickTask) -> dict[str, Any]:
    """What every event of picking says."""
    line = task.shipment_line.order_line
    return {
        "shipment": shipment_of(task).code,
        "line": line.position,
        "sku": line.sku,
        "bin": task.bin.code if task.bin else "",
        "list": task.pick_list_id,
    }
