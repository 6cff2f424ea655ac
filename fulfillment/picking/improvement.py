"""Better tours by ruin and recreate (Schrimpf and others, 2000): take neighbouring orders out, put them back better.

Taking out one order is a relocation, taking out all of a tour dissolves it. The same orders always give the same tours
unless time runs out first.
"""

from collections.abc import Callable
from heapq import nsmallest
from random import Random

from fulfillment.picking.pool import Members, Pool

# Into how many tours an order is really planned when it is put back, and how many tours are ruined at most.
CHANCES, MOST_RUINED = 6, 4
# Tours that are this share of a mean tour longer are still gone on from, less and less so towards the end.
DARING = 0.1


class Improvement:
    """Tours that get shorter, round by round; `best` are the shortest so far."""

    def __init__(self, pool: Pool, tours: list[Members]) -> None:
        self.pool = pool
        self.best = self.tours = tours
        self.least = self.metres = sum(map(pool.metres, tours))
        self.rng = Random(len(pool.orders))  # noqa: S311 - a search, no secret

    def run(self, rounds: int, time_left: Callable[[], bool]) -> None:
        """Try so many rounds, as long as there is time left."""
        daring = DARING * self.least / len(self.tours)
        for i in range(rounds):
            if not time_left():
                return
            self._try(daring * (1 - i / rounds))

    def _try(self, daring: float) -> None:
        kept, loose = self._ruined()
        tours = self._recreated(kept, loose)
        metres = sum(map(self.pool.metres, tours))
        if metres < self.metres + daring * self.rng.random():
            self.tours, self.metres = tours, metres
        if metres < self.least - 1e-9:
            self.best, self.least = tours, metres

    def _ruined(self) -> tuple[list[Members], list[int]]:
        """Some orders of one tour and of those that would go well with one of its orders."""
        seed = self.rng.randrange(len(self.pool.orders))
        own = frozenset([seed])
        others = [tour for tour in self.tours if seed not in tour]
        near = nsmallest(
            self.rng.randint(0, MOST_RUINED - 1),
            ((self.pool.guess(own, tour) - self.pool.metres(tour), i) for i, tour in enumerate(others)),
        )
        ruined = [others[i] for _, i in near] + [tour for tour in self.tours if seed in tour]
        share = self.rng.choice((0.3, 0.6, 1.0))
        loose = [i for tour in ruined for i in sorted(tour) if i == seed or self.rng.random() < share]
        kept = [tour for tour in self.tours if tour not in ruined]
        kept += [rest for tour in ruined if (rest := tour - set(loose))]
        return kept, loose

    def _recreated(self, tours: list[Members], loose: list[int]) -> list[Members]:
        """Put orders back one by one where each adds least, in an order that varies."""
        pool, tours = self.pool, list(tours)
        self.rng.shuffle(loose)
        by = self.rng.randrange(3)
        if by == 1:
            loose.sort(key=lambda i: -pool.metres(frozenset([i])))
        elif by == 2:
            loose.sort(key=lambda i: -pool.share(i))
        for order in loose:
            own = frozenset([order])
            fitting = [i for i, tour in enumerate(tours) if pool.fits(tour | own)]
            guesses = ((pool.guess(own, tours[i]) - pool.metres(tours[i]), i) for i in fitting)
            chances = [i for _, i in nsmallest(CHANCES, guesses)]
            added = ((pool.metres(tours[i] | own) - pool.metres(tours[i]), i) for i in chances)
            metres, i = min(added, default=(pool.metres(own), -1))
            if i >= 0 and metres <= pool.metres(own):
                tours[i] |= own
            else:
                tours.append(own)
        return tours
