"""Taking the demo out of a shop that has things of its own beside it.

The load marks which rows it wrote (`marking.py`). They go, with the orders that were played since and all that hangs
on them; what the shop's own rows need of the demo stays: an order's product, channel and customer, the warehouse that
own stock lies in.
"""

from collections.abc import Collection, Sequence

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from fulfillment.carriers.packages import RETURN_KEY
from inventory import clock
from ordermgmt.models import DemoShop
from ordermgmt.simulation.belonging import LETS_GO, SCANS, Edge, edges, edges_of_scans, tables
from ordermgmt.simulation.marking import Marks

PLAYED = r"^(sim|live)-[0-9a-f]{8}-\d+$"  # the external ids of `simulate` and `play`
# The demo's are not kept for belonging to what stays: they are about its own days.
NOT_KEPT_WITH = {"inventory_count", "inventory_expecteddelivery", "orders_idempotencykey"}
# Written for demo orders after the load, too: they go where nothing else needs them.
FOR_ORDERS = (
    ("orders_customer", "orders_order", "customer_id"),
    ("fulfillment_picklist", "fulfillment_picktask", "pick_list_id"),
    ("fulfillment_manifest", "fulfillment_label", "manifest_id"),
)
LISTS = ("marked", "leaving", "candidate", "released")  # while it is decided what leaves
COUNTED = ("inventory_product", "inventory_warehouse", "orders_channel", "orders_customer")


@transaction.atomic
def remove_demo() -> dict[str, int]:
    """Remove it and its marks; how many rows of the demo stay because own ones need them, by table.

    Raises DemoShop.DoesNotExist, and OperationalError when it cannot be alone within 20 seconds.
    """
    demo = DemoShop.objects.select_for_update().get()
    with connection.cursor() as cursor:
        _alone(cursor)
        kept = _choose(cursor, demo.marks)
        guarded = _guarded(cursor)
        _switch(cursor, guarded, "DISABLE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        _put_stock_right(cursor)
        _put_credit_right(cursor)
        _delete(cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _switch(cursor, guarded, "ENABLE")
        cursor.execute(f"DROP TABLE {', '.join(LISTS)}")
    demo.delete()
    return kept


@transaction.atomic
def own_that_go(demo: DemoShop, among: Collection[str]) -> dict[str, list[int]]:
    """What the shop wrote itself in these tables and loses with the demo, as it belongs to what goes: ids by table.

    Nothing is changed, and nobody is kept waiting.
    """
    with connection.cursor() as cursor:
        _choose(cursor, demo.marks)
        cursor.execute(
            """SELECT place, array_agg(id ORDER BY id) FROM leaving l WHERE place = ANY(%s)
            AND NOT EXISTS (SELECT FROM marked m WHERE m.place = l.place AND m.id = l.id) GROUP BY place""",
            [list(among)],
        )
        found = dict(cursor.fetchall())
        cursor.execute(f"DROP TABLE {', '.join(LISTS)}")
    return found


def _choose(cursor: CursorWrapper, marks: Marks) -> dict[str, int]:
    """List what leaves; how many rows of the demo stay, by table."""
    for name in LISTS:
        cursor.execute(f"CREATE TEMP TABLE {name} (place text, id bigint, PRIMARY KEY (place, id))")
    _mark(cursor, marks)
    _orders_leave(cursor)
    _others_may_leave(cursor)
    kept = _kept(cursor)
    cursor.execute("INSERT INTO leaving SELECT * FROM candidate ON CONFLICT DO NOTHING")
    _follow(cursor, edges(), "leaving")
    return kept


def _alone(cursor: CursorWrapper) -> None:
    """Nobody writes meanwhile; readers read on."""
    cursor.execute("SET LOCAL lock_timeout = '20s'")
    cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; LOCK TABLE {', '.join(tables())}, {SCANS} IN EXCLUSIVE MODE")


def _mark(cursor: CursorWrapper, marks: Marks) -> None:
    for table in sorted(marks.keys() & set(tables())):
        cursor.executemany(
            f"INSERT INTO marked SELECT '{table}', generate_series(%s + 1, %s)",
            marks[table],
        )


def _orders_leave(cursor: CursorWrapper) -> None:
    """The demo's and those played since, in its channels; and all that hangs on an order, whoever wrote it."""
    cursor.execute(
        f"""INSERT INTO leaving SELECT 'orders_order', o.id FROM orders_order o
        WHERE {_marked("orders_order", "o.id")} OR {_marked("orders_channel", "o.channel_id")} AND external_id ~ %s""",
        [PLAYED],
    )
    _follow(cursor, edges(), "leaving")


def _marked(table: str, column: str) -> str:
    """The condition that a column names a marked row of a table."""
    return f"EXISTS (SELECT FROM marked m WHERE m.place = '{table}' AND m.id = {column})"


def _others_may_leave(cursor: CursorWrapper) -> None:
    """All else that is marked, what was written for those orders since, what belongs to it, and old findings."""
    cursor.execute("SELECT DISTINCT place FROM marked WHERE place <> 'orders_order'")
    for (table,) in cursor.fetchall():
        _consider(cursor, table, _marked(table, "r.id"))
    for table, child, column in FOR_ORDERS:
        theirs = f"SELECT c.{column} FROM {child} c JOIN leaving l ON l.place = '{child}' AND l.id = c.id"
        _consider(cursor, table, f"r.id IN ({theirs})")
    returns = "SELECT l.id FROM leaving l WHERE l.place = 'fulfillment_return'"
    _consider(cursor, "fulfillment_playedlabel", f"r.key IN (SELECT concat('{RETURN_KEY}', t.id) FROM ({returns}) t)")
    for table in ("fulfillment_label", "fulfillment_voidedlabel"):
        sold = f"SELECT c.tracking_number FROM {table} c JOIN leaving l ON l.place = '{table}' AND l.id = c.id"
        _consider(cursor, "fulfillment_playedlabel", f"r.tracking_number IN ({sold})")
    _consider(cursor, "feedback_finding", "true")
    _follow(cursor, [edge for edge in edges() if edge.belongs], "candidate")


def _consider(cursor: CursorWrapper, table: str, condition: str) -> None:
    gone = f"SELECT FROM leaving l WHERE l.place = '{table}' AND l.id = r.id"
    cursor.execute(
        f"INSERT INTO candidate SELECT '{table}', r.id FROM {table} r WHERE ({condition}) AND NOT EXISTS ({gone})"
        " ON CONFLICT DO NOTHING"
    )


def _follow(cursor: CursorWrapper, along: Sequence[Edge], name: str) -> None:
    """Add what names a row that is in the list, until nothing is added any more."""
    grown = True
    while grown:
        grown = False
        for edge in along:
            if edge.lets_go:
                continue
            cursor.execute(
                f"""INSERT INTO {name} SELECT '{edge.table}', c.id FROM {edge.table} c
                JOIN {name} p ON p.place = '{edge.other}' AND p.id = c.{edge.column}
                WHERE NOT EXISTS (SELECT FROM leaving l WHERE l.place = '{edge.table}' AND l.id = c.id)
                ON CONFLICT DO NOTHING"""
            )
            grown = grown or cursor.rowcount > 0


def _kept(cursor: CursorWrapper) -> dict[str, int]:
    """Let go of candidates that rows which stay need, and of what belongs to those; how many are the demo's."""
    cursor.execute(
        """WITH stays AS (DELETE FROM candidate c USING orders_shippingmethod m
            WHERE c.place = 'orders_shippingmethod' AND c.id = m.id AND m.code IN (
                SELECT shipping_method FROM orders_order o
                WHERE NOT EXISTS (SELECT FROM leaving l WHERE l.place = 'orders_order' AND l.id = o.id))
            RETURNING c.place, c.id) INSERT INTO released SELECT * FROM stays"""
    )
    while sum(_release(cursor, edge) for edge in edges()):
        pass
    cursor.execute(
        "SELECT place, count(*) FROM released NATURAL JOIN marked WHERE place = ANY(%s) GROUP BY place", [list(COUNTED)]
    )
    return dict(cursor.fetchall())


def _release(cursor: CursorWrapper, edge: Edge) -> int:
    """Along one column: up to what a row that stays needs, down to what belongs to a row that stays after all."""
    if edge.belongs:
        condition = _belongs_to_what_stays(edge)
    else:
        condition = f"""k.place = '{edge.other}' AND k.id = c.{edge.column}
            AND NOT EXISTS (SELECT FROM leaving l WHERE l.place = '{edge.table}' AND l.id = c.id)
            AND NOT EXISTS (SELECT FROM candidate o WHERE o.place = '{edge.table}' AND o.id = c.id)"""
    if edge.lets_go:
        return 0
    cursor.execute(
        f"""WITH stays AS (DELETE FROM candidate k USING {edge.table} c WHERE {condition} RETURNING k.place, k.id)
        INSERT INTO released SELECT DISTINCT place, id FROM stays ON CONFLICT DO NOTHING"""
    )
    return int(cursor.rowcount)


def _belongs_to_what_stays(edge: Edge) -> str:
    own = f" AND NOT {_marked(edge.table, 'c.id')}" if edge.table in NOT_KEPT_WITH else ""
    others = [other for other in edges() if other.table == edge.table and other.belongs]
    gone = "".join(
        f" AND NOT EXISTS (SELECT FROM candidate o WHERE o.place = '{other.other}' AND o.id = c.{other.column})"
        for other in others
    )
    return f"""k.place = '{edge.table}' AND k.id = c.id{own}
        AND EXISTS (SELECT FROM released r WHERE r.place = '{edge.other}' AND r.id = c.{edge.column}){gone}"""


def _guarded(cursor: CursorWrapper) -> list[str]:
    """The tables whose triggers forbid what is done here."""
    cursor.execute(
        """SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
        WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY(%s)""",
        [list(tables())],
    )
    return sorted(name for (name,) in cursor.fetchall())


def _switch(cursor: CursorWrapper, guarded: list[str], how: str) -> None:
    for table in guarded:
        cursor.execute(f"ALTER TABLE {table} {how} TRIGGER USER")


def _put_stock_right(cursor: CursorWrapper) -> None:
    """Stock that stays was promised to, and left for, orders that go: the goods stay gone, as one adjustment says."""
    staying = "NOT EXISTS (SELECT FROM leaving l WHERE l.place = 'inventory_stock' AND l.id = x.stock_id)"
    for table in ("inventory_reservation", "inventory_lostpromise"):
        cursor.execute(
            rf"""DELETE FROM {table} x USING leaving l
            WHERE l.place = 'orders_orderline' AND x.key ~ '^line:\d+$' AND l.id = substr(x.key, 6)::bigint"""
        )
    cursor.execute(
        rf"""WITH over AS (DELETE FROM inventory_stockmovement x USING leaving l
            WHERE l.place = 'fulfillment_shipment' AND x.key ~ '^ship:\d+:' AND {staying}
              AND l.id = split_part(x.key, ':', 2)::bigint
            RETURNING x.stock_id, x.quantity)
        INSERT INTO inventory_stockmovement (stock_id, kind, quantity, key, by, reason, at)
        SELECT stock_id, 'adjust', sum(quantity), concat('demo:', stock_id), 'system:demo', 'The demo was removed', %s
        FROM over GROUP BY stock_id HAVING sum(quantity) <> 0""",
        [clock.now()],
    )
    cursor.execute(
        """UPDATE inventory_stock s SET reserved = found.units FROM (
            SELECT s.id, coalesce(sum(r.quantity), 0) AS units FROM inventory_stock s
            LEFT JOIN inventory_reservation r ON r.stock_id = s.id GROUP BY s.id) found
        WHERE found.id = s.id AND s.reserved <> found.units"""
    )


def _put_credit_right(cursor: CursorWrapper) -> None:
    """What own orders were paid with of credit that goes stays paid: nobody is left with less than nothing."""
    cursor.execute(
        """INSERT INTO orders_storecredit (customer_id, currency, amount, key, order_id, why, by, at)
        SELECT who, currency, -sum(amount), concat('demo:', who, ':', currency), max(order_id), 'The demo was removed',
               'system:demo', %s
        FROM (SELECT coalesce(u.merged_into_id, u.id) AS who, c.currency, c.amount, c.order_id
              FROM orders_storecredit c JOIN orders_customer u ON u.id = c.customer_id
              WHERE NOT EXISTS (SELECT FROM leaving l WHERE l.place = 'orders_storecredit' AND l.id = c.id)) x
        GROUP BY who, currency HAVING sum(amount) < 0""",
        [clock.now()],
    )


def _delete(cursor: CursorWrapper) -> None:
    for table, column in LETS_GO:
        other = next(edge.other for edge in edges() if (edge.table, edge.column) == (table, column))
        cursor.execute(
            f"UPDATE {table} c SET {column} = NULL FROM leaving l WHERE l.place = '{other}' AND l.id = c.{column}"
        )
    for edge in edges_of_scans():
        cursor.execute(
            f"DELETE FROM {SCANS} c USING leaving l WHERE l.place = '{edge.other}' AND l.id = c.{edge.column}"
        )
    for table in tables():
        cursor.execute(f"DELETE FROM {table} c USING leaving l WHERE l.place = '{table}' AND l.id = c.id")
