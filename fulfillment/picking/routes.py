"""The shortest walk of one picker: from the depot to every stop and back."""

from collections.abc import Iterable
from dataclasses import dataclass

from fulfillment.picking.graph import Graph
from fulfillment.picking.layout import Layout
from fulfillment.picking.router import Router
from fulfillment.picking.s_shape import s_shape

# Sums of metres differ in the last places by the order of adding; answers are rounded to this many.
DECIMALS = 9


@dataclass(frozen=True)
class Route:
    """A closed walk from the depot, in metres.

    `order` has every stop once, as first met; `path` every node walked over, from the depot to the depot. No walk is
    shorter than `lower_bound`; `proven` says that this one is the shortest. `s_shape` is the walk by that rule, None
    for a plain graph.
    """

    distance: float
    order: tuple[int, ...]
    s_shape: float | None
    proven: bool
    lower_bound: float
    path: tuple[int, ...]

    @property
    def saved(self) -> float | None:
        """Metres saved against the S-shape."""
        return None if self.s_shape is None else round(self.s_shape - self.distance, DECIMALS)


def route(place: Layout | Graph, stops: Iterable[int]) -> Route:
    """The shortest walk; raises `UnknownNode` and `Unreachable`. A stop named twice is one stop."""
    graph = graph_of(place)
    wanted = graph.checked(stops)
    walk = Router(graph, wanted).walk(wanted)
    by_rule = round(s_shape(place, wanted), DECIMALS) if isinstance(place, Layout) else None
    distance, bound = round(walk.distance, DECIMALS), round(walk.lower_bound, DECIMALS)
    return Route(distance, walk.order, by_rule, walk.proven, bound, walk.nodes)


def graph_of(place: Layout | Graph) -> Graph:
    """A warehouse as a graph, whichever form it has."""
    return place.graph if isinstance(place, Layout) else place
