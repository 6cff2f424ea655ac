"""Goods that come and go: every change of what is on hand, with its line in the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.utils.translation import gettext as _

from inventory.errors import KeyReused, NotEnoughStock, NotPromised, NotStocked, NotUsable
from inventory.models import Product, Reservation, Stock, StockMovement, Warehouse
from inventory.services.locks import lock_stock
from inventory.services.promises import end


@transaction.atomic
def ship(quantities: Mapping[str, int], *, warehouse_id: int, key: str, by: str) -> None:
    """Send out the units promised for each reservation key from one warehouse: promise and goods leave together.

    `key` names the shipment; the ledger books it once. Raises NotPromised when a promise is not there or of another
    size, NotEnoughStock when it rests on goods that have not arrived.
    """
    promises = Reservation.objects.filter(key__in=list(quantities), stock__warehouse_id=warehouse_id)
    stocks = lock_stock(promises.values_list("stock_id", flat=True)).select_related("product")
    locked = {row.pk: row for row in stocks}
    rows = list(promises)
    promised = {row.key: row for row in rows}
    kept = {name: promised[name].quantity if name in promised else 0 for name in quantities}
    if kept != dict(quantities):
        raise NotPromised({name: units for name, units in kept.items() if units != quantities[name]})
    moves: defaultdict[int, int] = defaultdict(int)
    for name, units in quantities.items():
        moves[promised[name].stock_id] += units
    if absent := {locked[id_].product.sku: locked[id_].on_hand for id_ in moves if locked[id_].on_hand < moves[id_]}:
        raise NotEnoughStock(absent)
    end([row.pk for row in rows])
    book(StockMovement.Kind.SHIP, {stock_id: -units for stock_id, units in moves.items()}, key=key, by=by)


@transaction.atomic
def move_stock(stock_id: int, quantity: int, *, kind: StockMovement.Kind, key: str, by: str, reason: str = "") -> None:
    """Book `quantity` units in (positive) or out (negative) of one stock, once per `key`."""
    list(lock_stock([stock_id]))
    book(kind, {stock_id: quantity}, key=key, by=by, reason=reason)


@transaction.atomic
def receive_all(quantities: Mapping[int, int], *, key: str, by: str) -> None:
    """Take a whole delivery in (units by stock id), once per `key`."""
    list(lock_stock(quantities))
    book(StockMovement.Kind.RECEIVE, quantities, key=key, by=by)


@transaction.atomic
def transfer(product_id: int, quantity: int, *, source_id: int, target_id: int, key: str, by: str) -> None:
    """Move free units of a product from one warehouse to another (both by id), once per `key`.

    Raises NotEnoughStock with the free units when more are wanted: what is promised stays where it is.
    """
    if quantity < 1 or source_id == target_id:
        raise NotUsable(_("A transfer moves at least one unit, to another warehouse"))
    source, target = (shelves([product_id], warehouse_id=place)[product_id] for place in (source_id, target_id))
    locked = {row.pk: row for row in lock_stock([source, target]).select_related("product")}
    moves = {source: -quantity, target: quantity}
    if booked(moves, kind=StockMovement.Kind.TRANSFER, key=key):
        return
    free = max(0, locked[source].on_hand - locked[source].reserved)
    if quantity > free:
        raise NotEnoughStock({locked[source].product.sku: free})
    codes = Warehouse.objects.in_bulk([source_id, target_id])
    reason = f"{codes[source_id].code} to {codes[target_id].code}"
    book(StockMovement.Kind.TRANSFER, moves, key=key, by=by, reason=reason)


def shelves(product_ids: Iterable[int], *, warehouse_id: int) -> dict[int, int]:
    """Stock ids by product id; a product new to the warehouse gets its row. Raises NotStocked for bundles."""
    wanted = sorted(set(product_ids))
    if bundles := Product.objects.filter(pk__in=wanted, components__isnull=False).distinct():
        raise NotStocked([row.sku for row in bundles])
    Stock.objects.bulk_create(
        (Stock(product_id=product_id, warehouse_id=warehouse_id) for product_id in wanted), ignore_conflicts=True
    )
    rows = Stock.objects.filter(product__in=wanted, warehouse=warehouse_id)
    return dict(rows.values_list("product_id", "pk"))


def booked(moves: Mapping[int, int], *, kind: str, key: str) -> bool:
    """Whether exactly this was booked under `key` before; the stock is locked. Raises KeyReused for anything else."""
    found = StockMovement.objects.filter(key__in=[f"{key}:{stock_id}" for stock_id in moves])
    before = [(row.stock_id, row.quantity, row.kind) for row in found.order_by("stock_id")]
    if before and before != [(stock_id, units, kind) for stock_id, units in sorted(moves.items())]:
        raise KeyReused(key)
    return bool(before)


def book(kind: str, moves: Mapping[int, int], *, key: str, by: str, reason: str = "") -> None:
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
