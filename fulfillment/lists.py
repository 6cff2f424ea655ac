"""Pick lists written and ended. Whoever changes a list, or tasks that people may have in hand, locks the list first.

Lists are locked after the order and its shipments, lowest id first, and before anything of the stock room.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from fulfillment.bins import places_for
from fulfillment.models import PickList, PickListStep, PickTask, Shipment, ShipmentLine
from fulfillment.walks import Walk, planned
from inventory import clock
from inventory.models import Bin, Warehouse
from orders.flow import State
from orders.sourcing import working_day

OPEN = PickList.State.OPEN
WALK_FIELDS = ("distance_m", "s_shape_m", "proven")


def write_pick_list(warehouse: Warehouse, lines: Sequence[ShipmentLine]) -> PickList:
    """A single list for lines of one shipment, in the order of the shortest walk; unknown bins are asked for first."""
    return write_list(warehouse, places_for(warehouse, lines), cut_off_at=cut_off_after(warehouse, clock.now()))


def write_list(
    warehouse: Warehouse, wanted: Sequence[tuple[Bin | None, ShipmentLine, int]], *, cut_off_at: datetime | None
) -> PickList:
    """A single list for these units of lines, each from its bin."""
    walk = planned(warehouse, [place for place, _, _ in wanted if place])
    pick_list = PickList(warehouse=warehouse, created_at=clock.now(), cut_off_at=cut_off_at)
    set_walk(pick_list, walk)
    pick_list.save(force_insert=True)
    turn = turns_of(walk)
    tasks = sorted(wanted, key=lambda task: turn[task[0].pk] if task[0] else 0)
    PickTask.objects.bulk_create(
        PickTask(pick_list=pick_list, shipment_line=line, bin=place, quantity=units, turn=number)
        for number, (place, line, units) in enumerate(tasks, 1)
    )
    return pick_list


def add_to_list(pick_list: PickList, wanted: Sequence[tuple[Bin | None, ShipmentLine, int]]) -> None:
    """More to take on a locked list; its walk is planned again, and goes on with what comes next on it."""
    PickTask.objects.bulk_create(
        PickTask(pick_list=pick_list, shipment_line=line, bin=place, quantity=units) for place, line, units in wanted
    )
    tasks = list(pick_list.tasks.select_related("bin", "shipment_line"))
    walk = planned(pick_list.warehouse, [task.bin for task in tasks if task.bin])
    set_walk(pick_list, walk)
    pick_list.save(update_fields=WALK_FIELDS)
    put_in_turn(pick_list, tasks, turns_of(walk))


def put_in_turn(pick_list: PickList, tasks: Sequence[PickTask], turn: dict[int, int]) -> None:
    """In walking order; of what lies in one bin, goods of the same product stay together."""

    def place(task: PickTask) -> tuple[int, int, int]:
        return turn[task.bin.pk] if task.bin else 0, task.shipment_line.order_line_id, task.pk

    for number, task in enumerate(sorted(tasks, key=place), 1):
        task.pick_list, task.turn = pick_list, number
    PickTask.objects.bulk_update(tasks, ["pick_list", "turn"])


def set_walk(pick_list: PickList, walk: Walk) -> None:
    """Metres of a list that is about to be saved."""
    pick_list.distance_m = walk.route.distance if walk.route else None
    pick_list.s_shape_m = walk.route.s_shape if walk.route else None
    pick_list.proven = bool(walk.route and walk.route.proven)


def turns_of(walk: Walk) -> dict[int, int]:
    """When each bin is visited, from 1, by its id."""
    return {place.pk: number for number, place in enumerate(walk.bins, 1)}


def cut_off_after(warehouse: Warehouse, moment: datetime) -> datetime | None:
    """The next moment at which a working day's goods leave the warehouse; None where there is no cut-off."""
    return None if warehouse.cut_off is None else departure_after(warehouse, warehouse.cut_off, moment)


def departure_after(warehouse: Warehouse, at: time, moment: datetime) -> datetime:
    """The next working day's `at` on the clock of the warehouse."""
    local = moment.astimezone(ZoneInfo(warehouse.time_zone))
    day = local.date() if local.time() <= at else local.date() + timedelta(days=1)
    return datetime.combine(working_day(day), at, local.tzinfo)


def undone(tasks: QuerySet[PickTask]) -> QuerySet[PickTask]:
    """Those with units still to take, of shipments that are not called off."""
    return tasks.filter(quantity__gt=F("picked") + F("short")).exclude(shipment_line__shipment__state=State.CANCELLED)


def lock_lists(ids: Iterable[int]) -> QuerySet[PickList]:
    """Lowest id first, everywhere."""
    return PickList.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=list(ids)).order_by("pk")


def lock_lists_of(shipment: Shipment) -> list[PickList]:
    """Every list with tasks of a held shipment. A planner may move tasks while we wait, so it is looked at again."""
    while True:
        before = _lists_of(shipment)
        locked = list(lock_lists(before))
        if _lists_of(shipment) == {row.pk for row in locked}:
            return locked


def finish_pick_lists(shipment: Shipment) -> None:
    """Nothing of a held shipment is left to gather: its lists end, but for those with work for others.

    No person has the lists of machines in hand and no planner moves them, so these are ended without a lock. They are
    named by id: a join in an UPDATE plans badly here.
    """
    if shipment.warehouse.mode != Warehouse.Mode.MANUAL:
        rows = PickList.objects.filter(pk__in=_lists_of(shipment), finished_at=None)
        rows.update(finished_at=clock.now(), state=PickList.State.FINISHED)
        return
    for row in lock_lists_of(shipment):
        if row.finished_at is None and not undone(row.tasks.exclude(shipment_line__shipment=shipment)).exists():
            end_list(row, by=row.picker or "system:pick")


def end_list(pick_list: PickList, *, by: str) -> None:
    """End a locked list: finished if anything was taken, stopped if all of it was called off before."""
    taken = pick_list.tasks.filter(picked__gt=0).exists()
    pick_list.state = PickList.State.FINISHED if taken else PickList.State.STOPPED
    pick_list.finished_at = clock.now()
    pick_list.save(update_fields=["state", "finished_at"])
    note_step(pick_list, pick_list.state, by=by)


def note_step(pick_list: PickList, action: str, *, by: str) -> None:
    """Keep what was done with a list."""
    PickListStep.objects.create(pick_list=pick_list, action=action, picker=pick_list.picker, by=by, at=clock.now())


def _lists_of(shipment: Shipment) -> set[int]:
    return set(PickTask.objects.filter(shipment_line__shipment=shipment).values_list("pick_list_id", flat=True))
