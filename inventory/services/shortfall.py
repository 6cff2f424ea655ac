"""Goods that turn out not to be there, and the promises that rested on them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from inventory import clock
from inventory.errors import NotEnoughStock, NotUsable
from inventory.models import LostPromise, Reservation, Stock, StockMovement
from inventory.services.ledger import book, booked
from inventory.services.locks import lock_stock
from inventory.services.promises import raise_reserved


@dataclass(frozen=True)
class Recomputed:
    """What a stock's balances were and are, the units given back by reservation key, and the promises lost."""

    on_hand: tuple[int, int]
    reserved: tuple[int, int]
    given_back: dict[str, int]
    lost: list[LostPromise]


@transaction.atomic
def write_down(
    stock_id: int, units: int, *, kind: StockMovement.Kind, key: str, by: str, reason: str
) -> list[LostPromise]:
    """Take `units` off what is on hand even if they are promised, once per `key`; returns the promises that are lost.

    What no longer fits is taken from baskets before orders, then from whoever is last in turn. Raises NotEnoughStock
    when fewer units are on hand.
    """
    if units < 1:
        raise NotUsable(_("At least one unit is written down"))
    row = lock_stock([stock_id]).select_related("product").get()
    moves = {stock_id: -units}
    if booked(moves, kind=kind, key=key):
        return []
    if units > row.on_hand:
        raise NotEnoughStock({row.product.sku: row.on_hand})
    promised = Reservation.objects.filter(stock_id=stock_id)
    lost = _take_away(promised, row.reserved - (row.on_hand - units + row.backorder_limit), reason=reason)
    raise_reserved({stock_id: -sum(promise.quantity for promise in lost)})
    book(kind, moves, key=key, by=by, reason=reason)
    return lost


@transaction.atomic
def miss(stock_id: int, units: int, *, lost: Mapping[str, int], key: str, by: str, reason: str) -> list[LostPromise]:
    """Take `units` that a picker did not find off what is on hand, once per `key`; returns the promises that are lost.

    Those who were to get them lose theirs first: `lost` says how much of which key, whatever the books say. `units` may
    be 0, when the books knew already that they are not there.
    """
    row = lock_stock([stock_id]).get()
    if units and booked({stock_id: -units}, kind=StockMovement.Kind.PICK, key=key):
        return []
    gone: list[LostPromise] = []
    for name, count in lost.items():
        gone += _take_away(Reservation.objects.filter(stock_id=stock_id, key=name), count, reason=reason)
    raise_reserved({stock_id: -sum(promise.quantity for promise in gone)})
    if units:
        gone += write_down(
            stock_id, min(units, row.on_hand), kind=StockMovement.Kind.PICK, key=key, by=by, reason=reason
        )
    return gone


@transaction.atomic
def adjust(stock_id: int, quantity: int, *, key: str, by: str, reason: str) -> list[LostPromise]:
    """Correct what is on hand by `quantity` units, up or down, for a reason in words; once per `key`."""
    if not reason.strip() or not quantity:
        raise NotUsable(_("An adjustment names its units and its reason"))
    kind = StockMovement.Kind.ADJUST
    if quantity < 0:
        return write_down(stock_id, -quantity, kind=kind, key=key, by=by, reason=reason)
    list(lock_stock([stock_id]))
    if not booked({stock_id: quantity}, kind=kind, key=key):
        book(kind, {stock_id: quantity}, key=key, by=by, reason=reason)
    return []


@transaction.atomic
def recompute(stock_id: int, *, ended: Collection[str], reason: str) -> Recomputed:
    """Set both balances to what the ledger and the promises say, after giving back those under the keys `ended`.

    Promises that then no longer fit are lost. A ledger below zero leaves nothing on hand.
    """
    row = lock_stock([stock_id]).get()
    over = row.reservations.filter(key__in=ended)
    given_back = dict(over.values_list("key", "quantity"))
    over.delete()
    told = StockMovement.objects.filter(stock=row).aggregate(sum=Sum("quantity"))["sum"] or 0
    promised = row.reservations.aggregate(sum=Sum("quantity"))["sum"] or 0
    on_hand = max(0, told)
    lost = _take_away(row.reservations.all(), promised - (on_hand + row.backorder_limit), reason=reason)
    reserved = promised - sum(promise.quantity for promise in lost)
    Stock.objects.filter(pk=stock_id).update(on_hand=on_hand, reserved=reserved)
    return Recomputed((row.on_hand, on_hand), (row.reserved, reserved), given_back, lost)


def _take_away(promised: QuerySet[Reservation], units: int, *, reason: str) -> list[LostPromise]:
    """End such promises of a locked stock until `units` are free of them; lowering `reserved` is left to the caller."""
    lost = []
    rows = promised.annotate(basket=Q(key__startswith="hold:"))
    for row in rows.order_by("-basket", "priority", "-at", "-id"):
        if units <= 0:
            break
        taken = min(units, row.quantity)
        units -= taken
        if taken == row.quantity:
            Reservation.objects.filter(pk=row.pk).delete()
        else:
            Reservation.objects.filter(pk=row.pk).update(quantity=row.quantity - taken)
        lost.append(
            LostPromise(
                key=row.key,
                stock_id=row.stock_id,
                quantity=taken,
                priority=row.priority,
                promised_at=row.at,
                reason=reason,
                at=clock.now(),
            )
        )
    return LostPromise.objects.bulk_create(lost)
