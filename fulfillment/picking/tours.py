"""Short round tours over a matrix of distances, by local search. Place 0 is where the tour starts."""

from collections.abc import Sequence
from random import Random

Matrix = Sequence[Sequence[float]]

NEAREST = 10  # how many neighbours a place is tried next to
LONGEST_SEGMENT = 3
EPSILON = 1e-9


def length_of(tour: Sequence[int], matrix: Matrix) -> float:
    """Metres of the closed tour."""
    return sum(matrix[tour[i - 1]][tour[i]] for i in range(len(tour)))


def short_tour(matrix: Matrix, *, kicks: int) -> list[int]:
    """Nearest insertion, 2-opt and Or-opt, then `kicks` double bridges each followed by the same; always the same.

    A kick that makes the tour longer is taken back.
    """
    tour = _inserted(matrix)
    if len(tour) < 5:
        return tour
    search = _LocalSearch(matrix)
    best = search.improved(tour, tour)
    least = length_of(best, matrix)
    rng = Random(len(matrix))  # noqa: S311 - a search, no secret
    for _ in range(kicks):
        kicked, loose = _kicked(best, rng)
        kicked = search.improved(kicked, loose)
        metres = length_of(kicked, matrix)
        if metres <= least + EPSILON:
            best, least = kicked, min(least, metres)
    start = best.index(0)
    return best[start:] + best[:start]


def _inserted(matrix: Matrix) -> list[int]:
    """Whichever place is nearest to the tour goes in where it costs least."""
    tour = [0]
    nearest = {place: matrix[0][place] for place in range(1, len(matrix))}
    while nearest:
        place = min(nearest, key=nearest.__getitem__)
        del nearest[place]
        row = matrix[place]
        gaps = ((row[tour[i - 1]] + row[tour[i]] - matrix[tour[i - 1]][tour[i]], i) for i in range(len(tour)))
        tour.insert(min(gaps)[1], place)
        for other in nearest:
            nearest[other] = min(nearest[other], row[other])
    return tour


def _kicked(tour: list[int], rng: Random) -> tuple[list[int], list[int]]:
    """Two neighbouring short stretches of the tour change places; the ends of all of them are loose now."""
    start = rng.randrange(len(tour))
    turned = tour[start:] + tour[:start]
    most = max(1, min(12, len(tour) // 3))
    first = rng.randint(1, most)
    second = first + rng.randint(1, most)
    kicked = turned[:1] + turned[1 + first : 1 + second] + turned[1 : 1 + first] + turned[1 + second :]
    ends = {0, 1, second - first, second - first + 1, second, (second + 1) % len(tour)}
    return kicked, [kicked[end] for end in sorted(ends)]


class _LocalSearch:
    """2-opt and Or-opt with neighbour lists; only places whose surroundings changed are looked at again."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        places = range(len(matrix))
        self.near = [
            sorted((other for other in places if other != place), key=matrix[place].__getitem__)[:NEAREST]
            for place in places
        ]

    def improved(self, tour: list[int], loose: Sequence[int]) -> list[int]:
        """Until nothing around a loose place makes the tour shorter."""
        self.tour, self.at = tour, {place: i for i, place in enumerate(tour)}
        todo = dict.fromkeys(loose)
        while todo:
            place = next(iter(todo))
            del todo[place]
            while changed := self._uncrossed(place) or self._moved(place):
                todo.update(dict.fromkeys(changed))
        return self.tour

    def _uncrossed(self, a: int) -> tuple[int, ...]:
        """2-opt: replace the ways after (or before) `a` and `c` by the ways a-c and between the other two."""
        tour, at, count = self.tour, self.at, len(self.tour)
        row = self.matrix[a]
        for step in (1, -1):
            b = tour[(at[a] + step) % count]
            for c in self.near[a]:
                gain = row[b] - row[c]
                if gain <= EPSILON:
                    break
                d = tour[(at[c] + step) % count]
                if gain + self.matrix[c][d] - self.matrix[b][d] > EPSILON:
                    first, last = (at[b], at[c]) if step == 1 else (at[c], at[b])
                    self._reverse(first, last)
                    return a, b, c, d
        return ()

    def _reverse(self, first: int, last: int) -> None:
        """The stretch from place `first` to `last` of the tour, which may run over its end."""
        if first <= last:
            self.tour = self.tour[:first] + self.tour[first : last + 1][::-1] + self.tour[last + 1 :]
        else:
            self.tour = self.tour[: last + 1] + self.tour[last + 1 : first] + self.tour[first:]
            self.tour = self.tour[: last + 1] + self.tour[last + 1 : first][::-1] + self.tour[first:]
        self.at = {place: i for i, place in enumerate(self.tour)}

    def _moved(self, a: int) -> tuple[int, ...]:
        """Or-opt: a stretch that begins or ends with `a` goes between `c`, near to `a`, and a neighbour of `c`."""
        count, matrix = len(self.tour), self.matrix
        for size in range(1, min(LONGEST_SEGMENT, count - 3) + 1):
            for step in (1, -1):
                i = self.at[a]
                stretch = [self.tour[(i + step * k) % count] for k in range(size)]
                z, before, after = stretch[-1], self.tour[(i - step) % count], self.tour[(i + step * size) % count]
                spared = matrix[before][a] + matrix[z][after] - matrix[before][after]
                for c in self.near[a]:
                    if spared - matrix[a][c] <= EPSILON:
                        break
                    if c in stretch:
                        continue
                    for d in (self.tour[(self.at[c] + 1) % count], self.tour[(self.at[c] - 1) % count]):
                        if d in stretch or {c, d} == {before, after}:
                            continue
                        if spared - matrix[a][c] - matrix[z][d] + matrix[c][d] > EPSILON:
                            self._insert(stretch, c, d)
                            return a, z, before, after, c, d
        return ()

    def _insert(self, stretch: list[int], c: int, d: int) -> None:
        """Put the stretch, its first place beside `c` and its last beside `d`, between these neighbours."""
        rest = [place for place in self.tour if place not in stretch]
        i, j = rest.index(c), rest.index(d)
        if j == (i + 1) % len(rest):
            self.tour = rest[: i + 1] + stretch + rest[i + 1 :]
        else:
            self.tour = rest[: j + 1] + stretch[::-1] + rest[j + 1 :]
        self.at = {place: i for i, place in enumerate(self.tour)}
