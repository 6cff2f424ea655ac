"""The four figures the shop is steered by, each for several windows at once, computed from the history in one query.

Windows are half-open. A window without a case is None: "no data" is neither 0 % nor 100 %.
Percentiles interpolate linearly between order statistics.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from kpis.windows import Window


@dataclass(frozen=True)
class LeadTime:
    """Placed to delivered (the last shipment), over the orders delivered in the window."""

    orders: int
    mean: timedelta
    p50: timedelta
    p90: timedelta


@dataclass(frozen=True)
class PickingAccuracy:
    """Order lines right first time, by the moment their last unit was picked.

    A line is wrong after a short pick or a return as wrong item, however late. Lines nobody scanned are counted apart.
    """

    lines_picked: int
    lines_wrong: int
    lines_unscanned: int

    @property
    def rate(self) -> float:
        return 1 - self.lines_wrong / self.lines_picked

    @property
    def unscanned_share(self) -> float:
        return self.lines_unscanned / self.lines_picked


@dataclass(frozen=True)
class ReturnRate:
    """Units that came back, at any time since, of the units delivered in the window."""

    units_delivered: int
    units_returned: int

    @property
    def rate(self) -> float:
        return self.units_returned / self.units_delivered


@dataclass(frozen=True)
class PurchaseFrequency:
    """Orders placed in the window and not cancelled, by the customers who placed them."""

    orders: int
    customers: int
    repeaters: int

    @property
    def rate(self) -> float:
        return self.orders / self.customers

    @property
    def repeat_rate(self) -> float:
        return self.repeaters / self.customers


# Each query names its cases as `facts`, dated `at`, and joins them to the windows they fall into.
LEAD_TIMES = """
WITH facts AS (
    SELECT arrived.at, extract(epoch FROM arrived.at - placed.at)::float8 AS seconds
    FROM orders_orderevent arrived
    JOIN orders_orderevent placed ON placed.order_id = arrived.order_id AND placed.seq = 1
    WHERE arrived.name = 'order.delivered' AND placed.name = 'order.placed'
      AND arrived.at >= %(first)s AND arrived.at < %(last)s
)
SELECT count(facts.at), avg(seconds), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds)
FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) WITH ORDINALITY AS w(since, until, place)
LEFT JOIN facts ON facts.at >= w.since AND facts.at < w.until
GROUP BY w.place ORDER BY w.place
"""

PICKING_ACCURACIES = """
WITH facts AS (
    SELECT line.order_line_id AS id, max(task.picked_at) AS at,
           bool_or(task.picked < task.quantity) AS short, bool_and(task.scanned) AS scanned
    FROM fulfillment_picktask task JOIN fulfillment_shipmentline line ON line.id = task.shipment_line_id
    GROUP BY line.order_line_id
    HAVING bool_and(task.picked_at IS NOT NULL)
       AND max(task.picked_at) >= %(first)s AND max(task.picked_at) < %(last)s
), wrong AS (
    SELECT DISTINCT line.order_line_id AS id
    FROM fulfillment_returnline line JOIN fulfillment_return back ON back.id = line.return_record_id
    WHERE back.reason = 'wrong_item'
)
SELECT count(facts.id), count(*) FILTER (WHERE facts.short OR wrong.id IS NOT NULL),
       count(*) FILTER (WHERE NOT facts.scanned)
FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) WITH ORDINALITY AS w(since, until, place)
LEFT JOIN facts ON facts.at >= w.since AND facts.at < w.until
LEFT JOIN wrong ON wrong.id = facts.id
GROUP BY w.place ORDER BY w.place
"""

# A line sent in several shipments is delivered when the last of them is.
RETURN_RATES = """
WITH facts AS (
    SELECT line.order_line_id AS id, max(shipment.delivered_at) AS at, sum(line.quantity) AS units
    FROM fulfillment_shipmentline line JOIN fulfillment_shipment shipment ON shipment.id = line.shipment_id
    WHERE shipment.state = 'delivered'
    GROUP BY line.order_line_id
    HAVING max(shipment.delivered_at) >= %(first)s AND max(shipment.delivered_at) < %(last)s
), back AS (
    SELECT order_line_id AS id, sum(quantity) AS units FROM fulfillment_returnline GROUP BY order_line_id
)
SELECT coalesce(sum(facts.units), 0), coalesce(sum(back.units), 0)
FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) WITH ORDINALITY AS w(since, until, place)
LEFT JOIN facts ON facts.at >= w.since AND facts.at < w.until
LEFT JOIN back ON back.id = facts.id
GROUP BY w.place ORDER BY w.place
"""

PURCHASE_FREQUENCIES = """
WITH facts AS (
    SELECT placed_at AS at, customer_id FROM orders_order
    WHERE state <> 'cancelled' AND placed_at >= %(first)s AND placed_at < %(last)s
), buyers AS (
    SELECT w.place, facts.customer_id, count(facts.at) AS orders
    FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) WITH ORDINALITY AS w(since, until, place)
    LEFT JOIN facts ON facts.at >= w.since AND facts.at < w.until
    GROUP BY w.place, facts.customer_id
)
SELECT sum(orders), count(customer_id), count(*) FILTER (WHERE orders > 1)
FROM buyers GROUP BY place ORDER BY place
"""


def lead_times(windows: Sequence[Window]) -> list[LeadTime | None]:
    """Order lead time in each window."""
    return [
        LeadTime(orders, *(timedelta(seconds=value) for value in seconds)) if orders else None
        for orders, *seconds in _rows(LEAD_TIMES, windows)
    ]


def picking_accuracies(windows: Sequence[Window]) -> list[PickingAccuracy | None]:
    """Picking accuracy in each window."""
    return [PickingAccuracy(*row) if row[0] else None for row in _rows(PICKING_ACCURACIES, windows)]


def return_rates(windows: Sequence[Window]) -> list[ReturnRate | None]:
    """Rate of return of the units delivered in each window."""
    return [ReturnRate(int(row[0]), int(row[1])) if row[0] else None for row in _rows(RETURN_RATES, windows)]


def purchase_frequencies(windows: Sequence[Window]) -> list[PurchaseFrequency | None]:
    """Purchase frequency in each window."""
    return [
        PurchaseFrequency(int(row[0]), row[1], row[2]) if row[1] else None
        for row in _rows(PURCHASE_FREQUENCIES, windows)
    ]


def _rows(sql: str, windows: Sequence[Window]) -> list[tuple[Any, ...]]:
    """One row per window, in their order."""
    since, until = [window.since for window in windows], [window.until for window in windows]
    with connection.cursor() as cursor:
        cursor.execute(sql, {"since": since, "until": until, "first": min(since), "last": max(until)})
        return list(cursor.fetchall())
