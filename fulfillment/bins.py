"""From which bins a picker takes what: a product may lie in several of one warehouse.

Machines and third parties know their own bins, so only lists of the shop's people are spread over them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import F, Sum

from fulfillment.flow import OPEN
from fulfillment.models import PickTask, ShipmentLine
from fulfillment.picking import Layout
from fulfillment.walks import layout_of, metres
from inventory import services as stock
from inventory.models import Bin, FurtherBin, Stock, Warehouse
from orders.flow import State

Wanted = list[tuple[Bin | None, ShipmentLine, int]]


@dataclass(frozen=True)
class Spot:
    """A bin with the units of one product that nobody has been sent for; a stock's own bin comes first."""

    bin: Bin | None
    units: int


def places_for(warehouse: Warehouse, lines: Sequence[ShipmentLine]) -> Wanted:
    """A bin for all units of these lines: one that has enough where there is one, and the one with the shortest way.

    What the books have nowhere is looked for in the product's own bin.
    """
    products = [line.order_line.product_id for line in lines]
    rows = {
        row.product_id: row
        for row in Stock.objects.filter(warehouse=warehouse, product__in=products).select_related("bin")
    }
    spread = spots_of(warehouse, products) if warehouse.mode == Warehouse.Mode.MANUAL else {}
    certain = [line for line in lines if line.order_line.product_id not in spread]
    wanted: Wanted = [(rows[line.order_line.product_id].bin, line, line.quantity) for line in certain]
    if len(certain) == len(lines):
        return wanted
    layout = layout_of(warehouse)
    for line in lines:
        if spots := spread.get(line.order_line.product_id):
            shares = _shares(spots, line.quantity, [place for place, _, _ in wanted if place], layout)
            wanted += [(spot.bin, line, units) for spot, units in shares]
            taken = {spot.bin: units for spot, units in shares}
            spread[line.order_line.product_id] = [
                replace(spot, units=spot.units - taken.get(spot.bin, 0)) for spot in spots
            ]
    return wanted


def spots_of(warehouse: Warehouse, product_ids: Iterable[int]) -> dict[int, list[Spot]]:
    """The bins of those of these products that lie in several here; one query if none does."""
    rows = FurtherBin.objects.filter(stock__warehouse=warehouse, stock__product__in=list(product_ids), units__gt=0)
    further: defaultdict[Stock, list[FurtherBin]] = defaultdict(list)
    for row in rows.select_related("bin", "stock__bin").order_by("id"):
        further[row.stock].append(row)
    if not further:
        return {}
    products = [place.product_id for place in further]
    asked, gathered = _asked(warehouse, products), _gathered(warehouse, products)
    found = {}
    for place, bins in further.items():
        id_ = place.product_id
        own = place.on_hand - sum(row.units for row in bins) - gathered[id_] - asked[id_, place.bin_id]
        spots = [Spot(row.bin, max(0, row.units - asked[id_, row.bin_id])) for row in bins]
        found[id_] = [Spot(place.bin, max(0, own)), *spots]
    return found


def other_spots(task: PickTask, units: int) -> list[tuple[Spot, int]]:
    """Other bins of the same warehouse for up to so many units of a task's product."""
    line, warehouse = task.shipment_line, task.pick_list.warehouse
    spots = spots_of(warehouse, [line.order_line.product_id]).get(line.order_line.product_id, [])
    others = [spot for spot in spots if spot.units and (spot.bin.pk if spot.bin else None) != task.bin_id]
    there = min(units, sum(spot.units for spot in others))
    return _shares(others, there, [task.bin] if task.bin else [], layout_of(warehouse)) if there else []


def gathered_units(warehouse: Warehouse, product_id: int) -> int:
    """Units of a product that were picked and have not left."""
    return _gathered(warehouse, [product_id])[product_id]


def carry_out(taken: Mapping[PickTask, int], *, warehouse: Warehouse) -> None:
    """Units that pickers took (or, below 0, put back) leave the further bins they were taken from."""
    products = {task: task.shipment_line.order_line.product_id for task in taken if task.bin_id}
    rows = Stock.objects.filter(warehouse=warehouse, product__in=set(products.values()))
    own = dict(rows.values_list("product_id", "bin_id")) if products else {}
    further = {task: product_id for task, product_id in products.items() if task.bin_id != own[product_id]}
    if not further:
        return
    locked = stock.lock_stock(rows.filter(product__in=set(further.values())).values_list("pk", flat=True))
    ids = {row.product_id: row.pk for row in locked}
    for task, product_id in further.items():
        if (units := taken[task]) > 0:
            stock.take_out(ids[product_id], task.bin_id, units)
        else:
            stock.put_into(ids[product_id], task.bin_id, -units)


def _asked(warehouse: Warehouse, product_ids: Sequence[int]) -> Counter[tuple[int, int | None]]:
    """Units that pickers still have to take, by product and bin."""
    tasks = PickTask.objects.filter(
        pick_list__warehouse=warehouse,
        pick_list__finished_at=None,
        shipment_line__order_line__product__in=product_ids,
        shipment_line__shipment__state=State.APPROVED,
    )
    left = tasks.order_by().values("shipment_line__order_line__product", "bin")
    rows = left.annotate(units=Sum(F("quantity") - F("picked") - F("short"))).values_list(
        "shipment_line__order_line__product", "bin", "units"
    )
    return Counter({(product_id, bin_id): units for product_id, bin_id, units in rows})


def _gathered(warehouse: Warehouse, product_ids: Sequence[int]) -> Counter[int]:
    rows = ShipmentLine.objects.filter(
        order_line__product__in=product_ids, shipment__warehouse=warehouse, shipment__state__in=OPEN
    )
    sums = rows.order_by().values("order_line__product").annotate(units=Sum("picked"))
    return Counter(dict(sums.values_list("order_line__product", "units")))


def _shares(spots: Sequence[Spot], units: int, visited: Sequence[Bin], layout: Layout | None) -> list[tuple[Spot, int]]:
    """One bin that has enough, nearest to what is visited anyway; else the fullest, and then for the rest the same."""
    shares: list[tuple[Spot, int]] = []
    open_ones = list(spots)
    while units:
        enough = [spot for spot in open_ones if spot.units >= units]
        fullest = max(open_ones, key=lambda spot: spot.units, default=None)
        if enough:
            spot = min(enough, key=lambda spot: metres(layout, [*visited, *([spot.bin] if spot.bin else [])]))
        elif fullest and fullest.units:
            spot = fullest
        else:  # the books have no more: it is looked for where the product belongs
            return _added(shares, spots[0], units)
        taken = min(units, spot.units)
        shares.append((spot, taken))
        open_ones.remove(spot)
        visited = [*visited, *([spot.bin] if spot.bin else [])]
        units -= taken
    return shares


def _added(shares: list[tuple[Spot, int]], own: Spot, units: int) -> list[tuple[Spot, int]]:
    there = sum(count for spot, count in shares if spot == own)
    return [*((spot, count) for spot, count in shares if spot != own), (own, there + units)]
