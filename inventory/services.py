"""Every write to stock: promise, give back, move a promise, send out, take in.

Lock order everywhere: order row, shipment rows by id, stock rows by id.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from inventory import clock
from inventory.errors import NotEnoughStock, NotPromised
from inventory.models import Reservation, Stock, StockMovement


@dataclass(frozen=True)
class Want:
    """`quantity` units of a product, for the purpose `key`."""

    key: str
    product_id: int
    sku: str
    quantity: int


# Demand and supply of a product are laid end to end, each as half-open intervals; where a wanted interval
# overlaps a supply's interval, that many units are taken there. What is on hand anywhere comes before what may be
# backordered (tier 1). Lines of one product and several warehouses need no loop, and one short line leaves `taken`
# empty, so that nothing is written at all.
PROMISE = """
WITH want AS MATERIALIZED (
    SELECT w.*, sum(w.quantity) OVER (PARTITION BY w.product_id ORDER BY w.position) AS upto
    FROM unnest(%(keys)s::text[], %(products)s::bigint[], %(quantities)s::bigint[])
         WITH ORDINALITY AS w(key, product_id, quantity, position)
), locked AS MATERIALIZED (
    SELECT s.id, s.product_id, s.on_hand + s.backorder_limit - s.reserved AS free,
           greatest(s.on_hand - s.reserved, 0) AS on_hand, w.priority
    FROM inventory_stock s JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.active
    WHERE s.product_id = ANY(%(products)s::bigint[])
    ORDER BY s.id FOR NO KEY UPDATE OF s
), supply AS (
    SELECT id, product_id, free, sum(free) OVER (PARTITION BY product_id ORDER BY tier, priority, id) AS upto
    FROM (SELECT id, product_id, on_hand AS free, 0 AS tier, priority FROM locked
          UNION ALL SELECT id, product_id, free - on_hand, 1, priority FROM locked) tiers
), short AS (
    SELECT demand.product_id, coalesce(have.free, 0) AS free
    FROM (SELECT product_id, max(upto) AS wanted FROM want GROUP BY product_id) demand
    LEFT JOIN (SELECT product_id, sum(free) AS free FROM locked GROUP BY product_id) have USING (product_id)
    WHERE demand.wanted > coalesce(have.free, 0)
), taken AS MATERIALIZED (
    SELECT want.key, supply.id AS stock_id, min(want.position) AS position,
           sum(least(want.upto, supply.upto)
               - greatest(want.upto - want.quantity, supply.upto - supply.free)) AS quantity
    FROM want JOIN supply USING (product_id)
    WHERE least(want.upto, supply.upto) > greatest(want.upto - want.quantity, supply.upto - supply.free)
      AND NOT EXISTS (SELECT FROM short)
    GROUP BY want.key, supply.id
), booked AS (
    INSERT INTO inventory_reservation (key, stock_id, quantity, at)
    SELECT key, stock_id, quantity, %(at)s FROM taken ORDER BY position, stock_id
), raised AS (
    UPDATE inventory_stock s SET reserved = s.reserved + t.quantity
    FROM (SELECT stock_id, sum(quantity) AS quantity FROM taken GROUP BY stock_id) t WHERE s.id = t.stock_id
)
SELECT product_id, free FROM short
"""


def lock_stock(ids: Iterable[int]) -> QuerySet[Stock]:
    """Lowest id first, everywhere: two orders that share products queue up instead of deadlocking."""
    return Stock.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=list(ids)).order_by("id")


def promise(wants: Sequence[Want]) -> None:
    """Reserve all wants or none, in one statement: goods on hand before backorders, then by warehouse priority.

    Raises NotEnoughStock with the units left of each SKU that falls short; then nothing is reserved.
    """
    by_product = {want.product_id: want.sku for want in wants}
    with connection.cursor() as cursor:
        cursor.execute(
            PROMISE,
            {
                "keys": [want.key for want in wants],
                "products": [want.product_id for want in wants],
                "quantities": [want.quantity for want in wants],
                "at": clock.now(),
            },
        )
        short = cursor.fetchall()
    if short:
        raise NotEnoughStock({by_product[product_id]: int(free) for product_id, free in short})


@transaction.atomic
def release(keys: Iterable[str]) -> int:
    """Give back what is promised for `keys`; returns the units. What is gone already is not given twice."""
    rows = list(Reservation.objects.filter(key__in=list(keys)))
    list(lock_stock(row.stock_id for row in rows))
    return _end([row.id for row in rows])


def _end(reservation_ids: Sequence[int]) -> int:
    """Delete the reservations and lower `reserved` by exactly what was deleted; their stock is locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH gone AS (DELETE FROM inventory_reservation WHERE id = ANY(%s) RETURNING stock_id, quantity),
                    lowered AS (
                   UPDATE inventory_stock s SET reserved = s.reserved - g.quantity
                   FROM (SELECT stock_id, sum(quantity) AS quantity FROM gone GROUP BY stock_id) g
                   WHERE s.id = g.stock_id)
               SELECT coalesce(sum(quantity), 0) FROM gone""",
            [list(reservation_ids)],
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def move_promises(wants: Sequence[Want], *, warehouse_id: int) -> None:
    """Let `warehouse_id` alone stand for these wants; raises NotEnoughStock, and moves nothing, if it no longer can."""
    rows = list(Reservation.objects.filter(key__in=[want.key for want in wants]).select_related("stock"))
    if all(row.stock.warehouse_id == warehouse_id for row in rows):
        return
    homes = dict(
        Stock.objects.filter(warehouse_id=warehouse_id, product_id__in=[want.product_id for want in wants]).values_list(
            "product_id", "id"
        )
    )
    locked = {row.id: row for row in lock_stock({row.stock_id for row in rows} | set(homes.values()))}
    _end([row.id for row in rows])
    raised: defaultdict[int, int] = defaultdict(int)
    for want in wants:
        raised[homes[want.product_id]] += want.quantity
    ours: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        ours[row.stock_id] += row.quantity
    free = {id_: locked[id_].on_hand + locked[id_].backorder_limit - locked[id_].reserved + ours[id_] for id_ in raised}
    if short := {want.sku: free[id_] for want in wants if raised[id_ := homes[want.product_id]] > free[id_]}:
        raise NotEnoughStock(short)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE inventory_stock s SET reserved = s.reserved + m.units
               FROM unnest(%s::bigint[], %s::bigint[]) AS m(id, units) WHERE s.id = m.id""",
            [list(raised), list(raised.values())],
        )
    Reservation.objects.bulk_create(
        Reservation(key=want.key, stock_id=homes[want.product_id], quantity=want.quantity, at=clock.now())
        for want in wants
    )


@transaction.atomic
def ship(quantities: Mapping[str, int], *, warehouse_id: int, key: str, by: str) -> None:
    """Send out the units promised for each reservation key from one warehouse: promise and goods leave together.

    `key` names the shipment; the ledger books it once. Raises NotPromised when a promise is not there or of another
    size, NotEnoughStock when it rests on goods that have not arrived.
    """
    rows = list(Reservation.objects.filter(key__in=list(quantities), stock__warehouse_id=warehouse_id))
    locked = {row.id: row for row in lock_stock(row.stock_id for row in rows).select_related("product")}
    promised = {row.key: row for row in rows}
    kept = {name: promised[name].quantity if name in promised else 0 for name in quantities}
    if kept != dict(quantities):
        raise NotPromised({name: units for name, units in kept.items() if units != quantities[name]})
    moves: defaultdict[int, int] = defaultdict(int)
    for name, units in quantities.items():
        moves[promised[name].stock_id] += units
    if absent := {locked[id_].product.sku: locked[id_].on_hand for id_ in moves if locked[id_].on_hand < moves[id_]}:
        raise NotEnoughStock(absent)
    _end([row.id for row in rows])
    _book(StockMovement.Kind.SHIP, {stock_id: -units for stock_id, units in moves.items()}, key=key, by=by)


@transaction.atomic
def move_stock(stock_id: int, quantity: int, *, kind: StockMovement.Kind, key: str, by: str, reason: str = "") -> None:
    """Book `quantity` units in (positive) or out (negative) of one stock, once per `key`."""
    list(lock_stock([stock_id]))
    _book(kind, {stock_id: quantity}, key=key, by=by, reason=reason)


@transaction.atomic
def receive_all(quantities: Mapping[int, int], *, key: str, by: str) -> None:
    """Take a whole delivery in (units by stock id), once per `key`."""
    list(lock_stock(quantities))
    _book(StockMovement.Kind.RECEIVE, quantities, key=key, by=by)


def _book(kind: str, moves: Mapping[int, int], *, key: str, by: str, reason: str = "") -> None:
    """Write the ledger and the balances of locked stock; the ledger's unique key makes it once."""
    StockMovement.objects.bulk_create(
        StockMovement(stock_id=stock_id, kind=kind, quantity=units, key=f"{key}:{stock_id}", by=by, reason=reason)
        for stock_id, units in sorted(moves.items())
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE inventory_stock s SET on_hand = s.on_hand + m.units
               FROM unnest(%s::bigint[], %s::bigint[]) AS m(id, units) WHERE s.id = m.id""",
            [list(moves), list(moves.values())],
        )
