"""Tours put together by savings (Clarke and Wright, 1964), on distances of real walks.

Every order begins as a tour of its own. Whichever two tours save most by becoming one do so, and what the new tour
would save with others is asked anew, until nothing fits any more.
"""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush

from fulfillment.picking.pool import Members, Pool

# Minus the metres saved, the names of both tours, and whether these are the metres of a real walk or a guess.
Pair = tuple[float, int, int, bool]


def by_savings(pool: Pool, time_left: Callable[[], bool]) -> list[Members]:
    """Tours that hold every order once and are not over capacity.

    Only pairs that look best are really planned; with no time left, guesses are believed.
    """
    tours: dict[int, Members] = {i: frozenset([i]) for i in range(len(pool.orders))}
    pairs = [pair for name in tours for pair in _guesses(pool, tours, name)]
    heapify(pairs)
    name = len(tours)
    while pairs:
        _, first, second, planned = heappop(pairs)
        if first not in tours or second not in tours:
            continue
        both = tours[first] | tours[second]
        if not planned and time_left():
            more = pool.metres(both) - pool.metres(tours[first]) - pool.metres(tours[second])
            heappush(pairs, (more, first, second, True))
            continue
        del tours[first], tours[second]
        name += 1
        tours[name] = both
        for pair in _guesses(pool, tours, name):
            heappush(pairs, pair)
    return list(tours.values())


def _guesses(pool: Pool, tours: dict[int, Members], name: int) -> Iterator[Pair]:
    """A tour with every earlier one that fits."""
    own = tours[name]
    for other, members in tours.items():
        if other < name and pool.fits(own | members):
            yield pool.guess(own, members) - pool.metres(own) - pool.metres(members), other, name, False
