"""Purchase frequency: orders placed in the window ÷ the customers who placed them; cancelled ones are counted apart.
What was sent again or exchanged was not bought and does not count.

Gaps are the days between a customer's consecutive order days inside the window, in the shop's calendar.
"""

from typing import Any

from kpis.figures.scope import Scope, rows, share

BOUGHT = """
WITH bought AS (
    SELECT {group} AS g, f.customer, f.cancelled_at IS NOT NULL AS cancelled,
           (f.placed_at AT TIME ZONE %(zone)s)::date AS day
    FROM {orders} WHERE f.placed_at >= %(since)s AND f.placed_at < %(until)s AND NOT f.follows{where}
), buyers AS (
    SELECT g, customer, count(*) AS orders FROM bought WHERE NOT cancelled GROUP BY 1, 2
), gaps AS (
    SELECT g, day - lag(day) OVER (PARTITION BY g, customer ORDER BY day) AS gap
    FROM (SELECT DISTINCT g, customer, day FROM bought WHERE NOT cancelled) d
), spread AS (
    SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median, avg(gap)::float8 AS mean, count(gap) AS count
    FROM gaps GROUP BY 1
), off AS (SELECT g, count(*) AS orders FROM bought WHERE cancelled GROUP BY 1)
SELECT coalesce(b.g, off.g), b.orders, b.customers, b.repeaters, s.median, s.mean, s.count, coalesce(off.orders, 0)
FROM (SELECT g, sum(orders)::bigint AS orders, count(*) AS customers, count(*) FILTER (WHERE orders > 1) AS repeaters
      FROM buyers GROUP BY 1) b
LEFT JOIN spread s ON s.g = b.g FULL JOIN off ON off.g = b.g
"""
BUYERS = """
SELECT g, sum(orders)::bigint, count(*) FROM (
    SELECT {group} AS g, f.customer, count(*) AS orders FROM {orders}
    WHERE f.placed_at >= %(since)s AND f.placed_at < %(until)s AND f.cancelled_at IS NULL AND NOT f.follows{where}
    GROUP BY 1, 2
) x GROUP BY 1
"""
# The first order of each order day of a customer, with the gap before it in days; null of their first in the window.
GAP_ORDERS = """(
    SELECT d.id, d.placed_at, d.day - lag(d.day) OVER (PARTITION BY d.customer ORDER BY d.day) AS gap
    FROM (SELECT DISTINCT ON (f.customer, (f.placed_at AT TIME ZONE %(zone)s)::date)
                 f.id, f.customer, f.placed_at, (f.placed_at AT TIME ZONE %(zone)s)::date AS day
          FROM {orders}
          WHERE f.placed_at >= %(since)s AND f.placed_at < %(until)s AND f.cancelled_at IS NULL
            AND NOT f.follows{where}
          ORDER BY f.customer, (f.placed_at AT TIME ZONE %(zone)s)::date, f.placed_at, f.id) d) f"""
GAPS = "SELECT f.gap::text, count(*) FROM {source} WHERE f.gap IS NOT NULL GROUP BY f.gap"
NOTHING: dict[str, Any] = {
    "orders_per_customer": None,
    "orders": 0,
    "customers": 0,
    "repeat_rate": None,
    "median_gap": None,
    "mean_gap": None,
    "gaps": 0,
    "cancelled": 0,
}


def gaps(scope: Scope) -> dict[int, int]:
    """How many gaps there are of each length in days."""
    sql = GAPS.format(source=GAP_ORDERS.format(orders=scope.orders, where=scope.where()))
    return {int(days): count for days, (count,) in sorted(rows(sql, scope).items(), key=lambda row: int(row[0]))}


def orders_per_customer(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: `orders_per_customer`, `orders` and `customers` alone, which is half the work."""
    sql = BUYERS.format(group=scope.group("f.placed_at"), orders=scope.orders, where=scope.where())
    return {
        group: {"orders_per_customer": share(orders, customers), "orders": orders, "customers": customers}
        for group, (orders, customers) in rows(sql, scope).items()
    }


def purchase_frequency(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: `orders_per_customer`, `orders`, `customers`, `repeat_rate`, the gaps in days, and `cancelled`."""
    sql = BOUGHT.format(group=scope.group("f.placed_at"), orders=scope.orders, where=scope.where())
    return {
        group: {
            "orders_per_customer": share(orders, customers),
            "orders": orders or 0,
            "customers": customers or 0,
            "repeat_rate": share(repeaters, customers),
            "median_gap": median,
            "mean_gap": mean,
            "gaps": gaps or 0,
            "cancelled": cancelled,
        }
        for group, (orders, customers, repeaters, median, mean, gaps, cancelled) in rows(sql, scope).items()
    }
