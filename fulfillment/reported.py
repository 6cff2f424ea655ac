"""Boxes as machines or a third party report them over the API: units by SKU, the carton by name, the scale's word."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fulfillment.boxing import Packed, expected_g
from fulfillment.errors import NotPackedRight
from fulfillment.models import Carton, Shipment, ShipmentLine
from fulfillment.queue import held_shipment
from fulfillment.stages.pack import pack_into
from inventory.wording import grouped
from orders.errors import NotAllowedNow
from orders.flow import State

Size = tuple[int, int, int]


@dataclass(frozen=True)
class Reported:
    """One box. `carton` is empty for the goods' own packaging, or one the shop does not keep; then `size_mm`, from
    outside, says how large it is. `weight_g` None: nobody weighed it.
    """

    contents: Mapping[str, int]
    carton: str = ""
    size_mm: Size | None = None
    weight_g: int | None = None


def pack_reported(shipment_id: int, boxes: Sequence[Reported], *, by: str) -> Shipment:
    """Make parcels of them, all or nothing.

    Raises NotPackedRight with all that is wrong, NotAllowedNow out of turn.
    """
    with held_shipment(shipment_id) as shipment:
        if shipment.state != State.PICKED:
            raise NotAllowedNow("pack", shipment)
        lines = {row.pk: row for row in shipment.lines.select_related("order_line__product").order_by("pk")}
        cartons = {row.name: row for row in Carton.objects.filter(name__in={box.carton for box in boxes})}
        if faults := [*_miscounted(lines, boxes), *_unknown(cartons, boxes)]:
            raise NotPackedRight(faults)
        packed = _packed(lines, cartons, boxes)
        if faults := _too_heavy(packed):
            raise NotPackedRight(faults)
        return pack_into(shipment, packed, by=by)


def _miscounted(lines: Mapping[int, ShipmentLine], boxes: Sequence[Reported]) -> list[str]:
    wanted, boxed = Counter[str](), Counter[str]()
    for line in lines.values():
        wanted[line.order_line.sku] += line.quantity
    for box in boxes:
        boxed.update(box.contents)
    return [
        _("{sku}: {boxed} units in parcels, {wanted} to pack").format(sku=sku, boxed=boxed[sku], wanted=wanted[sku])
        for sku in sorted(wanted | boxed)
        if boxed[sku] != wanted[sku]
    ]


def _unknown(cartons: Mapping[str, Carton], boxes: Sequence[Reported]) -> list[str]:
    return [
        _("there is no carton {carton}").format(carton=box.carton)
        for box in boxes
        if box.carton and box.carton not in cartons
    ]


def _packed(
    lines: Mapping[int, ShipmentLine], cartons: Mapping[str, Carton], boxes: Sequence[Reported]
) -> list[Packed]:
    """Units of lines with the same SKU are taken from the first line first."""
    left = {pk: line.quantity for pk, line in lines.items()}
    packed = []
    for box in boxes:
        wanted, units = Counter(box.contents), Counter[int]()
        for pk, line in lines.items():
            units[pk] = min(left[pk], wanted[line.order_line.sku])
            left[pk] -= units[pk]
            wanted[line.order_line.sku] -= units[pk]
        carton, held = cartons.get(box.carton), +units
        size = carton.outer_mm if carton else box.size_mm or (0, 0, 0)
        packed.append(Packed(carton, held, expected_g(carton, held, lines), size, weight_g=box.weight_g))
    return packed


def _too_heavy(packed: Sequence[Packed]) -> list[str]:
    return [
        _("parcel {number}: {weight_g} g are more than {carton} bears, {max_gross_g} g").format(
            number=number,
            weight_g=grouped(box.weight_g),
            carton=box.carton,
            max_gross_g=grouped(box.carton.max_gross_g),
        )
        for number, box in enumerate(packed, 1)
        if box.carton and box.weight_g is not None and box.weight_g > box.carton.max_gross_g
    ]
