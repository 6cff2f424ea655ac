"""Orders that share tours through one warehouse: what a tour of some of them weighs and how far it walks."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf

from fulfillment.picking.errors import BadInstance, PlanningError, TooHeavy
from fulfillment.picking.graph import Graph
from fulfillment.picking.router import Router

# The orders of one tour, by their position.
Members = frozenset[int]
# One number, or several as totes, grams and millilitres; a capacity has as many.
Load = float | tuple[float, ...]
# Loads are added up in any order, which moves the last digits.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Order:
    """One order to pick: the nodes to visit and how much of a tour's capacity it takes, in one or several respects."""

    id: int | str
    stops: frozenset[int]
    load: Load


class Pool:
    """All orders of one plan; raises `TooHeavy` for an order that fits no tour, and names what is wrong with others."""

    def __init__(self, graph: Graph, orders: Sequence[Order], capacity: Load) -> None:
        self.orders = orders
        self._loads, self._most = [_respects(order.load) for order in orders], _respects(capacity)
        self._check(graph)
        sites = self.stops(frozenset(range(len(orders))))
        self.router = Router(graph, sites)
        self._metres: dict[frozenset[int], float] = {frozenset(): 0.0}
        self._of_members: dict[Members, float] = {}
        self._near = _Nearness(self.router, sites)
        self._spots: dict[Members, frozenset[int]] = {
            frozenset([i]): frozenset(self._near.spot_of[stop] for stop in order.stops)
            for i, order in enumerate(orders)
        }

    def _check(self, graph: Graph) -> None:
        seen: set[int | str] = set()
        for order, load in zip(self.orders, self._loads, strict=True):
            if order.id in seen:
                raise BadInstance(f"Order {order.id}: the id comes twice.")
            seen.add(order.id)
            for units, most in zip(load, self._most, strict=True):
                if units > most:
                    raise TooHeavy(f"Order {order.id}: its load {units:g} is more than a tour's {most:g}.")
            try:
                graph.checked(sorted(order.stops))
            except PlanningError as error:
                raise type(error)(f"Order {order.id}: {error}") from error

    def metres(self, members: Members) -> float:
        """How far a tour of these orders walks."""
        if members not in self._of_members:
            stops = self.stops(members)
            if stops not in self._metres:
                self._metres[stops] = self.router.distance(stops)
            self._of_members[members] = self._metres[stops]
        return self._of_members[members]

    def stops(self, members: Members) -> frozenset[int]:
        """All nodes that a tour of these orders visits."""
        return frozenset().union(*(self.orders[i].stops for i in members))

    def fits(self, members: Members) -> bool:
        """Whether one tour can carry these orders."""
        return all(
            sum(self._loads[i][respect] for i in members) <= most * (1 + ROUNDING)
            for respect, most in enumerate(self._most)
        )

    def share(self, order: int) -> float:
        """How much of a tour an order takes, in the respect in which it takes most."""
        return max(units / most if most else 0.0 for units, most in zip(self._loads[order], self._most, strict=True))

    def guess(self, a: Members, b: Members) -> float:
        """About how far a tour of both would walk, and rather too little, without planning it."""
        metres_a, metres_b = self.metres(a), self.metres(b)
        spots_a, spots_b = self._spots_of(a), self._spots_of(b)
        more_a, more_b = self._near.apart(spots_b, spots_a), self._near.apart(spots_a, spots_b)
        guess = min(metres_a + 2 * more_a, metres_b + 2 * more_b, metres_a + metres_b)
        return max(metres_a, metres_b, guess)

    def _spots_of(self, members: Members) -> frozenset[int]:
        if members not in self._spots:
            self._spots[members] = frozenset().union(*(self._spots[frozenset([i])] for i in members))
        return self._spots[members]


def _respects(load: Load) -> tuple[float, ...]:
    return load if isinstance(load, tuple) else (load,)


class _Nearness:
    """How near links are to each other, from end to end: whoever is on a link is near to all that lies on it."""

    def __init__(self, router: Router, sites: frozenset[int]) -> None:
        self._ways: dict[int, list[tuple[int, float]]] = {}
        for link in router.drawing.links:
            self._ways.setdefault(link.a, []).append((link.b, link.metres))
            self._ways.setdefault(link.b, []).append((link.a, link.metres))
        ends = {site: (site, site) for site in sites}
        ends |= {site: (link.a, link.b) for link in router.drawing.links for _, site in link.stops}
        self._spots = sorted(set(ends.values()))
        place = {spot: i for i, spot in enumerate(self._spots)}
        self.spot_of = {site: place[spot] for site, spot in ends.items()}
        self._rows: dict[int, list[float]] = {}

    def apart(self, spots: frozenset[int], others: frozenset[int]) -> float:
        """Metres from each of some spots to the nearest of others, in sum."""
        if not others:
            return 0.0 if not spots else inf
        rows = (self._row(spot) for spot in spots - others)
        return sum(min(row[other] for other in others) for row in rows)

    def _row(self, spot: int) -> list[float]:
        if spot not in self._rows:
            metres = dict.fromkeys(self._spots[spot], 0.0)
            todo = [(0.0, junction) for junction in metres]
            while todo:
                so_far, junction = heappop(todo)
                if so_far > metres[junction]:
                    continue
                for other, step in self._ways.get(junction, ()):
                    if so_far + step < metres.get(other, inf):
                        metres[other] = so_far + step
                        heappush(todo, (so_far + step, other))
            self._rows[spot] = [min(metres[a], metres[b]) for a, b in self._spots]
        return self._rows[spot]
