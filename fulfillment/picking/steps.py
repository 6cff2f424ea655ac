"""The sweep over a kernel as a list of steps: links one by one, each with the ways of walking it."""

from collections.abc import Mapping
from typing import NamedTuple

from fulfillment.picking.frontier import Moves, Tables, Use
from fulfillment.picking.kernel import Gap, Kernel, widest_gap
from fulfillment.picking.links import Link

# Places in the frontier of the junctions that are left after a step, and whether each has to be visited.
Left = tuple[tuple[int, bool], ...]
UNUSED, WHOLE = (-1, -1), (0, 0)


class Step(NamedTuple):
    """One link: what each way of walking it does to the state, its metres, and the gap it leaves (`UNUSED`: all)."""

    link: Link
    choices: tuple[tuple[Moves, float, Gap], ...]


def steps_of(kernel: Kernel, rank: Mapping[int, int], tables: Tables) -> list[Step]:
    """Junction after junction by rank: its links to later ones; a junction is left with the last of its links."""
    later: dict[int, list[tuple[int, Link]]] = {}
    for link in kernel.links:
        near, far = (link.a, link.b) if rank[link.a] < rank[link.b] else (link.b, link.a)
        later.setdefault(near, []).append((rank[far], link if link.a == near else link.leaving(near)))
        later.setdefault(far, [])
    todo: list[tuple[Link, int, int]] = []
    left: list[list[tuple[int, bool]]] = []
    frontier: list[int] = []
    for junction in sorted(later, key=rank.__getitem__):
        if junction not in frontier:
            frontier.append(junction)
        place = frontier.index(junction)
        for _, link in sorted(later[junction]):
            if link.b not in frontier:
                frontier.append(link.b)
            todo.append((link, place, frontier.index(link.b)))
            left.append([])
        left[-1].append((place, junction in kernel.required))
        del frontier[place]
    return [
        Step(link, _choices(link, a, b, tuple(gone), tables)) for (link, a, b), gone in zip(todo, left, strict=True)
    ]


def _choices(link: Link, a: int, b: int, left: Left, tables: Tables) -> tuple[tuple[Moves, float, Gap], ...]:
    """Every way of walking a link that can be part of a shortest walk."""
    once = tables[a, b, Use.ONCE, left], link.metres, None
    twice = tables[a, b, Use.TWICE, left], 2 * link.metres, WHOLE
    if not link.stops:
        return (tables[a, b, Use.NOT, left], 0.0, UNUSED), once, twice
    last = len(link.stops)
    from_a = tables[a, b, Use.FROM_A, left], 2 * link.stops[-1][0], (last, last + 1)
    from_b = tables[a, b, Use.FROM_B, left], 2 * (link.metres - link.stops[0][0]), (0, 1)
    if last == 1:
        return once, twice, from_a, from_b
    widest, gap = widest_gap(link, 1, last + 1)
    return once, twice, from_a, from_b, (tables[a, b, Use.FROM_BOTH, left], 2 * (link.metres - widest), gap)
