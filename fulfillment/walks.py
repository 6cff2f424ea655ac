"""The walk of a pick list: which bins are visited in which order, how far that is, and its picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fulfillment.models import PickList
from fulfillment.picking import Layout, PlanningError, Route, drawn_route, route
from inventory.models import Bin, Warehouse, WarehouseLayout


@dataclass(frozen=True)
class Walk:
    """Bins in the order in which they are visited; `route` is None where the warehouse's layout is not known."""

    bins: tuple[Bin, ...]
    route: Route | None


def layout_of(warehouse: Warehouse) -> Layout | None:
    """The warehouse's floor as the planner takes it; None when nobody described it, or not in a way that can be."""
    row = WarehouseLayout.objects.filter(warehouse=warehouse).first()
    try:
        return _layout(row) if row else None
    except PlanningError:
        return None


def _layout(row: WarehouseLayout) -> Layout:
    """Raises PlanningError when it does not fit together."""
    return Layout(
        aisles=row.aisles,
        bays=row.bays,
        bay_m=float(row.bay_m),
        aisle_m=float(row.aisle_m),
        cross_aisles=tuple(row.cross_aisles),
        cross_m=float(row.cross_m),
        depot_aisle=row.depot_aisle,
        depot_cross_aisle=row.depot_cross_aisle,
    )


def planned(warehouse: Warehouse, bins: Sequence[Bin]) -> Walk:
    """The shortest walk to these bins. Without a layout, or with a bin outside it: aisle by aisle, bay by bay."""
    in_rows = sorted(set(bins), key=lambda place: (place.aisle, place.bay, place.level, place.pk))
    layout = layout_of(warehouse)
    if layout is None or not in_rows:
        return Walk(tuple(in_rows), None)
    try:
        nodes = {place.pk: layout.stop(place.aisle, place.bay) for place in in_rows}
        found = route(layout, nodes.values())
    except PlanningError:
        return Walk(tuple(in_rows), None)
    turn = {node: place for place, node in enumerate(found.order)}
    return Walk(tuple(sorted(in_rows, key=lambda place: (turn[nodes[place.pk]], place.level))), found)


def metres(layout: Layout | None, bins: Sequence[Bin]) -> float:
    """How far the shortest walk to these bins is; 0 where the floor, or a bin on it, is not known."""
    try:
        return route(layout, {layout.stop(place.aisle, place.bay) for place in bins}).distance if layout else 0.0
    except PlanningError:
        return 0.0


def drawn(pick_list: PickList) -> str:
    """The walk on the warehouse's map, as SVG; empty where there is no layout."""
    layout = layout_of(pick_list.warehouse)
    bins = [task.bin for task in pick_list.tasks.select_related("bin") if task.bin]
    if layout is None or not bins:
        return ""
    found = planned(pick_list.warehouse, bins).route
    return drawn_route(layout, found, title=_("The walk of {pick_list}").format(pick_list=pick_list)) if found else ""
