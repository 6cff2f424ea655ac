"""A shop with long lists: the demo's rows, copied by the database under numbers of their own.

A copy's numbers are the original's plus a multiple of a stride, wherever they stand: in keys, codes and events. Copies
of finished orders lie ever further back; the last copies are of all orders, of which many are on their way. `verify`
finds nothing by which to tell a copy from an order that went its way by itself.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import DateTimeField, Field, Model, UUIDField
from django.db.models.fields.related import ForeignKey

from fulfillment.models import PickList
from inventory.models import Reservation, StockMovement
from kpis.models import OrderFact
from ordermgmt.bench.copied import BELONGS, BUSY, CHOOSE, MOVED, SETTLE, STRIDE
from orders.models import Customer, Order, OrderEvent

APPS = ("orders", "fulfillment", "feedback", "kpis")

Table = type[Model]


def copy_orders(orders: int, *, busy: int = BUSY) -> None:
    """Copy the demo's finished orders with all that hangs on them, until there are so many; then all, `busy` times.

    Foreign keys are checked again at the end, all other constraints row by row.
    """
    tables = _tables()
    with transaction.atomic(), connection.cursor() as cursor, _unlinked(cursor, tables):
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(MOVED)
        cursor.execute(CHOOSE, {"orders": orders, "busy": busy})
        for table in tables:
            name = table._meta.db_table
            cursor.execute(f"CREATE TEMP TABLE of_{name} ON COMMIT DROP AS {_belonging(table)}")
            cursor.execute(f"ANALYZE of_{name}")
        for table in tables:
            cursor.execute(_copying(table))
            _count_on(cursor, table)
        cursor.execute("SELECT setval('orders_order_number', max(number)) FROM orders_order")
        cursor.execute(SETTLE)


def _tables() -> Sequence[Table]:
    """What hangs on an order, its customer or its pick list, each behind what it hangs on."""
    known: set[Table] = {Customer, Order, PickList}
    candidates = {model for app in APPS for model in apps.get_app_config(app).get_models()}
    while found := {model for model in candidates - known if _links(model, known)}:
        known |= found
    graph = {model: {link.related_model for link in _links(model, known)} - {model} for model in known}
    return [*TopologicalSorter(graph).static_order(), StockMovement, Reservation]


def _links(table: Table, known: Collection[Table]) -> "list[ForeignKey[Any, Any]]":
    """Those foreign keys by which its rows hang on others that are copied, the surest and nearest to an order first."""
    links = [field for field in table._meta.concrete_fields if isinstance(field, ForeignKey)]
    return sorted((link for link in links if link.related_model in known), key=_distance)


def _distance(link: "ForeignKey[Any, Any]") -> tuple[bool, bool, bool]:
    """Orders share pick lists."""
    return link.null, link.related_model is PickList, link.related_model is not Order


def _belonging(table: Table) -> str:
    """Which rows go with which order."""
    if table._meta.db_table in BELONGS:
        return BELONGS[table._meta.db_table]
    link = _links(table, set(_tables()))[0]
    above = f"of_{link.related_model._meta.db_table}"
    return (
        f"SELECT t.id, a.order_id FROM {table._meta.db_table} t"  # noqa: S608 - names of tables and columns
        f" JOIN {above} a ON a.id = t.{link.column}"
    )


def _copying(table: Table) -> str:
    known, name = set(_tables()), table._meta.db_table
    fields = [field for field in table._meta.concrete_fields if not field.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_value(table, field, known) for field in fields)
    return f"""
        INSERT INTO {name} ({columns})
        SELECT {values} FROM (SELECT DISTINCT m.id, c.n, c.back FROM of_{name} m JOIN copied c USING (order_id)) c
        JOIN {name} t ON t.id = c.id ORDER BY c.n, t.id
    """  # noqa: S608 - names of tables and columns


def _value(table: Table, field: "Field[Any, Any]", known: set[Table]) -> str:
    """What stands in a column of the copy."""
    old = f't."{field.column}"'
    if isinstance(field, UUIDField) and field.primary_key:
        return "gen_random_uuid()"
    if field.primary_key or field.related_model in known or (table, field.name) == (Order, "number"):
        return f"{old} + c.n * {STRIDE}"
    if table is OrderFact and field.name in ("number", "customer"):
        return f"({old}::bigint + c.n * {STRIDE})::text"
    if table is OrderEvent and field.name == "data":
        return f"pg_temp.data_of_copy({old}, c.n)"
    if isinstance(field, DateTimeField):
        return f"{old} - c.back"
    return _text(table, field, old)


def _text(table: Table, field: "Field[Any, Any]", old: str) -> str:
    """A key names what it is about and is unique, as are some words; a picker has one list at a time."""
    if field.name == "key":
        return f"pg_temp.key_of_copy({old}, c.n)"
    if field.name == "email" and table is Customer:
        return f"replace({old}, '@', '.' || c.n || '@')"
    if field.name in ("tracking_number", "external_id"):
        return f"CASE {old} WHEN '' THEN '' ELSE {old} || '-' || c.n END"
    if (table, field.name) == (PickList, "picker"):
        return f"CASE WHEN t.state IN ('assigned', 'picking') THEN {old} || c.n ELSE {old} END"
    return old


def _count_on(cursor: Any, table: Table) -> None:
    """New rows come behind the copies."""
    name = table._meta.db_table
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [name])
    if sequence := cursor.fetchone()[0]:
        cursor.execute(f"SELECT setval(%s, coalesce(max(id), 1)) FROM {name}", [sequence])  # noqa: S608


@contextmanager
def _unlinked(cursor: Any, tables: Sequence[Table]) -> Iterator[None]:
    """Foreign keys are taken away and made again, which checks all rows at once instead of one by one."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])",
        [[table._meta.db_table for table in tables]],
    )
    links = cursor.fetchall()
    for table, name, _ in links:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in links:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
