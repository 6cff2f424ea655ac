"""The shortest walk over a kernel: dynamic programming along a sweep over its junctions.

Each link is used in one of a handful of ways. What has been decided behind the frontier matters to what comes only by
its state, so of all beginnings with the same state the shortest is kept. The number of states grows with the width
of the frontier, not with the number of stops. Where the frontier is wide, beginnings are dropped that cannot lead to
less than a walk that is known: what is still to come costs at least what it would if the walk could be in pieces.
"""

from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from fulfillment.picking.frontier import ODD, SHARED, Tables
from fulfillment.picking.kernel import Kernel, Settled
from fulfillment.picking.steps import UNUSED, Step, steps_of

Layer = dict[bytes, float]


class TooWide(Exception):
    """More states came up than were allowed."""


class Swept(NamedTuple):
    """A closed walk: its metres, and how each link on it is walked."""

    metres: float
    used: tuple[Settled, ...]


class Sweep:
    """All walks over a kernel; `rank` says in which order its junctions are left."""

    def __init__(self, kernel: Kernel, rank: Mapping[int, int], tables: Tables = SHARED) -> None:
        self.kernel = kernel
        nothing_open = len(kernel.required) == 1 and not any(link.stops for link in kernel.links)
        self.steps = [] if nothing_open else steps_of(kernel, rank, tables)
        self._ahead: list[Layer] | None = None

    def shortest(self, most_states: float = inf) -> Swept:
        """The shortest walk; raises `TooWide`."""
        layers: list[Layer] = [{b"": 0.0}]
        count = 0
        for step in self.steps:
            count += len(layers[-1])
            if count > most_states:
                raise TooWide
            layers.append(_following(layers[-1], step))
        return self._swept(layers)

    def least(self, most_states: float = inf) -> float:
        """Only the metres of the shortest walk; raises `TooWide`."""
        layer: Layer = {b"": 0.0}
        count = 0
        for step in self.steps:
            count += len(layer)
            if count > most_states:
                raise TooWide
            layer = _following(layer, step)
        return self.kernel.metres + layer[b""]

    def shortest_below(self, ceiling: float, *, most_states: float) -> Swept:
        """The shortest walk, if it is not longer than `ceiling`; raises `TooWide`."""
        layers: list[Layer] = [{b"": 0.0}]
        count = 0
        ceiling = (ceiling - self.kernel.metres) * (1 + 1e-12) + 1e-9
        for step, ahead in zip(self.steps, self.ahead[1:], strict=True):
            following = _following(layers[-1], step).items()
            layer = {state: m for state, m in following if m + ahead.get(state.translate(ODD), inf) <= ceiling}
            count += len(layer)
            if count > most_states:
                raise TooWide
            layers.append(layer)
        return self._swept(layers)

    @property
    def ahead(self) -> list[Layer]:
        """After each step, by which junctions of the frontier are odd: the fewest metres to come, in pieces or not."""
        if self._ahead is None:
            seen: list[set[bytes]] = [{b""}]
            for step in self.steps:
                reached = {moves.parity(odd) for moves, _, _ in step.choices for odd in seen[-1]}
                seen.append({odd for odd in reached if odd is not None})
            layers: list[Layer] = [{b"": 0.0}]
            for step, odds in zip(reversed(self.steps), seen[-2::-1], strict=True):
                layers.append(_before(layers[-1], step, odds))
            self._ahead = layers[::-1]
        return self._ahead

    def _swept(self, layers: list[Layer]) -> Swept:
        """Backwards from the closed walk: which choice led from layer to layer."""
        used: list[Settled] = []
        state = b""
        for step, layer, following in zip(reversed(self.steps), layers[-2::-1], layers[:0:-1], strict=True):
            metres = following[state]
            state, gap = next(
                (before, gap)
                for moves, added, gap in step.choices
                for before, so_far in layer.items()
                if so_far + added == metres and moves[before] == state
            )
            if gap != UNUSED:
                used.append(Settled(step.link, gap))
        return Swept(self.kernel.metres + layers[-1][b""], (*self.kernel.settled, *used))


def _following(layer: Layer, step: Step) -> Layer:
    """After one step, every possible state and the fewest metres that lead to it."""
    following: Layer = {}
    known = following.get
    for moves, metres, _ in step.choices:
        for state, so_far in layer.items():
            new = moves[state]
            if new is not None:
                total = so_far + metres
                if total < known(new, inf):
                    following[new] = total
    return following


def _before(following: Layer, step: Step, odds: set[bytes]) -> Layer:
    """Before one step, the fewest metres from each choice of odd junctions."""
    before: Layer = {}
    for odd in odds:
        reached = ((moves.parity(odd), metres) for moves, metres, _ in step.choices)
        before[odd] = min((following.get(new, inf) + metres for new, metres in reached if new is not None), default=inf)
    return before
