"""The facts from scratch: made again, or compared with those that were folded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from kpis.briefs import forget_briefs
from kpis.fold.folding import KEPT, LINE_COLUMNS, ORDER_COLUMNS, fold, write_facts
from kpis.fold.statements import LINES, ORDERS, RETURNS
from kpis.models import FoldCursor
from orders.models import Order

STEP = 5_000
Tell = Callable[[int, int], None]

# What is folded and not so from scratch, and the other way round; each row as text, so that any column is compared.
COMPARED = {
    "orders": f"""
        WITH scratch AS ({ORDERS}), folded AS (
            SELECT {", ".join(ORDER_COLUMNS)} FROM kpis_orderfact WHERE order_id = ANY(%(ids)s))
        """,
    "lines": f"""
        WITH scratch AS (
            SELECT x.order_id, {", ".join(f"{KEPT.get(name, f'x.{name}')} AS {name}" for name in LINE_COLUMNS)}
            FROM ({LINES}) x LEFT JOIN kpis_orderfact f ON f.order_id = x.order_id
            LEFT JOIN kpis_linefact l ON l.fact_id = f.id AND l.position = x.position
        ), folded AS (
            SELECT f.order_id, {", ".join(f"l.{name}" for name in LINE_COLUMNS)}
            FROM kpis_orderfact f JOIN kpis_linefact l ON l.fact_id = f.id WHERE f.order_id = ANY(%(ids)s))
        """,
    "returns": f"""
        WITH scratch AS ({RETURNS}), folded AS (
            SELECT f.order_id, l.position, r.quantity, r.reason, r.at
            FROM kpis_orderfact f JOIN kpis_linefact l ON l.fact_id = f.id JOIN kpis_returnfact r ON r.line_id = l.id
            WHERE f.order_id = ANY(%(ids)s))
        """,
}
# In one snapshot with the cursor: an order that has gone on since is not wrong, its events are still to be folded.
DIFFER = """
SELECT d.* FROM (
    SELECT 'folded' AS side, order_id, gone::text FROM (SELECT * FROM folded EXCEPT ALL SELECT * FROM scratch) gone
    UNION ALL
    SELECT 'scratch', order_id, due::text FROM (SELECT * FROM scratch EXCEPT ALL SELECT * FROM folded) due
) d
WHERE NOT EXISTS (
    SELECT FROM orders_orderevent e, kpis_foldcursor c
    WHERE e.order_id = d.order_id AND (e.xid, e.id) > (c.xid, c.event_id))
ORDER BY 2, 1
"""


@dataclass(frozen=True)
class Difference:
    """A row that one side has and the other has not: `side` is `folded` or `scratch`."""

    what: str
    side: str
    order_id: int
    row: str


def check(tell: Tell) -> list[Difference]:
    """Fold what has settled, then compute every live order's facts from scratch and compare. Writes no fact else.

    The shop may go on meanwhile: orders with events that are not folded yet are not compared.
    """
    while fold().events:
        pass
    found: list[Difference] = []
    for ids in _all_orders(tell):
        for what, sides in COMPARED.items():
            with connection.cursor() as cursor:
                cursor.execute(sides + DIFFER, {"ids": ids})
                found += [Difference(what, *row) for row in cursor.fetchall()]
    return found


def rebuild(tell: Tell) -> int:
    """Make every live order's facts again from scratch; imported facts stay. Returns the number of orders.

    Categories and aisles become those of today; folding, and the check, leave them as they were (`folding.KEPT`).
    It can be interrupted and started again at any time: each step leaves its orders with true facts.
    """
    count = 0
    for ids in _all_orders(tell):
        with transaction.atomic():
            FoldCursor.objects.select_for_update().filter(pk=1).first()
            write_facts(ids, anew=True)
        count += len(ids)
    forget_briefs()
    return count


def _all_orders(tell: Tell) -> Iterator[list[int]]:
    """Step by step; `tell` hears how many of how many are done."""
    ids = list(Order.objects.order_by("pk").values_list("pk", flat=True))
    for place in range(0, len(ids), STEP):
        yield ids[place : place + STEP]
        tell(min(place + STEP, len(ids)), len(ids))
