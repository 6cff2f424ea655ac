"""Where the stock room's numbers contradict each other, and how they are put right.

It stands in this app because a promise for an order line is only known to be over by the order. `verify` asks the
same of all books and repairs nothing; here the ledger is right about goods, and reservations about promises.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from inventory.services.shortfall import Recomputed, recompute
from orders.flow import GOODS_HERE

REASON = "The books were reconciled"

# Each question is one statement and so one moment: a running shop gives no false alarm.
ON_HAND = """
SELECT s.id, concat(p.sku, ' in ', w.code) AS place, '' AS key,
       concat(s.on_hand, ' on hand, the ledger says ', coalesce(m.units, 0)) AS told
FROM inventory_stock s
JOIN inventory_product p ON p.id = s.product_id JOIN inventory_warehouse w ON w.id = s.warehouse_id
LEFT JOIN (SELECT stock_id, sum(quantity) AS units FROM inventory_stockmovement GROUP BY stock_id) m
       ON m.stock_id = s.id
WHERE s.on_hand <> coalesce(m.units, 0)
ORDER BY place
"""
RESERVED = """
SELECT s.id, concat(p.sku, ' in ', w.code) AS place, '' AS key,
       concat(s.reserved, ' reserved, the promises say ', coalesce(r.units, 0)) AS told
FROM inventory_stock s
JOIN inventory_product p ON p.id = s.product_id JOIN inventory_warehouse w ON w.id = s.warehouse_id
LEFT JOIN (SELECT stock_id, sum(quantity) AS units FROM inventory_reservation GROUP BY stock_id) r
       ON r.stock_id = s.id
WHERE s.reserved <> coalesce(r.units, 0)
ORDER BY place
"""
# What nobody waits for any more never comes back: orders do not return to these states, ids and tokens are new.
ORPHANS = r"""
SELECT s.id, concat(p.sku, ' in ', w.code) AS place, r.key,
       concat(r.quantity, ' promised to ', r.key, ', ', CASE
           WHEN r.key LIKE 'hold:%%' THEN 'which no basket holds'
           WHEN o.id IS NULL THEN 'which is of no order'
           ELSE concat('whose order ', o.number, ' is ', o.state) END) AS told
FROM inventory_reservation r
JOIN inventory_stock s ON s.id = r.stock_id
JOIN inventory_product p ON p.id = s.product_id JOIN inventory_warehouse w ON w.id = s.warehouse_id
LEFT JOIN orders_orderline l ON l.id = CASE WHEN r.key ~ '^line:\d{1,18}$' THEN substr(r.key, 6)::bigint END
LEFT JOIN orders_order o ON o.id = l.order_id
LEFT JOIN inventory_stockhold h ON h.token = CASE WHEN r.key LIKE 'hold:%%' THEN substr(r.key, 6) END
WHERE r.key LIKE 'line:%%' AND (o.id IS NULL OR o.state <> ALL(%(goods_here)s))
   OR r.key LIKE 'hold:%%' AND h.id IS NULL
ORDER BY place, r.key
"""


@dataclass(frozen=True)
class Drift:
    """One contradiction: `kind` is on_hand, reserved or orphan; `key` names the promise of an orphan."""

    kind: str
    stock_id: int
    place: str
    key: str
    sentence: str


def find_drift() -> list[Drift]:
    """Every contradiction; nothing is changed or locked."""
    found = []
    for kind, question in (("on_hand", ON_HAND), ("reserved", RESERVED), ("orphan", ORPHANS)):
        for stock_id, place, key, told in _asked(question):
            found.append(Drift(kind, stock_id, place, key, f"{place}: {told}"))
    return found


def repair(found: Sequence[Drift]) -> list[str]:
    """Put every stock named in `found` right, each in a transaction of its own; returns what was done, in sentences.

    The balances are computed anew under the lock, so a stock that was put right meanwhile stays as it is.
    """
    places = {drift.stock_id: drift.place for drift in found}
    over: defaultdict[int, set[str]] = defaultdict(set)
    for drift in found:
        if drift.key:
            over[drift.stock_id].add(drift.key)
    done = []
    for stock_id, place in sorted(places.items()):
        outcome = recompute(stock_id, ended=over[stock_id], reason=REASON)
        done += [f"{place}: {said}" for said in _told(outcome)]
    return done


def _told(outcome: Recomputed) -> list[str]:
    said = [f"{units} given back from {key}" for key, units in sorted(outcome.given_back.items())]
    said += [f"{lost.quantity} taken from {lost.key}, for which there are no goods" for lost in outcome.lost]
    for name, (before, after) in (("on hand", outcome.on_hand), ("reserved", outcome.reserved)):
        if before != after:
            said.append(f"{after} {name}, was {before}")
    return said


def _asked(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, {"goods_here": [state.value for state in GOODS_HERE]})
        return list(cursor.fetchall())
