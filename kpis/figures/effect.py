"""The effect of a campaign: a customer's orders in windows of the same length before and after its start.

Looked at are the customers who ordered in the year before it. They were chosen for having ordered, so they order less
afterwards whatever the shop does; only the difference of targeted and untargeted customers takes out what changed for
everybody, and without both no effect is named. Intervals are normal approximations at 95 %, after Welch.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from inventory.wording import grouped
from kpis import windows
from kpis.models import Campaign

SHORTEST, FEWEST, Z = 28, 30, 1.959963984540054
KNOWN = timedelta(days=365)
CHANGES = """
WITH known AS (
    SELECT f.customer, f.customer = ANY(%(targets)s) AS targeted,
           count(*) FILTER (WHERE f.placed_at >= %(before)s AND f.placed_at < %(start)s) AS before,
           count(*) FILTER (WHERE f.placed_at >= %(start)s) AS after
    FROM kpis_orderfact f
    WHERE f.placed_at >= %(known)s AND f.placed_at < %(end)s AND f.cancelled_at IS NULL AND NOT f.follows
    GROUP BY 1, 2 HAVING min(f.placed_at) < %(start)s
)
SELECT targeted, count(*), sum(before)::bigint, sum(after)::bigint, avg(after - before)::float8,
       coalesce(var_samp(after - before), 0)::float8
FROM known GROUP BY 1
"""


@dataclass(frozen=True)
class Group:
    """Some customers: their orders in both windows, and the mean change per customer with its variance."""

    customers: int
    before: int
    after: int
    change: float
    variance: float


@dataclass(frozen=True)
class Effect:
    """Of one campaign. `estimate` is the change that it made to a customer's orders, as far as it can be known."""

    campaign: Campaign
    days: int
    is_over: bool
    targeted: Group | None
    untargeted: Group | None

    @property
    def estimate(self) -> tuple[float, float, float] | None:
        """How much more the targeted changed than the untargeted, with its interval."""
        if self.targeted is None or self.untargeted is None:
            return None
        change = self.targeted.change - self.untargeted.change
        spread = sum(one.variance / one.customers for one in (self.targeted, self.untargeted))
        return (change, *_interval(change, spread))

    @property
    def verdict(self) -> str:
        """The effect in words, or why none is named."""
        if not self.is_over:
            return _("No effect is named yet: the {days} days after its start are not over.").format(days=self.days)
        if not self.campaign.customers:
            return _("No effect is named: it was meant for all, so there is nobody to compare with.")
        if self.estimate is None or min(self.sizes) < FEWEST:
            return _("No effect is named: fewer than {fewest} customers in a group.").format(fewest=FEWEST)
        change, low, high = self.estimate
        if low <= 0 <= high:
            return _("No effect is named: the interval contains zero.")
        said = (
            _("{change} more orders per customer than customers it was not meant for.")
            if change > 0
            else _("{change} fewer orders per customer than customers it was not meant for.")
        )
        return said.format(change=grouped(abs(change), 2))

    @property
    def sizes(self) -> tuple[int, int]:
        """How many customers were targeted, and how many were not."""
        targeted, untargeted = (group.customers if group else 0 for group in (self.targeted, self.untargeted))
        return targeted, untargeted


def effect(campaign: Campaign) -> Effect:
    """Measured over the campaign's own length, at least four weeks. Of a campaign for all everybody is targeted."""
    days = max((campaign.ends_on - campaign.starts_on).days + 1, SHORTEST)
    start, length = campaign.starts_on, timedelta(days=days)
    inside = windows.days(start - length, start + length)
    values = {
        "targets": campaign.customers,
        "before": inside.since,
        "start": windows.days(start, start + length).since,
        "end": inside.until,
        "known": windows.days(start - KNOWN, start).since,
        "zone": settings.SHOP_TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, values)
        groups = {bool(row[0]): Group(*row[1:]) for row in cursor.fetchall()}
    if not campaign.customers:
        groups = {True: groups[False]} if groups else {}
    return Effect(campaign, days, _is_over(start + length), groups.get(True), groups.get(False))


def _is_over(day: date) -> bool:
    return windows.today() >= day


def _interval(mean: float, variance: float) -> tuple[float, float]:
    return mean - Z * sqrt(variance), mean + Z * sqrt(variance)
