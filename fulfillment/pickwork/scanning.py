"""Acts at the pick station, one at a time: judged, kept under the device's id, and done, all in one transaction.

A device that was offline sends what it kept in order. An act that is known already changes nothing and is answered as
before, so sending again is always safe. Nothing is refused for being late: it is kept as evidence and moves nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from fulfillment.errors import ScanReused
from fulfillment.lists import lock_lists, lock_lists_of
from fulfillment.models import PickList, Scan, Shipment
from fulfillment.pickwork.shorts import take_short
from fulfillment.pickwork.snapshot import Snapshot, snapshot
from fulfillment.pickwork.taking import correct, mismatch, take
from fulfillment.pickwork.verdicts import Judged, Seen, judge
from fulfillment.queue import held_shipment
from inventory import clock
from inventory.models import Product

TRIES = 5
Verdict, Action = Scan.Verdict, Scan.Action


@dataclass(frozen=True)
class Act:
    """What a device sends: the id it made, what was seen, when by its own clock, and of a short pick why and how many
    good units still lie there (None: nobody counted)."""

    id: UUID
    seen: Seen
    at: datetime
    reason: str = ""
    counted: int | None = None


class Moved(Exception):
    """While we waited for the locks, the act came to be about another shipment."""


def scan(list_id: int, act: Act, *, by: str) -> Scan:
    """Judge one act of `by` on a pick list and do what follows from it; once per id.

    Raises ScanReused when the id belongs to an act on another list.
    """
    if known := _known(act, list_id):
        return known
    for _ in range(TRIES):
        view = snapshot(list_id)
        about = view.shipment_id(judge(view.lines, act.seen).task)
        try:
            with _locked(list_id, about) as (pick_list, shipment):
                return _known(act, list_id) or _done(pick_list, shipment, act, by=by)
        except Moved:
            continue
    raise Moved(f"Pick list {list_id} changes all the time")


def scan_all(list_id: int, acts: Sequence[Act], *, by: str) -> list[Scan]:
    """The same for several, in order, each in a transaction of its own."""
    return [scan(list_id, act, by=by) for act in acts]


def _known(act: Act, list_id: int) -> Scan | None:
    row = Scan.objects.filter(pk=act.id).first()
    if row and row.pick_list_id not in (list_id, None):
        raise ScanReused(act.id)
    return row


@contextmanager
def _locked(list_id: int, shipment_id: int | None) -> Iterator[tuple[PickList | None, Shipment | None]]:
    """Order, shipment, and all of its lists, lowest id first; the list alone if the act is about no shipment."""
    if shipment_id is None:
        with transaction.atomic():
            yield lock_lists([list_id]).first(), None
        return
    with held_shipment(shipment_id) as shipment:
        lists = {row.pk: row for row in lock_lists_of(shipment)}
        if list_id not in lists:
            raise Moved
        yield lists[list_id], shipment


def _done(pick_list: PickList | None, shipment: Shipment | None, act: Act, *, by: str) -> Scan:
    view = snapshot(pick_list.pk) if pick_list else Snapshot([])
    judged = _judged(pick_list, view, act, by=by)
    task = view.task(judged.task)
    if view.shipment_id(judged.task) != (shipment.pk if shipment else None):
        raise Moved
    row = _kept(pick_list, act, judged, by=by)
    if task is None or shipment is None or pick_list is None:
        row.save(force_insert=True)
        return row
    row.task, row.line, row.shipment = task, task.shipment_line, shipment
    task.shipment_line.shipment = shipment
    if row.verdict != Verdict.RIGHT:
        mismatch(row, task)
    elif act.seen.action == Action.CORRECT:
        correct(row, task, pick_list)
    elif act.seen.action == Action.SHORT:
        take_short(row, task, pick_list, counted=act.counted)
    elif act.seen.action == Action.BIN:
        row.save(force_insert=True)
    else:
        take(row, task, pick_list)
    return row


def _judged(pick_list: PickList | None, view: Snapshot, act: Act, *, by: str) -> Judged:
    judged = judge(view.lines, act.seen)
    if pick_list is None:
        return Judged(Verdict.NOT_ON_LIST, "The list is part of another one now")
    if act.seen.action != Action.CORRECT and (pick_list.picker != by or pick_list.state not in PickList.ACTIVE):
        with_whom = f" with {pick_list.picker}" if pick_list.picker and pick_list.picker != by else ""
        state = pick_list.get_state_display().lower()
        return Judged(Verdict.NOT_ON_LIST, f"Not counted: the list is {state}{with_whom}", judged.task)
    if judged.verdict == Verdict.NOT_ON_LIST and act.seen.action == Action.ITEM and not _is_known(act.seen.code):
        return replace(judged, verdict=Verdict.UNKNOWN, said=f"Nothing is known by {act.seen.code.strip()[:60]}")
    return judged


def _is_known(code: str) -> bool:
    return Product.objects.filter(Q(sku__iexact=code.strip()) | Q(barcode=code.strip())).exists()


def _kept(pick_list: PickList | None, act: Act, judged: Judged, *, by: str) -> Scan:
    return Scan(
        id=act.id,
        station=Scan.Station.PICK,
        action=act.seen.action,
        pick_list=pick_list,
        bin=act.seen.bin.strip()[:32],
        code=act.seen.code.strip()[:120],
        verdict=judged.verdict,
        said=judged.said[:200],
        units=judged.units if judged.verdict == Verdict.RIGHT else 0,
        reason=act.reason[:40],
        by=by,
        at=act.at,
        received_at=clock.now(),
    )
