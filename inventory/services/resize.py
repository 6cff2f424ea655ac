"""Promises that grow, shrink, or pass to another purpose, because what was ordered has changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from inventory import clock
from inventory.models import LostPromise, Reservation, Stock
from inventory.services.locks import lock_stock
from inventory.services.promises import Want, promise, raise_reserved

MORE = "+more"  # what is promised anew waits under such a key until it joins the promise it belongs to


@transaction.atomic
def resize(
    more: Sequence[Want], less: Mapping[str, int], *, goods: Collection[int], channel: str = "", priority: int = 0
) -> None:
    """Promise `more` on top of what its keys have, and give `less` units of other keys back: all of it or nothing.

    All stock of the products `goods` is locked first, so that whatever the caller does about them afterwards locks
    nothing out of turn. A promise has one turn: one that grows takes its place anew, so that it passes nobody.
    Raises NotEnoughStock as `promise` does.
    """
    products = {*goods, *(want.product_id for want in more)}
    list(lock_stock(Stock.objects.filter(product_id__in=products).values_list("pk", flat=True)))
    for key, units in less.items():
        _lower(key, units)
    if more:
        promise([replace(want, key=want.key + MORE) for want in more], channel=channel, priority=priority)
        _join([want.key for want in more])


def hand_over(shares: Mapping[tuple[str, str], int]) -> None:
    """Let units pass from one key to another, by (from, to), each with its turn; their stock is locked by the caller.

    Promised units go before lost ones. More than there is leaves nothing behind.
    """
    for (source, target), units in shares.items():
        left = _pass_on(Reservation.objects.filter(key=source).order_by("-priority", "at", "id"), target, units)
        _pass_on(LostPromise.objects.filter(key=source).order_by("-priority", "promised_at", "id"), target, left)


def _lower(key: str, units: int) -> None:
    """Lost units first, then what was promised last."""
    for lost in LostPromise.objects.filter(key=key).order_by("priority", "-promised_at", "-id"):
        units -= _take(lost, units)
    for row in Reservation.objects.filter(key=key).order_by("priority", "-at", "-id"):
        taken = _take(row, units)
        raise_reserved({row.stock_id: -taken})
        units -= taken


def _take(row: Reservation | LostPromise, units: int) -> int:
    taken = min(units, row.quantity)
    if taken == row.quantity:
        row.delete()
    elif taken:
        row.quantity -= taken
        row.save(update_fields=["quantity"])
    return taken


def _join(keys: Sequence[str]) -> None:
    had = {(row.key, row.stock_id): row for row in Reservation.objects.filter(key__in=keys)}
    for row in Reservation.objects.filter(key__in=[key + MORE for key in keys]).order_by("id"):
        row.key = row.key.removesuffix(MORE)
        if before := had.get((row.key, row.stock_id)):
            row.quantity += before.quantity
            before.delete()
        row.at = clock.now()
        row.save(update_fields=["key", "quantity", "at"])


def _pass_on(rows: Iterable[Any], target: str, units: int) -> int:
    """Units of these rows that now stand under `target`; returns how many could not."""
    for row in rows:
        if not units:
            break
        taken = min(units, row.quantity)
        units -= taken
        if taken < row.quantity:
            row.quantity -= taken
            row.save(update_fields=["quantity"])
            row.pk, row.quantity = None, taken
        row.key = target
        row.save()
    return units
