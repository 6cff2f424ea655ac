"""Baskets' promises with a time to live: take, change, drop, and give back what nobody bought.

The hold's row is locked first, then stock by id; whoever turns a basket into an order does the same.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from inventory import clock
from inventory.errors import NoSuchHold, NotEnoughStock
from inventory.models import Product, Reservation, Stock, StockHold
from inventory.services.locks import lock_stock
from inventory.services.promises import Want, promise, release
from inventory.supply import Part, parts_of

BATCH = 200
Basket = Mapping[Product, int]  # units; bundles stand for their parts
Goods = Mapping[Product, Sequence[Part]]


@transaction.atomic
def take_hold(basket: Basket, *, channel: str, lasts: timedelta) -> StockHold:
    """Promise a basket of `channel` all it wants, or nothing.

    Raises NotEnoughStock with the units left of each SKU of the basket that falls short.
    """
    hold = StockHold(token=secrets.token_urlsafe(32), channel=channel, expires_at=clock.now() + lasts)
    hold.save(force_insert=True)
    _promise(hold, basket, _goods(basket))
    return hold


@transaction.atomic
def change_hold(token: str, *, channel: str, basket: Basket, lasts: timedelta) -> StockHold:
    """Promise exactly this instead, for as long from now on; on a refusal the old promise stands.

    Raises NoSuchHold, or NotEnoughStock as `take_hold` does.
    """
    hold, goods = _one(StockHold.objects.select_for_update(), token, channel), _goods(basket)
    ours = Reservation.objects.filter(key=hold.reservation_key).values_list("stock_id", flat=True)
    wanted = Stock.objects.filter(product__in={part.product_id for parts in goods.values() for part in parts})
    # Both at once, lowest id first: what is given back and what is promised each lock only their own.
    list(lock_stock({*ours, *wanted.values_list("pk", flat=True)}))
    release([hold.reservation_key])
    _promise(hold, basket, goods)
    hold.expires_at = clock.now() + lasts
    hold.save(update_fields=["expires_at"])
    return hold


@transaction.atomic
def drop_hold(token: str, *, channel: str) -> None:
    """Give a basket's promise back; what is gone already stays gone. Raises NoSuchHold for another channel's."""
    hold = StockHold.objects.select_for_update().filter(token=token).first()
    if hold is None:
        return
    if hold.channel != channel:
        raise NoSuchHold
    release([hold.reservation_key])
    hold.delete()


@transaction.atomic
def expire_holds(limit: int = BATCH) -> int:
    """Give back up to `limit` promises whose time is over; returns how many. Those in use are left for later."""
    due = StockHold.objects.filter(expires_at__lte=clock.now()).order_by("expires_at")
    holds = list(due.select_for_update(skip_locked=True)[:limit])
    release(hold.reservation_key for hold in holds)
    StockHold.objects.filter(pk__in=[hold.pk for hold in holds]).delete()
    return len(holds)


def find_hold(token: str, *, channel: str) -> StockHold:
    """The hold of `channel` with this token; raises NoSuchHold."""
    return _one(StockHold.objects.all(), token, channel)


def units_held(hold: StockHold) -> dict[str, int]:
    """What is promised to the basket now, by SKU."""
    units: dict[str, int] = {}
    promises = Reservation.objects.filter(key=hold.reservation_key).order_by("stock__product__sku", "id")
    for sku, quantity in promises.values_list("stock__product__sku", "quantity"):
        units[sku] = units.get(sku, 0) + quantity
    return units


def _one(holds: QuerySet[StockHold], token: str, channel: str) -> StockHold:
    hold = holds.filter(token=token, channel=channel).first()
    if hold is None:
        raise NoSuchHold
    return hold


def _goods(basket: Basket) -> Goods:
    bundles = parts_of(product.pk for product in basket)
    return {product: bundles.get(product.pk, (Part(product.pk, product.sku, product.name),)) for product in basket}


def _promise(hold: StockHold, basket: Basket, goods: Goods) -> None:
    wants = [
        Want(hold.reservation_key, part.product_id, part.sku, part.each * units)
        for product, units in basket.items()
        for part in goods[product]
    ]
    try:
        promise(wants, channel=hold.channel)
    except NotEnoughStock as short:
        raise NotEnoughStock(_left(goods, short.missing)) from short


def _left(goods: Goods, missing: Mapping[str, int]) -> dict[str, int]:
    """What is left of each product of the basket that some part is missing of."""
    left = {}
    for product, parts in goods.items():
        if short := [missing[part.sku] // part.each for part in parts if part.sku in missing]:
            left[product.sku] = min(short)
    return left
