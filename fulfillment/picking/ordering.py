"""In which order to sweep over junctions so that few of them are half done at any time."""

from collections.abc import Collection, Mapping
from itertools import islice
from typing import NamedTuple

# From how many junctions sweeps are tried, besides the two farthest from each other.
STARTS = 6


class SweepPlan(NamedTuple):
    """In which order to leave the junctions, and how many are half done at the widest place."""

    states: float
    width: int
    junctions: tuple[int, ...]


def sweeping_order(neighbours: Mapping[int, Collection[int]], *, widest: int) -> SweepPlan | None:
    """The best of several greedy sweeps: least states in sum, if each half-done junction makes them fourfold.

    None when all of them have more than `widest` junctions half done somewhere.
    """
    if not neighbours:
        return SweepPlan(0.0, 0, ())
    corner = _farthest(neighbours, min(neighbours))
    ends = [corner, _farthest(neighbours, corner)]
    few_ways = sorted(neighbours, key=lambda junction: (len(neighbours[junction]), junction))
    starts = dict.fromkeys([*ends, *islice(few_ways, STARTS)])
    orders = [order for start in starts if (order := _sweep(neighbours, start, widest))]
    return min(orders, key=lambda order: order.states, default=None)


def _farthest(neighbours: Mapping[int, Collection[int]], start: int) -> int:
    """The last node of a breadth-first search."""
    seen = {start: None}
    for junction in (queue := [start]):
        fresh = [other for other in neighbours[junction] if other not in seen]
        seen.update(dict.fromkeys(fresh))
        queue.extend(fresh)
    return queue[-1]


def _sweep(neighbours: Mapping[int, Collection[int]], start: int, widest: int) -> SweepPlan | None:
    """Leave next whichever junction brings the fewest new ones into the frontier, the oldest of them first."""
    order: list[int] = []
    unseen = set(neighbours) - {start}
    frontier = {start: 0}
    states, width = 0.0, 0
    while frontier:
        fewest = {junction: len(unseen.intersection(neighbours[junction])) for junction in frontier}
        leaving = min(frontier, key=lambda junction: (fewest[junction], frontier[junction]))
        width = max(width, len(frontier) + fewest[leaving])
        if width > widest:
            return None
        states += 4.0 ** (len(frontier) + fewest[leaving])
        fresh = sorted(unseen.intersection(neighbours[leaving]))
        unseen.difference_update(fresh)
        del frontier[leaving]
        order.append(leaving)
        frontier.update(dict.fromkeys(fresh, len(order)))
    return SweepPlan(states, width, tuple(order))
