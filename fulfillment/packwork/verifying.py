"""Scans at the pack station: each unit of a shipment is verified before it is boxed.

A scan is kept under the id its device gave it and counts once, however often it is sent. What is wrong moves nothing
and is evidence of how the order was picked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from fulfillment.errors import ScanReused
from fulfillment.models import Scan, Shipment, ShipmentLine
from fulfillment.pickwork.snapshot import codes_of
from fulfillment.queue import held_shipment
from inventory import clock
from inventory.models import Product
from inventory.retelling import in_english
from orders.flow import State
from orders.history import record

Verdict, Action = Scan.Verdict, Scan.Action


@dataclass(frozen=True)
class Act:
    """What a device sends: a code it read, or a line that is confirmed without a scan, or taken out again."""

    id: UUID
    action: str
    at: datetime
    code: str = ""
    line: int | None = None
    units: int = 1
    reason: str = ""


@dataclass(frozen=True)
class ToPack:
    """A line on the bench, and how many of its units are verified."""

    line: ShipmentLine
    verified: int

    @property
    def left(self) -> int:
        """Units still to be verified."""
        return self.line.quantity - self.verified

    @property
    def product(self) -> Product:
        """What it is."""
        return self.line.order_line.product

    @property
    def name(self) -> str:
        """As the order has it."""
        return self.line.order_line.name


@dataclass(frozen=True)
class Judged:
    """The verdict in a word and in a sentence, the line it is about, and the units it moves."""

    verdict: str
    said: str
    about: ToPack | None = None
    units: int = 0


def verify_units(shipment_id: int, acts: Sequence[Act], *, by: str) -> list[Scan]:
    """Judge acts of `by` in order, each once; raises ScanReused when an id belongs to another shipment."""
    with held_shipment(shipment_id) as shipment:
        return [_known(shipment, act) or _done(shipment, act, by=by) for act in acts]


def on_the_bench(shipment: Shipment) -> list[ToPack]:
    """The lines of the shipment in the order of the order; in one query."""
    moves = Q(scans__station=Scan.Station.PACK, scans__verdict=Verdict.RIGHT)
    put = Sum("scans__units", filter=moves & ~Q(scans__action=Action.CORRECT), default=0)
    taken = Sum("scans__units", filter=moves & Q(scans__action=Action.CORRECT), default=0)
    rows = shipment.lines.annotate(put=put, taken=taken).select_related("order_line__product")
    return [ToPack(row, row.put - row.taken) for row in rows.order_by("order_line__position", "pk")]


def judge(bench: Sequence[ToPack], act: Act) -> Judged:
    """What an act means, given what is verified."""
    if act.action != Action.ITEM:
        return _by_hand(bench, act)
    code = act.code.strip().upper()
    same = [row for row in bench if code in codes_of(row.product)]
    if not same:
        is_known = Product.objects.filter(Q(sku__iexact=code) | Q(barcode=code)).exists()
        waiting = next((row for row in bench if row.left), None)
        said = (
            _("{code} does not belong to this shipment").format(code=code)
            if is_known
            else _("Nothing is known by {code}").format(code=code[:60])
        )
        return Judged(Verdict.WRONG_ITEM if is_known else Verdict.UNKNOWN, said, waiting if is_known else None)
    todo = next((row for row in same if row.left), None)
    if todo is None:
        return Judged(Verdict.ALREADY_COMPLETE, _("One {name} too many").format(name=same[0].name), same[0])
    return _right(todo, act.units)


def _by_hand(bench: Sequence[ToPack], act: Act) -> Judged:
    row = next((row for row in bench if row.line.pk == act.line), None)
    if row is None:
        return Judged(Verdict.NOT_ON_LIST, _("This is not in the shipment any more"))
    if act.action == Action.CORRECT:
        if not 1 <= act.units <= row.verified:
            return Judged(Verdict.NOT_ON_LIST, _("Only {verified} are verified").format(verified=row.verified), row)
        return Judged(
            Verdict.RIGHT, _("{units} × {name} taken out again").format(units=act.units, name=row.name), row, act.units
        )
    if not act.reason.strip():
        return Judged(Verdict.NOT_ON_LIST, _("Say why it cannot be scanned"), row)
    return _right(row, act.units)


def _right(row: ToPack, units: int) -> Judged:
    if not 1 <= units <= row.left:
        return Judged(
            Verdict.ALREADY_COMPLETE, _("Only {left} × {name} left to verify").format(left=row.left, name=row.name), row
        )
    more = _(", {left} more").format(left=row.left - units) if row.left > units else _(", done")
    return Judged(Verdict.RIGHT, f"{units} × {row.name}{more}", row, units)


def _known(shipment: Shipment, act: Act) -> Scan | None:
    row = Scan.objects.filter(pk=act.id).first()
    if row and (row.shipment_id, row.station) != (shipment.pk, Scan.Station.PACK):
        raise ScanReused(act.id)
    return row


def _done(shipment: Shipment, act: Act, *, by: str) -> Scan:
    is_here = shipment.state == State.PICKED and act.action in (Action.ITEM, Action.CONFIRM, Action.CORRECT)
    with in_english():
        gone = Judged(
            Verdict.NOT_ON_LIST,
            _("Not counted: the shipment is {get_state_display}").format(
                get_state_display=shipment.get_state_display().lower()
            ),
        )
        judged = judge(on_the_bench(shipment), act) if is_here else gone
    row = Scan.objects.create(
        id=act.id,
        station=Scan.Station.PACK,
        action=act.action,
        shipment=shipment,
        line=judged.about.line if judged.about else None,
        code=act.code.strip()[:120],
        verdict=judged.verdict,
        said=judged.said[:200],
        units=judged.units,
        reason=act.reason.strip()[:40],
        by=by,
        at=act.at,
        received_at=clock.now(),
    )
    if is_here:
        _tell(shipment, row, judged)
    return row


def _tell(shipment: Shipment, row: Scan, judged: Judged) -> None:
    told: dict[str, object] = {"shipment": shipment.code, "units": row.units}
    if judged.about:
        told |= {"line": judged.about.line.pk, "sku": judged.about.line.order_line.sku}
    if row.verdict != Verdict.RIGHT:
        name, told = "pack.mismatched", told | {"code": row.code, "verdict": row.verdict}
    elif row.action == Action.CONFIRM:
        name, told = "pack.unverified", told | {"reason": row.reason}
    else:
        name = "pack.corrected" if row.action == Action.CORRECT else "pack.scanned"
    record(shipment.order, name, by=row.by, **told)
