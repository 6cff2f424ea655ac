"""From rows to facts inside the database: whole orders or nothing of them."""

import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from kpis.fold.statements import DAMAGED, SHORT, UNDOCUMENTED
from kpis.history_import.cells import LARGEST_PRICE

STAGED = (
    *("line", "channel", "number", "customer", "email", "sku", "name", "quantity", "unit_price", "currency"),
    *("placed_at", "approved_at", "picked_at", "packed_at", "shipped_at", "delivered_at", "promised_at"),
    *("cancelled_at", "returned", "returned_at", "reason", "mispicked", "csat", "nps", "comment", "total"),
    *("refunded", "error"),
)
BATCH = 20_000
MOST_ERRORS = 1_000
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
# What two rows of an order must not say differently.
AGREED = ("customer", "currency", "total", "refunded")
LARGEST = str(LARGEST_PRICE)
CELLS = ", ".join(f"coalesce(r.{name}::text, '')" for name in STAGED if name not in ("line", "error"))
SAID = f"concat_ws(chr(31), {CELLS})"

DIFFER = gettext_noop("rows of one order differ in {columns}").removesuffix("{columns}")
NOT_PLACED = gettext_noop("no row of this order has placed_at")
TOO_MUCH = gettext_noop("comes to more than {most}").format(most=LARGEST)
OURS = gettext_noop("is an order of this shop already")
SAID_OTHERWISE = gettext_noop("was imported before and said something else then")
REFUSE = f"""
WITH told AS (
    SELECT r.channel, r.number, min(r.line) AS line, min(r.placed_at) AS first_placed,
           {", ".join(f"count(DISTINCT r.{name}) > 1 AS {name}" for name in AGREED)},
           bool_or(r.quantity * r.unit_price > {LARGEST}) OR sum(r.quantity * r.unit_price) > {LARGEST} AS too_much,
           encode(sha256(convert_to(string_agg({SAID}, chr(30) ORDER BY {SAID}), 'UTF8')), 'hex')
               AS digest
    FROM kpis_historyrow r WHERE r.history_id = %(id)s GROUP BY r.channel, r.number
)
INSERT INTO history_orders (channel, number, line, digest, error, known)
SELECT t.channel, t.number, t.line, t.digest,
       CASE WHEN {" OR ".join(f"t.{name}" for name in AGREED)} THEN concat('{DIFFER}',
                concat_ws('/', {", ".join(f"CASE WHEN t.{name} THEN '{name}' END" for name in AGREED)}))
            WHEN t.first_placed IS NULL THEN '{NOT_PLACED}'
            WHEN t.too_much THEN '{TOO_MUCH}'
            WHEN EXISTS (SELECT FROM orders_order o JOIN orders_channel c ON c.id = o.channel_id
                         WHERE c.code = t.channel
                           AND o.number = CASE WHEN t.number ~ '^[0-9]{{1,18}}$' THEN t.number::bigint END)
                THEN '{OURS}'
            WHEN f.id IS NOT NULL AND f.digest <> t.digest THEN '{SAID_OTHERWISE}'
       END, f.id IS NOT NULL AND f.digest = t.digest
FROM told t LEFT JOIN kpis_orderfact f ON f.channel = t.channel AND f.number = t.number AND f.history_id IS NOT NULL
"""
ORDERS_TABLE = """
DROP TABLE IF EXISTS pg_temp.history_orders;
CREATE TEMPORARY TABLE history_orders (
    channel text, number text, line int, digest text, error text, known boolean, PRIMARY KEY (channel, number)
) ON COMMIT DROP
"""
ROWS_WRONG = """
UPDATE history_orders o SET error = 'a row of this order is wrong', known = false
WHERE EXISTS (SELECT FROM kpis_historyrow r
              WHERE r.history_id = %(id)s AND r.channel = o.channel AND r.number = o.number AND r.error IS NOT NULL)
"""
ERRORS = """
SELECT line, number, error FROM (
    SELECT r.line, r.number, r.error FROM kpis_historyrow r WHERE r.history_id = %(id)s AND r.error IS NOT NULL
    UNION ALL
    SELECT o.line, o.number, o.error FROM history_orders o
    WHERE o.error IS NOT NULL AND o.error <> 'a row of this order is wrong') x
ORDER BY line LIMIT %(most)s
"""
# Each known time against the last known one before it, in every row and in the order as a whole.
TIMES = ("placed_at", "approved_at", "picked_at", "packed_at", "shipped_at", "delivered_at")
CONTRADICTORY = " OR ".join(
    f"coalesce({{0}}.{name} < coalesce({', '.join(f'{{0}}.{earlier}' for earlier in reversed(TIMES[:place]))}), false)"
    for place, name in enumerate(TIMES)
    if place
)
FIRST = "(array_agg(r.{0} ORDER BY r.line) FILTER (WHERE r.{0} IS NOT NULL))[1] AS {0}"
# An order is placed with its first line and delivered when the last of it is; of answers the first one counts. Whom
# the other system asked is not known, so nothing is said of invitations.
FACTS = f"""
INSERT INTO kpis_orderfact (
    history_id, channel, number, digest, customer, tier, country, warehouse, carrier, currency, total,
    refunded, placed_at, approved_at, picked_at, packed_at, shipped_at, delivered_at, cancelled_at, promised_at,
    held_seconds, contradictory, by_person, late, short, damaged, documents, answered_at, csat, nps, comment)
SELECT %(id)s, x.channel, x.number, x.digest, coalesce(c.merged_into_id::text, c.id::text, 'h:' || x.customer),
       '', '', '', '', coalesce(x.currency, ''), x.total, x.refunded, x.placed_at, x.approved_at, x.picked_at,
       x.packed_at, x.shipped_at, x.delivered_at, x.cancelled_at, x.promised_at, 0,
       x.contradictory OR {CONTRADICTORY.format("x")},
       '{{}}', CASE WHEN x.delivered_at IS NOT NULL THEN x.delivered_at > x.promised_at END,
       CASE WHEN x.delivered_at IS NOT NULL THEN coalesce(x.short, false) END,
       CASE WHEN x.delivered_at IS NOT NULL THEN coalesce(x.damaged, false) END,
       CASE WHEN x.delivered_at IS NOT NULL THEN coalesce(x.documents, false) END,
       CASE WHEN x.csat IS NOT NULL OR x.nps IS NOT NULL THEN coalesce(x.delivered_at, x.placed_at) END,
       x.csat, x.nps, coalesce(x.comment, '')
FROM (
    SELECT o.channel, o.number, o.digest, max(r.customer) AS customer, max(r.email) AS email,
           max(r.currency) AS currency, coalesce(max(r.total), round(sum(r.quantity * r.unit_price), 3)) AS total,
           coalesce(max(r.refunded), 0) AS refunded, min(r.placed_at) AS placed_at,
           max(r.approved_at) AS approved_at, max(r.picked_at) AS picked_at, max(r.packed_at) AS packed_at,
           max(r.shipped_at) AS shipped_at, max(r.delivered_at) AS delivered_at, max(r.cancelled_at) AS cancelled_at,
           max(r.promised_at) AS promised_at, {", ".join(map(FIRST.format, ("csat", "nps", "comment")))},
           bool_or({CONTRADICTORY.format("r")}) AS contradictory,
           bool_or(r.returned > 0 AND r.reason IN {SHORT}) AS short,
           bool_or(r.returned > 0 AND r.reason IN {DAMAGED}) AS damaged,
           bool_or(r.returned > 0 AND r.reason IN {UNDOCUMENTED}) AS documents
    FROM history_orders o JOIN kpis_historyrow r
      ON r.history_id = %(id)s AND r.channel = o.channel AND r.number = o.number
    WHERE o.error IS NULL AND NOT o.known GROUP BY o.channel, o.number, o.digest
) x LEFT JOIN orders_customer c ON c.email = x.email
"""
LINES = f"""
INSERT INTO kpis_linefact (
    fact_id, position, sku, name, category, quantity, unit_price, warehouse, zone, picker, picked_at, scanned, wrong,
    delivered_at, delivered, returned)
SELECT f.id, r.line, r.sku, coalesce(r.name, ''), '', r.quantity, r.unit_price, '', '', '',
       coalesce(r.picked_at, f.picked_at), NULL,
       coalesce(r.mispicked, 0) > 0 OR coalesce(r.returned > 0 AND r.reason IN {SHORT}, false),
       coalesce(r.delivered_at, f.delivered_at),
       CASE WHEN coalesce(r.delivered_at, f.delivered_at) IS NULL THEN 0 ELSE r.quantity END, coalesce(r.returned, 0)
FROM kpis_orderfact f JOIN kpis_historyrow r
  ON r.history_id = %(id)s AND r.channel = f.channel AND r.number = f.number
WHERE f.history_id = %(id)s
"""
RETURNS = """
INSERT INTO kpis_returnfact (line_id, quantity, reason, at)
SELECT l.id, r.returned, coalesce(r.reason, ''), r.returned_at
FROM kpis_historyrow r
JOIN kpis_orderfact f ON f.history_id = %(id)s AND f.channel = r.channel AND f.number = r.number
JOIN kpis_linefact l ON l.fact_id = f.id AND l.position = r.line
WHERE r.history_id = %(id)s AND r.returned > 0
"""
COUNTED = ("orders_new", "orders_known", "orders_refused", "contradictory", "units", "total", "refunded")
COUNTS = """
SELECT (SELECT count(*) FROM kpis_orderfact WHERE history_id = %(id)s),
       (SELECT count(*) FROM history_orders WHERE error IS NULL AND known),
       (SELECT count(*) FROM history_orders WHERE error IS NOT NULL),
       (SELECT count(*) FROM kpis_orderfact WHERE history_id = %(id)s AND contradictory),
       (SELECT coalesce(sum(l.quantity), 0) FROM kpis_linefact l JOIN kpis_orderfact f ON f.id = l.fact_id
        WHERE f.history_id = %(id)s),
       s.total, s.refunded
FROM (SELECT CASE WHEN count(DISTINCT currency) < 2 THEN coalesce(sum(total), 0) END AS total,
             CASE WHEN count(DISTINCT currency) < 2 THEN coalesce(sum(refunded), 0) END AS refunded
      FROM kpis_orderfact WHERE history_id = %(id)s) s
"""


def stage(history_id: int, rows: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    """Copy the rows to the staging table, yielding how many after each batch."""
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        lines = "".join(_copied(history_id, row) for row in batch)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY kpis_historyrow (history_id, {', '.join(STAGED)}) FROM STDIN", io.StringIO(lines))
        yield len(batch)


def _copied(history_id: int, row: Mapping[str, Any]) -> str:
    cells = [str(history_id)]
    for name in STAGED:
        value = row.get(name)
        cells.append("\\N" if value is None else value.translate(ESCAPED) if type(value) is str else str(value))
    return "\t".join(cells) + "\n"


def take_turns() -> None:
    """Until the transaction ends no other import writes: the same file twice at once is the same file twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('history import', 0))")


def judge(history_id: int) -> list[dict[str, Any]]:
    """Decide order by order, inside a transaction; returns the first errors with their lines."""
    values = {"id": history_id, "most": MOST_ERRORS}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE kpis_historyrow")
        for statement in (ORDERS_TABLE, REFUSE, ROWS_WRONG, ERRORS):
            cursor.execute(statement, values)
        return [{"line": line, "order": number, "error": error} for line, number, error in cursor.fetchall()]


def write(history_id: int) -> dict[str, Any]:
    """Write the facts of the orders that were found good; what was counted, by the import's own columns."""
    with connection.cursor() as cursor:
        for statement in (FACTS, LINES, RETURNS, COUNTS):
            cursor.execute(statement, {"id": history_id})
        return dict(zip(COUNTED, cursor.fetchone(), strict=True))


def forget_rows(history_id: int) -> None:
    """The staging table is empty again."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kpis_historyrow WHERE history_id = %s", [history_id])


def drop_facts(history_id: int) -> int:
    """Take away exactly what this import brought; returns the number of orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH old AS (SELECT l.id FROM kpis_linefact l JOIN kpis_orderfact f ON f.id = l.fact_id
                            WHERE f.history_id = %(id)s),
                    gone AS (DELETE FROM kpis_returnfact r USING old WHERE r.line_id = old.id)
               DELETE FROM kpis_linefact l USING old WHERE l.id = old.id""",
            {"id": history_id},
        )
        cursor.execute("DELETE FROM kpis_orderfact WHERE history_id = %s", [history_id])
        return int(cursor.rowcount)
