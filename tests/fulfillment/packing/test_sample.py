"""The planner on orders from life, and against every way to split small ones."""

import json
from decimal import Decimal
from itertools import product
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from fulfillment.packing import Carton, Item, Rates, plan
from fulfillment.packing.bounds import may_hold
from fulfillment.packing.check import faults
from fulfillment.packing.instance import read_instance
from fulfillment.packing.loading import Hold, Kind
from fulfillment.packing.planner import Goods
from fulfillment.packing.search import Allowance

SAMPLE = Path(__file__).with_name("sample.json").read_text(encoding="utf-8")
REFERENCE = {order["id"]: order["reference"] for order in json.loads(SAMPLE)["orders"]}
RATES = Rates(((1_000, Decimal("2.50")), (2_000, Decimal("3.00")), (4_000, Decimal("7.25"))))


def counts_of(instance):
    return {
        order.id: len(plan(order.items, instance.cartons, objective=instance.objective).cartons)
        for order in instance.orders
    }


def test_orders_from_life_take_as_many_cartons_as_the_reference_and_not_one_more():
    counts = counts_of(read_instance(SAMPLE))
    assert counts == REFERENCE
    assert (len(counts), sum(counts.values())) == (40, 73)


def test_their_plans_are_true_by_either_objective():
    instance = read_instance(SAMPLE)
    for order in instance.orders:
        for objective in ("cost", "count"):
            planned = plan(order.items, instance.cartons, objective=objective)
            assert faults(planned, order.items, instance.cartons) == []


def test_by_cost_the_second_search_has_the_work_that_the_first_leaves_or_a_share(monkeypatch):
    given = []

    class Noted(Allowance):
        def __init__(self, left):
            super().__init__(left)
            given.append((left, [allowance.left for allowance, _ in made]))
            made.append((self, left))

    made = []
    monkeypatch.setattr("fulfillment.packing.planner.Allowance", Noted)
    instance = read_instance(SAMPLE)
    order = max(instance.orders, key=lambda order: len(order.items))
    plan(order.items, instance.cartons, rates=RATES, work=20_000)
    (first, _), (second, (left,)) = given
    assert (first, second) == (20_000, max(left, 3_000))


def test_what_was_packed_is_never_said_to_be_impossible():
    instance = read_instance(SAMPLE)
    for order in instance.orders:
        used = [filled.carton for filled in plan(order.items, instance.cartons, objective="count").cartons]
        holds = [Hold(carton.inner, carton.max_gross_g - carton.tare_g) for carton in used]
        assert may_hold(holds, Goods(order.items).kinds)


def kind(count, size, weight_g=1):
    return Kind(0, count, tuple(Item("X", 1, size, weight_g).turns), weight_g)


def test_the_bound_knows_volume_weight_and_number():
    hold = Hold((100, 100, 100), 1_000)
    assert may_hold([hold], [kind(8, (50, 50, 50), 125)])
    assert not may_hold([hold], [kind(9, (50, 50, 50))])
    assert not may_hold([hold], [kind(8, (50, 50, 50), 126)])
    assert not may_hold([hold, hold], [kind(3, (10, 10, 10), 501)])  # by weight one each, though 1,503 g are not much


def test_the_bound_knows_that_large_things_do_not_stand_beside_each_other():
    hold = Hold((364, 374, 40), 3_000)
    assert may_hold([hold], [kind(4, (210, 297, 10))])
    assert not may_hold([hold], [kind(5, (210, 297, 9))])  # 45 mm on top of each other, in 52 % of the volume


def test_the_bound_knows_what_only_goes_into_some_cartons():
    tall, flat = Hold((10, 10, 100), 1_000), Hold((60, 60, 10), 1_000)
    sticks = kind(2, (10, 10, 90))
    assert may_hold([tall, tall], [sticks])
    assert not may_hold([tall, flat], [sticks])


def best_by_hand(heights, cartons, rates):
    """Slabs of the cartons' base: the least cost over all ways to share them out."""
    costs = []
    for shares in product(range(len(heights)), repeat=len(heights)):
        groups = [[h for h, share in zip(heights, shares, strict=True) if share == number] for number in set(shares)]
        choices = [[cost for carton in cartons if (cost := price_of(group, carton, rates))] for group in groups]
        if all(choices):
            costs.append(sum(map(min, choices)))
    return min(costs, default=None)


def price_of(heights, carton, rates):
    gross_g = carton.tare_g + sum(20 * height for height in heights)
    if sum(heights) > carton.inner[2] or gross_g > carton.max_gross_g:
        return None
    freight = rates.freight(carton, gross_g) if rates else Decimal(0)
    return None if freight is None else carton.price + freight


@settings(max_examples=60, derandomize=True)
@given(
    heights=st.lists(st.integers(5, 60), min_size=1, max_size=5),
    shelf=st.lists(st.tuples(st.integers(60, 99), st.integers(1, 300)), min_size=1, max_size=3),
    rates=st.sampled_from([None, RATES]),
)
def test_no_way_to_share_slabs_out_costs_less(heights, shelf, rates):
    cartons = [
        Carton(f"C{number}", (100, 100, height), (100, 100, height), 50, 3_000, Decimal(cents) / 100)
        for number, (height, cents) in enumerate(shelf)
    ]
    slabs = [Item(f"S{number}", 1, (100, 100, height), 20 * height) for number, height in enumerate(heights)]
    assert plan(slabs, cartons, rates=rates).cost == best_by_hand(heights, cartons, rates)
