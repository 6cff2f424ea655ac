"""Which boxes: first fit by volume and weight into the cheapest carton that takes it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

FILL = 0.75  # share of a carton's volume that odd shapes and padding leave usable


@dataclass(frozen=True)
class Item:
    """Units of one shipment line; sizes in cubic millimetres and grams, each."""

    line_id: int
    quantity: int
    volume_mm3: int
    weight_g: int


@dataclass(frozen=True)
class Box:
    """One kind of carton, by its id; cartons come in the order in which they are preferred."""

    carton_id: int
    volume_mm3: int
    tare_g: int
    max_gross_g: int


@dataclass
class Packed:
    """One filled carton; `carton_id` None stands for the item's own packaging."""

    carton_id: int | None
    weight_g: int
    volume_mm3: int = 0
    units: dict[int, int] = field(default_factory=dict)

    def take(self, item: Item, count: int) -> None:
        self.units[item.line_id] = self.units.get(item.line_id, 0) + count
        self.weight_g += item.weight_g * count
        self.volume_mm3 += item.volume_mm3 * count


def pack(items: Sequence[Item], boxes: Sequence[Box]) -> list[Packed]:
    """Put all units into as few boxes of the largest kind as needed, the last one as small as it can be.

    A unit that fits no box travels alone in its own packaging.
    """
    if not boxes:
        return [_own(item, item.quantity) for item in items]
    largest = max(boxes, key=lambda box: box.volume_mm3)
    packed: list[Packed] = []
    alone: list[Packed] = []
    for item in sorted(items, key=lambda item: -item.volume_mm3):
        if not _room(item, Packed(None, largest.tare_g), largest):
            alone.extend(_single(item, boxes) for _ in range(item.quantity))
            continue
        left = item.quantity
        for parcel in packed:
            left -= _fill(parcel, item, left, largest)
        while left:
            packed.append(Packed(largest.carton_id, largest.tare_g))
            left -= _fill(packed[-1], item, left, largest)
    return [_shrunk(parcel, boxes, largest) for parcel in packed] + alone


def _single(item: Item, boxes: Sequence[Box]) -> Packed:
    """One unit too heavy or too large for the largest box: in the first other box that takes it, or as it is."""
    for box in boxes:
        if _room(item, parcel := Packed(box.carton_id, box.tare_g), box):
            parcel.take(item, 1)
            return parcel
    return _own(item, 1)


def _own(item: Item, count: int) -> Packed:
    parcel = Packed(None, 0)
    parcel.take(item, count)
    return parcel


def _room(item: Item, parcel: Packed, box: Box) -> int:
    by_volume = (int(box.volume_mm3 * FILL) - parcel.volume_mm3) // max(item.volume_mm3, 1)
    by_weight = (box.max_gross_g - parcel.weight_g) // max(item.weight_g, 1)
    return max(0, min(by_volume, by_weight))


def _fill(parcel: Packed, item: Item, left: int, box: Box) -> int:
    count = min(left, _room(item, parcel, box))
    if count:
        parcel.take(item, count)
    return count


def _shrunk(parcel: Packed, boxes: Sequence[Box], largest: Box) -> Packed:
    goods_g = parcel.weight_g - largest.tare_g
    for box in boxes:
        if parcel.volume_mm3 <= int(box.volume_mm3 * FILL) and goods_g + box.tare_g <= box.max_gross_g:
            return Packed(box.carton_id, goods_g + box.tare_g, parcel.volume_mm3, parcel.units)
    return parcel
