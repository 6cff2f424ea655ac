"""A warehouse as a graph: places, and metres between neighbouring ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from math import isfinite

from fulfillment.picking.errors import BadInstance, UnknownNode, Unreachable


@dataclass(frozen=True)
class Graph:
    """Ways that can be walked in both directions, in metres, and the node where every walk starts and ends.

    Of parallel edges the shortest counts, an edge from a node to itself never does.
    """

    edges: tuple[tuple[int, int, float], ...]
    depot: int

    def __post_init__(self) -> None:
        for place, (_, _, metres) in enumerate(self.edges):
            if not (isfinite(metres) and metres >= 0):
                raise BadInstance(f"edges[{place}]: {metres} is not a length in metres.")

    @cached_property
    def neighbours(self) -> dict[int, dict[int, float]]:
        """Node by node, the neighbours and how far they are."""
        found: dict[int, dict[int, float]] = {self.depot: {}}
        for a, b, metres in self.edges:
            ways, back = found.setdefault(a, {}), found.setdefault(b, {})
            if a != b and metres < ways.get(b, float("inf")):
                ways[b] = back[a] = metres
        return found

    @cached_property
    def within_reach(self) -> frozenset[int]:
        """All nodes to which a way leads from the depot."""
        seen, todo = {self.depot}, [self.depot]
        while todo:
            fresh = self.neighbours[todo.pop()].keys() - seen
            seen |= fresh
            todo.extend(fresh)
        return frozenset(seen)

    def checked(self, stops: Iterable[int]) -> frozenset[int]:
        """The stops, each once; raises for the first one that is unknown or cannot be reached."""
        for place, stop in enumerate(stops := list(stops)):
            if stop not in self.neighbours:
                raise UnknownNode(f"stops[{place}]: node {stop} is not in this warehouse.")
            if stop not in self.within_reach:
                raise Unreachable(f"stops[{place}]: no way leads from the depot to node {stop}.")
        return frozenset(stops)

    def nearest(self, start: int) -> tuple[dict[int, float], dict[int, int]]:
        """Shortest ways from `start` (Dijkstra): metres to each node, and the node before it on the way."""
        metres, before = {start: 0.0}, {start: start}
        todo, done = [(0.0, start)], set()
        while todo:
            so_far, node = heappop(todo)
            if node in done:
                continue
            done.add(node)
            for other, step in self.neighbours[node].items():
                if so_far + step < metres.get(other, float("inf")):
                    metres[other], before[other] = so_far + step, node
                    heappush(todo, (so_far + step, other))
        return metres, before
