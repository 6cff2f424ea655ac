"""The stock room of a played past: what suppliers brought and still owe, what was counted and moved, what is low."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Least

from inventory import services as stock
from inventory.models import Bin, Count, CountLine, ExpectedDelivery, Stock, Warehouse
from inventory.services.bins import units_in
from inventory.services.counts import enter_count, open_count, submit_count
from inventory.services.deliveries import Receipt, close_delivery, expect_delivery, receive_delivery
from ordermgmt.simulation.past import ALICE, BOB, DAY, HOUR, MINUTE, PETRA
from ordermgmt.simulation.shop import WAREHOUSES
from ordermgmt.simulation.timeline import Timeline

ORDERED = 48  # units of each product in a delivery
USUAL_POINT, POINTS_END_IN = 10, 5
LOW = {"YORK": 6, "LEEDS": 3}  # how many products are about to run out there
COUNTED_WHERE, MOST_COUNTED = "LEEDS", 12
SPREAD_WHERE, SPREAD = "LEEDS", 8  # products that lie in two bins


@dataclass(frozen=True)
class Supply:
    """A delivery: where to, announced how many days ago, due in how many days from today, how many products."""

    reference: str
    supplier: str
    warehouse: str
    announced: int
    due: int
    products: int


@dataclass(frozen=True)
class Arrival:
    """What came, so long ago: of each of the first `lines` all the units and `over` more, `damaged` of the first."""

    ago: timedelta
    lines: int
    over: int = 0
    damaged: int = 0


DUE_TODAY = Supply("PO-2051", "Potter & Daughters", "YORK", announced=3, due=0, products=5)
IN_PARTS = Supply("PO-2047", "Lantern and Wick", "LEEDS", announced=6, due=1, products=4)
OVERDUE = Supply("PO-2044", "Van Dijk Tinware", "RTM", announced=9, due=-3, products=3)
COMPLETE = Supply("PO-2038", "Potter & Daughters", "YORK", announced=14, due=-7, products=3)


def plan_stock_room(timeline: Timeline) -> None:
    """Let it all happen in its time, among the orders."""
    now = timeline.until
    for supply in (COMPLETE, OVERDUE, IN_PARTS, DUE_TODAY):
        timeline.plan(now - supply.announced * DAY, partial(_announce, supply, today=_today(timeline)))
    complete, first_part = Arrival(7 * DAY, lines=3, over=2), Arrival(26 * HOUR, lines=2, damaged=2)
    timeline.plan(now - complete.ago, partial(_receive, COMPLETE, complete))
    timeline.plan(now - complete.ago + HOUR, partial(_close, COMPLETE))
    timeline.plan(now - first_part.ago, partial(_receive, IN_PARTS, first_part))
    timeline.plan(now - 2 * DAY, partial(_transfer, 12, source="YORK", target="LEEDS"))
    timeline.plan(now - 4 * DAY, partial(_count, timeline, aisle=2, found=(-2, 1)))
    timeline.plan(now - 50 * MINUTE, partial(_count, timeline, aisle=5))


def _today(timeline: Timeline) -> date:
    return timeline.until.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE)).date()


def _announce(supply: Supply, *, today: date) -> None:
    scarcest = _scarcest(supply.warehouse)[: supply.products]
    expect_delivery(
        Warehouse.objects.get(code=supply.warehouse),
        reference=supply.reference,
        supplier=supply.supplier,
        due_on=today + supply.due * DAY,
        units=dict.fromkeys(scarcest.values_list("product_id", flat=True), ORDERED),
        by=ALICE,
    )


def _receive(supply: Supply, arrival: Arrival) -> None:
    delivery = ExpectedDelivery.objects.get(reference=supply.reference)
    lines = list(delivery.lines.order_by("pk")[: arrival.lines])
    came = {line.pk: Receipt(line.expected + arrival.over, 0) for line in lines}
    came[lines[0].pk] = Receipt(lines[0].expected + arrival.over - arrival.damaged, arrival.damaged)
    receive_delivery(delivery.pk, received=came, key=f"demo:{supply.reference}", by=PETRA)


def _close(supply: Supply) -> None:
    close_delivery(ExpectedDelivery.objects.get(reference=supply.reference).pk, by=ALICE)


def _transfer(units: int, *, source: str, target: str) -> None:
    """Of what the source has most of, and the target has too."""
    places = Warehouse.objects.in_bulk([source, target], field_name="code")
    there = Stock.objects.filter(warehouse=places[target]).values("product")
    row = _scarcest(source).filter(product__in=there).reverse()[0]
    stock.transfer(
        row.product_id,
        units,
        source_id=places[source].pk,
        target_id=places[target].pk,
        key="demo:transfer",
        by=BOB,
    )


def _count(timeline: Timeline, *, aisle: int, found: Sequence[int] = ()) -> None:
    """Open a count of an aisle. With what was `found` too much or missing it is finished, else it is half done."""
    rows = Stock.objects.filter(warehouse__code=COUNTED_WHERE, bin__aisle=aisle).order_by(
        "bin__bay", "bin__level", "pk"
    )
    count = open_count(
        Warehouse.objects.get(code=COUNTED_WHERE),
        name=f"Aisle {aisle}",
        stock_ids=list(rows.values_list("pk", flat=True)[:MOST_COUNTED]),
        by=BOB,
    )
    done = partial(_finish, count, found=found) if found else partial(_enter, count, share=0.5)
    timeline.plan_in(40 * MINUTE, done)


def _finish(count: Count, *, found: Sequence[int]) -> None:
    """What differs is cheap, so that it needs no second person."""
    cheapest = count.lines.order_by("stock__product__price", "pk")[: len(found)]
    differs = {line.pk: units for line, units in zip(cheapest, found, strict=False)}
    for line in _lines(count):
        enter_count(line.pk, counted=_in_the_books(line) + differs.get(line.pk, 0), by=BOB)
    submit_count(count.pk, by=BOB)


def _enter(count: Count, *, share: float) -> None:
    lines = _lines(count)
    for line in lines[: round(len(lines) * share)]:
        enter_count(line.pk, counted=_in_the_books(line), by=BOB)


def _lines(count: Count) -> list[CountLine]:
    return list(count.lines.select_related("stock").order_by("pk"))


def _in_the_books(line: CountLine) -> int:
    return units_in(line.stock, line.bin_id or line.stock.bin_id)


def set_reorder_points() -> None:
    """One that is reached for the scarcest, and for all others the usual one, or the highest that is not."""
    unpromised = F("on_hand") - F("reserved")
    stock = Stock.objects.filter(warehouse__code__in=[code for code, *_ in WAREHOUSES])
    stock.update(reorder_point=Greatest(0, Least(USUAL_POINT, unpromised - 1)))
    for code, products in LOW.items():
        for row in _scarcest(code)[:products]:
            units = max(0, row.on_hand - row.reserved)
            point = (units // POINTS_END_IN + 1) * POINTS_END_IN
            Stock.objects.filter(pk=row.pk).update(reorder_point=point)


def spread_over_bins() -> None:
    """Of what Leeds has most of, a third lies in a second bin: the last ones of its aisles."""
    most = Stock.objects.filter(warehouse__code=SPREAD_WHERE).order_by("-on_hand", "pk")[:SPREAD]
    bins = Bin.objects.filter(warehouse__code=SPREAD_WHERE, stock=None).order_by("-level", "-bay", "aisle")[:SPREAD]
    for row, place in zip(most, bins, strict=False):
        stock.put_into(row.pk, place.pk, row.on_hand // 3)


def _scarcest(warehouse: str) -> QuerySet[Stock]:
    """What lies there, fewest free units first."""
    return Stock.objects.filter(warehouse__code=warehouse).order_by(F("on_hand") - F("reserved"), "pk")
