"""Files of orders to be packed, read strictly, and the answer to them, as in `docs/formats.md`. Pure."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NoReturn

from fulfillment.packing.entries import BadInstance, Entry
from fulfillment.packing.goods import Carton, Item, Plan, Rates
from fulfillment.packing.planner import plan
from fulfillment.packing.tariff import Objective

FRAGILE_MM = 20  # padding of what is fragile and does not say how much it needs
MOST_UNITS = 10_000  # of one order
OBJECTIVES: dict[str, Objective] = {"cost": "cost", "count": "count"}
CARTON = (("name", "inner", "tare_g", "max_gross_g", "price"), ("outer", "stock"))
ITEM = (("sku", "quantity", "size", "weight_g"), ("upright", "no_stack", "alone", "fragile", "padding_mm"))
RATES = (("breaks",), ("dim_divisor", "currency"))


@dataclass(frozen=True)
class Order:
    """What goes together, by the id that the file gave it."""

    id: str | int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Instance:
    """A file as read."""

    cartons: tuple[Carton, ...]
    rates: Rates | None
    objective: Objective
    support: float
    orders: tuple[Order, ...]


def read_instance(text: str) -> Instance:
    """Everything in the file, or BadInstance."""
    try:
        given = Entry(json.loads(text, parse_float=Decimal, parse_constant=_no_number), "the file")
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInstance(f"the file is not JSON: {error}") from None
    objective = given.get("objective", "cost")
    if not isinstance(objective, str) or objective not in OBJECTIVES:
        given.refuse("objective", "is neither cost nor count")
    cartons = tuple(_carton(entry) for entry in given.entries("cartons", CARTON))
    orders = tuple(_order(entry) for entry in given.entries("orders"))
    given.once("cartons", [carton.name for carton in cartons])
    given.once("orders", [order.id for order in orders])
    rates = None if given.get("rates") is None else _rates(Entry(given.get("rates"), "rates", RATES))
    support = given.amount("support", default=Decimal(0))
    if support > 1:
        given.refuse("support", "is more than 1")
    return Instance(cartons, rates, OBJECTIVES[objective], float(support), orders)


def solve(instance: Instance, *, told: Callable[[int], None]) -> list[Plan]:
    """A plan for each order, in turn; each takes its cartons from the stock. `told` hears how many are done."""
    plans, cartons = [], list(instance.cartons)
    for number, order in enumerate(instance.orders, 1):
        made = plan(
            order.items,
            cartons,
            rates=instance.rates,
            objective=instance.objective,
            support=instance.support,
        )
        used = Counter(filled.carton.name for filled in made.cartons)
        cartons = [
            carton if carton.stock is None else replace(carton, stock=carton.stock - used[carton.name])
            for carton in cartons
        ]
        plans.append(made)
        told(number)
    return plans


def answer(instance: Instance, plans: Sequence[Plan]) -> dict[str, Any]:
    """The plans as they are printed."""
    return {
        "orders": [
            {"id": order.id, "cartons": _filled(made), "cost": number(made.cost), "unpacked": list(made.unpacked)}
            for order, made in zip(instance.orders, plans, strict=True)
        ],
        "cartons": sum(len(made.cartons) for made in plans),
    }


def number(amount: Decimal) -> int | float:
    """An amount for JSON: the nearest float, which is written with the very digits of up to fifteen."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _filled(made: Plan) -> list[dict[str, Any]]:
    return [
        {
            "name": filled.carton.name,
            "items": [{"sku": placed.sku, "at": list(placed.at), "size": list(placed.size)} for placed in filled.items],
            "gross_g": filled.gross_g,
        }
        for filled in made.cartons
    ]


def _carton(entry: Entry) -> Carton:
    inner = entry.size("inner")
    outer = inner if entry.get("outer") is None else entry.size("outer")
    if any(outside < inside for outside, inside in zip(outer, inner, strict=True)):
        entry.refuse("outer", "is less than inner")
    tare_g = entry.whole("tare_g")
    stock = None if entry.get("stock") is None else entry.whole("stock")
    most_g = entry.whole("max_gross_g", least=tare_g)
    return Carton(entry.text("name"), inner, outer, tare_g, most_g, entry.amount("price"), stock)


def _rates(entry: Entry) -> Rates:
    divisor = None if entry.get("dim_divisor") is None else entry.whole("dim_divisor", least=1)
    return Rates(entry.breaks("breaks"), divisor)


def _order(entry: Entry) -> Order:
    key = entry.get("id")
    if isinstance(key, bool) or not isinstance(key, str | int):
        entry.refuse("id", "is neither a text nor a whole number")
    items = tuple(_item(item) for item in entry.entries("items", ITEM))
    if sum(item.quantity for item in items) > MOST_UNITS:
        entry.refuse("items", f"are more than {MOST_UNITS} units")
    alike: dict[str, Item] = {}
    for item in items:
        if replace(alike.setdefault(item.sku, item), quantity=item.quantity) != item:
            entry.refuse("items", f"have {item.sku} in two ways")
    return Order(key, items)


def _item(entry: Entry) -> Item:
    padding_mm = FRAGILE_MM if entry.flag("fragile") else 0
    return Item(
        entry.text("sku"),
        entry.whole("quantity", least=1),
        entry.size("size"),
        entry.whole("weight_g"),
        upright=entry.flag("upright"),
        no_stack=entry.flag("no_stack"),
        alone=entry.flag("alone"),
        padding_mm=padding_mm if entry.get("padding_mm") is None else entry.whole("padding_mm"),
    )


def _no_number(text: str) -> NoReturn:
    raise BadInstance(f"the file has {text}, which is no number")
