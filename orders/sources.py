"""Sourcing done: the promises lie where it decided, and it is written down what each warehouse sends and why."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_noop as _

from inventory import services as stock
from inventory.errors import NotEnoughStock
from inventory.models import LostPromise, Reservation, Stock
from inventory.selectors import next_arrivals
from orders import sourcing
from orders.models import Allocation, Order, OrderLine
from orders.sourcing import Candidate, Decision
from orders.sourcing_facts import arrival_day, question_of, sites_for

TRIES = 2


@dataclass(frozen=True)
class Source:
    """Units of a line that one warehouse sends."""

    line: OrderLine
    warehouse_id: int
    warehouse: str
    units: int


@dataclass(frozen=True)
class Awaited:
    """Units that have not come in, when they will, and when they are with the customer; None: nobody announced them."""

    units: int
    comes_in: date | None
    arrives: date | None


def source(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    """Decide where the lines of a held order are sent from, and write it down; returns the facts for the history.

    The lines were read with their products. What waits for goods may move the promised date.
    """
    return settle(order, lines, move(order, lines))


def settle(order: Order, lines: Sequence[OrderLine], decision: Decision) -> dict[str, Any]:
    """Write down what was decided for lines of which nothing is allocated yet."""
    sources = allocate(lines)
    awaited = await_goods(order, lines) if decision.chosen is None or decision.chosen.awaited else None
    facts: dict[str, Any] = {
        "why": _sentence(sources, decision, awaited),
        "rules": [{"kind": rule.kind, "warehouse": rule.site} for rule in decision.rules],
        "candidates": [_told(way, order, is_chosen=way is decision.chosen) for way in decision.candidates],
        "sources": [{"sku": row.line.sku, "warehouse": row.warehouse, "quantity": row.units} for row in sources],
    }
    if awaited:
        facts["awaited"] = {
            "units": awaited.units,
            "comes_in": _iso(awaited.comes_in),
            "arrives": _iso(awaited.arrives),
        }
        facts |= _move_promised_date(order, awaited.arrives)
    return facts


def move(order: Order, lines: Sequence[OrderLine]) -> Decision:
    """Let the promises of these lines of a held order lie where sourcing wants them.

    It looks without a lock. When others were faster it looks once more, then the promises stay as they are.
    """
    for _try in range(TRIES):
        question = question_of(order, lines)
        decision = sourcing.decide(question)
        with suppress(NotEnoughStock):
            if decision.chosen and decision.plan != question.promised:
                stock.move_promises(decision.plan)
            return decision
    return Decision(None, decision.candidates, decision.rules, "others were faster")


def allocate(lines: Sequence[OrderLine]) -> list[Source]:
    """Write down, once, which warehouse stands for which units: what is promised there, and what was and got lost."""
    by_key = {line.reservation_key: line for line in lines}
    names = ("key", "stock__warehouse__priority", "stock__warehouse_id", "stock__warehouse__name", "quantity")
    promised = Reservation.objects.filter(key__in=by_key).values_list(*names)
    lost = LostPromise.objects.filter(key__in=by_key).values_list(*names)
    units = Counter[tuple[int, int, int, str, str]]()
    for key, priority, warehouse_id, name, count in promised.union(lost, all=True):  # both at one moment
        units[by_key[key].position, priority, warehouse_id, name, key] += count
    sources = [Source(by_key[key], id_, name, count) for (*_, id_, name, key), count in sorted(units.items())]
    Allocation.objects.bulk_create(
        Allocation(line=row.line, warehouse_id=row.warehouse_id, quantity=row.units) for row in sources
    )
    return sources


def await_goods(order: Order, lines: Sequence[OrderLine]) -> Awaited | None:
    """What of the order has not come in, and when it will: by open deliveries to the same warehouse, in turn."""
    turns = [turn for turn in stock.turns([line.reservation_key for line in lines]) if turn.awaits]
    if not turns:
        return None
    stocks = {
        row.pk: row
        for row in Stock.objects.filter(pk__in=[turn.stock_id for turn in turns]).select_related("warehouse")
    }
    sites = sites_for(order, {row.warehouse for row in stocks.values()})
    arrivals = next_arrivals({row.product_id for row in stocks.values()})
    comes_in, arrives = date.min, date.min
    for turn in turns:
        row = stocks[turn.stock_id]
        day = arrival_day(arrivals.get(row.product_id, []), row, turn.awaits)
        if day is None:
            return Awaited(_waiting(turns), None, None)
        on_the_road = sites[row.warehouse_id].on_the_road
        comes_in, arrives = max(comes_in, day), max(arrives, sourcing.working_day(day) + on_the_road)
    return Awaited(_waiting(turns), comes_in, arrives)


def _waiting(turns: Sequence[stock.Turn]) -> int:
    return sum(turn.quantity - turn.covered for turn in turns)


def _move_promised_date(order: Order, arrives: date | None) -> dict[str, Any]:
    """A later day than promised becomes the promised one, at the same time of day; an earlier one changes nothing."""
    before, promised = order.promised_at, _in_the_shop(order.promised_at)
    if arrives is None or arrives <= promised.date():
        return {}
    order.promised_at = (promised + (arrives - promised.date())).astimezone(UTC)
    order.save(update_fields=["promised_at"])
    return {"promise_moved": {"from": before.isoformat(), "to": order.promised_at.isoformat()}}


def _in_the_shop(moment: datetime) -> datetime:
    """By the clocks of the shop, whose days are promised and shown."""
    return moment.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE))


def _told(way: Candidate, order: Order, *, is_chosen: bool) -> dict[str, Any]:
    return {
        "warehouses": [site.name for site in way.sites],
        "units": way.units,
        "of": way.units + sum(way.lacks.values()),
        "awaited": way.awaited,
        "leaves": _iso(way.leaves),
        "arrives": _iso(way.arrives),
        "late": way.arrives is not None and way.arrives > _in_the_shop(order.promised_at).date(),
        "cost": None if way.cost is None else f"{way.cost:.2f}",
        "chosen": is_chosen,
        "why_not": way.why_not,
    }


def _sentence(sources: Sequence[Source], decision: Decision, awaited: Awaited | None) -> str:
    """Leeds sends 2 units, York sends 1 unit: no single warehouse has everything. 1 unit is due in on Mon 4 May."""
    units = Counter[str]()
    for row in sources:
        units[row.warehouse] += row.units
    each = _("{warehouse} sends {units}")
    sends = ", ".join(each.format(warehouse=name, units=_units(count)) for name, count in units.items())
    sends = sends or _("Nothing is promised")
    why = f"{sends}: {decision.reason}" if decision.reason else sends
    if awaited is None:
        return why
    one = awaited.units == 1
    if awaited.comes_in:
        due = _("{units} is due in on {day}") if one else _("{units} are due in on {day}")
    else:
        due = _("{units} is awaited, but not announced") if one else _("{units} are awaited, but not announced")
    day = sourcing.in_words(awaited.comes_in)
    return f"{why}. {due.format(units=_units(awaited.units), day=day)}"


def _units(count: int) -> str:
    return f"{count} {'unit' if count == 1 else 'units'}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
