"""How far any two of some places are from each other, where the ways between them are too tangled to sweep over."""

from array import array
from collections.abc import Sequence
from math import gcd

from fulfillment.picking.graph import Graph
from fulfillment.picking.tours import Matrix

# Lengths that are whole multiples of this many metres, and few others, are treated as such.
FINEST = 1e-6
# A finer grain than this is of no use to a bound.
USEFUL = 1e-3


class Closure:
    """Shortest ways between sites, each found when it is first asked for."""

    def __init__(self, graph: Graph, sites: frozenset[int]) -> None:
        self.graph = graph
        self._place = {site: i for i, site in enumerate(sorted(sites | {graph.depot}))}
        self._rows: dict[int, array[float]] = {}

    def matrix(self, places: Sequence[int]) -> Matrix:
        """Metres between all of some sites."""
        columns = [self._place[place] for place in places]
        rows = (self._row(place) for place in places)
        return [[row[column] for column in columns] for row in rows]

    def _row(self, site: int) -> "array[float]":
        if site not in self._rows:
            metres, _ = self.graph.nearest(site)
            self._rows[site] = array("d", (metres[other] for other in self._place))
        return self._rows[site]

    def nodes(self, tour: Sequence[int]) -> tuple[int, ...]:
        """Every node of the closed walk through some nodes in this order."""
        walk = [tour[0]]
        for there in [*tour[1:], tour[0]]:
            _, before = self.graph.nearest(there)
            while walk[-1] != there:
                walk.append(before[walk[-1]])
        return tuple(walk)


def grain(matrix: Matrix) -> float:
    """Metres of which the length of every closed tour is a whole multiple; 0 if there is no such length.

    Twice as much when the places can be coloured in two colours so that only ways between colours are odd multiples.
    """
    whole = [[round(metres / FINEST) for metres in row] for row in matrix]
    off = max(
        abs(metres / FINEST - w)
        for row, ws in zip(matrix, whole, strict=True)
        for metres, w in zip(row, ws, strict=True)
    )
    unit = gcd(*(w for ws in whole for w in ws))
    if off > 1e-3 or unit * FINEST < USEFUL:
        return 0.0
    colour = [w // unit % 2 for w in whole[0]]
    places = range(len(matrix))
    even = all((whole[a][b] // unit + colour[a] + colour[b]) % 2 == 0 for a in places for b in places)
    return unit * FINEST * (2 if even else 1)
