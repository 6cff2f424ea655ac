"""Which orders to pick on one tour, so that the pickers walk least."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from fulfillment.picking.graph import Graph
from fulfillment.picking.improvement import Improvement
from fulfillment.picking.layout import Layout
from fulfillment.picking.partition import MOST_ORDERS, best_partition
from fulfillment.picking.pool import Load, Members, Order, Pool
from fulfillment.picking.router import CAREFUL
from fulfillment.picking.routes import DECIMALS, graph_of
from fulfillment.picking.savings import by_savings

SECONDS = 6.0
FOR_SAVINGS = 0.8  # the share of the time that savings may take
WITH_CARE = 1.1  # and when the last look at the tours ends
# Rounds of improvement per order; a hundred orders take a few seconds for them.
ROUNDS = 20


@dataclass(frozen=True)
class Tour:
    """Orders that are picked on one walk, and its metres."""

    orders: tuple[int | str, ...]
    distance: float


@dataclass(frozen=True)
class Batches:
    """Every order on one tour, the metres of all tours, and what one tour per order would walk."""

    distance: float
    tours: tuple[Tour, ...]
    one_order_per_tour: float


def batches(
    place: Layout | Graph,
    orders: Sequence[Order],
    *,
    capacity: Load,
    seconds: float = SECONDS,
    tell: Callable[[str], None] = lambda said: None,
) -> Batches:
    """Tours within `capacity`: the best there are for up to ten orders, else savings and improvement.

    Improvement ends after a number of rounds, or when that many `seconds` have passed since the start. `tell` is told
    how far it is. Raises `TooHeavy`, `BadInstance`, `UnknownNode` and `Unreachable`, naming the order.
    """
    start = monotonic()
    pool = Pool(graph_of(place), orders, capacity)
    if len(orders) <= MOST_ORDERS:
        tours = best_partition(pool)
    else:
        tours = by_savings(pool, lambda: monotonic() < start + seconds * FOR_SAVINGS)
        tell(f"{len(tours)} tours by savings: {_metres(pool, tours):,.1f} m.")
        improvement = Improvement(pool, tours)
        improvement.run(ROUNDS * len(orders), lambda: monotonic() < start + seconds)
        tours = improvement.best
        tell(f"{len(tours)} tours after improvement: {_metres(pool, tours):,.1f} m.")
    return _answer(pool, tours, lambda: monotonic() < start + seconds * WITH_CARE)


def _metres(pool: Pool, tours: list[Members]) -> float:
    return sum(map(pool.metres, tours))


def _answer(pool: Pool, tours: list[Members], time_left: Callable[[], bool]) -> Batches:
    """Tours by their first order. Where distances were not exact, each is walked with more care while there is time."""
    found = []
    for members in sorted(tours, key=min):
        distance = pool.metres(members)
        if not pool.router.exact and time_left():
            distance = min(distance, pool.router.walk(pool.stops(members), effort=CAREFUL).distance)
        found.append(Tour(tuple(pool.orders[i].id for i in sorted(members)), round(distance, DECIMALS)))
    alone = sum(pool.metres(frozenset([i])) for i in range(len(pool.orders)))
    return Batches(round(sum(tour.distance for tour in found), DECIMALS), tuple(found), round(alone, DECIMALS))
