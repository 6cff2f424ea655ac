"""Planning the pool: single lists become batches and waves, so that whoever walks, walks little.

What is planned is computed without a lock, on what was seen; only lists that are still in the pool then go along.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from fulfillment.freight import Forecast
from fulfillment.lists import lock_lists, note_step, put_in_turn, set_walk, turns_of
from fulfillment.models import PickingPolicy, PickList, PickTask, ToteSlot, Trolley
from fulfillment.picking import Order, batches
from fulfillment.pickwork.pool import Waiting, in_order_of_work, pool, stops_of, waiting_lists, wave_of
from fulfillment.walks import layout_of, planned
from inventory import clock
from inventory.models import Warehouse

PLANNING_SECONDS = 2.0


@dataclass(frozen=True)
class Group:
    """Single lists that one person walks together."""

    rows: tuple[Waiting, ...]
    wave: str


def policy_of(warehouse: Warehouse) -> PickingPolicy | None:
    """How the warehouse picks; None: order by order."""
    return PickingPolicy.objects.filter(warehouse=warehouse).select_related("trolley").first()


def plan_work(warehouse: Warehouse, *, by: str, policy: PickingPolicy | None = None) -> list[PickList]:
    """Plan all that waits in a warehouse of the shop's people, by its policy or another one; returns the new lists.

    An order that shares its walk with nobody keeps its list.
    """
    rules = policy or policy_of(warehouse)
    if rules is None or rules.kind == PickingPolicy.Kind.SINGLE or warehouse.mode != Warehouse.Mode.MANUAL:
        return []
    waiting = pool(warehouse, forecast=Forecast() if rules.by_carrier else None)
    if len(waiting) < 2 and rules.kind == PickingPolicy.Kind.BATCH:
        return []
    groups = groups_of(warehouse, waiting, rules)
    found = [_write(warehouse, group, rules, by=by) for group in groups if len(group.rows) > 1 or group.wave]
    return [row for row in found if row]


def groups_of(warehouse: Warehouse, rows: Sequence[Waiting], policy: PickingPolicy) -> list[Group]:
    """Who shares a walk: by savings and improvement where the floor is known, else in the order of work. Reads only."""
    groups = []
    for wave in in_order_of_work([row for row in rows if row.fits(policy.trolley)], policy):
        if wave:
            name = wave_of(wave[0], policy) if policy.kind == PickingPolicy.Kind.WAVE else ""
            groups += [Group(tuple(rows), name) for rows in _tours(warehouse, wave, policy.trolley)]
    return groups


def _tours(warehouse: Warehouse, rows: Sequence[Waiting], trolley: Trolley) -> list[list[Waiting]]:
    layout, stops = layout_of(warehouse), stops_of(warehouse, rows)
    if layout is None or stops is None:
        return _in_turn(rows, trolley)
    by_id = {row.list_id: row for row in rows}
    orders = [Order(row.list_id, stops[row.list_id], _load(row, trolley)) for row in rows]
    capacity = (float(trolley.totes), float(trolley.max_weight_g))
    found = batches(layout, orders, capacity=capacity, seconds=PLANNING_SECONDS)
    return [[by_id[int(list_id)] for list_id in tour.orders] for tour in found.tours]


def _in_turn(rows: Sequence[Waiting], trolley: Trolley) -> list[list[Waiting]]:
    """Nobody knows the way: the trolley is filled in the order of work."""
    tours: list[list[Waiting]] = []
    totes, weight = 0, 0
    for row in rows:
        totes, weight = totes + row.totes(trolley), weight + row.weight_g
        if not tours or totes > trolley.totes or weight > trolley.max_weight_g:
            tours.append([])
            totes, weight = row.totes(trolley), row.weight_g
        tours[-1].append(row)
    return tours


def _load(row: Waiting, trolley: Trolley) -> tuple[float, float]:
    """Totes, which stand for the volume, and grams."""
    return float(row.totes(trolley)), float(row.weight_g)


@transaction.atomic
def _write(warehouse: Warehouse, group: Group, policy: PickingPolicy, *, by: str) -> PickList | None:
    """Move the tasks of those that still wait onto one list, and give each order its totes; None if nobody waits."""
    locked = {row.pk for row in lock_lists([row.list_id for row in group.rows])}
    still = set(waiting_lists(warehouse).filter(pk__in=locked).values_list("pk", flat=True))
    rows = [row for row in group.rows if row.list_id in still]
    if not rows or (len(rows) == 1 and not group.wave):
        return None
    tasks = list(PickTask.objects.filter(pick_list__in=still).select_related("bin", "shipment_line"))
    walk = planned(warehouse, [task.bin for task in tasks if task.bin])
    pick_list = PickList(
        warehouse=warehouse,
        kind=PickList.Kind.WAVE if group.wave else PickList.Kind.BATCH,
        name=group.wave,
        priority=max(row.priority for row in rows),
        cut_off_at=min((row.cut_off_at for row in rows if row.cut_off_at), default=None),
        trolley=policy.trolley,
        created_at=clock.now(),
    )
    set_walk(pick_list, walk)
    pick_list.save(force_insert=True)
    _give_totes(pick_list, policy.trolley, rows, tasks)
    put_in_turn(pick_list, tasks, turns_of(walk))
    PickList.objects.filter(pk__in=still).delete()
    note_step(pick_list, "planned", by=by)
    return pick_list


def _give_totes(pick_list: PickList, trolley: Trolley, rows: Sequence[Waiting], tasks: Sequence[PickTask]) -> None:
    shipment_of = {task.pick_list_id: task.shipment_line.shipment_id for task in tasks}
    slots, number = [], 0
    for row in rows:
        for _ in range(row.totes(trolley)):
            number += 1
            slots.append(ToteSlot(pick_list=pick_list, shipment_id=shipment_of[row.list_id], number=number))
    ToteSlot.objects.bulk_create(slots)
