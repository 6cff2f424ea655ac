"""Shortest walks through one warehouse, prepared once and asked often."""

from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from fulfillment.picking.closure import Closure, grain
from fulfillment.picking.frontier import SHARED, Tables
from fulfillment.picking.graph import Graph
from fulfillment.picking.kernel import Kernel, kernel_of
from fulfillment.picking.links import drawn
from fulfillment.picking.ordering import SweepPlan, sweeping_order
from fulfillment.picking.sweep import Sweep, Swept, TooWide
from fulfillment.picking.tours import length_of, short_tour
from fulfillment.picking.trees import Proof, proved
from fulfillment.picking.walking import visited, walked

# A frontier of this width is narrow: there are few states. One of more than `WIDEST` is not swept over at all.
NARROW, WIDEST = 7, 12


class Effort(NamedTuple):
    """How long to try: states of a plain sweep, kicks of a tour, one-trees (of 60 stops), states below a known tour."""

    states: int
    kicks: int
    trees: int
    states_below: int


QUICK = Effort(states=20_000, kicks=10, trees=0, states_below=0)
CAREFUL = Effort(states=40_000, kicks=200, trees=0, states_below=0)
THOROUGH = Effort(states=250_000, kicks=1_000, trees=3_000, states_below=250_000)
# A tour of so few stops is soon proved shortest, sooner than a wide sweep is done.
FEW_STOPS = 12


@dataclass(frozen=True)
class Walk:
    """One closed walk from the depot, in metres; `order` has every stop once, `nodes` every step."""

    distance: float
    order: tuple[int, ...]
    nodes: tuple[int, ...]
    lower_bound: float
    proven: bool


class Router:
    """Walks to any choice of `sites` through one graph.

    A warehouse with a handful of cross aisles is swept over, which is exact, in milliseconds. What is too tangled for
    that gets a tour over shortest ways, a bound, and more attempts at a proof. `exact`: every distance so far was.
    """

    def __init__(self, graph: Graph, sites: frozenset[int]) -> None:
        self.graph = graph
        self.drawing = drawn(graph, sites)
        self._link_of = {node: i for i, link in enumerate(self.drawing.links) for _, node in link.stops}
        self._closure = Closure(graph, sites)
        order = _order(kernel_of(self.drawing.links, sites, graph.depot))
        self._rank = {junction: i for i, junction in enumerate(order.junctions)} if order else None
        self.exact = order is not None
        self._tables = SHARED if order and order.width <= NARROW else Tables()
        last = len(self._rank or ())
        rank = {
            junction: (self._rank or {}).get(junction, last) for link in self.drawing.links for junction in link[:2]
        }
        self._links = [link.leaving(min(link.a, link.b, key=rank.__getitem__)) for link in self.drawing.links]
        self._bare = [link._replace(stops=()) for link in self._links]

    def walk(self, stops: frozenset[int], *, effort: Effort = THOROUGH) -> Walk:
        """The shortest walk to all the stops, which have to be sites, or a short one with a bound."""
        sweep = self._sweep(stops)
        with suppress(TooWide):
            if sweep:
                most_states = effort.states if len(stops) > FEW_STOPS else effort.states // 10
                return self._swept(sweep.shortest(most_states), stops)
        places = self._places(stops)
        proof = self._toured(places, effort)
        if sweep and effort.states_below and proof.lower_bound < proof.metres:
            with suppress(TooWide):
                return self._swept(sweep.shortest_below(proof.metres, most_states=effort.states_below), stops)
        nodes = self._closure.nodes([places[i] for i in proof.tour])
        proven = proof.lower_bound == proof.metres
        return Walk(proof.metres, visited(nodes, stops), nodes, proof.lower_bound, proven)

    def distance(self, stops: frozenset[int], *, effort: Effort = QUICK) -> float:
        """Only the metres of a walk. Once a sweep was too wide for the effort, none is tried any more."""
        if self.exact and (sweep := self._sweep(stops)):
            try:
                return sweep.least(effort.states)
            except TooWide:
                self.exact = False
        return self._toured(self._places(stops), effort).metres

    def _sweep(self, stops: frozenset[int]) -> Sweep | None:
        return None if self._rank is None else Sweep(self._kernel(stops), self._rank, self._tables)

    def _swept(self, swept: Swept, stops: frozenset[int]) -> Walk:
        nodes = walked(swept.used, self.drawing, self.graph.depot)
        return Walk(swept.metres, visited(nodes, stops), nodes, swept.metres, proven=True)

    def _places(self, stops: frozenset[int]) -> list[int]:
        return [self.graph.depot, *sorted(stops - {self.graph.depot})]

    def _toured(self, places: list[int], effort: Effort) -> Proof:
        """The tour is one of places by their position in the list."""
        matrix = self._closure.matrix(places)
        tour = short_tour(matrix, kicks=effort.kicks)
        if not effort.trees:
            return Proof(tour, length_of(tour, matrix), 0.0)
        return proved(matrix, tour, grain=grain(matrix), most_trees=effort.trees * 3600 // len(places) ** 2)

    def _kernel(self, stops: frozenset[int]) -> Kernel:
        links = self._bare.copy()
        for i in {self._link_of[stop] for stop in stops if stop in self._link_of}:
            link = self._links[i]
            links[i] = link._replace(stops=tuple(stop for stop in link.stops if stop[1] in stops))
        return kernel_of(links, stops, self.graph.depot)


def _order(kernel: Kernel) -> SweepPlan | None:
    neighbours: dict[int, set[int]] = {}
    for link in kernel.links:
        neighbours.setdefault(link.a, set()).add(link.b)
        neighbours.setdefault(link.b, set()).add(link.a)
    return sweeping_order(neighbours, widest=WIDEST)
