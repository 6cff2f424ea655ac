"""Automation: which share of the orders passed a stage without a person, how many were held, why and for how long.

Over the live orders placed in the window; an imported history does not say who did what. A stage's sample are those
that have passed it. A hold's time is of holds that were released.
"""

from collections import defaultdict
from typing import Any

from kpis.figures.scope import BOTH, Scope, rows, share

STAGES = ("received", "approved", "picked", "packed", "shipped")
DAY = 86_400
PASSED = """
SELECT {group}, count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM orders_hold h WHERE h.order_id = f.order_id)),
       count(f.shipped_at), count(f.shipped_at) FILTER (WHERE f.by_person = '{{}}'){stages}
FROM {orders} WHERE f.order_id IS NOT NULL AND f.placed_at >= %(since)s AND f.placed_at < %(until)s{where} GROUP BY 1
"""
HOLDS = """
SELECT ({group}) || chr(31) || h.reason, count(DISTINCT f.id),
       avg(date_part('epoch', h.released_at - h.at))
FROM {orders} JOIN orders_hold h ON h.order_id = f.order_id
WHERE f.order_id IS NOT NULL AND f.placed_at >= %(since)s AND f.placed_at < %(until)s{where} GROUP BY 1
"""
NOTHING: dict[str, Any] = {
    "rate": None,
    "orders": 0,
    "orders_shipped": 0,
    "stages": {},
    "hold_rate": None,
    "orders_held": 0,
    "holds": {},
}


def automation(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: `rate` of the `orders_shipped` nobody touched, `stages`, `hold_rate` of `orders`, `holds` by reason."""
    names = {"group": scope.group("f.placed_at"), "orders": scope.orders, "where": scope.where()}
    stages = "".join(
        f", count(f.{name}_at), count(f.{name}_at) FILTER (WHERE NOT '{name}' = ANY(f.by_person))" for name in STAGES
    )
    holds = _holds(HOLDS.format(**names), scope)
    found = {}
    for group, (orders, held, shipped, alone, *counts) in rows(PASSED.format(stages=stages, **names), scope).items():
        passed = list(zip(STAGES, counts[::2], counts[1::2], strict=True))
        found[group] = {
            "rate": share(alone, shipped),
            "orders": orders,
            "orders_shipped": shipped,
            "stages": {name: {"rate": share(free, whole), "orders": whole} for name, whole, free in passed if whole},
            "hold_rate": share(held, orders),
            "orders_held": held,
            "holds": {
                reason: {"orders": count, "rate": share(count, orders), "mean": days}
                for reason, (count, days) in sorted(holds[group].items())
            },
        }
    return found


def _holds(sql: str, scope: Scope) -> defaultdict[str, dict[str, tuple[int, float | None]]]:
    """By group and reason: the orders, and the mean days of a hold."""
    found: defaultdict[str, dict[str, tuple[int, float | None]]] = defaultdict(dict)
    for key, (count, seconds) in rows(sql, scope).items():
        group, _, reason = key.rpartition(BOTH)
        found[group][reason] = (count, None if seconds is None else seconds / DAY)
    return found
