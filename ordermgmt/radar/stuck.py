"""Orders that do not move and should: one list for people, for `verify` and for alarms.

The most telling cause is named: a step failed five times, a worker is overdue, somebody has to decide, goods or money
are waited for, nobody works in the warehouse or accepts a hand-over, or the carrier is silent. What is left has stood
in its state for longer than `orders.bounds` allows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory import clock
from inventory.models import Warehouse
from ordermgmt.attention import SOON, hold_name, silent_before
from ordermgmt.phrases import age, listed
from orders.bounds import UNACCEPTED, WORKER, bound_of, bounds
from orders.flow import QUEUE_BY_STATE, STAGE_BY_STATE, State

STATES = [state.value for state in STAGE_BY_STATE]
MONEY = {"payment", "payment-failed"}
GOODS = {"stock"}
TO_DO = {State.APPROVED: "picked", State.PICKED: "packed", State.PACKED: gettext_lazy("handed over")}


class Cause(StrEnum):
    """Why an order counts as stuck; in the order in which people look at them."""

    FAILED = "failed"
    OVERDUE = "overdue"
    HELD = "held"
    MONEY = "money"
    GOODS = "goods"
    PEOPLE = "people"
    NOT_ACCEPTED = "not-accepted"
    THIRD_PARTY = "third-party"
    CARRIER = "carrier"
    WAITING = "waiting"


@dataclass(frozen=True)
class OpenHold:
    """A hold by its id and reason."""

    id: int
    reason: str


@dataclass(frozen=True)
class Stuck:
    """One order that does not move; `since` dates the cause and `sentence` tells it to people.

    `shipment` is the number of the shipment that waits, where it is one.
    """

    number: int
    state: State
    since: datetime
    cause: Cause
    sentence: str
    holds: tuple[OpenHold, ...] = ()
    shipment: int | None = None


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
    shipment: int | None
    warehouse: str
    mode: str
    shipment_state: str
    silent_since: datetime | None
    parcel_shipment: int | None
    asked_since: datetime | None
    asked_shipment: int | None
    asked_of: str
    holds: tuple[OpenHold, ...]


# An order at an end is not stuck. A hold stops the workers, so a held row that is due is not overdue.
STANDINGS = """
SELECT o.number, o.state, o.state_since, failed.at, coalesce(failed.note, ''), due.at, coalesce(due.state, ''),
       work.number, coalesce(work.name, ''), coalesce(work.mode, ''), coalesce(work.state, ''),
       silent.status_at, silent.number, asked.state_since, asked.number, coalesce(asked.name, ''),
       coalesce(held.ids, '{}'), coalesce(held.reasons, '{}')
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
    SELECT array_agg(h.id ORDER BY h.id) AS ids, array_agg(h.reason ORDER BY h.id) AS reasons FROM orders_hold h
    WHERE h.order_id = o.id AND h.released_at IS NULL
) held ON true
LEFT JOIN LATERAL (
    SELECT s.number, w.name, w.mode, s.state
    FROM fulfillment_shipment s JOIN inventory_warehouse w ON w.id = s.warehouse_id
    WHERE s.order_id = o.id AND s.state IN ('approved', 'picked', 'packed') AND w.mode <> 'automatic'
    ORDER BY s.state_since LIMIT 1
) work ON true
LEFT JOIN LATERAL (
    SELECT p.status_at, s.number FROM fulfillment_shipment s JOIN fulfillment_parcel p ON p.shipment_id = s.id
    WHERE s.order_id = o.id AND s.state = 'shipped'
      AND p.status NOT IN ('delivered', 'lost', 'returned_to_sender') AND p.status_at < %(silent)s
      AND o.promised_at < %(soon)s
    ORDER BY p.status_at LIMIT 1
) silent ON true
LEFT JOIN LATERAL (
    SELECT h.state_since, s.number, w.name
    FROM fulfillment_shipment s JOIN fulfillment_handover h ON h.shipment_id = s.id
    JOIN inventory_warehouse w ON w.id = s.warehouse_id
    WHERE s.order_id = o.id AND s.state = 'approved' AND s.open_holds = 0 AND o.open_holds = 0
      AND h.state = 'requested' AND h.state_since < %(asked)s
    ORDER BY h.state_since LIMIT 1
) asked ON true
WHERE o.state IN ('placed', 'received', 'approved', 'picked', 'packed', 'shipped', 'delivered', 'surveyed')
  AND (failed.id IS NOT NULL OR due.at IS NOT NULL OR silent.status_at IS NOT NULL
   OR asked.state_since IS NOT NULL OR o.state_since < (
      SELECT %(now)s - b.bound FROM unnest(%(states)s::text[], %(bounds)s::interval[]) AS b(state, bound)
      WHERE b.state = o.state))
ORDER BY o.number
"""


def stuck() -> list[Stuck]:
    """Every stuck order once, the longest stuck first."""
    now = clock.now()
    held = bounds()
    timed = {state: held[state] for state in STATES if state in held}
    times = {"now": now, "overdue": now - held[WORKER], "silent": silent_before(), "soon": now + SOON}
    times["asked"] = now - held[UNACCEPTED]
    with connection.cursor() as cursor:
        cursor.execute(STANDINGS, times | {"states": list(timed), "bounds": list(timed.values())})
        rows = [_standing(*row) for row in cursor.fetchall()]
    return sorted((_judged(row, now) for row in rows), key=lambda row: (row.since, row.number))


def _standing(number: int, state: str, *facts: Any) -> _Standing:
    *others, ids, reasons = facts
    known: tuple[Any, ...] = (*others, tuple(map(OpenHold, ids, reasons)))
    return _Standing(number, State(state), *known)


def _judged(row: _Standing, now: datetime) -> Stuck:
    if row.failed_at:
        return _told(row, Cause.FAILED, _("Failed five times: {failure}").format(failure=row.failure), row.failed_at)
    if row.due_since:
        queue = QUEUE_BY_STATE[State(row.due_queue)]
        sentence = _("Due for the {queue} worker for {now}, and no worker took it").format(
            queue=queue, now=age(now - row.due_since)
        )
        return _told(row, Cause.OVERDUE, sentence, row.due_since)
    if row.silent_since:
        sentence = _("No scan of a parcel of shipment {number}-{parcel_shipment} for {now}").format(
            number=row.number, parcel_shipment=row.parcel_shipment, now=age(now - row.silent_since)
        )
        return _told(row, Cause.CARRIER, sentence, row.silent_since, shipment=row.parcel_shipment)
    if row.asked_since:
        waits = age(now - row.asked_since)
        sentence = _("{asked_of} has not accepted shipment {number}-{asked_shipment} for {waits}").format(
            asked_of=row.asked_of, number=row.number, asked_shipment=row.asked_shipment, waits=waits
        )
        return _told(row, Cause.NOT_ACCEPTED, sentence, row.asked_since, shipment=row.asked_shipment)
    bound = bound_of(row.state) or timedelta(0)
    sentence = _("{label} for {now}, longer than {bound}").format(
        label=row.state.label, now=age(now - row.state_since), bound=age(bound)
    )
    if row.holds:
        names = listed([hold_name(hold.reason) for hold in row.holds])
        held = _("{sentence}; held: {reasons}").format(sentence=sentence, reasons=names)
        return _told(row, _held_for({hold.reason for hold in row.holds}), held)
    if row.shipment:
        third_party = row.mode == Warehouse.Mode.THIRD_PARTY
        done = TO_DO[State(row.shipment_state)]
        nobody = (
            _("{warehouse} has not reported it {done}").format(warehouse=row.warehouse, done=done)
            if third_party
            else _("not yet {done} in {warehouse}").format(done=done, warehouse=row.warehouse)
        )
        cause = Cause.THIRD_PARTY if third_party else Cause.PEOPLE
        return _told(row, cause, f"{sentence}; {nobody}", shipment=row.shipment)
    return _told(row, Cause.WAITING, sentence)


def _told(
    row: _Standing, cause: Cause, sentence: str, since: datetime | None = None, *, shipment: int | None = None
) -> Stuck:
    return Stuck(row.number, row.state, since or row.state_since, cause, sentence, row.holds, shipment)


def _held_for(reasons: set[str]) -> Cause:
    """One word for all its holds, when they have one in common."""
    if reasons <= GOODS:
        return Cause.GOODS
    return Cause.MONEY if reasons <= MONEY else Cause.HELD
