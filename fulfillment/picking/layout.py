"""A rectangular warehouse: parallel aisles of equal bays, joined by cross aisles."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from fulfillment.picking.errors import BadInstance, UnknownNode
from fulfillment.picking.graph import Graph

MOST_BAYS = 100_000


@dataclass(frozen=True)
class Layout:
    """Aisles from left to right, bays and cross aisles from front to back, all numbered from 1; lengths in metres.

    `cross_aisles` says after how many bays each cross aisle lies, so the first is 0 and the last the number of bays.
    A walk starts and ends where `depot_aisle` meets `depot_cross_aisle`. Whoever stands before a bay reaches both sides
    of the aisle. Node numbers: bays first, aisle by aisle, then corners, cross aisle by cross aisle.
    """

    aisles: int
    bays: int
    bay_m: float
    aisle_m: float
    cross_aisles: tuple[int, ...]
    cross_m: float = 0.0
    depot_aisle: int = 1
    depot_cross_aisle: int = 1

    def __post_init__(self) -> None:
        if self.aisles < 1 or self.bays < 1 or self.aisles * self.bays > MOST_BAYS:
            raise BadInstance(
                f"layout: {self.aisles} aisles of {self.bays} bays; 1 to {MOST_BAYS:,} bays can be planned."
            )
        for name in ("bay_m", "aisle_m", "cross_m"):
            if not (isfinite(getattr(self, name)) and getattr(self, name) >= 0):
                raise BadInstance(f"layout.{name}: {getattr(self, name)} is not a length in metres.")
        places = self.cross_aisles
        if places[:1] != (0,) or places[-1:] != (self.bays,) or list(places) != sorted(set(places)):
            raise BadInstance(f"layout.cross_aisles: {list(places)} does not rise from 0 to {self.bays}, the bays.")
        if not (1 <= self.depot_aisle <= self.aisles and 1 <= self.depot_cross_aisle <= len(places)):
            raise BadInstance("layout.depot: not in this warehouse.")

    def stop(self, aisle: int, bay: int) -> int:
        """The node of a bay; raises `UnknownNode`."""
        if not (1 <= aisle <= self.aisles and 1 <= bay <= self.bays):
            raise UnknownNode(f"aisle {aisle}, bay {bay} is not in this warehouse.")
        return (aisle - 1) * self.bays + bay - 1

    def corner(self, aisle: int, cross_aisle: int) -> int:
        """The node where an aisle meets a cross aisle."""
        return self.aisles * self.bays + (cross_aisle - 1) * self.aisles + aisle - 1

    @property
    def depot(self) -> int:
        """The node where walks start and end."""
        return self.corner(self.depot_aisle, self.depot_cross_aisle)

    def address(self, node: int) -> tuple[int, int | None]:
        """Aisle and bay of a node, None in place of the bay for a corner."""
        if node < self.aisles * self.bays:
            return node // self.bays + 1, node % self.bays + 1
        return (node - self.aisles * self.bays) % self.aisles + 1, None

    def point(self, node: int) -> tuple[float, float]:
        """Where a node is: metres to the right of the first aisle, metres behind the front."""
        aisle, bay = self.address(node)
        depth = self.bay_depth(bay) if bay else self.cross_depth((node - self.aisles * self.bays) // self.aisles + 1)
        return (aisle - 1) * self.aisle_m, depth

    def bay_depth(self, bay: int) -> float:
        """Metres from the front to the middle of a bay."""
        return (bay - 0.5) * self.bay_m + sum(place < bay for place in self.cross_aisles) * self.cross_m

    def cross_depth(self, cross_aisle: int) -> float:
        """Metres from the front to the middle of a cross aisle."""
        return self.cross_aisles[cross_aisle - 1] * self.bay_m + (cross_aisle - 0.5) * self.cross_m

    @cached_property
    def graph(self) -> Graph:
        """The same warehouse as nodes and ways."""
        return Graph(tuple(self._edges()), self.depot)

    def _edges(self) -> Iterator[tuple[int, int, float]]:
        depths = [(self.cross_depth(cross + 1), -1, cross + 1) for cross in range(len(self.cross_aisles))]
        depths += [(self.bay_depth(bay), bay, 0) for bay in range(1, self.bays + 1)]
        order = sorted(depths, key=lambda row: row[1] - 0.5 if row[2] == 0 else self.cross_aisles[row[2] - 1])
        for aisle in range(1, self.aisles + 1):
            nodes = [self.corner(aisle, cross) if cross else self.stop(aisle, bay) for _, bay, cross in order]
            for i in range(len(nodes) - 1):
                yield nodes[i], nodes[i + 1], order[i + 1][0] - order[i][0]
        for cross in range(1, len(self.cross_aisles) + 1):
            for aisle in range(1, self.aisles):
                yield self.corner(aisle, cross), self.corner(aisle + 1, cross), self.aisle_m


def evenly(cross_aisles: int, bays: int) -> tuple[int, ...]:
    """Where so many cross aisles lie when they cut the bays into blocks of equal length, or nearly so."""
    return tuple(round(i * bays / (cross_aisles - 1)) for i in range(cross_aisles))
