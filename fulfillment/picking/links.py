"""A graph drawn simpler: junctions, and links between them on which the possible stops lie like beads on a string."""

from typing import NamedTuple

from fulfillment.picking.graph import Graph

# A link of the first drawing and whether it is walked from its far end.
Piece = tuple[int, bool]


class Link(NamedTuple):
    """A string from junction `a` to junction `b`; stops as metres from `a` and node, nearest first."""

    a: int
    b: int
    metres: float
    stops: tuple[tuple[float, int], ...]
    pieces: tuple[Piece, ...]

    def leaving(self, junction: int) -> "Link":
        """The same link with `junction` as its `a`."""
        if self.a == junction:
            return self
        stops = tuple((self.metres - at, node) for at, node in reversed(self.stops))
        return Link(self.b, self.a, self.metres, stops, tuple((link, not back) for link, back in reversed(self.pieces)))


class Drawing(NamedTuple):
    """The links of a warehouse, and the nodes along each."""

    links: tuple[Link, ...]
    nodes: tuple[tuple[int, ...], ...]


def drawn(graph: Graph, sites: frozenset[int]) -> Drawing:
    """Follow every string from junction to junction; dead ends without a site are left out.

    A junction is the depot, a dead end, and every node at which three or more ways meet.
    """
    ways = _trimmed(graph, sites)
    junctions = [node for node, near in ways.items() if len(near) != 2 or node == graph.depot]
    links: list[Link] = []
    strings: list[tuple[int, ...]] = []
    for junction in junctions:
        for first in ways[junction]:
            nodes, metres = _followed(ways, junction, first, stop_at=graph.depot)
            if (nodes[0], nodes[1]) > (nodes[-1], nodes[-2]):
                continue
            stops = tuple((at, node) for at, node in zip(metres[1:-1], nodes[1:-1], strict=True) if node in sites)
            links.append(Link(nodes[0], nodes[-1], metres[-1], stops, ((len(links), False),)))
            strings.append(tuple(nodes))
    return Drawing(tuple(links), tuple(strings))


def _trimmed(graph: Graph, sites: frozenset[int]) -> dict[int, dict[int, float]]:
    """The ways within reach, without dead ends that lead to no site."""
    kept = {node: dict(near) for node, near in graph.neighbours.items() if node in graph.within_reach}
    todo = [node for node, near in kept.items() if len(near) == 1]
    while todo:
        end = todo.pop()
        if end in sites or end == graph.depot or len(kept[end]) != 1:
            continue
        ((other, _),) = kept.pop(end).items()
        del kept[other][end]
        todo.append(other)
    return kept


def _followed(
    ways: dict[int, dict[int, float]], junction: int, first: int, *, stop_at: int
) -> tuple[list[int], list[float]]:
    """From a junction over its neighbour `first` to the next junction: the nodes, and metres up to each."""
    nodes, metres = [junction, first], [0.0, ways[junction][first]]
    while len(ways[nodes[-1]]) == 2 and nodes[-1] != stop_at:
        here, before = nodes[-1], nodes[-2]
        (onward,) = (node for node in ways[here] if node != before)
        nodes.append(onward)
        metres.append(metres[-1] + ways[here][onward])
    return nodes, metres
