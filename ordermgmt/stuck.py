"""Orders that do not move and should: one list for people, for `verify` and for alarms.

Three causes, the most telling one first: a step failed five times, a worker is overdue, or the order has stood in its
state for longer than `orders.flow.STAGES` allows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection

from inventory import clock
from ordermgmt.phrases import age
from orders.flow import QUEUE_BY_STATE, STAGE_BY_STATE, State

OVERDUE = timedelta(minutes=5)


class Cause(StrEnum):
    """Why an order counts as stuck."""

    FAILED = "failed"
    OVERDUE = "overdue"
    WAITING = "waiting"


@dataclass(frozen=True)
class Stuck:
    """One order that does not move; `since` dates the cause and `sentence` tells it to people."""

    number: int
    state: State
    since: datetime
    cause: Cause
    sentence: str


@dataclass(frozen=True)
class _Standing:
    """What is known of an order that is not at its end; `due_since` is the oldest due time nobody took."""

    number: int
    state: State
    state_since: datetime
    failed_at: datetime | None
    failure: str
    due_since: datetime | None
    due_queue: str
    held_for: str


# An order at an end is not stuck. A hold stops the workers, so a held row that is due is not overdue.
STANDINGS = """
SELECT o.number, o.state, o.state_since, failed.at, coalesce(failed.note, ''),
       due.at, coalesce(due.state, ''), coalesce(held.reasons, '')
FROM orders_order o
LEFT JOIN orders_hold failed ON failed.order_id = o.id AND failed.reason = 'exception' AND failed.released_at IS NULL
LEFT JOIN LATERAL (
    SELECT late.at, late.state FROM (
        SELECT o.due_at AS at, o.state
        UNION ALL
        SELECT s.due_at, s.state FROM fulfillment_shipment s
        WHERE s.order_id = o.id AND s.state IN ('approved', 'picked', 'packed', 'shipped')
    ) late WHERE late.at < %(overdue)s AND o.open_holds = 0 ORDER BY late.at LIMIT 1
) due ON true
LEFT JOIN LATERAL (
    SELECT string_agg(h.reason, ', ' ORDER BY h.id) AS reasons FROM orders_hold h
    WHERE h.order_id = o.id AND h.released_at IS NULL
) held ON true
WHERE o.state IN ('placed', 'received', 'approved', 'picked', 'packed', 'shipped', 'delivered', 'surveyed')
  AND (failed.id IS NOT NULL OR due.at IS NOT NULL OR o.state_since < (
      SELECT %(now)s - b.bound FROM unnest(%(states)s::text[], %(bounds)s::interval[]) AS b(state, bound)
      WHERE b.state = o.state))
ORDER BY o.number
"""


def stuck() -> list[Stuck]:
    """Every stuck order once, the longest stuck first."""
    now = clock.now()
    bounds = {stage.state.value: stage.bound for stage in STAGE_BY_STATE.values() if stage.bound}
    with connection.cursor() as cursor:
        cursor.execute(
            STANDINGS,
            {"now": now, "overdue": now - OVERDUE, "states": list(bounds), "bounds": list(bounds.values())},
        )
        rows = [_Standing(number, State(state), *rest) for number, state, *rest in cursor.fetchall()]
    return sorted((_judged(row, now) for row in rows), key=lambda row: (row.since, row.number))


def _judged(row: _Standing, now: datetime) -> Stuck:
    if row.failed_at:
        sentence = f"Failed five times: {row.failure}"
        return Stuck(row.number, row.state, row.failed_at, Cause.FAILED, sentence)
    if row.due_since:
        queue = QUEUE_BY_STATE[State(row.due_queue)]
        sentence = f"Due for the {queue} worker for {age(now - row.due_since)}, and no worker took it"
        return Stuck(row.number, row.state, row.due_since, Cause.OVERDUE, sentence)
    bound = STAGE_BY_STATE[row.state].bound or timedelta(0)
    held = f"; held for {row.held_for}" if row.held_for else ""
    sentence = f"{row.state.label} for {age(now - row.state_since)}, longer than {age(bound)}{held}"
    return Stuck(row.number, row.state, row.state_since, Cause.WAITING, sentence)
