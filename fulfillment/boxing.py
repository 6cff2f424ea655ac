"""Which boxes a shipment goes into: what the planner proposes for it, and what a packer chose instead."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, Count, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from fulfillment.freight import freight_for
from fulfillment.models import Carton, Parcel, ParcelItem, Shipment, ShipmentLine
from fulfillment.packing import WORK, Filled, Item, Rates, plan
from fulfillment.packing import Carton as Box
from fulfillment.packing.tariff import Objective
from inventory import clock
from inventory.models import Product


@dataclass(frozen=True)
class Packed:
    """One parcel to be: its carton, or None for the goods' own packaging, and units by the id of the shipment line.

    `expected_g` is what it should weigh, `weight_g` what the scale said. `layout` says where each unit lies, if that
    was planned.
    """

    carton: Carton | None
    units: Mapping[int, int]
    expected_g: int
    size_mm: tuple[int, int, int]
    weight_g: int | None = None
    layout: Filled | None = None


Left = Mapping[Carton, int | None]


def with_use(cartons: QuerySet[Carton]) -> QuerySet[Carton]:
    """The same, each with `used`: the parcels that were packed in it since it was last counted."""
    since = When(counted__isnull=False, then=packed_since(OuterRef("counted_at")))
    return cartons.annotate(used=Case(since, default=0))


def packed_since(moment: datetime | OuterRef) -> Coalesce:
    """Of a row of cartons: how many parcels were packed in it from then on; nothing older is read."""
    parcels = Parcel.objects.filter(carton=OuterRef("pk"), packed_at__gte=moment).order_by().values("carton")
    return Coalesce(Subquery(parcels.annotate(n=Count("*")).values("n")), 0)


def left_of(carton: Carton) -> int | None:
    """How many there are of a carton `with_use()`; None: enough."""
    used: int = carton.used  # type: ignore[attr-defined]
    return None if carton.counted is None else max(carton.counted - used, 0)


def cartons_left() -> dict[Carton, int | None]:
    """The cartons in use, cheapest first, with how many there are; None: enough. In one query."""
    return {row: left_of(row) for row in with_use(Carton.objects.filter(active=True)).order_by("price", "id")}


def rates_for(shipment: Shipment, lines: Mapping[int, ShipmentLine], left: Left) -> Rates | None:
    """What carriers ask for parcels of a shipment in these cartons; None where nobody knows."""
    goods_g = expected_g(None, {pk: line.quantity for pk, line in lines.items()}, lines)
    return freight_for(shipment, goods_g=goods_g, cartons=[_box(carton, count) for carton, count in left.items()])


def costs(carton: Carton, gross_g: int, rates: Rates | None) -> Decimal:
    """Price of a carton, and its freight with so many grams in all."""
    freight = rates.freight(_box(carton, None), gross_g) if rates else None
    return carton.price + (freight or Decimal(0))


def proposed(
    shipment: Shipment, *, work: int = WORK, left: Left | None = None, rates: Rates | None = None
) -> list[Packed]:
    """The boxes that cost least with their freight. What fits none, or for which none is left, travels in its own
    packaging. Where no freight is known, the fewest boxes. `left` are the cartons to choose from, if they are known,
    and `rates` what carriers ask for them.
    """
    left = cartons_left() if left is None else left
    cartons = {carton.name: carton for carton in left}
    lines = {line.pk: line for line in shipment.lines.select_related("order_line__product")}
    boxes = [_box(carton, count) for carton, count in left.items()]
    rates = rates or rates_for(shipment, lines, left)
    objective: Objective = "cost" if rates else "count"
    planned = plan(
        [_item(line, line.quantity) for line in lines.values()], boxes, rates=rates, objective=objective, work=work
    )
    filled = [
        Packed(
            cartons[box.carton.name],
            Counter(int(unit.sku) for unit in box.items),
            box.gross_g,
            cartons[box.carton.name].outer_mm,
            layout=box,
        )
        for box in planned.cartons
    ]
    return [*filled, *_own(lines, planned.unpacked, each=bool(cartons))]


def fits(carton: Carton, units: Mapping[int, int], lines: Mapping[int, ShipmentLine]) -> bool:
    """Whether the planner finds a way to put all these units into one such carton, also by weight."""
    items = [_item(lines[line], count) for line, count in units.items()]
    planned = plan(items, [_box(carton, 1)])
    return not planned.unpacked and len(planned.cartons) == 1


def expected_g(carton: Carton | None, units: Mapping[int, int], lines: Mapping[int, ShipmentLine]) -> int:
    """What a parcel with these units should weigh, in grams, by the records of products and carton."""
    goods = sum(lines[line].order_line.product.weight_g * count for line, count in units.items())
    return goods + (carton.tare_g if carton else 0)


def write_parcels(shipment: Shipment, boxes: Iterable[Packed]) -> list[Parcel]:
    """A row for each, numbered from 1."""
    return [_write(shipment, number, box) for number, box in enumerate(boxes, 1)]


def _item(line: ShipmentLine, units: int) -> Item:
    """A line is known to the planner by its id; what was never measured takes next to no room."""
    product = line.order_line.product
    length, width, height = (max(side, 1) for side in _sides(product))
    return Item(
        str(line.pk),
        units,
        (width, length, height),
        product.weight_g,
        upright=product.upright,
        no_stack=product.no_stack,
        alone=product.ships_alone,
        padding_mm=product.padding_mm,
    )


def _sides(product: Product) -> tuple[int, int, int]:
    return product.length_mm, product.width_mm, product.height_mm


def _box(carton: Carton, left: int | None) -> Box:
    inner = (carton.width_mm, carton.length_mm, carton.height_mm)
    length, width, height = carton.outer_mm
    outer = (width, length, height)
    return Box(carton.name, inner, outer, carton.tare_g, carton.max_gross_g, carton.price, left)


def _own(lines: Mapping[int, ShipmentLine], unpacked: Sequence[str], *, each: bool) -> list[Packed]:
    """What goes without a box: each unit in its own packaging, or each line, its units one on the other."""
    counts = Counter(map(int, unpacked))
    alone = [(line, 1) for line in counts.elements()] if each else list(counts.items())
    found = []
    for line, count in alone:
        length, width, height = _sides(lines[line].order_line.product)
        grams = expected_g(None, {line: count}, lines)
        found.append(Packed(None, {line: count}, grams, (length, width, height * count)))
    return found


def _write(shipment: Shipment, number: int, box: Packed) -> Parcel:
    now = clock.now()
    length, width, height = box.size_mm
    parcel = Parcel.objects.create(
        shipment=shipment,
        number=number,
        carton=box.carton,
        weight_g=box.expected_g if box.weight_g is None else box.weight_g,
        expected_g=box.expected_g,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        packed_at=now,
        status_at=now,
    )
    ParcelItem.objects.bulk_create(
        ParcelItem(parcel=parcel, shipment_line_id=line, quantity=count) for line, count in box.units.items()
    )
    return parcel
