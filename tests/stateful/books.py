"""What the database says, in the model's words; and a way to let it break off in the middle."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection, transaction

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
MOVING = (  # everything that an operation may write, and that an example begins without
    *("inventory_stockmovement", "inventory_reservation", "inventory_stockhold", "inventory_lostpromise"),
    *("inventory_count", "inventory_countline"),
    *("inventory_expecteddelivery", "inventory_expectedline", "inventory_deliveryreceipt"),
    *("orders_customer", "orders_order", "orders_orderline", "orders_allocation", "orders_orderevent"),
    *("orders_payment", "orders_refund", "orders_hold", "orders_idempotencykey"),
)
READ = """
WITH purpose AS (
    SELECT 'line:' || l.id AS key, o.external_id || '/' || l.position AS name, o.state
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    UNION ALL SELECT 'hold:' || h.token, 'hold:' || h.token, 'basket' FROM inventory_stockhold h
), shelf AS (
    SELECT s.*, p.sku || ' ' || w.code AS name,
           (SELECT coalesce(sum(m.quantity), 0) FROM inventory_stockmovement m WHERE m.stock_id = s.id) AS ledger
    FROM inventory_stock s JOIN inventory_product p ON p.id = s.product_id
    JOIN inventory_warehouse w ON w.id = s.warehouse_id
)
SELECT json_build_object(
    'shelves', (SELECT json_object_agg(s.name, json_build_array(s.on_hand, s.reserved, s.ledger)) FROM shelf s),
    'promises', (SELECT coalesce(json_agg(json_build_array(
            coalesce(p.name, r.key), s.name, r.quantity,
            (extract(epoch FROM r.at - %(start)s) / 60)::int, r.priority) ORDER BY r.id), '[]')
        FROM inventory_reservation r JOIN shelf s ON s.id = r.stock_id LEFT JOIN purpose p ON p.key = r.key),
    'lost', (SELECT coalesce(json_object_agg(p.name, p.units), '{}') FROM (
        SELECT p.name, sum(l.quantity) AS units FROM inventory_lostpromise l JOIN purpose p ON p.key = l.key
        WHERE p.state IN ('placed', 'received') GROUP BY p.name) p),
    'orders', (SELECT coalesce(json_object_agg(o.external_id, o.state), '{}') FROM orders_order o),
    'baskets', (SELECT coalesce(json_object_agg('hold:' || h.token, json_build_array(h.channel,
            (extract(epoch FROM h.expires_at - %(start)s) / 60)::int)), '{}') FROM inventory_stockhold h)
)::text
"""
POINTING = """
WITH RECURSIVE moving (id) AS (
    SELECT unnest(%s::regclass[]::oid[])
    UNION SELECT c.conrelid FROM pg_constraint c JOIN moving ON c.confrelid = moving.id WHERE c.contype = 'f'
)
SELECT id::regclass::text FROM moving ORDER BY 1
"""
ALL_ROWS = " UNION ALL ".join(
    f"SELECT '{table}', count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {table} t"
    for table in (*MOVING, "inventory_stock")
)
ALL_ROWS += " ORDER BY 1"  # tables may be read in parallel, and come in any order then


def read() -> dict[str, Any]:
    """Shelves, promises by their turn of writing, what live orders have lost, states, and baskets."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {"start": START})
        return json.loads(cursor.fetchone()[0])


def all_rows() -> list[tuple[str, int, str]]:
    """Every row of every table that moves, as one line per table."""
    with connection.cursor() as cursor:
        cursor.execute(ALL_ROWS)
        return cursor.fetchall()


def empty() -> None:
    """As if nothing had ever happened; what is sold and where stays.

    Deleting a few rows, with triggers and foreign keys off, takes a twentieth of what it takes to truncate.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in moving_and_their_own()))
        cursor.execute("UPDATE inventory_stock SET on_hand = 0, reserved = 0")


@cache
def moving_and_their_own() -> list[str]:
    """The tables that move, and those that point at them."""
    with connection.cursor() as cursor:
        cursor.execute(POINTING, [list(MOVING)])
        return [table for (table,) in cursor.fetchall()]


class Crash(BaseException):
    """The program ends here; no `except Exception` hears of it."""


@contextmanager
def crashing(*, after: int) -> Iterator[None]:
    """Crash when so many statements have been done, before the next one or the commit."""
    done = 0

    def count(execute: Any, *asked: Any) -> Any:
        nonlocal done
        result = execute(*asked)
        done += 1
        if done == after:
            raise Crash
        return result

    with connection.execute_wrapper(count):
        yield
