"""Order lead time: placed to delivered (the last shipment), over the orders delivered in the window, in days.

A stage's time runs from the last earlier stage whose time is known. Orders whose times contradict each other are left
out and counted. Percentiles interpolate linearly between order statistics.
"""

from itertools import pairwise
from typing import Any

from kpis.figures.scope import Scope, rows
from orders.flow import STAGES

DAY = 86_400
REACHED = [stage.state.value for stage in STAGES[:7]]
POINTS = "ARRAY[0.5, 0.9, 0.95]"
# By date_part(), as everywhere here: it computes in floating point, extract() in decimals, which took half of the time.
WHOLE = """
SELECT {group}, count(*) FILTER (WHERE NOT f.contradictory), count(*) FILTER (WHERE f.contradictory),
       avg(lead) FILTER (WHERE NOT f.contradictory),
       percentile_cont({points}) WITHIN GROUP (ORDER BY lead) FILTER (WHERE NOT f.contradictory),
       avg(f.held_seconds) FILTER (WHERE NOT f.contradictory){stages}
FROM {orders} CROSS JOIN LATERAL (
    SELECT date_part('epoch', f.delivered_at - f.placed_at) AS lead{spans}) t
WHERE f.delivered_at >= %(since)s AND f.delivered_at < %(until)s{where} GROUP BY 1
"""
STAGE = """,
       avg({name}) FILTER (WHERE NOT f.contradictory),
       percentile_cont({points}) WITHIN GROUP (ORDER BY {name}) FILTER (WHERE NOT f.contradictory)"""


def _before(state: str) -> str:
    """The latest known time of an earlier stage."""
    earlier = [f"f.{name}_at" for name in REACHED[: REACHED.index(state)]]
    return f"coalesce({', '.join(reversed(earlier))})"


SPANS = "".join(f", date_part('epoch', f.{state}_at - {_before(state)}) AS {state}" for _, state in pairwise(REACHED))
STAGE_SQL = "".join(STAGE.format(name=state, points=POINTS) for _, state in pairwise(REACHED))
NOTHING: dict[str, Any] = {
    "mean": None,
    "p50": None,
    "p90": None,
    "p95": None,
    "orders": 0,
    "excluded_contradictory": 0,
    "stages": {},
    "hold_mean": None,
}


def lead_time(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: `mean`, `p50`, `p90`, `p95` in days, `orders`, `excluded_contradictory`, `stages`, `hold_mean`."""
    return _computed(scope, stages=STAGE_SQL, spans=SPANS)


def whole_time(scope: Scope) -> dict[str, dict[str, Any]]:
    """The same without a look into the stages."""
    return _computed(scope, stages="", spans="")


def _computed(scope: Scope, *, stages: str, spans: str) -> dict[str, dict[str, Any]]:
    group = scope.group("f.delivered_at")
    sql = WHOLE.format(group=group, points=POINTS, stages=stages, spans=spans, orders=scope.orders, where=scope.where())
    return {
        group: {
            **_spread(mean, points),
            "orders": orders,
            "excluded_contradictory": excluded,
            "stages": {
                state: _spread(of_stage, spread)
                for (_, state), of_stage, spread in zip(pairwise(REACHED), found[::2], found[1::2], strict=False)
                if of_stage is not None
            },
            "hold_mean": held / DAY if held is not None else None,
        }
        for group, (orders, excluded, mean, points, held, *found) in rows(sql, scope).items()
    }


def _spread(mean: float | None, points: list[float] | None) -> dict[str, float | None]:
    """From seconds to days."""
    values = [mean, *(points or (None, None, None))]
    return {
        name: None if value is None else value / DAY
        for name, value in zip(("mean", "p50", "p90", "p95"), values, strict=True)
    }
