"""The pgbench script: the rows that a really placed order has left, written again by plain statements.

It is made from such an order, so that tables, columns and values are those of the shop, and all indexes, constraints,
triggers and foreign keys do their work. Nothing is read or computed: what is left is what has to be written.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ordermgmt.bench.buyer import LINES
from ordermgmt.bench.server import Server

Values = Mapping[str, str | None]

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
FILLED_IN_BY_THE_DATABASE = {"id", "number", "xid"}
ROWS = """
SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each_text(to_jsonb(t))) FROM {table} t WHERE {where} ORDER BY id
"""
# Each line draws from a third of the catalogue, as a buyer's do; so stock is locked lowest id first.
DRAW = r"""\set i :i + 1
\set n :client_id * 1000000000000 + :i
\set stock0 :first + random(0, :skus / 3 - 1)
\set stock1 :first + random(:skus / 3, :skus * 2 / 3 - 1)
\set stock2 :first + {last}
\set product0 :stock0 + :apart
\set product1 :stock1 + :apart
\set product2 :stock2 + :apart
"""
SPREAD, HOT = "random(:skus * 2 / 3, :skus - 1)", ":skus - 1"
GUARDED = (
    "UPDATE inventory_stock SET reserved = reserved + 1 WHERE id = :stock{line} "
    "AND reserved + 1 <= on_hand + backorder_limit;"
)


@dataclass(frozen=True)
class Sample:
    """All rows of one placed order, as text."""

    order: Values
    customer: Values
    lines: Sequence[Values]
    payments: Sequence[Values]
    events: Sequence[Values]
    reservations: Sequence[Values]
    answers: Sequence[Values]


def read_sample(server: Server, database: str) -> Sample:
    """The newest order of a database, whose Idempotency-Key was its `external_id`."""

    def rows(table: str, where: str, *values: object) -> list[Values]:
        return [found for (found,) in server.ask(database, ROWS.format(table=table, where=where), values)]

    (order,) = rows("orders_order", "id = (SELECT max(id) FROM orders_order)")
    (customer,) = rows("orders_customer", "id = %s", order["customer_id"])
    lines = rows("orders_orderline", "order_id = %s", order["id"])
    return Sample(
        order,
        customer,
        lines,
        payments=rows("orders_payment", "order_id = %s", order["id"]),
        events=rows("orders_orderevent", "order_id = %s", order["id"]),
        reservations=rows("inventory_reservation", "key = ANY(%s)", [f"line:{line['id']}" for line in lines]),
        answers=rows("orders_idempotencykey", "key = %s", order["external_id"]),
    )


class Script:
    """The text, and the `variables` it is to be run with, which carry the values as they would come from a client."""

    def __init__(self, sample: Sample) -> None:
        self._sample = sample
        self.variables: dict[str, str] = {}
        self._body = self._transaction()

    def text(self, *, hot: bool) -> str:
        """Spread over all SKUs, or with the last one in every order."""
        return DRAW.format(last=HOT if hot else SPREAD) + self._body

    def _transaction(self) -> str:
        sample, of_order = self._sample, {"order_id": ":order_id"}
        key = "'limit-' || :n"
        customer = self._insert("orders_customer", [sample.customer], [{"email": f"{key} || '@example.com'"}])
        order = {"external_id": key, "customer_id": ":customer_id"}
        lines = [{**of_order, "product_id": f":product{line}"} for line in range(LINES)]
        reservations = [
            {"key": f"'line:' || (:lines::bigint[])[{line + 1}]", "stock_id": f":stock{line}"} for line in range(LINES)
        ]
        return "\n".join(
            [
                "BEGIN;",
                f"{customer} ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id AS customer_id \\gset",
                self._insert("orders_order", [sample.order], [order]) + " RETURNING id AS order_id \\gset",
                f"WITH new AS ({self._insert('orders_orderline', sample.lines, lines)} RETURNING id, position)",
                "SELECT array_agg(id ORDER BY position) AS lines FROM new \\gset",
                self._insert("orders_payment", sample.payments, [of_order]) + ";",
                self._insert("orders_orderevent", sample.events, [of_order]) + ";",
                self._insert("orders_idempotencykey", sample.answers, [{"key": key}]) + ";",
                self._insert("inventory_reservation", sample.reservations, reservations) + ";",
                *(GUARDED.format(line=line) for line in range(LINES)),
                "END;",
            ]
        )

    def _insert(self, table: str, rows: Sequence[Values], others: Sequence[Mapping[str, str]]) -> str:
        """An INSERT of these rows, with `others` in place of some values; one for each row, or it does not fit."""
        columns = [name for name in rows[0] if name not in FILLED_IN_BY_THE_DATABASE]
        tuples = [
            ", ".join(other.get(name) or self._value(row[name]) for name in columns)
            for row, other in zip(rows, others, strict=True)
        ]
        names = ", ".join(f'"{name}"' for name in columns)
        return f"INSERT INTO {table} ({names}) VALUES {', '.join(f'({values})' for values in tuples)}"  # noqa: S608

    def _value(self, value: str | None) -> str:
        """Times count from now, not from when the sample was placed."""
        if not value:
            return "NULL" if value is None else "''"
        if MOMENT.fullmatch(value):
            later = datetime.fromisoformat(value) - datetime.fromisoformat(str(self._sample.order["placed_at"]))
            return f"now() + make_interval(secs => {later.total_seconds()})"
        name = f"v{len(self.variables)}"
        self.variables[name] = value
        return f":{name}"
