"""Reads of the stock room for pages and for sourcing; nothing here writes or locks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from inventory.models import Bin, ExpectedDelivery, ExpectedLine, Stock

OPEN = ExpectedDelivery.State.OPEN


def bin_called(warehouse_id: int, code: str) -> int | None:
    """The id of the bin with this code in a warehouse, written in whatever case; None when there is none."""
    return Bin.objects.filter(warehouse=warehouse_id, code__iexact=code.strip()).values_list("pk", flat=True).first()


@dataclass(frozen=True)
class StockRow:
    """One product in one warehouse (by its code); all numbers are units. Backorders make `free` negative.

    `incoming` is outstanding in open deliveries, the first of which is due on `next_due_on`.
    """

    stock_id: int
    product_id: int
    sku: str
    name: str
    warehouse: str
    on_hand: int
    reserved: int
    free: int
    reorder_point: int
    incoming: int
    next_due_on: date | None


@dataclass(frozen=True)
class Arrival:
    """Units of one product that an open delivery still has to bring; a late delivery's `due_on` has passed."""

    due_on: date
    units: int
    warehouse_id: int


def low_stock() -> list[StockRow]:
    """What should be ordered again: sold, in a warehouse that sends, and no more free than its reorder point."""
    low = _sold().filter(warehouse__active=True, reorder_point__gte=F("on_hand") - F("reserved"), reorder_point__gt=0)
    return _rows(low)


def stock_outs() -> list[StockRow]:
    """Every stock of the products that are sold and of which no warehouse that sends has a free unit.

    A product that never lay anywhere has no stock and is not listed; nor has a bundle.
    """
    free = Stock.objects.filter(product=OuterRef("product"), warehouse__active=True, on_hand__gt=F("reserved"))
    return _rows(_sold().exclude(Exists(free)))


def next_arrivals(product_ids: Iterable[int]) -> dict[int, list[Arrival]]:
    """What open deliveries still have to bring, by product id, earliest first."""
    lines = ExpectedLine.objects.filter(
        delivery__state=OPEN, stock__product__in=list(product_ids), expected__gt=F("received") + F("damaged")
    )
    arrivals: defaultdict[int, list[Arrival]] = defaultdict(list)
    for line in lines.select_related("delivery", "stock").order_by("delivery__due_on", "id"):
        arrival = Arrival(line.delivery.due_on, line.outstanding, line.stock.warehouse_id)
        arrivals[line.stock.product_id].append(arrival)
    return dict(arrivals)


def _sold() -> QuerySet[Stock]:
    return Stock.objects.filter(product__active=True)


def _rows(stocks: QuerySet[Stock]) -> list[StockRow]:
    awaited = Q(
        expected_lines__delivery__state=OPEN,
        expected_lines__expected__gt=F("expected_lines__received") + F("expected_lines__damaged"),
    )
    outstanding = F("expected_lines__expected") - F("expected_lines__received") - F("expected_lines__damaged")
    rows = stocks.select_related("product", "warehouse").annotate(
        incoming=Coalesce(Sum(outstanding, filter=awaited), 0),
        next_due_on=Min("expected_lines__delivery__due_on", filter=awaited),
    )
    return [
        StockRow(
            stock_id=row.pk,
            product_id=row.product_id,
            sku=row.product.sku,
            name=row.product.name,
            warehouse=row.warehouse.code,
            on_hand=row.on_hand,
            reserved=row.reserved,
            free=row.on_hand - row.reserved,
            reorder_point=row.reorder_point,
            incoming=row.incoming,
            next_due_on=row.next_due_on,
        )
        for row in rows.order_by("product__sku", "warehouse__priority", "warehouse_id")
    ]
