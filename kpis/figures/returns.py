"""Rate of return: units received back ÷ units delivered, by the cohort that was delivered in the window.

It does not matter when they came back; a cohort still inside the return window is open.
"""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.conf import settings

from inventory import clock
from kpis.figures import behind
from kpis.figures.scope import BOTH, Scope, rows, share

DELIVERED, RETURNED = "l.delivered", "least(l.returned, l.delivered)"
UNITS = f"""
SELECT {{group}}, sum({DELIVERED}), sum({RETURNED})
FROM {{lines}}
WHERE l.delivered_at >= %(since)s AND l.delivered_at < %(until)s{{where}} GROUP BY 1
"""
REASONS = """
SELECT ({group}) || chr(31) || r.reason, sum(r.quantity)
FROM {lines} JOIN kpis_returnfact r ON r.line_id = l.id
WHERE l.returned > 0 AND l.delivered_at >= %(since)s AND l.delivered_at < %(until)s{where} GROUP BY 1
"""
BY_ORDERS = """
SELECT g, count(*), count(*) FILTER (WHERE back) FROM (
    SELECT {group} AS g, f.id, bool_or(l.returned > 0) AS back
    FROM {orders} JOIN kpis_linefact l ON l.fact_id = f.id
    WHERE f.delivered_at >= %(since)s AND f.delivered_at < %(until)s{where} GROUP BY 1, 2
) x GROUP BY 1
"""
# The same where no line is asked about: only the few lines of which something came back are looked for.
WHOLE_ORDERS = """
SELECT {group}, count(*), count(b.fact_id)
FROM {orders} LEFT JOIN LATERAL (
    SELECT l.fact_id FROM kpis_linefact l WHERE l.fact_id = f.id AND l.returned > 0 LIMIT 1
) b ON true
WHERE f.delivered_at >= %(since)s AND f.delivered_at < %(until)s{where} GROUP BY 1
"""


def unit_rate(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: the rate of `units`, its sample and `open_cohort`."""
    names = {"orders": scope.orders, "lines": scope.lines, "where": scope.where(lines=True)}
    sql = UNITS.format(group=scope.group("l.delivered_at", lines=True), **names)
    return {group: _units(scope, group, *units) for group, units in rows(sql, scope).items()}


def unit_rate_of_orders(scope: Scope) -> dict[str, dict[str, Any]]:
    """The same with the orders behind it, `delivered` and `returned`, in one pass over the lines."""
    sums = {"units_delivered": DELIVERED, "units_returned": RETURNED}
    counted = behind.counts("return_rate", ("delivered", "returned"), scope, sums=sums)
    return {
        group: found | _units(scope, group, found["units_delivered"], found["units_returned"])
        for group, found in counted.items()
    }


def _units(scope: Scope, group: str, delivered: int, returned: int) -> dict[str, Any]:
    closed = clock.now() - timedelta(days=settings.RETURN_WINDOW_DAYS)
    return {
        "units": share(returned, delivered),
        "units_returned": int(returned),
        "units_delivered": int(delivered),
        "open_cohort": scope.until(group) > closed,
    }


def return_rate(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: `units`, `orders` (rates), both samples, `open_cohort`, and `by_reason` as rates of units."""
    names = {"orders": scope.orders, "lines": scope.lines, "where": scope.where(lines=True)}
    by_orders = BY_ORDERS if scope.asks_lines else WHOLE_ORDERS
    orders = rows(by_orders.format(group=scope.group("f.delivered_at", lines=True), **names), scope)
    names["group"] = scope.group("l.delivered_at", lines=True)
    reasons: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for key, (units,) in rows(REASONS.format(**names), scope).items():
        group, _, reason = key.rpartition(BOTH)
        reasons[group][reason] = int(units)
    found = {}
    for group, told in unit_rate(scope).items():
        placed = orders.get(group, (0, 0))
        delivered = told["units_delivered"]
        found[group] = told | {
            "orders": share(placed[1], placed[0]),
            "orders_returned": placed[1],
            "orders_delivered": placed[0],
            "by_reason": {name: share(units, delivered) for name, units in sorted(reasons[group].items())},
        }
    return found


NOTHING: dict[str, Any] = {
    "units": None,
    "orders": None,
    "units_returned": 0,
    "units_delivered": 0,
    "orders_returned": 0,
    "orders_delivered": 0,
    "open_cohort": False,
    "by_reason": {},
}
