"""The radar's picture: for each stage, how old its orders are beside the time they may take."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from inventory import clock
from inventory.wording import grouped
from ordermgmt.phrases import age, counted
from orders.bounds import bound_of
from orders.flow import STAGES, Stage

BINS = range(-8, 8)  # half powers of two of the bound: the bound itself lies between -1 and 0
WIDTH, HEIGHT = 10.0, 28.0
LOWEST = 2.0  # so that a single order is seen

AGES = """
SELECT o.state,
       least(greatest(floor(2 * ln(greatest(
           date_part('epoch', %(now)s - o.state_since) / date_part('epoch', b.bound), 0.0001
       )) / ln(2::float8))::int, %(first)s), %(last)s),
       count(*), min(o.state_since)
FROM orders_order o JOIN unnest(%(states)s::text[], %(bounds)s::interval[]) AS b(state, bound) ON b.state = o.state
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Strip:
    """One stage: `within` and `beyond` are paths of bars; the bound lies in the middle of the picture."""

    stage: Stage
    count: int
    late: int
    within: str
    beyond: str
    oldest: datetime | None

    @property
    def bound(self) -> timedelta:
        return bound_of(self.stage.state) or timedelta(0)

    @property
    def meaning(self) -> str:
        """The picture in words."""
        if not self.oldest:
            return _("No order is here")
        oldest = _("the oldest for {now}").format(now=age(clock.now() - self.oldest))
        return _("{orders}, {oldest}; {late} longer than {bound}").format(
            orders=counted(self.count, "order"), oldest=oldest, late=grouped(self.late), bound=age(self.bound)
        )


def strips() -> list[Strip]:
    """All stages that have a bound, in order, in one query."""
    timed = [stage for stage in STAGES if bound_of(stage.state)]
    with connection.cursor() as cursor:
        cursor.execute(
            AGES,
            {
                "now": clock.now(),
                "first": BINS[0],
                "last": BINS[-1],
                "states": [stage.state.value for stage in timed],
                "bounds": [bound_of(stage.state) for stage in timed],
            },
        )
        found: defaultdict[str, dict[int, int]] = defaultdict(dict)
        oldest: dict[str, datetime] = {}
        for state, bin_, count, since in cursor.fetchall():
            found[state][bin_] = count
            oldest[state] = min(since, oldest.get(state, since))
    return [_strip(stage, found[stage.state], oldest.get(stage.state)) for stage in timed]


def _strip(stage: Stage, counts: dict[int, int], oldest: datetime | None) -> Strip:
    return Strip(
        stage=stage,
        count=sum(counts.values()),
        late=sum(count for bin_, count in counts.items() if bin_ >= 0),
        within=_bars({bin_: count for bin_, count in counts.items() if bin_ < 0}, counts),
        beyond=_bars({bin_: count for bin_, count in counts.items() if bin_ >= 0}, counts),
        oldest=oldest,
    )


def _bars(counts: dict[int, int], all_counts: dict[int, int]) -> str:
    """One bar for each bin; heights go by the square root, so that few orders are seen beside many."""
    most = max(all_counts.values(), default=1) ** 0.5
    drawn = []
    for bin_, count in sorted(counts.items()):
        height = max(LOWEST, count**0.5 / most * HEIGHT)
        left = (bin_ - BINS[0]) * WIDTH
        drawn.append(f"M{left + 1:g} {HEIGHT:g}v{-height:.1f}h{WIDTH - 2:g}V{HEIGHT:g}z")
    return "".join(drawn)
