"""Is a plan true? Everything that is wrong with it, by rules that know nothing of how it was made. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from fulfillment.packing.goods import Carton, Filled, Item, Placed, Plan, Rates, Size


@dataclass(frozen=True)
class Body:
    """A unit with its padding: the near corner and the far one."""

    item: Item
    near: Size
    far: Size

    def shared_base(self, other: "Body") -> int:
        """Square millimetres in which one is above the other."""
        sides = [min(self.far[side], other.far[side]) - max(self.near[side], other.near[side]) for side in (0, 1)]
        return sides[0] * sides[1] if min(sides) > 0 else 0

    def overlaps(self, other: "Body") -> bool:
        """Are they in one place?"""
        return all(self.near[side] < other.far[side] and other.near[side] < self.far[side] for side in range(3))


def faults(
    plan: Plan, items: Sequence[Item], cartons: Sequence[Carton], *, rates: Rates | None = None, support: float = 0.0
) -> list[str]:
    """A sentence for each rule that the plan breaks; none if it can be packed as it says.

    Items of one SKU are alike.
    """
    known = {item.sku: item for item in items}
    found = [*_miscounted(plan, items), *_out_of_stock(plan, cartons)]
    for number, filled in enumerate(plan.cartons, 1):
        strange = [placed.sku for placed in filled.items if placed.sku not in known]
        if filled.carton not in cartons or strange:
            found.append(f"carton {number}: {filled.carton.name} {strange} was never there")
            continue
        said = [*_unfit(filled, known, rates), *_misplaced(filled, known, support)]
        found.extend(f"carton {number}: {fault}" for fault in said)
    return found


def _miscounted(plan: Plan, items: Iterable[Item]) -> Iterator[str]:
    wanted: Counter[str] = Counter()
    for item in items:
        wanted[item.sku] += item.quantity
    planned = Counter(plan.unpacked)
    for filled in plan.cartons:
        planned.update(placed.sku for placed in filled.items)
    for sku in sorted(wanted | planned):
        if wanted[sku] != planned[sku]:
            yield f"{sku}: {planned[sku]} units instead of {wanted[sku]}"


def _out_of_stock(plan: Plan, cartons: Iterable[Carton]) -> Iterator[str]:
    used = Counter(filled.carton.name for filled in plan.cartons)
    for carton in cartons:
        if carton.stock is not None and used[carton.name] > carton.stock:
            yield f"{carton.name}: {used[carton.name]} used, {carton.stock} there"


def _unfit(filled: Filled, known: Mapping[str, Item], rates: Rates | None) -> Iterator[str]:
    """What concerns the carton as a whole."""
    carton, goods_g = filled.carton, sum(known[placed.sku].weight_g for placed in filled.items)
    if not filled.items:
        yield "empty"
    if filled.gross_g != carton.tare_g + goods_g:
        yield f"weighs {carton.tare_g + goods_g} g, not {filled.gross_g} g"
    if filled.gross_g > carton.max_gross_g:
        yield f"{filled.gross_g} g are more than {carton.max_gross_g} g"
    freight = rates.freight(carton, filled.gross_g) if rates else Decimal(0)
    if freight is None:
        yield "not carried at these rates"
    elif filled.cost != carton.price + freight:
        yield f"costs {carton.price + freight}, not {filled.cost}"
    if len(filled.items) > 1 and any(known[placed.sku].alone for placed in filled.items):
        yield "what ships alone has company"


def _misplaced(filled: Filled, known: Mapping[str, Item], support: float) -> Iterator[str]:
    """What concerns the places of units."""
    for placed in filled.items:
        if _room(placed, known[placed.sku]) not in known[placed.sku].turns:
            yield f"{placed.sku} was turned into {placed.size}"
    bodies = [_body(placed, known[placed.sku]) for placed in filled.items]
    for body in bodies:
        if min(body.near) < 0 or any(far > inner for far, inner in zip(body.far, filled.carton.inner, strict=True)):
            yield f"{body.item.sku} sticks out at {body.near}"
        if not _rests(body, bodies, support):
            yield f"{body.item.sku} has too little below it at {body.near}"
    for one, other in combinations(bodies, 2):
        if one.overlaps(other):
            yield f"{one.item.sku} and {other.item.sku} are both at {other.near}"
        lower, upper = sorted((one, other), key=lambda body: body.near[2])
        if lower.item.no_stack and lower.shared_base(upper):
            yield f"{upper.item.sku} is above {lower.item.sku}, which bears nothing"


def _rests(body: Body, bodies: Iterable[Body], support: float) -> bool:
    if body.near[2] == 0:
        return True
    below = sum(body.shared_base(other) for other in bodies if other.far[2] == body.near[2])
    return below > 0 and below >= support * (body.far[0] - body.near[0]) * (body.far[1] - body.near[1])


def _room(placed: Placed, item: Item) -> Size:
    width, length, height = (side + 2 * item.padding_mm for side in placed.size)
    return width, length, height


def _body(placed: Placed, item: Item) -> Body:
    x, y, z = (side - item.padding_mm for side in placed.at)
    width, length, height = _room(placed, item)
    return Body(item, (x, y, z), (x + width, y + length, z + height))
