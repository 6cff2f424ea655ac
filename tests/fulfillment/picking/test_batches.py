"""Orders share tours so that the pickers walk little: never over capacity, never an order lost."""

import random
from itertools import combinations
from time import perf_counter

import pytest

from fulfillment.picking import BadInstance, Graph, Layout, Order, PlanningError, TooHeavy, batches, route
from fulfillment.picking.improvement import Improvement
from fulfillment.picking.pool import Pool
from fulfillment.picking.savings import by_savings
from tests.fulfillment.picking.warehouses import ROUNDING, random_layout, shuffled

LINE = Graph(tuple((i, i + 1, 1.0) for i in range(20)), 0)


def always():
    return True


def random_orders(rng, layout, count):
    every = range(layout.aisles * layout.bays)
    return [Order(f"o{i}", frozenset(rng.sample(every, rng.randint(1, 6))), rng.randint(1, 10)) for i in range(count)]


def best_by_enumeration(place, orders, capacity):
    """Every way of making tours, walked by `route` alone."""
    walks = {}
    for size in range(1, len(orders) + 1):
        for chosen in combinations(range(len(orders)), size):
            if sum(orders[i].load for i in chosen) <= capacity:
                stops = frozenset().union(*(orders[i].stops for i in chosen))
                walks[frozenset(chosen)] = route(place, stops).distance

    def best(left):
        if not left:
            return 0.0
        first = min(left)
        return min(walks[tour] + best(left - tour) for tour in walks if first in tour and tour <= left)

    return best(frozenset(range(len(orders))))


def is_a_plan(place, orders, capacity, found):
    """Each order on one tour, each tour within capacity and as long as its walk."""
    by_id = {order.id: order for order in orders}
    assert sorted(name for tour in found.tours for name in tour.orders) == sorted(by_id)
    for tour in found.tours:
        assert sum(by_id[name].load for name in tour.orders) <= capacity
        stops = frozenset().union(*(by_id[name].stops for name in tour.orders))
        assert tour.distance == pytest.approx(route(place, stops).distance, abs=ROUNDING)
    assert found.distance == pytest.approx(sum(tour.distance for tour in found.tours), abs=ROUNDING)
    alone = sum(route(place, order.stops).distance for order in orders)
    assert found.one_order_per_tour == pytest.approx(alone, abs=ROUNDING)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("blocks", [1, 2])
def test_few_orders_get_the_best_tours_there_are(blocks, seed):
    rng = random.Random(f"{blocks} {seed}")
    layout = random_layout(rng, blocks=blocks, aisles=(4, 8), bays=(8, 14))
    orders = random_orders(rng, layout, 7)
    found = batches(layout, orders, capacity=20)
    is_a_plan(layout, orders, 20, found)
    assert found.distance == pytest.approx(best_by_enumeration(layout, orders, 20), abs=ROUNDING)


@pytest.mark.parametrize("seed", range(4))
def test_savings_and_improvement_come_within_five_percent_of_the_best(seed):
    rng = random.Random(seed)
    layout = random_layout(rng, blocks=1, aisles=(5, 9), bays=(10, 20))
    orders = random_orders(rng, layout, 8)
    pool = Pool(layout.graph, orders, 20)
    improvement = Improvement(pool, by_savings(pool, always))
    at_first = improvement.least
    improvement.run(160, always)
    assert improvement.least == pytest.approx(sum(map(pool.metres, improvement.best)))
    assert sorted(i for tour in improvement.best for i in tour) == list(range(8))
    assert all(map(pool.fits, improvement.best))
    assert improvement.least <= at_first
    assert improvement.least <= 1.05 * best_by_enumeration(layout, orders, 20)


@pytest.mark.parametrize("as_graph", [False, True], ids=["layout", "graph"])
def test_two_hundred_orders_are_planned_in_time_and_walk_a_fifth_less(as_graph):
    rng = random.Random(200)
    layout = Layout(10, 45, 1.0, 3.0, (0, 45))
    orders = random_orders(rng, layout, 200)
    place = layout
    if as_graph:
        place, names = shuffled(rng, layout.graph, range(450))
        orders = [Order(row.id, frozenset(names[stop] for stop in row.stops), row.load) for row in orders]
    start = perf_counter()
    found = batches(place, orders, capacity=30, seconds=3)
    assert perf_counter() - start < 10
    is_a_plan(place, orders, 30, found)
    assert found.distance <= 0.8 * found.one_order_per_tour


def test_the_same_orders_give_the_same_tours():
    rng = random.Random(5)
    layout = random_layout(rng, blocks=2, aisles=(5, 8), bays=(10, 20))
    orders = random_orders(rng, layout, 16)
    first, second = (batches(layout, orders, capacity=25, seconds=60) for _ in range(2))
    assert first == second
    is_a_plan(layout, orders, 25, first)


def test_orders_that_lie_together_walk_together():
    orders = [Order(name, frozenset([stop]), 1) for name, stop in (("far", 20), ("near", 2), ("by far", 19), (4, 1))]
    found = batches(LINE, orders, capacity=2)
    assert [(tour.orders, tour.distance) for tour in found.tours] == [(("far", "by far"), 40.0), (("near", 4), 4.0)]
    assert (found.distance, found.one_order_per_tour) == (44.0, 84.0)


def test_with_no_time_guesses_are_believed_and_nothing_is_lost():
    orders = [Order(i, frozenset([1 + i % 20]), 1) for i in range(30)]
    found = batches(LINE, orders, capacity=4, seconds=0)
    is_a_plan(LINE, orders, 4, found)
    assert found.distance < found.one_order_per_tour


def test_nothing_to_pick_is_no_tour_and_an_order_without_stops_walks_nowhere():
    assert batches(LINE, [], capacity=1).tours == ()
    found = batches(LINE, [Order("empty", frozenset(), 0), Order("b", frozenset([3]), 1)], capacity=1)
    assert [(tour.orders, tour.distance) for tour in found.tours] == [(("empty", "b"), 6.0)]


@pytest.mark.parametrize(
    ("orders", "error", "message"),
    [
        ([Order("a", frozenset([1]), 3)], TooHeavy, "Order a: its load 3 is more than a tour's 2."),
        ([Order("a", frozenset([1]), 1)] * 2, BadInstance, "Order a: the id comes twice."),
        ([Order(7, frozenset([99]), 1)], PlanningError, "Order 7: stops[0]: node 99 is not in this warehouse."),
    ],
)
def test_an_order_that_cannot_be_planned_is_named(orders, error, message):
    with pytest.raises(error) as refusal:
        batches(LINE, orders, capacity=2)
    assert str(refusal.value) == message
