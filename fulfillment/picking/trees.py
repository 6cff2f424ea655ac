"""How short a round tour can be at best: one-trees of Held and Karp (1970), and branching on them.

A one-tree is a tree over all places but the first, and the two shortest ways to the first. Every tour is one, so the
shortest is no longer than the shortest tour; prices on the places pull it towards two ways at each of them.
"""

from heapq import heappop, heappush
from itertools import count
from math import ceil, inf
from typing import NamedTuple

from fulfillment.picking.tours import EPSILON, Matrix, length_of

AT_ROOT, AT_NODE = 200, 25  # rounds of pricing at most
Way = tuple[int, int]


class Proof(NamedTuple):
    """No tour is shorter than `lower_bound`; `tour` is one of the `metres`."""

    tour: list[int]
    metres: float
    lower_bound: float


class _Node(NamedTuple):
    """Tours that have some ways and have not others: prices, and the one-tree that bounds them."""

    prices: list[float]
    ways: list[Way]
    matrix: Matrix
    kept: frozenset[Way]


def proved(matrix: Matrix, tour: list[int], *, grain: float, most_trees: int) -> Proof:
    """Branch and bound from a short tour, best first, until it is proved shortest or that many trees were made.

    The metres of every tour are a multiple of `grain`, or anything if that is 0.
    """
    return _Branching(matrix, tour, grain, most_trees).proof()


class _Branching:
    """The open nodes, the shortest tour known, and how many trees may still be made."""

    def __init__(self, matrix: Matrix, tour: list[int], grain: float, most_trees: int) -> None:
        self.matrix, self.tour, self.trees_left = matrix, tour, most_trees
        self.metres = length_of(tour, matrix)
        self.grain = grain
        self.slack = max(EPSILON, grain - 1e-6)
        self.open: list[tuple[float, int, _Node]] = []
        self.names = count()

    def proof(self) -> Proof:
        """Branch on the node of the least bound until none can hold a shorter tour."""
        if len(self.matrix) < 4:
            return Proof(self.tour, self.metres, self.metres)
        self._bound(self.matrix, [0.0] * len(self.matrix), frozenset(), rounds=AT_ROOT)
        while self.trees_left > 0 and self._least() < self.metres:
            self._branch(heappop(self.open)[-1])
        return Proof(self.tour, self.metres, self._least())

    def _least(self) -> float:
        """What no tour is shorter than: the least bound of all open nodes, rounded up to a length a tour can have."""
        if not self.open or self.open[0][0] >= self.metres - self.slack:
            return self.metres
        bound = self.open[0][0]
        return min(ceil(bound / self.grain - 1e-6) * self.grain, self.metres) if self.grain else bound

    def _branch(self, node: _Node) -> None:
        """At a place of three ways or more, one of its two first ways is missing, or all the others are."""
        degree = _degrees(node.ways, len(self.matrix))
        place = min((p for p in range(len(degree)) if degree[p] > 2), key=lambda p: (degree[p], p))
        near = sorted((way for way in node.ways if place in way), key=lambda way: self.matrix[way[0]][way[1]])
        first, second = sorted(near, key=lambda way: way not in node.kept)[:2]
        others = {_way(place, other) for other in range(len(self.matrix)) if other != place} - {first, second}
        for missing, kept in (({first}, set()), ({second}, {first}), (others, {first, second})):
            if not missing & node.kept:
                matrix = [list(row) for row in node.matrix]
                for a, b in missing:
                    matrix[a][b] = matrix[b][a] = inf
                self._bound(matrix, node.prices, node.kept | kept, rounds=AT_NODE)

    def _bound(self, matrix: Matrix, prices: list[float], kept: frozenset[Way], *, rounds: int) -> None:
        """Raise the prices of crowded places round by round; keep the node open unless it can hold nothing shorter."""
        best, prices, best_prices, best_ways = -inf, list(prices), prices, list[Way]()
        pace, stalled = 1.0, 0
        for _ in range(rounds):
            self.trees_left -= 1
            ways = _one_tree(matrix, prices, kept)
            degree = _degrees(ways, len(matrix))
            true = sum(matrix[a][b] for a, b in ways)
            bound = true + sum(price * (d - 2) for price, d in zip(prices, degree, strict=True))
            if bound > best:
                best, best_prices, best_ways, stalled = bound, list(prices), ways, 0
            elif (stalled := stalled + 1) >= 5:
                pace, stalled = pace / 2, 0
            excess = sum((d - 2) ** 2 for d in degree)
            if not excess:
                self._found(ways, true)
                return
            if best >= self.metres - self.slack or best == inf or pace < 0.01:
                break
            step = pace * (self.metres - bound) / excess
            prices = [price + step * (d - 2) for price, d in zip(prices, degree, strict=True)]
        if best < self.metres - self.slack:
            heappush(self.open, (best, next(self.names), _Node(best_prices, best_ways, matrix, kept)))

    def _found(self, ways: list[Way], metres: float) -> None:
        """A one-tree that is a tour, and so the shortest of its node."""
        if metres < self.metres - self.slack:
            near: dict[int, list[int]] = {}
            for a, b in ways:
                near.setdefault(a, []).append(b)
                near.setdefault(b, []).append(a)
            tour = [0, near[0][0]]
            while len(tour) < len(near):
                tour.append(next(other for other in near[tour[-1]] if other != tour[-2]))
            self.tour, self.metres = tour, metres


def _one_tree(matrix: Matrix, prices: list[float], kept: frozenset[Way]) -> list[Way]:
    """The cheapest one-tree at these prices (Prim); ways that are kept come before all others."""
    size = len(matrix)
    outside = list(range(2, size))
    row, price = matrix[1], prices[1]
    cheapest = [row[p] + prices[p] + price for p in range(size)]
    source = [1] * size
    for way in kept:
        if 1 in way and 0 not in way:
            cheapest[sum(way) - 1] = -inf
    pinned: dict[int, list[int]] = {}
    for a, b in kept:
        pinned.setdefault(a, []).append(b)
        pinned.setdefault(b, []).append(a)
    ways: list[Way] = []
    while outside:
        place = min(outside, key=cheapest.__getitem__)
        outside.remove(place)
        ways.append(_way(source[place], place))
        row, price = matrix[place], prices[place]
        for other in outside:
            if (cost := row[other] + prices[other] + price) < cheapest[other]:
                cheapest[other], source[other] = cost, place
        for other in pinned.get(place, ()):
            if other in outside:
                cheapest[other], source[other] = -inf, place
    row = matrix[0]
    ends = sorted(range(1, size), key=lambda p: ((0, p) not in kept, row[p] + prices[p]))
    return [*ways, (0, ends[0]), (0, ends[1])]


def _degrees(ways: list[Way], size: int) -> list[int]:
    degree = [0] * size
    for a, b in ways:
        degree[a] += 1
        degree[b] += 1
    return degree


def _way(a: int, b: int) -> Way:
    return (a, b) if a < b else (b, a)
