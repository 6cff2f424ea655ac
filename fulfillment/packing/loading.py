"""Loading some cartons in one go: kinds of goods in a given order, each as blocks into the spaces that suit best. Pure.

A block is a number of equal units in the same turn, side by side and on top of each other, after Eley (2002).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from fulfillment.packing.goods import Size
from fulfillment.packing.spaces import Space, cut


@dataclass(frozen=True)
class Kind:
    """Units that are the same to the loader: the ways to stand in mm with padding, and grams each."""

    number: int
    count: int
    turns: tuple[Size, ...]
    weight_g: int
    no_stack: bool = False

    @cached_property
    def volume(self) -> int:
        """One unit in mm³, padding included."""
        width, length, height = self.turns[0]
        return width * length * height

    @cached_property
    def sides(self) -> Size:
        """The shortest side first."""
        short, middle, long = sorted(self.turns[0])
        return short, middle, long

    def turns_in(self, inner: Size) -> list[Size]:
        """The turns in which a unit goes into an empty carton."""
        width, length, height = inner
        return [turn for turn in self.turns if turn[0] <= width and turn[1] <= length and turn[2] <= height]


@dataclass(frozen=True)
class Hold:
    """A carton as the loader sees it: inner size in mm and the grams of goods it takes."""

    inner: Size
    room_g: int

    @cached_property
    def volume(self) -> int:
        """In mm³."""
        width, length, height = self.inner
        return width * length * height

    def takes(self, kind: Kind) -> bool:
        """Would a unit go in if it were the only one?"""
        return kind.weight_g <= self.room_g and bool(kind.turns_in(self.inner))


@dataclass(frozen=True)
class Unit:
    """One unit of a kind, by its number, in its place; padding included."""

    kind: int
    at: Size
    size: Size


Counts = tuple[int, int, int]
Rule = Callable[[Space, Size, Counts], tuple[int, ...]]  # space, turn, units along each side; the lowest is taken


@dataclass(frozen=True)
class Way:
    """How to load: the kinds in this order, by their place in the list; the rule for spaces; the sides along which a
    block grows, first to last; and the share of its base on which every unit needs to rest.
    """

    order: tuple[int, ...]
    rule: Rule
    axes: Counts
    support: float


class Loading:
    """Cartons while they are loaded. `units` has what is in each, `left` what did not go in, `nodes` the work done."""

    def __init__(self, holds: Sequence[Hold], kinds: Sequence[Kind], way: Way) -> None:
        self.holds, self.kinds, self.way = holds, kinds, way
        self.units: list[list[Unit]] = [[] for _ in holds]
        self.left = [kind.count for kind in kinds]
        self.nodes = 0
        self._spaces: list[list[Space]] = [[(0, 0, 0, *hold.inner)] for hold in holds]
        self._room_g = [hold.room_g for hold in holds]
        self._tops: list[dict[int, list[Space]]] = [{} for _ in holds]  # what is in them, by the height where it ends
        self._least = min((kind.sides[0] for kind in kinds), default=1)

    def run(self) -> "Loading":
        """Load every kind, into the first carton that has room for it."""
        for place in self.way.order:
            for hold in range(len(self.holds)):
                while self.left[place] and self._add(place, hold):
                    pass
        return self

    def _add(self, place: int, hold: int) -> bool:
        """Place one block of the kind."""
        kind, most = self.kinds[place], self.left[place]
        if kind.weight_g:
            most = min(most, self._room_g[hold] // kind.weight_g)
        found = self._best(kind, hold, most) if most else None
        if found is None:
            return False
        space, turn, counts = found
        count = counts[0] * counts[1] * counts[2]
        self.nodes += count
        self.left[place] -= count
        self._room_g[hold] -= count * kind.weight_g
        self.units[hold].extend(_units(kind.number, space, turn, counts))
        far_x, far_y, far_z = (space[side] + turn[side] * counts[side] for side in range(3))
        ceiling = self.holds[hold].inner[2] if kind.no_stack else far_z
        solid = (space[0], space[1], space[2], far_x, far_y, ceiling)
        self._tops[hold].setdefault(ceiling, []).append(solid)
        self._spaces[hold] = cut(self._spaces[hold], solid, least=self._least)
        return True

    def _best(self, kind: Kind, hold: int, most: int) -> tuple[Space, Size, Counts] | None:
        best, best_score = None, None
        spaces, ceiling, rule = self._spaces[hold], self.holds[hold].inner[2], self.way.rule
        self.nodes += len(spaces) * len(kind.turns) + len(spaces)
        for space in spaces:
            x, y, z, far_x, far_y, far_z = space
            if kind.no_stack and far_z != ceiling:
                continue
            for turn in kind.turns:
                counts = ((far_x - x) // turn[0], (far_y - y) // turn[1], (far_z - z) // turn[2])
                if not (counts[0] and counts[1] and counts[2]):
                    continue
                counts = self._limited(counts, most, kind.no_stack)
                score = rule(space, turn, counts)
                if (best_score is None or score < best_score) and self._rests(hold, space, turn, counts):
                    best, best_score = (space, turn, counts), score
        return best

    def _limited(self, counts: Counts, most: int, no_stack: bool) -> Counts:
        """Not more units than there are, nor above what bears nothing; whole rows, then whole layers."""
        across, along, up = counts
        if no_stack:
            up = 1
        if across * along * up <= most:
            return across, along, up
        limits, taken = (across, along, up), [1, 1, 1]
        for side in self.way.axes:
            taken[side] = min(limits[side], most)
            most //= taken[side]
        return taken[0], taken[1], taken[2]

    def _rests(self, hold: int, space: Space, turn: Size, counts: Counts) -> bool:
        """Does every unit of the block's lowest layer have enough below it?"""
        if not self.way.support or space[2] == 0:
            return True
        below = self._tops[hold].get(space[2], ())
        floor = [(space[0] + turn[0] * i, space[1] + turn[1] * j) for i in range(counts[0]) for j in range(counts[1])]
        self.nodes += len(floor)
        needed = self.way.support * turn[0] * turn[1]
        return all(_shared(x, y, turn, below) >= needed for x, y in floor)


def _shared(x: int, y: int, turn: Size, below: Sequence[Space]) -> int:
    """Square millimetres of a base that lie on the solids."""
    shared = 0
    for near_x, near_y, _, far_x, far_y, _ in below:
        width, length = min(x + turn[0], far_x) - max(x, near_x), min(y + turn[1], far_y) - max(y, near_y)
        if width > 0 and length > 0:
            shared += width * length
    return shared


def _units(number: int, space: Space, turn: Size, counts: Counts) -> list[Unit]:
    width, length, height = turn
    return [
        Unit(number, (space[0] + width * i, space[1] + length * j, space[2] + height * k), turn)
        for k in range(counts[2])
        for j in range(counts[1])
        for i in range(counts[0])
    ]


def settled(units: Sequence[Unit]) -> list[Unit]:
    """The same load after everything has sunk onto what is below it; lowest first."""
    resting: list[Unit] = []
    for unit in sorted(units, key=lambda unit: (unit.at[2], unit.at[1], unit.at[0])):
        floor = max((other.at[2] + other.size[2] for other in resting if _above(unit, other)), default=0)
        resting.append(Unit(unit.kind, (unit.at[0], unit.at[1], floor), unit.size))
    return sorted(resting, key=lambda unit: (unit.at[2], unit.at[1], unit.at[0]))


def _above(unit: Unit, other: Unit) -> bool:
    (x, y, _), (width, length, _) = unit.at, unit.size
    (to_x, to_y, _), (to_width, to_length, _) = other.at, other.size
    return x < to_x + to_width and to_x < x + width and y < to_y + to_length and to_y < y + length
