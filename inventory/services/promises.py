"""Stock that is promised: give, give back, move, and take away when the goods turn out not to be there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from inventory import clock
from inventory.errors import NotEnoughStock
from inventory.models import LostPromise, Reservation, Stock
from inventory.services.locks import lock_stock

Plan = Mapping[str, Mapping[int, int]]  # units by stock id, by reservation key


@dataclass(frozen=True)
class Want:
    """`quantity` units of a product, for the purpose `key`."""

    key: str
    product_id: int
    sku: str
    quantity: int


def promise(wants: Sequence[Want], *, channel: str = "", priority: int = 0) -> None:
    """Reserve all wants or none, in one statement: goods on hand before backorders, then by warehouse priority.

    What is safety stock for `channel` is left alone. Raises NotEnoughStock with the units left of each SKU that
    falls short; then nothing is reserved.
    """
    by_product = {want.product_id: want.sku for want in wants}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT product_id, free FROM inventory_promise(%s::text[], %s::bigint[], %s::bigint[], %s, %s, %s)",
            [
                [want.key for want in wants],
                [want.product_id for want in wants],
                [want.quantity for want in wants],
                channel,
                priority,
                clock.now(),
            ],
        )
        short = cursor.fetchall()
    if short:
        raise NotEnoughStock({by_product[product_id]: free for product_id, free in short})


def release(keys: Iterable[str]) -> int:
    """Give back what is promised for `keys`; returns the units. What is gone already is not given twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inventory_release(%s::text[])", [list(keys)])
        units: int = cursor.fetchone()[0]
    return units


@transaction.atomic
def move_promises(plan: Plan) -> None:
    """Let exactly these stocks stand for these keys; raises NotEnoughStock, and moves nothing, if one no longer can.

    Whoever was promised keeps their turn, and what they had lost of it is made good.
    """
    wanted = _pairs(plan)
    rows = list(Reservation.objects.filter(key__in=plan))
    if {(row.key, row.stock_id): row.quantity for row in rows} == wanted:
        return
    locked = {row.pk: row for row in lock_stock({id_ for _, id_ in wanted} | {row.stock_id for row in rows})}
    # Read again: a count may have taken a promise away while we waited for the locks.
    rows = list(Reservation.objects.filter(key__in=plan).order_by("priority", "-at"))
    end([row.pk for row in rows])
    raised = Counter[int]()
    for (_, id_), units in wanted.items():
        raised[id_] += units
    for row in rows:
        locked[row.stock_id].reserved -= row.quantity
    free = {id_: locked[id_].on_hand + locked[id_].backorder_limit - locked[id_].reserved for id_ in raised}
    if short := {id_: free[id_] for id_ in raised if raised[id_] > free[id_]}:
        names = dict(Stock.objects.filter(pk__in=short).values_list("pk", "product__sku"))
        raise NotEnoughStock({names[id_]: units for id_, units in short.items()})
    lost = LostPromise.objects.filter(key__in=plan)
    turns = {row.key: (row.priority, row.promised_at) for row in lost}
    turns |= {row.key: (row.priority, row.at) for row in rows}  # the last one of a key: its best turn
    moved = [Reservation(key=key, stock_id=id_, quantity=units) for (key, id_), units in wanted.items()]
    for row in moved:
        row.priority, row.at = turns.get(row.key, (0, clock.now()))
    Reservation.objects.bulk_create(moved)
    lost.delete()
    raise_reserved(raised)


def _pairs(plan: Plan) -> dict[tuple[str, int], int]:
    return {(key, id_): units for key, shares in plan.items() for id_, units in shares.items() if units}


def raise_reserved(units: Mapping[int, int]) -> None:
    """Add units (or, below 0, take them) to what is reserved of locked stocks, by stock id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE inventory_stock s SET reserved = s.reserved + m.units
               FROM unnest(%s::bigint[], %s::bigint[]) AS m(id, units) WHERE s.id = m.id AND m.units <> 0""",
            [list(units), list(units.values())],
        )


def end(reservation_ids: Sequence[int]) -> None:
    """Delete reservations and lower `reserved` by exactly what was deleted; their stock is locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH gone AS (DELETE FROM inventory_reservation WHERE id = ANY(%s) RETURNING stock_id, quantity)
               UPDATE inventory_stock s SET reserved = s.reserved - g.quantity
               FROM (SELECT stock_id, sum(quantity) AS quantity FROM gone GROUP BY stock_id) g
               WHERE s.id = g.stock_id""",
            [list(reservation_ids)],
        )
