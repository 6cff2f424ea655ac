"""The best tours of a few orders, exactly: dynamic programming over all subsets."""

from collections.abc import Iterator
from math import inf

from fulfillment.picking.pool import Members, Pool

MOST_ORDERS = 10  # about a thousand walks
ROUNDED_TO = 9  # decimals, so that equal sums are equal


def best_partition(pool: Pool) -> list[Members]:
    """Tours that walk least; of those that walk the same, the fewest."""
    full = (1 << len(pool.orders)) - 1
    metres = [_metres(pool, chosen) for chosen in range(full + 1)]
    # Of each choice of orders: metres of its best tours, how many these are, and one of them.
    least: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    for chosen in range(1, full + 1):
        ways = []
        for tour in _with_the_first_of(chosen):
            others, count, _ = least[chosen ^ tour]
            ways.append((round(others + metres[tour], ROUNDED_TO), count + 1, tour))
        least.append(min(ways))
    tours = []
    while full:
        tour = least[full][-1]
        tours.append(_members(tour))
        full ^= tour
    return tours


def _with_the_first_of(chosen: int) -> Iterator[int]:
    """Every choice among the chosen that has the first of them."""
    others = chosen & (chosen - 1)
    some = others
    while some:
        yield chosen ^ others | some
        some = (some - 1) & others
    yield chosen ^ others


def _metres(pool: Pool, chosen: int) -> float:
    members = _members(chosen)
    return pool.metres(members) if pool.fits(members) else inf


def _members(chosen: int) -> Members:
    return frozenset(i for i in range(chosen.bit_length()) if chosen >> i & 1)
