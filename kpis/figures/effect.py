"""The effect of a campaign: a customer's orders in windows of the same length before and after its start.

Looked at are the customers who ordered in the year before it. The difference of targeted and untargeted customers takes
out what changed for everybody. Intervals are normal approximations at 95 %, the difference's after Welch.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from django.conf import settings
from django.db import connection

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
    WHERE f.placed_at >= %(known)s AND f.placed_at < %(end)s AND f.cancelled_at IS NULL
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

    @property
    def interval(self) -> tuple[float, float]:
        """Of the mean change, at 95 %."""
        return _interval(self.change, self.variance / self.customers)


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
        """The change with its interval: against the untargeted where there are some."""
        if self.targeted is None:
            return None
        if self.untargeted is None:
            return (self.targeted.change, *self.targeted.interval)
        change = self.targeted.change - self.untargeted.change
        spread = sum(one.variance / one.customers for one in (self.targeted, self.untargeted))
        return (change, *_interval(change, spread))

    @property
    def verdict(self) -> str:
        """The effect in words, or why none is named."""
        groups = [group for group in (self.targeted, self.untargeted) if group]
        if not self.is_over:
            return f"No effect is named yet: the {self.days} days after its start are not over."
        if self.estimate is None or any(group.customers < FEWEST for group in groups):
            return f"No effect is named: fewer than {FEWEST} customers in a group."
        change, low, high = self.estimate
        if low <= 0 <= high:
            return "No effect is named: the interval contains zero."
        against = "than customers it was not meant for" if self.untargeted else "than before"
        return f"{abs(change):.2f} {'more' if change > 0 else 'fewer'} orders per customer {against}."


def effect(campaign: Campaign) -> Effect:
    """Measured over the campaign's own length, at least four weeks. A campaign for all is compared with before only."""
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
