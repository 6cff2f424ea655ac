"""What sourcing wants to know of an order and of the stock room, read in a fixed number of statements."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from inventory import clock
from inventory import services as stock
from inventory.models import Lane, SafetyStock, Stock, Warehouse
from inventory.selectors import Arrival, next_arrivals
from orders import sourcing
from orders.models import Channel, Order, OrderLine, SourcingRule
from orders.sourcing import Question, Rule, Shelf, Site, Wanted


def question_of(order: Order, lines: Sequence[OrderLine]) -> Question:
    """What there is to decide for lines that were read with their products."""
    requires = {line.product_id: frozenset(line.product.requires) for line in lines}
    kept = SafetyStock.objects.filter(
        stock=OuterRef("pk"), channel__in=Channel.objects.filter(pk=order.channel_id).values("code")
    )
    rows = (
        Stock.objects.filter(product__in=requires, warehouse__active=True)
        .select_related("warehouse")
        .annotate(kept=Coalesce(Subquery(kept.values("quantity")), 0))
    )
    ours: defaultdict[int, list[stock.Turn]] = defaultdict(list)
    promised: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for turn in stock.turns([line.reservation_key for line in lines]):
        ours[turn.stock_id].append(turn)
        promised[turn.key][turn.stock_id] = turn.quantity
    shelves = [_shelf(row, row.kept, ours[row.pk]) for row in rows]
    return Question(
        wanted=tuple(
            Wanted(line.reservation_key, line.product_id, line.sku, line.quantity, requires[line.product_id])
            for line in lines
            if line.quantity
        ),
        sites=tuple(sites_for(order, {row.warehouse for row in rows}).values()),
        shelves=_with_dues(shelves, rows, lines),
        rules=_rules(order),
        promised=promised,
    )


def _shelf(row: Stock, kept: int, ours: Sequence[stock.Turn]) -> Shelf:
    """On hand is what reaches to our promises in their turn, and what nobody was promised and the channel may have."""
    covered = sum(turn.covered for turn in ours)
    waiting = sum(turn.quantity for turn in ours) - covered
    return Shelf(
        stock_id=row.pk,
        site_id=row.warehouse_id,
        product_id=row.product_id,
        on_hand=covered + max(0, row.on_hand - row.reserved - kept),
        room=waiting + row.backorder_limit - max(0, row.reserved - row.on_hand),
    )


def _with_dues(shelves: Sequence[Shelf], rows: Iterable[Stock], lines: Sequence[OrderLine]) -> tuple[Shelf, ...]:
    """The same; where goods are short, with the day from which a stock could send what it has not got yet."""
    left = Counter[int]()
    for shelf in shelves:
        left[shelf.product_id] += shelf.on_hand
    for line in lines:
        left[line.product_id] -= line.quantity
    short = [product_id for product_id, units in left.items() if units < 0]
    arrivals = next_arrivals(short) if short else {}
    return tuple(
        replace(shelf, due=_due(arrivals.get(row.product_id, []), row, after=row.backorder_limit - shelf.room))
        for shelf, row in zip(shelves, rows, strict=True)
    )


def _due(arrivals: Iterable[Arrival], row: Stock, *, after: int) -> date | None:
    """When the first unit comes in `after` those that others wait for; what is late is due today."""
    day = arrival_day(arrivals, row, after + 1)
    return day and sourcing.working_day(day)


def arrival_day(arrivals: Iterable[Arrival], row: Stock, units: int) -> date | None:
    """The day on which so many units of one stock have come in, of the arrivals of its product; never a past one.

    The row was read with its warehouse, whose days these are.
    """
    here = [one for one in arrivals if one.warehouse_id == row.warehouse_id]
    today = clock.now().astimezone(ZoneInfo(row.warehouse.time_zone)).date()
    return sourcing.arrival_of(units, [(max(one.due_on, today), one.units) for one in here])


def sites_for(order: Order, warehouses: Collection[Warehouse]) -> dict[int, Site]:
    """The warehouses as seen from the order's customer, by id."""
    country, postal_code = (str(order.shipping_address.get(part, "")) for part in ("country", "postal_code"))
    lanes: defaultdict[int, list[sourcing.Lane]] = defaultdict(list)
    for row in Lane.objects.filter(warehouse__in=warehouses, country=country):
        lanes[row.warehouse_id].append(sourcing.Lane(row.country, row.postal_prefix, row.days, row.parcel_cost))
    sites = {}
    for place in warehouses:
        lane = sourcing.lane_to(country, postal_code, lanes[place.pk], home=place.country)
        leaves = sourcing.leaving_day(clock.now(), time_zone=place.time_zone, cut_off=place.cut_off)
        sites[place.pk] = Site(
            id=place.pk,
            name=place.name,
            priority=place.priority,
            leaves=leaves,
            arrives=leaves + timedelta(days=lane.days),
            cost=lane.cost,
            capabilities=frozenset(place.capabilities),
        )
    return sites


def _rules(order: Order) -> tuple[Rule, ...]:
    """The channel's own, or where it has none the general ones."""
    rows = SourcingRule.objects.filter(Q(channel=order.channel_id) | Q(channel=None)).select_related("warehouse")
    by_channel: defaultdict[int | None, list[Rule]] = defaultdict(list)
    for row in rows.order_by("rank"):
        name = row.warehouse.name if row.warehouse else ""
        by_channel[row.channel_id].append(Rule(row.kind, row.warehouse_id, name))
    return tuple(by_channel[order.channel_id] or by_channel[None])
