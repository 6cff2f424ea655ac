"""Customers over time: cohorts and how they come back, one customer's past, and who went quiet.

A cohort are the customers whose first order fell into the same month. An order that was cancelled was none,
nor was what was sent again or exchanged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from inventory import clock

LOW = 3  # a score that a customer may have left for
OWN_GAPS = 3  # from so many on a customer is measured by their own
QUIET_WITHIN = timedelta(days=365)
# Everybody who ordered since the first month of the grid, once; then the month of each one's first order.
GRID = """
WITH seen AS (
    SELECT f.customer, date_trunc('month', f.placed_at AT TIME ZONE %(zone)s)::date AS month, count(*) AS orders
    FROM kpis_orderfact f
    WHERE f.placed_at >= %(since)s AND f.placed_at < %(until)s AND f.cancelled_at IS NULL AND NOT f.follows
    GROUP BY 1, 2
), began AS (
    SELECT s.customer, date_trunc('month', o.first AT TIME ZONE %(zone)s)::date AS cohort
    FROM (SELECT DISTINCT customer FROM seen) s
    CROSS JOIN LATERAL (SELECT min(x.placed_at) AS first FROM kpis_orderfact x
                        WHERE x.customer = s.customer AND x.cancelled_at IS NULL AND NOT x.follows) o
)
SELECT b.cohort, s.month, count(*), sum(s.orders)::bigint FROM seen s JOIN began b ON b.customer = s.customer
WHERE b.cohort >= %(first)s GROUP BY 1, 2
"""
PAST = """
SELECT f.id, f.number, f.channel, o.number AS order_number, f.placed_at, f.delivered_at, f.cancelled_at, f.late,
       f.csat, f.total, f.currency, f.short, f.damaged, f.documents,
       (SELECT min(coalesce(r.at, l.delivered_at)) FROM kpis_linefact l JOIN kpis_returnfact r ON r.line_id = l.id
        WHERE l.fact_id = f.id) AS returned_at
FROM kpis_orderfact f LEFT JOIN orders_order o ON o.id = f.order_id
WHERE f.customer = %s ORDER BY f.placed_at, f.id
"""
# One customer is looked up after the other (OFFSET 0 keeps it so): who is gone for years costs nothing.
# Gaps are days between order days; who has fewer than three is measured by all gaps of their cohort.
QUIET = """
WITH recent AS (
    SELECT DISTINCT f.customer FROM kpis_orderfact f
    WHERE f.placed_at >= %(since)s AND f.placed_at < %(now)s AND f.cancelled_at IS NULL AND NOT f.follows
), days AS (
    SELECT DISTINCT r.customer, (f.placed_at AT TIME ZONE %(zone)s)::date AS day
    FROM recent r CROSS JOIN LATERAL (
        SELECT x.placed_at FROM kpis_orderfact x
        WHERE x.customer = r.customer AND x.cancelled_at IS NULL AND NOT x.follows
          AND x.placed_at < %(now)s OFFSET 0) f
), gaps AS (
    SELECT customer, day, day - lag(day) OVER (PARTITION BY customer ORDER BY day) AS gap FROM days
), own AS (
    SELECT customer, count(*) AS orders, max(day) AS last, date_trunc('month', min(day))::date AS cohort,
           count(gap) AS gaps, percentile_cont(0.9) WITHIN GROUP (ORDER BY gap) AS p90
    FROM gaps GROUP BY 1
), cohorts AS (
    SELECT o.cohort, percentile_cont(0.9) WITHIN GROUP (ORDER BY g.gap) AS p90
    FROM own o JOIN gaps g ON g.customer = o.customer WHERE g.gap IS NOT NULL GROUP BY 1
), judged AS (
    SELECT o.*, CASE WHEN o.gaps >= %(enough)s THEN o.p90 ELSE c.p90 END AS bound, o.gaps >= %(enough)s AS by_own
    FROM own o LEFT JOIN cohorts c ON c.cohort = o.cohort
)
SELECT j.customer, coalesce(c.name, ''), coalesce(c.email, ''), j.orders, j.last, %(today)s - j.last, j.bound, j.by_own,
       l.late, l.back, l.csat, l.refused
FROM judged j
LEFT JOIN orders_customer c ON c.id = CASE WHEN j.customer ~ '^[0-9]{1,18}$' THEN j.customer::bigint END
CROSS JOIN LATERAL (
    SELECT f.late, f.csat, f.cancelled_at IS NOT NULL AND f.approved_at IS NULL AS refused,
           EXISTS (SELECT FROM kpis_linefact x WHERE x.fact_id = f.id AND x.returned > 0) AS back
    FROM kpis_orderfact f WHERE f.customer = j.customer AND f.placed_at < %(now)s
    ORDER BY f.placed_at DESC, f.id DESC LIMIT 1
) l
WHERE %(today)s - j.last > j.bound
ORDER BY j.orders DESC, j.last DESC, j.customer
"""


@dataclass(frozen=True)
class CohortCell:
    """What a cohort did in one month: how many of it ordered, and how often."""

    cohort: date
    month: date
    customers: int
    orders: int


@dataclass(frozen=True)
class PastOrder:
    """One order of a customer; `order_number` is null of an imported one."""

    id: int
    number: str
    channel: str
    order_number: int | None
    placed_at: datetime
    delivered_at: datetime | None
    cancelled_at: datetime | None
    late: bool | None
    csat: int | None
    total: Any
    currency: str
    short: bool | None
    damaged: bool | None
    documents: bool | None
    returned_at: datetime | None

    @property
    def incidents(self) -> list[str]:
        """What went wrong for this customer, in words."""
        low = self.csat is not None and self.csat <= LOW
        return [
            *([_("late")] if self.late else []),
            *([_("not in full")] if self.short else []),
            *([_("damaged")] if self.damaged else []),
            *([_("documented wrong")] if self.documents else []),
            *([_("sent something back")] if self.returned_at else []),
            *([_("scored {csat} of 5").format(csat=self.csat)] if low else []),
        ]


@dataclass(frozen=True)
class QuietCustomer:
    """Silent for `days`, longer than `bound`, which is the p90 of their own gaps or of their cohort's.

    Then what happened with the last order: it was late, came back, had a low score, was refused.
    """

    customer: str
    name: str
    email: str
    orders: int
    last: date
    days: int
    bound: float
    by_own: bool
    late: bool | None
    returned: bool
    csat: int | None
    refused: bool

    @property
    def before(self) -> list[str]:
        """What happened before, in words."""
        return [
            *([_("last order late")] if self.late else []),
            *([_("sent something back")] if self.returned else []),
            *([_("scored {csat} of 5").format(csat=self.csat)] if self.csat is not None and self.csat <= LOW else []),
            *([_("refused or called off")] if self.refused else []),
        ]


def cohort_grid(since: datetime, until: datetime, *, first: date) -> list[CohortCell]:
    """The cohorts that began on or after `first`, month by month."""
    values = {"since": since, "until": until, "first": first, "zone": settings.SHOP_TIME_ZONE}
    return [CohortCell(*row) for row in _fetched(GRID, values)]


def past_of(customer: str) -> list[PastOrder]:
    """All orders of a customer, the first one first."""
    return [PastOrder(*row) for row in _fetched(PAST, [customer])]


def quiet(today: date) -> list[QuietCustomer]:
    """Customers who ordered within a year and are silent for longer than nine in ten gaps; the most loyal first."""
    now = clock.now()
    values = {"since": now - QUIET_WITHIN, "now": now, "today": today, "enough": OWN_GAPS}
    return [QuietCustomer(*row) for row in _fetched(QUIET, values | {"zone": settings.SHOP_TIME_ZONE})]


def _fetched(sql: str, values: dict[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
