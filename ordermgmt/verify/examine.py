"""Checking all invariants in one read-only snapshot, so that a running shop gives no false alarm."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from fulfillment.flow import EDGES as SHIPMENT_EDGES
from fulfillment.models import Parcel
from inventory import clock
from ordermgmt.radar.stuck import stuck
from ordermgmt.verify import (
    changes,
    feedback,
    handovers,
    history,
    money,
    parcels,
    people,
    picking,
    quantities,
    queue,
    returns,
    stock,
    trust,
    webhooks,
)
from ordermgmt.verify.report import Check, Invariant, Report
from orders.bounds import WORKER, bounds
from orders.flow import EDGES, STAGES, State
from orders.history import EVENT_OF_STATE
from orders.models import Order
from orders.money import unit

INVARIANTS: tuple[Invariant, ...] = (
    *stock.INVARIANTS,
    *history.INVARIANTS,
    *money.INVARIANTS,
    *quantities.INVARIANTS,
    *picking.INVARIANTS,
    *parcels.INVARIANTS,
    *returns.INVARIANTS,
    *handovers.INVARIANTS,
    *webhooks.INVARIANTS,
    *feedback.INVARIANTS,
    *changes.INVARIANTS,
    *trust.INVARIANTS,
    *people.INVARIANTS,
    *queue.INVARIANTS,
)
TOLD = 20
# What several invariants look at; PostgreSQL computes only those that are used.
VIEWS = """
WITH place AS (
    SELECT s.*, concat(p.sku, ' in ', w.code) AS name FROM inventory_stock s
    JOIN inventory_product p ON p.id = s.product_id JOIN inventory_warehouse w ON w.id = s.warehouse_id
), order_step AS (
    SELECT order_id, seq, substr(name, 7) AS state FROM orders_orderevent WHERE name = ANY(%(order_events)s)
), shipment_step AS (
    SELECT order_id, data->>'shipment' AS code, seq,
           CASE name WHEN 'shipment.created' THEN 'approved' ELSE substr(name, 10) END AS state
    FROM orders_orderevent WHERE name = ANY(%(shipment_events)s)
), exponent AS (
    SELECT code, digits FROM unnest(%(currencies)s::text[], %(digits)s::int[]) AS known(code, digits)
)
"""


def verify() -> Report:
    """Check every invariant over all rows; nothing is written, nothing is locked."""
    with _snapshot():
        listed = [row.number for row in stuck()]
        facts = _facts() | {"stuck": listed}
        checks = tuple(_checked(invariant, facts) for invariant in INVARIANTS)
        return Report(checks, orders=Order.objects.count(), stuck=len(listed))


@contextmanager
def _snapshot() -> Iterator[None]:
    """One view of the database for all checks; a caller that is inside a transaction brings its own."""
    own = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if own:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL work_mem = '128MB'")
        yield


def _facts() -> dict[str, Any]:
    """What the invariants take from the code: the state machines, the currencies, the time."""
    now = clock.now()
    currencies = list(Order.objects.order_by().values_list("currency", flat=True).distinct())
    order_edges = [("", State.PLACED.value), *EDGES]
    shipment_edges = [("", State.APPROVED.value), *SHIPMENT_EDGES]
    return {
        "minute_ago": now - timedelta(minutes=1),
        "hour_ago": now - timedelta(hours=1),
        "overdue": now - bounds()[WORKER],
        "order_events": list(EVENT_OF_STATE.values()),
        "shipment_events": ["shipment.created", *{f"shipment.{state}" for _, state in SHIPMENT_EDGES}],
        "order_from": [before for before, _ in order_edges],
        "order_to": [after for _, after in order_edges],
        "shipment_from": [before for before, _ in shipment_edges],
        "shipment_to": [after for _, after in shipment_edges],
        "road": [stage.state.value for stage in STAGES],
        "statuses": [status.value for status in Parcel.Status],
        "currencies": currencies,
        "digits": [-int(unit(currency).as_tuple().exponent) for currency in currencies],
    }


def _checked(invariant: Invariant, facts: dict[str, Any]) -> Check:
    with connection.cursor() as cursor:
        cursor.execute(invariant.examined, facts)
        examined = cursor.fetchone()[0]
        cursor.execute(
            f"{VIEWS}, breach(told) AS ({invariant.breaches})"  # noqa: S608 - constants of this package
            f" SELECT told, count(*) OVER () FROM breach ORDER BY told LIMIT {TOLD}",
            facts,
        )
        rows = cursor.fetchall()
    return Check(
        name=invariant.name,
        sentence=invariant.sentence,
        examined=examined,
        count=rows[0][1] if rows else 0,
        breaches=tuple(told for told, _ in rows),
    )
