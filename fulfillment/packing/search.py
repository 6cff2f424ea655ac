"""Trying to get goods into given cartons: good ways first, then guided chance, as long as work is allowed. Pure.

Chance is seeded and work is counted in nodes, so that an answer is the same on every machine.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from fulfillment.packing.goods import Size
from fulfillment.packing.loading import Counts, Hold, Kind, Loading, Rule, Way
from fulfillment.packing.spaces import Space

STEADY = 0.75  # the share of its base that a unit should rest on, where that costs nothing
AXES = ((0, 1, 2), (2, 1, 0), (1, 2, 0))
SEED = 1789
SHAKE, LEARN = 0.25, 1.3
REPEATS = 20  # ways that chance repeats in a row, after which there are hardly new ones


@dataclass
class Allowance:
    """Work that may still be done, in nodes: spaces and turns looked at."""

    left: int

    def part(self, most: int) -> "Allowance":
        """Some of it, taken out; give back what remains."""
        taken = max(0, min(most, self.left))
        self.left -= taken
        return Allowance(taken)


def tight(space: Space, turn: Size, counts: Counts) -> tuple[int, ...]:
    """Where the block leaves the least beside it."""
    gaps = sorted(space[side + 3] - space[side] - turn[side] * counts[side] for side in range(3))
    return gaps[0], gaps[1], -counts[0] * counts[1] * counts[2], gaps[2], space[2], space[1], space[0]


def low(space: Space, turn: Size, counts: Counts) -> tuple[int, ...]:
    """Where the top is lowest: layers."""
    return space[2] + turn[2] * counts[2], space[1] + turn[1] * counts[1], space[0] + turn[0] * counts[0]


def back(space: Space, turn: Size, counts: Counts) -> tuple[int, ...]:
    """Nearest to the back: walls."""
    return space[1] + turn[1] * counts[1], space[2] + turn[2] * counts[2], space[0] + turn[0] * counts[0]


def near(space: Space, turn: Size, counts: Counts) -> tuple[int, ...]:
    """Nearest to the corner."""
    return (sum(space[side] + turn[side] * counts[side] for side in range(3)), space[2])


def big(space: Space, turn: Size, counts: Counts) -> tuple[int, ...]:
    """Where most units go in at once."""
    return -counts[0] * counts[1] * counts[2], *tight(space, turn, counts)


RULES: tuple[Rule, ...] = (tight, low, back, big, near)
SORTS: tuple[Callable[[Kind], tuple[int, ...]], ...] = (
    lambda kind: (kind.volume,),
    lambda kind: (kind.sides[2], kind.volume),
    lambda kind: (kind.sides[1] * kind.sides[2], kind.volume),
    lambda kind: (kind.sides[0], kind.volume),
    lambda kind: (kind.volume * kind.count,),
    lambda kind: (kind.weight_g, kind.volume),
)


def load_all(
    holds: Sequence[Hold], kinds: Sequence[Kind], *, allowance: Allowance, support: float = 0.0
) -> Loading | None:
    """A way to get everything in, or None if none was found with the work allowed."""
    chance = Chance(kinds)
    for way in _ways(kinds, chance, support):
        loading = Loading(holds, kinds, way).run()
        allowance.left -= loading.nodes
        if not any(loading.left):
            return loading
        if allowance.left <= 0:
            return None
        chance.learn(loading.left)
    return None


def _ways(kinds: Sequence[Kind], chance: "Chance", support: float) -> Iterator[Way]:
    """The good ways, steady ones first; then as chance will have it."""
    orders = list(dict.fromkeys(by(kinds, sort) for sort in SORTS))
    for wanted in sorted({max(support, STEADY), support}, reverse=True):
        for rule, order in product(RULES, orders):
            yield Way(order, rule, AXES[0], wanted)
    tried: set[Way] = set()
    repeated = 0
    while repeated < REPEATS:
        way = chance.way(support)
        repeated = repeated + 1 if way in tried else 0
        if not repeated:
            tried.add(way)
            yield way


def by(kinds: Sequence[Kind], sort: Callable[[Kind], tuple[float, ...]]) -> tuple[int, ...]:
    """The kinds' numbers, the highest first."""
    return tuple(sorted(range(len(kinds)), key=lambda number: sort(kinds[number]), reverse=True))


class Chance:
    """Shaken weights make orders; what was left out gains weight (squeaky wheel, Joslin & Clements 1999)."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._dice = Random(SEED)  # noqa: S311 - a search, not a secret
        self._weights = [float(kind.volume) for kind in kinds]
        self._density = [kind.weight_g / kind.volume for kind in kinds]

    def way(self, support: float) -> Way:
        """The next one."""
        lean = self._dice.choice((0.0, 0.0, 0.5, 1.0))  # how much what is heavy for its size comes first
        shaken = [
            weight * (density**lean if density else 1.0) * self._dice.uniform(1 - SHAKE, 1 + SHAKE)
            for weight, density in zip(self._weights, self._density, strict=True)
        ]
        order = tuple(sorted(range(len(shaken)), key=shaken.__getitem__, reverse=True))
        return Way(order, self._dice.choice(RULES), self._dice.choice(AXES), support)

    def learn(self, left: Sequence[int]) -> None:
        """From what did not go in."""
        for number, count in enumerate(left):
            if count:
                self._weights[number] *= LEARN
