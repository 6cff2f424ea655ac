"""Acts at the pick station: judged, kept under the device's id, and done, all in one transaction.

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
from django.utils.translation import gettext as _

from fulfillment.errors import ScanReused
from fulfillment.lists import lock_lists, lock_lists_of
from fulfillment.models import PickList, PickTask, Scan, Shipment
from fulfillment.pickwork.shorts import take_short
from fulfillment.pickwork.snapshot import Snapshot, snapshot
from fulfillment.pickwork.taking import Run, correct
from fulfillment.pickwork.verdicts import Judged, Seen, judge
from fulfillment.queue import held_shipment
from inventory import clock
from inventory.models import Product
from inventory.retelling import in_english

TRIES, LONGEST_RUN = 5, 100
Verdict, Action = Scan.Verdict, Scan.Action
ALONE = (Action.SHORT, Action.CORRECT)


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
    return scan_all(list_id, [act], by=by)[0]


def scan_all(list_id: int, acts: Sequence[Act], *, by: str) -> list[Scan]:
    """The same for several, in order; those that follow each other about one shipment share a transaction."""
    rows: list[Scan] = []
    while len(rows) < len(acts):
        rows += _run(list_id, acts[len(rows) : len(rows) + LONGEST_RUN], by=by)
    return rows


def _run(list_id: int, acts: Sequence[Act], *, by: str) -> list[Scan]:
    """As many from the first on as are about one shipment."""
    if known := _known(acts[0], list_id):
        return [known]
    for __ in range(TRIES):
        view = snapshot(list_id)
        about = view.shipment_id(judge(view.lines(), acts[0].seen).task)
        try:
            with _locked(list_id, about) as (pick_list, shipment):
                if known := _known(acts[0], list_id):
                    return [known]
                return _done(pick_list, shipment, acts, by=by)
        except Moved:
            continue
    raise Moved(_("Pick list {list_id} changes all the time").format(list_id=list_id))


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


def _done(pick_list: PickList | None, shipment: Shipment | None, acts: Sequence[Act], *, by: str) -> list[Scan]:
    view = snapshot(pick_list.pk) if pick_list else Snapshot([])
    known = set(Scan.objects.filter(pk__in=[act.id for act in acts]).values_list("pk", flat=True))
    run = Run(pick_list, by)
    for act in acts:
        with in_english():
            judged = _judged(pick_list, view, act, by=by)
        task = view.task(judged.task)
        alone = act.seen.action in ALONE
        if run.rows and (alone or act.id in known):
            break
        if (task.shipment_line.shipment_id if task else None) != (shipment.pk if shipment else None):
            if run.rows:
                break
            raise Moved
        row = _kept(pick_list, act, judged, by=by)
        if task and shipment:
            row.task, row.line, row.shipment = task, task.shipment_line, shipment
            task.shipment_line.shipment = shipment
        if alone and task and pick_list and row.verdict == Verdict.RIGHT:
            _do_alone(row, task, pick_list, act)
            return [row]
        run.add(row, task)
        known.add(act.id)
    run.write()
    return run.rows


def _do_alone(row: Scan, task: PickTask, pick_list: PickList, act: Act) -> None:
    if act.seen.action == Action.CORRECT:
        correct(row, task, pick_list)
    else:
        take_short(row, task, pick_list, counted=act.counted)


def _judged(pick_list: PickList | None, view: Snapshot, act: Act, *, by: str) -> Judged:
    judged = judge(view.lines(), act.seen)
    if pick_list is None:
        return Judged(Verdict.NOT_ON_LIST, _("The list is part of another one now"))
    if act.seen.action != Action.CORRECT and (pick_list.picker != by or pick_list.state not in PickList.ACTIVE):
        with_whom = (
            _(" with {picker}").format(picker=pick_list.picker) if pick_list.picker and pick_list.picker != by else ""
        )
        state = pick_list.get_state_display().lower()
        return Judged(
            Verdict.NOT_ON_LIST,
            _("Not counted: the list is {state}{with_whom}").format(state=state, with_whom=with_whom),
            judged.task,
        )
    if judged.verdict == Verdict.NOT_ON_LIST and act.seen.action == Action.ITEM and not _is_known(act.seen.code):
        return replace(
            judged,
            verdict=Verdict.UNKNOWN,
            said=_("Nothing is known by {code}").format(code=act.seen.code.strip()[:60]),
        )
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
