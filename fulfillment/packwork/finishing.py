"""The end of a packer's work on a shipment: boxes as they stand on the bench become parcels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fulfillment.boxing import Packed, cartons_left, expected_g, fits
from fulfillment.errors import NotPackedRight
from fulfillment.models import Carton, Shipment, ShipmentLine
from fulfillment.packwork.inserts import add_inserts
from fulfillment.packwork.verifying import ToPack, on_the_bench
from fulfillment.packwork.weighing import Weighed, difference
from fulfillment.queue import held_shipment
from fulfillment.stages.pack import pack_into
from inventory.wording import grouped
from orders.history import record


@dataclass(frozen=True)
class Boxed:
    """A box on the bench: its carton's id, or None for the goods' own packaging; units by line; the scale's word.

    One that `is_planned` has a layout already; a second, shorter search might not find one again.
    """

    carton: int | None
    units: Mapping[int, int]
    weight_g: int | None = None
    is_planned: bool = False


@dataclass(frozen=True)
class Work:
    """What a packer says is done. `inserts` are the ids of the rules that were followed.

    With a `reason` boxes are taken against plan and scale, and units that nobody scanned; it is written down.
    """

    boxes: Sequence[Boxed]
    inserts: Sequence[int] = ()
    reason: str = ""


def finish_packing(shipment_id: int, work: Work, *, by: str) -> Shipment:
    """Make parcels of the boxes, all or nothing.

    Raises NotPackedRight with everything that is wrong, unless a reason is given; NotAllowedNow, or when the boxes do
    not hold exactly what the shipment has.
    """
    with held_shipment(shipment_id) as shipment:
        bench = on_the_bench(shipment)
        boxes = _boxes(bench, work.boxes)
        faults = [*_unverified(bench), *_against_plan(bench, boxes, work.boxes)]
        if faults and not work.reason.strip():
            raise NotPackedRight(faults)
        if faults:
            told = {"shipment": shipment.code, "faults": faults, "reason": work.reason.strip()[:200]}
            record(shipment.order, "pack.overridden", by=by, **told)
        add_inserts(shipment, work.inserts, by=by)
        return pack_into(shipment, boxes, by=by)


def _boxes(bench: Sequence[ToPack], boxes: Sequence[Boxed]) -> list[Packed]:
    cartons = {carton.pk: carton for carton in cartons_left()}
    lines = {row.line.pk: row.line for row in bench}
    found = []
    for box in boxes:
        unknown = [
            _("line {line} is not in this shipment").format(line=line) for line in box.units if line not in lines
        ]
        if box.carton is not None and box.carton not in cartons:
            unknown.append(_("this carton is not in use"))
        if unknown:
            raise NotPackedRight(unknown)
        carton = cartons.get(box.carton) if box.carton is not None else None
        weight = expected_g(carton, box.units, lines)
        size = carton.outer_mm if carton else _own_size(box.units, lines)
        found.append(Packed(carton, box.units, weight, size, weight_g=box.weight_g))
    return found


def _own_size(units: Mapping[int, int], lines: Mapping[int, ShipmentLine]) -> tuple[int, int, int]:
    """Goods in their own packaging, one on the other."""
    sides = [(lines[line].order_line.product, count) for line, count in units.items()]
    length = max((product.length_mm for product, _ in sides), default=0)
    width = max((product.width_mm for product, _ in sides), default=0)
    return length, width, sum(product.height_mm * count for product, count in sides)


def _unverified(bench: Sequence[ToPack]) -> list[str]:
    return [_("{left} × {name} not verified").format(left=row.left, name=row.name) for row in bench if row.left]


def _against_plan(bench: Sequence[ToPack], boxes: Sequence[Packed], asked: Sequence[Boxed]) -> list[str]:
    """Boxes that are too small by the records, too heavy for their carton, or off the scale's word."""
    lines = {row.line.pk: row.line for row in bench}
    faults = []
    for number, (box, wanted) in enumerate(zip(boxes, asked, strict=True), 1):
        if box.carton and not wanted.is_planned and not fits(box.carton, box.units, lines):
            faults.append(
                _("box {number}: by the records this does not fit into {carton}").format(
                    number=number, carton=box.carton
                )
            )
        if box.weight_g is not None:
            faults += _off_the_scale(number, box, box.weight_g, box.carton, lines)
    return faults


def _off_the_scale(
    number: int, box: Packed, weight_g: int, carton: Carton | None, lines: Mapping[int, ShipmentLine]
) -> list[str]:
    goods = [
        Weighed(lines[line].order_line.name, count, lines[line].order_line.product.weight_g)
        for line, count in box.units.items()
    ]
    faults = []
    if words := difference(box.expected_g, weight_g, goods):
        faults.append(_("box {number}: {words}").format(number=number, words=words))
    if carton and weight_g > carton.max_gross_g:
        faults.append(
            _("box {number}: {carton} bears {max_gross_g} g").format(
                number=number, carton=carton, max_gross_g=grouped(carton.max_gross_g)
            )
        )
    return faults
