"""Folding: read the events that have settled since the cursor, and make the facts of their orders anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from inventory import clock
from kpis.fold.statements import LINES, ORDERS, RETURNS
from kpis.models import FoldCursor

BATCH = 20_000
ORDER_COLUMNS = (
    *("order_id", "history_id", "channel", "number", "digest", "customer", "tier", "country", "warehouse", "carrier"),
    *(
        "currency",
        "total",
        "refunded",
        "placed_at",
        "received_at",
        "approved_at",
        "picked_at",
        "packed_at",
        "shipped_at",
    ),
    *("delivered_at", "surveyed_at", "reviewed_at", "cancelled_at", "promised_at", "held_seconds"),
    *(
        "contradictory",
        "by_person",
        "follows",
        "late",
        "short",
        "damaged",
        "documents",
        "invited_at",
        "answered_at",
        "csat",
        "nps",
        "comment",
    ),
)
LINE_COLUMNS = (
    *("position", "sku", "name", "category", "quantity", "unit_price", "warehouse", "zone", "picker", "picked_at"),
    *("scanned", "wrong", "delivered_at", "delivered", "returned"),
)
# The transaction horizon, and the events between the cursor and it: see `orders.history`.
SETTLED = """
SELECT e.xid, e.id, e.order_id FROM orders_orderevent e
WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint AND (e.xid, e.id) > (%s, %s)
ORDER BY e.xid, e.id LIMIT %s
"""
WRITE_ORDERS = f"""
INSERT INTO kpis_orderfact ({", ".join(ORDER_COLUMNS)}) {ORDERS}
ON CONFLICT (order_id) DO UPDATE SET ({", ".join(ORDER_COLUMNS[1:])}) =
    ROW ({", ".join(f"excluded.{name}" for name in ORDER_COLUMNS[1:])})
"""
# Families get other names and bins other aisles without a word in the history: a line keeps what was true when it was
# first folded, and its aisle until it is picked again. `l` is the fact that is there, `x` what would be made of it now.
KEPT = {
    "category": "CASE WHEN l.sku = x.sku THEN l.category ELSE x.category END",
    "zone": "CASE WHEN l.picked_at IS NOT DISTINCT FROM x.picked_at THEN l.zone ELSE x.zone END",
}
DROP_RETURNS = """
DELETE FROM kpis_returnfact r USING kpis_linefact l JOIN kpis_orderfact f ON f.id = l.fact_id
WHERE r.line_id = l.id AND f.order_id = ANY(%(ids)s)
"""
DROP_LINES = """
DELETE FROM kpis_linefact l USING kpis_orderfact f WHERE f.id = l.fact_id AND f.order_id = ANY(%(ids)s)
"""
DROP_LINES_GONE = f"""{DROP_LINES} AND NOT EXISTS (
    SELECT FROM orders_orderline o WHERE o.order_id = f.order_id AND o.position = l.position AND o.quantity > 0)
"""
_TOLD = {name: KEPT.get(name, f"x.{name}").replace("x.", "excluded.") for name in LINE_COLUMNS}
WRITE_LINES = f"""
INSERT INTO kpis_linefact AS l (fact_id, {", ".join(LINE_COLUMNS)})
SELECT f.id, {", ".join(f"x.{name}" for name in LINE_COLUMNS)} FROM ({LINES}) x
JOIN kpis_orderfact f ON f.order_id = x.order_id
ON CONFLICT (fact_id, position) DO UPDATE SET ({", ".join(_TOLD)}) = ROW ({", ".join(_TOLD.values())})
WHERE ({", ".join(f"l.{name}" for name in _TOLD)}) IS DISTINCT FROM ({", ".join(_TOLD.values())})
"""
WRITE_RETURNS = f"""
INSERT INTO kpis_returnfact (line_id, quantity, reason, at)
SELECT l.id, x.quantity, x.reason, x.at FROM ({RETURNS}) x
JOIN kpis_orderfact f ON f.order_id = x.order_id JOIN kpis_linefact l ON l.fact_id = f.id AND l.position = x.position
"""
# Imported orders know their customer by address, and go along when that customer is merged into another.
FOLLOW_MERGES = """
WITH moved AS MATERIALIZED (
    SELECT DISTINCT (e.data->>'before')::bigint AS id FROM orders_orderevent e
    WHERE e.order_id = ANY(%(ids)s) AND e.name = 'order.reassigned')
UPDATE kpis_orderfact f SET customer = c.merged_into_id::text FROM moved m JOIN orders_customer c ON c.id = m.id
WHERE f.history_id IS NOT NULL AND f.customer = c.id::text AND c.merged_into_id IS NOT NULL
"""


@dataclass(frozen=True)
class FoldedBatch:
    """How many events were read, and of how many orders the facts were made anew."""

    events: int
    orders: int


@transaction.atomic
def fold(limit: int = BATCH) -> FoldedBatch:
    """Fold up to `limit` settled events; two at once wait for each other, and the same event is folded once.

    A batch ends where a transaction does, or within one when it alone is larger.
    """
    FoldCursor.objects.get_or_create(pk=1)
    cursor_row = FoldCursor.objects.select_for_update().get(pk=1)
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, [cursor_row.xid, cursor_row.event_id, limit])
        events = cursor.fetchall()
    if not events:
        return FoldedBatch(0, 0)
    orders = sorted({order_id for _, _, order_id in events})
    write_facts(orders)
    cursor_row.xid, cursor_row.event_id, _ = events[-1]
    cursor_row.folded_at = clock.now()
    cursor_row.save()
    return FoldedBatch(len(events), len(orders))


def fold_all() -> Iterator[FoldedBatch]:
    """Fold until nothing has settled since, batch by batch."""
    while (batch := fold()).events:
        yield batch


def write_facts(order_ids: Sequence[int], *, anew: bool = False) -> None:
    """Make the facts of these orders as their history has them now; anything else stays.

    With `anew` nothing is kept of the facts that are there, so categories and aisles are those of today.
    """
    ids = {"ids": list(order_ids)}
    drop = DROP_LINES if anew else DROP_LINES_GONE
    with connection.cursor() as cursor:
        for statement in (DROP_RETURNS, drop, WRITE_ORDERS, WRITE_LINES, WRITE_RETURNS, FOLLOW_MERGES):
            cursor.execute(statement, ids)
