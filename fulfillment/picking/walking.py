"""From the ways that are used to a walk one can follow."""

from collections.abc import Iterable, Sequence

from fulfillment.picking.kernel import Settled
from fulfillment.picking.links import Drawing, Link


def walked(used: Iterable[Settled], drawing: Drawing, depot: int) -> tuple[int, ...]:
    """The nodes of one closed walk from the depot that uses each way as often as was decided (Hierholzer)."""
    ways: dict[int, dict[int, int]] = {depot: {}}
    for link, gap in used:
        nodes = _nodes(link, drawing)
        spared = range(0)
        if gap:
            places = [0, *(nodes.index(node) for _, node in link.stops), len(nodes) - 1]
            spared = range(places[gap[0]], places[gap[1]])
        for i, (a, b) in enumerate(zip(nodes, nodes[1:], strict=False)):
            if i not in spared:
                times = 2 if gap else 1
                for here, there in ((a, b), (b, a)):
                    near = ways.setdefault(here, {})
                    near[there] = near.get(there, 0) + times
    return tuple(_tour(ways, depot))


def visited(nodes: Iterable[int], stops: frozenset[int]) -> tuple[int, ...]:
    """The stops in the order in which a walk first comes to them."""
    return tuple(dict.fromkeys(node for node in nodes if node in stops))


def _nodes(link: Link, drawing: Drawing) -> list[int]:
    found: list[int] = [link.a]
    for piece, backwards in link.pieces:
        string: Sequence[int] = drawing.nodes[piece]
        found.extend((string[::-1] if backwards else string)[1:])
    return found


def _tour(ways: dict[int, dict[int, int]], depot: int) -> list[int]:
    """Consumes `ways`: go on while there is a way, and when stuck put the node at the tour's front."""
    stack, tour = [depot], list[int]()
    while stack:
        here = stack[-1]
        if not (near := ways[here]):
            tour.append(stack.pop())
            continue
        there = next(iter(near))
        for a, b in ((here, there), (there, here)):
            ways[a][b] -= 1
            if not ways[a][b]:
                del ways[a][b]
        stack.append(there)
    return tour[::-1]
