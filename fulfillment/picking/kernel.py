"""What is left to decide of a walk, once everything that has only one best answer is settled.

Dead ends are walked in and out, strings are tied together, rings at one junction are walked around or in and out, and
the shorter of two ways without stops is kept. What remains is small, and has a shortest walk that differs from the
whole one by what was settled.
"""

from collections.abc import Iterable
from typing import NamedTuple

from fulfillment.picking.links import Link

# Which stretch of a link is left out while the rest is walked in and out; None: all of it is walked once.
Gap = tuple[int, int] | None


class Settled(NamedTuple):
    """A link of which it is known how it is walked; the gap runs between two beads, 0 being the junction `a`."""

    link: Link
    gap: Gap


class Kernel(NamedTuple):
    """Links that are still open, junctions that have to be visited, what was settled and its metres."""

    links: tuple[Link, ...]
    required: frozenset[int]
    settled: tuple[Settled, ...]
    metres: float


def kernel_of(links: Iterable[Link], wanted: frozenset[int], depot: int) -> Kernel:
    """Settle what can be settled. `links` carry wanted stops only; `wanted` may name junctions too."""
    return _Reduction(links, wanted, depot).kernel()


def beads(link: Link) -> list[float]:
    """Metres from `a` of both junctions and all stops between them, in order."""
    return [0.0, *(at for at, _ in link.stops), link.metres]


def widest_gap(link: Link, first: int = 0, last: int | None = None) -> tuple[float, Gap]:
    """Metres of the widest stretch without a stop between two beads, all of them if not said, and where it is."""
    places = beads(link)[first:last]
    metres, before = max((places[i + 1] - places[i], -i) for i in range(len(places) - 1))
    return metres, (first - before, first - before + 1)


class _Reduction:
    """The open links by the junctions at their ends. The depot stays, so that what is settled hangs on what is left."""

    def __init__(self, links: Iterable[Link], wanted: frozenset[int], depot: int) -> None:
        self.depot = depot
        self.wanted = wanted
        self.required = {depot}
        self.ends: dict[int, dict[int, Link]] = {depot: {}}
        self.settled: list[Settled] = []
        self.metres = 0.0
        self.named = 0
        self.todo: list[int] = []
        for link in links:
            self._add(link)
        self.required |= wanted & self.ends.keys()

    def kernel(self) -> Kernel:
        """Go on while there is a junction with one end or two."""
        self.todo = [junction for junction, ends in self.ends.items() if len(ends) <= 2]
        while self.todo:
            junction = self.todo.pop()
            ends = self.ends.get(junction, {})
            if junction == self.depot:
                continue
            if len(ends) == 1:
                self._settle_dead_end(junction)
            elif len(ends) == 2:
                self._tie(junction)
        links = {name: link for ends in self.ends.values() for name, link in ends.items()}
        return Kernel(tuple(links.values()), frozenset(self.required), tuple(self.settled), self.metres)

    def _add(self, link: Link) -> None:
        """Hang a link between its junctions; rings are settled, and of two bare ways the longer one is forgotten."""
        if link.a == link.b:
            self._settle_ring(link)
            return
        ends = self.ends.setdefault(link.a, {})
        if not link.stops:
            for name, other in ends.items():
                if not other.stops and link.b in (other.a, other.b):
                    if other.metres <= link.metres:
                        self.todo += (link.a, link.b)
                        return
                    self._take(name, other)
                    break
        self.named += 1
        ends[self.named] = link
        self.ends.setdefault(link.b, {})[self.named] = link

    def _take(self, name: int, link: Link) -> None:
        del self.ends[link.a][name], self.ends[link.b][name]
        self.todo += (link.a, link.b)

    def _settle_ring(self, link: Link) -> None:
        self.ends.setdefault(link.a, {})
        self.todo.append(link.a)
        if not link.stops:
            return
        widest, gap = widest_gap(link)
        in_and_out = 2 * (link.metres - widest)
        self._settle(link, gap if in_and_out < link.metres else None, min(in_and_out, link.metres), link.a)

    def _settle_dead_end(self, junction: int) -> None:
        ((name, link),) = self.ends[junction].items()
        self._take(name, link)
        del self.ends[junction]
        outward = link.leaving(link.a if link.b == junction else link.b)
        last = len(outward.stops)
        if junction in self.required:
            self._settle(outward, (last + 1, last + 1), 2 * outward.metres, outward.a)
        elif outward.stops:
            self._settle(outward, (last, last + 1), 2 * outward.stops[-1][0], outward.a)
        self.required.discard(junction)

    def _settle(self, link: Link, gap: Gap, metres: float, junction: int) -> None:
        self.settled.append(Settled(link, gap))
        self.metres += metres
        self.required.add(junction)

    def _tie(self, junction: int) -> None:
        """Two links that meet where no third does are one."""
        (name, link), (other_name, other) = self.ends[junction].items()
        first = link.leaving(link.a if link.b == junction else link.b)
        second = other.leaving(junction)
        knot = ((first.metres, junction),) if junction in self.required else ()
        beyond = tuple((first.metres + at, node) for at, node in second.stops)
        self._take(name, link)
        self._take(other_name, other)
        del self.ends[junction]
        self.required.discard(junction)
        stops, pieces = first.stops + knot + beyond, first.pieces + second.pieces
        self._add(Link(first.a, second.b, first.metres + second.metres, stops, pieces))
