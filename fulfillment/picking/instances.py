"""Instances as people write them: JSON documents read into warehouses, stops and orders (`docs/formats.md`)."""

import json
import sys
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

from fulfillment.picking.errors import BadInstance, PlanningError
from fulfillment.picking.graph import Graph
from fulfillment.picking.layout import Layout, evenly
from fulfillment.picking.pool import Order

LAYOUT_NAMES = {"aisles", "bays", "bay_m", "aisle_m", "cross_aisles", "cross_m", "depot"}


def read_instance(name: str) -> dict[str, Any]:
    """The one JSON object of a file, or of the standard input for `-`; raises `BadInstance`."""
    try:
        document = json.loads(sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInstance(f"{name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise BadInstance(f"{name} is not JSON: {error}.") from error
    return _object(document, "The instance")


def place_of(instance: dict[str, Any]) -> Layout | Graph:
    """The warehouse in either form; raises `BadInstance`."""
    if ("layout" in instance) == ("edges" in instance):
        raise BadInstance('The instance needs either "layout", or "edges" and "depot".')
    if "layout" in instance:
        return _layout(_object(instance["layout"], "layout"))
    edges = tuple(_edge(row, f"edges[{place}]") for place, row in enumerate(_list(instance["edges"], "edges")))
    return Graph(edges, _node(_needed(instance, "depot"), "depot"))


def stops_of(instance: dict[str, Any], place: Layout | Graph, where: str = "") -> list[int]:
    """The nodes to visit, of a route or of one order (`where`); raises `BadInstance` and `UnknownNode`."""
    rows = _list(_needed(instance, "stops", where), f"{where}stops")
    return [_stop(row, place, f"{where}stops[{i}]") for i, row in enumerate(rows)]


def orders_of(instance: dict[str, Any], place: Layout | Graph) -> tuple[list[Order], float]:
    """The orders to batch, and what a tour may carry; raises `BadInstance` and `UnknownNode`."""
    return list(_orders(instance, place)), _number(_needed(instance, "capacity"), "capacity")


def _orders(instance: dict[str, Any], place: Layout | Graph) -> Iterator[Order]:
    for i, row in enumerate(_list(_needed(instance, "orders"), "orders")):
        where = f"orders[{i}]."
        order = _object(row, where[:-1])
        name = _needed(order, "id", where)
        if not isinstance(name, str | int) or isinstance(name, bool):
            raise BadInstance(f"{where}id: {json.dumps(name)} is neither a text nor a whole number.")
        load = _number(_needed(order, "load", where), f"{where}load")
        yield Order(name, frozenset(stops_of(order, place, where)), load)


def _layout(row: dict[str, Any]) -> Layout:
    if unknown := sorted(row.keys() - LAYOUT_NAMES):
        raise BadInstance(f"layout: nothing is known of {', '.join(unknown)}.")
    aisles, bays = (_whole(_needed(row, name, "layout."), f"layout.{name}") for name in ("aisles", "bays"))
    bay_m, aisle_m = (_number(_needed(row, name, "layout."), f"layout.{name}") for name in ("bay_m", "aisle_m"))
    depot = _object(row.get("depot", {}), "layout.depot")
    return Layout(
        aisles,
        bays,
        bay_m,
        aisle_m,
        _cross_aisles(_needed(row, "cross_aisles", "layout."), bays),
        _number(row.get("cross_m", 0), "layout.cross_m"),
        _whole(depot.get("aisle", 1), "layout.depot.aisle"),
        _whole(depot.get("cross_aisle", 1), "layout.depot.cross_aisle"),
    )


def _cross_aisles(value: Any, bays: int) -> tuple[int, ...]:
    where = "layout.cross_aisles"
    if isinstance(value, list):
        return tuple(_whole(row, f"{where}[{i}]") for i, row in enumerate(value))
    number = _whole(value, where)
    if not 2 <= number <= bays + 1:
        raise BadInstance(f"{where}: {number} is not between 2 and {bays + 1}, one more than the bays.")
    return evenly(number, bays)


def _stop(row: Any, place: Layout | Graph, where: str) -> int:
    if not isinstance(row, dict) or not isinstance(place, Layout):
        return _node(row, where)
    aisle, bay = (_whole(_needed(row, name, f"{where}."), f"{where}.{name}") for name in ("aisle", "bay"))
    try:
        return place.stop(aisle, bay)
    except PlanningError as error:
        raise type(error)(f"{where}: {error}") from error


def _edge(row: Any, where: str) -> tuple[int, int, float]:
    if not isinstance(row, list) or len(row) != 3:
        raise BadInstance(f"{where}: {json.dumps(row)} is not [node, node, metres].")
    return _node(row[0], where), _node(row[1], where), _number(row[2], where)


def _needed(row: dict[str, Any], name: str, where: str = "") -> Any:
    if name not in row:
        raise BadInstance(f"{where}{name} is missing.")
    return row[name]


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadInstance(f"{where}: not a JSON object.")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadInstance(f"{where}: not a JSON list.")
    return value


def _whole(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInstance(f"{where}: {json.dumps(value)} is not a whole number.")
    return value


def _node(value: Any, where: str) -> int:
    if _whole(value, where) < 0:
        raise BadInstance(f"{where}: nodes are numbered from 0, so {value} is none.")
    return int(value)


def _number(value: Any, where: str) -> float:
    """Not negative and not endless."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value) if abs(value) < 1e15 else float("inf")
        if isfinite(number) and number >= 0:
            return number
    raise BadInstance(f"{where}: {json.dumps(value)} is not a number of 0 or more.")
