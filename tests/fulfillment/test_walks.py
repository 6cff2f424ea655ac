"""A pick list is written in the order of the shortest walk, and says how far that is."""

from itertools import pairwise

import pytest

from fulfillment.models import PickList, PickTask
from fulfillment.services import open_shipments
from fulfillment.walks import drawn, layout_of, planned
from inventory.models import Bin, Stock, Warehouse, WarehouseLayout
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def leeds() -> Warehouse:
    """Three aisles of ten bays of a metre, two metres apart, with a way at the front and one at the back."""
    warehouse = make_warehouse("LEEDS", mode="manual")
    WarehouseLayout.objects.create(
        warehouse=warehouse, aisles=3, bays=10, bay_m="1", aisle_m="2", cross_aisles=[0, 10], depot_aisle=1
    )
    return warehouse


def make_bin(warehouse: Warehouse, aisle: int, bay: int, level: int = 1) -> Bin:
    code = f"{aisle}-{bay}-{level}"
    return Bin.objects.create(warehouse=warehouse, code=code, aisle=aisle, bay=bay, level=level)


def kept_in(place: Bin | None, sku: str) -> None:
    make_stock(make_product(sku), 5, warehouse=Warehouse.objects.get())
    Stock.objects.filter(product__sku=sku).update(bin=place)


def released(*lines: tuple[str, int]) -> PickList:
    """The pick list of an order that was just let into the warehouse."""
    open_shipments(make_order(lines, state="approved").pk, by="system:pick")
    return PickList.objects.get()


def test_the_walk_is_the_shortest_and_the_tasks_follow_it(leeds):
    for sku, aisle in (("A", 1), ("B", 2), ("C", 3)):
        kept_in(make_bin(leeds, aisle, 1), sku)
    row = released(("C", 1), ("A", 2), ("B", 3))
    # In and out of each aisle: 3 x 2 x 0.5 m, and twice 4 m along the front. The S-shape goes through two aisles whole.
    assert (row.distance_m, row.s_shape_m, row.proven) == (11, 29, True)
    assert row.saved_m == 18
    aisles = [task.bin.aisle for task in row.tasks.order_by("id")]
    assert sum(abs(after - before) * 2 for before, after in pairwise([1, *aisles, 1])) == 8


def test_bins_above_each_other_are_one_stop_lowest_first(leeds):
    kept_in(make_bin(leeds, 2, 4, level=3), "HIGH")
    kept_in(make_bin(leeds, 2, 4, level=1), "LOW")
    row = released(("HIGH", 1), ("LOW", 1))
    assert [task.bin.level for task in PickTask.objects.order_by("id")] == [1, 3]
    assert row.distance_m == 2 * (2 + 3.5)


def test_what_lies_in_no_bin_is_asked_for_first(leeds):
    kept_in(make_bin(leeds, 1, 1), "A")
    kept_in(None, "B")
    released(("A", 1), ("B", 1))
    assert [task.bin and task.bin.code for task in PickTask.objects.order_by("id")] == [None, "1-1-1"]


def test_without_a_layout_bins_come_aisle_by_aisle_and_no_metres_are_claimed():
    warehouse = make_warehouse("LEEDS", mode="manual")
    for sku, aisle, bay in (("A", 2, 1), ("B", 1, 9), ("C", 1, 2)):
        kept_in(make_bin(warehouse, aisle, bay), sku)
    row = released(("A", 1), ("B", 1), ("C", 1))
    assert (row.distance_m, row.s_shape_m, row.proven, row.saved_m, drawn(row)) == (None, None, False, None, "")
    assert [task.bin.code for task in row.tasks.order_by("id")] == ["1-2-1", "1-9-1", "2-1-1"]


def test_a_bin_outside_the_layout_stops_nobody(leeds):
    bins = [make_bin(leeds, 9, 99), make_bin(leeds, 1, 2)]
    walk = planned(leeds, bins)
    assert (walk.route, [place.aisle for place in walk.bins]) == (None, [1, 9])


def test_a_layout_that_does_not_fit_together_counts_as_none(leeds):
    WarehouseLayout.objects.update(cross_aisles=[0, 7])
    assert layout_of(leeds) is None


def test_the_map_shows_every_stop(leeds):
    for sku, aisle in (("A", 1), ("B", 3)):
        kept_in(make_bin(leeds, aisle, 5), sku)
    svg = drawn(released(("A", 1), ("B", 1)))
    assert svg.startswith('<svg class="route-map"')
    assert svg.count('class="stop"') == 2
    assert "style=" not in svg
