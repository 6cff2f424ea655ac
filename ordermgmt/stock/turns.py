"""Whom the units of a product are promised to, and who of them waits for goods, in turn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Sum, Window

from inventory.models import LostPromise, Reservation, StockHold, Warehouse
from orders.models import Order, OrderLine

MOST = 50
HIGHEST = 1000  # of all priorities that people give
LINE, BASKET = "line:", "hold:"


@dataclass(frozen=True)
class Holder:
    """Whoever is promised something: an order, a basket, or a key that names neither any more."""

    key: str
    order: Order | None = None
    basket: StockHold | None = None


@dataclass(frozen=True)
class Turn:
    """One promise. `waiting` of its units are not on the shelf yet; 0 where all are."""

    holder: Holder
    warehouse: Warehouse
    quantity: int
    waiting: int
    priority: int
    since: datetime


@dataclass(frozen=True)
class Loss:
    """Units that were promised and are not there."""

    holder: Holder
    quantity: int
    reason: str
    at: datetime


@dataclass(frozen=True)
class Turns:
    """The promises of one product, the first of each sort. `first` is the priority that comes before all who wait."""

    promised: tuple[Turn, ...]
    waiting: tuple[Turn, ...]
    lost: tuple[Loss, ...]
    more_promised: bool
    more_waiting: bool

    @property
    def first(self) -> int:
        highest = max((turn.priority for turn in (*self.promised, *self.waiting)), default=0)
        return min(max(highest, 0) + 1, HIGHEST)


def turns(product_id: int) -> Turns:
    """Read it all, in five queries: highest priority first, then whoever was promised first."""
    rows = _in_turn(product_id)
    promised = list(rows[: MOST + 1])
    waiting = list(rows.filter(upto__gt=F("stock__on_hand"))[: MOST + 1])
    lost = list(LostPromise.objects.filter(stock__product=product_id).order_by("-id")[:MOST])
    holders = holders_of(row.key for row in (*promised, *waiting, *lost))
    return Turns(
        promised=tuple(_turn(row, holders) for row in promised[:MOST]),
        waiting=tuple(_turn(row, holders) for row in waiting[:MOST]),
        lost=tuple(Loss(holders[row.key], row.quantity, row.reason, row.at) for row in lost),
        more_promised=len(promised) > MOST,
        more_waiting=len(waiting) > MOST,
    )


def holders_of(keys: Iterable[str]) -> Mapping[str, Holder]:
    """Who stands behind reservation keys, in two queries."""
    wanted = set(keys)
    lines = {int(key.removeprefix(LINE)) for key in wanted if key.startswith(LINE)}
    tokens = {key.removeprefix(BASKET) for key in wanted if key.startswith(BASKET)}
    found = {key: Holder(key) for key in wanted}
    for line in OrderLine.objects.filter(pk__in=lines).select_related("order__customer"):
        found[line.reservation_key] = Holder(line.reservation_key, order=line.order)
    for basket in StockHold.objects.filter(token__in=tokens):
        found[basket.reservation_key] = Holder(basket.reservation_key, basket=basket)
    return found


def _in_turn(product_id: int) -> QuerySet[Any]:
    """Reservations, each with the units that are promised of its stock `upto` and with it."""
    turn = [F("priority").desc(), F("at").asc(), F("id").asc()]
    upto = Window(Sum("quantity"), partition_by=F("stock_id"), order_by=turn)
    rows = Reservation.objects.filter(stock__product=product_id).select_related("stock__warehouse")
    return rows.annotate(upto=upto).order_by("stock__warehouse__priority", "stock_id", *turn)


def _turn(row: Any, holders: Mapping[str, Holder]) -> Turn:
    waiting = max(0, row.upto - row.stock.on_hand)
    return Turn(
        holder=holders[row.key],
        warehouse=row.stock.warehouse,
        quantity=row.quantity,
        waiting=min(row.quantity, waiting),
        priority=row.priority,
        since=row.at,
    )
