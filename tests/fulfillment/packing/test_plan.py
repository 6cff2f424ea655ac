"""The planner on cases that can be worked by hand."""

from decimal import Decimal

import pytest

from fulfillment.packing import Carton, Item, Rates, plan
from fulfillment.packing.check import faults
from fulfillment.packing.search import Allowance
from fulfillment.packing.tariff import tariff


def box(name="M", inner=(300, 200, 100), *, outer=None, price="1.00", most_g=20_000, stock=None):
    return Carton(name, inner, outer or inner, 100, most_g, Decimal(price), stock)


def names(planned):
    return [filled.carton.name for filled in planned.cartons]


def test_a_unit_is_turned_until_it_fits():
    planned = plan([Item("LAMP", 1, (100, 200, 300), 500)], [box()])
    (filled,) = planned.cartons
    (placed,) = filled.items
    assert (placed.sku, placed.at, placed.size) == ("LAMP", (0, 0, 0), (300, 200, 100))
    assert (filled.gross_g, filled.cost, planned.unpacked) == (600, Decimal("1.00"), ())


def test_what_has_to_stay_upright_is_only_turned_about_the_vertical():
    vase = Item("VASE", 1, (200, 300, 100), 500, upright=True)
    assert plan([vase], [box()]).cartons[0].items[0].size == (300, 200, 100)
    tall = Item("VASE", 1, (100, 200, 300), 500, upright=True)
    assert plan([tall], [box()]).unpacked == ("VASE",)


def test_nothing_stands_on_what_bears_nothing():
    bowls = Item("BOWL", 2, (300, 200, 50), 500)
    assert names(plan([bowls], [box()])) == ["M"]
    thin = Item("BOWL", 2, (300, 200, 50), 500, upright=True, no_stack=True)
    assert names(plan([thin], [box()])) == ["M", "M"]


def test_what_bears_nothing_lies_on_top_of_the_rest():
    goods = [
        Item("CAKE", 1, (300, 200, 50), 500, upright=True, no_stack=True),
        Item("BOOK", 1, (300, 200, 40), 500, upright=True),
    ]
    (filled,) = plan(goods, [box()]).cartons
    assert [(placed.sku, placed.at) for placed in filled.items] == [("BOOK", (0, 0, 0)), ("CAKE", (0, 0, 40))]


def test_each_unit_that_ships_alone_has_the_cheapest_carton_for_itself():
    goods = [Item("SAW", 2, (250, 150, 50), 500, alone=True), Item("NAIL", 5, (10, 10, 10), 5)]
    planned = plan(goods, [box("L", (600, 400, 300), price="3.00"), box()])
    assert sorted((filled.carton.name, len(filled.items)) for filled in planned.cartons) == [
        ("M", 1),
        ("M", 1),
        ("M", 5),
    ]


def test_padding_keeps_room_free_on_all_sides():
    tight = Item("GLASS", 1, (260, 160, 60), 500, padding_mm=20)
    (filled,) = plan([tight], [box()]).cartons
    assert (filled.items[0].at, filled.items[0].size) == ((20, 20, 20), (260, 160, 60))
    assert plan([Item("GLASS", 1, (261, 160, 60), 500, padding_mm=20)], [box()]).unpacked == ("GLASS",)


def test_a_carton_bears_its_gross_weight_and_not_a_gram_more():
    weights = [Item("IRON", 2, (100, 100, 50), 450)]
    assert names(plan(weights, [box(most_g=1_000)])) == ["M"]
    assert names(plan(weights, [box(most_g=999)])) == ["M", "M"]
    assert plan(weights, [box(most_g=549)]).unpacked == ("IRON", "IRON")


def test_eight_of_an_eighth_fill_a_carton_to_the_last_millimetre():
    planned = plan([Item("CUBE", 8, (150, 100, 50), 10)], [box()])
    assert [len(filled.items) for filled in planned.cartons] == [8]
    assert names(plan([Item("CUBE", 9, (150, 100, 50), 10)], [box()])) == ["M", "M"]


def test_cartons_run_out():
    goods = [Item("SLAB", 3, (300, 200, 100), 500)]
    planned = plan(goods, [box(stock=2)])
    assert (names(planned), planned.unpacked) == (["M", "M"], ("SLAB",))
    dear = box("X", price="9.00")
    assert sorted(names(plan(goods, [box(stock=2), dear]))) == ["M", "M", "X"]


def test_two_small_cartons_may_cost_less_than_a_large_one():
    goods = [Item("SLAB", 2, (300, 200, 100), 500)]
    cartons = [box("L", (300, 200, 200), price="2.50"), box("S", price="1.00")]
    by_cost, by_count = plan(goods, cartons), plan(goods, cartons, objective="count")
    assert (names(by_cost), by_cost.cost) == (["S", "S"], Decimal("2.00"))
    assert (names(by_count), by_count.cost) == (["L"], Decimal("2.50"))


def test_of_as_many_cartons_the_cheaper_ones_are_taken():
    goods = [Item("SLAB", 3, (300, 200, 100), 500)]
    cartons = [box("L", (300, 200, 200), price="2.50"), box("S", price="1.00")]
    planned = plan(goods, cartons, objective="count")
    assert (names(planned), planned.cost) == (["L", "S"], Decimal("3.50"))


def test_dimensional_weight_makes_the_large_carton_the_dearer_one():
    rates = Rates(((1_000, Decimal("3.00")), (5_000, Decimal("7.00"))), 5_000)
    goods = [Item("PEN", 1, (100, 50, 50), 300)]
    cartons = [box("L", (400, 300, 100), price="0.40"), box("S", (200, 150, 100), price="0.60")]
    assert names(plan(goods, cartons)) == ["L"]  # 0.40 against 0.60 of material
    planned = plan(goods, cartons, rates=rates)  # 12,000,000 mm³ are billed as 2,400 g
    assert (names(planned), planned.cost) == (["S"], Decimal("3.60"))


def test_two_light_parcels_may_cost_less_than_a_heavy_one():
    rates = Rates(((1_000, Decimal("3.00")), (9_000, Decimal("8.00"))))
    goods = [Item("SLAB", 2, (100, 100, 50), 800)]
    planned = plan(goods, [box()], rates=rates)
    assert ([filled.gross_g for filled in planned.cartons], planned.cost) == ([900, 900], Decimal("8.00"))
    assert names(plan(goods, [box()], rates=rates, objective="count")) == ["M"]


def test_what_the_carrier_does_not_take_is_not_planned():
    rates = Rates(((1_200, Decimal("3.00")),), 5_000)
    assert names(plan([Item("SLAB", 2, (100, 100, 50), 600)], [box()], rates=rates)) == ["M", "M"]
    large = box("L", (400, 300, 100))  # 2,400 g by its volume
    assert plan([Item("SLAB", 1, (100, 100, 50), 600)], [large], rates=rates).unpacked == ("SLAB",)


@pytest.mark.parametrize("objective", ["cost", "count"])
def test_nothing_needs_no_carton_and_without_cartons_nothing_is_packed(objective):
    assert plan([], [box()], objective=objective).cartons == ()
    planned = plan([Item("PEN", 2, (9, 9, 9), 1)], [], objective=objective)
    assert (planned.cartons, planned.unpacked) == ((), ("PEN", "PEN"))


def test_support_is_kept_where_it_is_asked_for():
    # Four posts bear a board at its corners: a quarter of its base.
    goods = [Item("POST", 4, (50, 50, 50), 100), Item("BOARD", 1, (200, 100, 10), 100, upright=True)]
    carton = box(inner=(200, 100, 60))
    for support in (0.0, 0.5):
        assert faults(plan(goods, [carton], support=support), goods, [carton], support=support) == []
    raised = [Item("POST", 2, (100, 100, 50), 100, upright=True), Item("BOARD", 1, (200, 200, 10), 100, upright=True)]
    flat = box(inner=(200, 200, 60))
    assert names(plan(raised, [flat], support=1.0)) == ["M"]  # the board on the floor, the posts on it


def test_sets_that_are_passed_over_are_work_too():
    offered = tariff([box(f"M{number}", price=f"{number}.00") for number in range(1, 9)], rates=None)
    plenty = [9] * 8
    every = Allowance(10_000)
    assert len(list(offered.by_cost(plenty, below=Decimal("6.00"), allowance=every, count=2))) == 6
    assert every.left < 10_000
    few = Allowance(10)
    assert list(offered.by_cost(plenty, below=Decimal("6.00"), allowance=few, count=5)) == []
    assert few.left <= 0
    none = Allowance(10)
    assert list(offered.by_cost([0] * 8, below=Decimal("6.00"), allowance=none)) == []
    assert none.left == 5
