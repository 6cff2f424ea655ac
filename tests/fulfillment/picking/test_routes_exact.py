"""The planned walk is the shortest there is, checked against dynamic programming over subsets."""

import random
from time import process_time

import pytest

from fulfillment.picking import Graph, Layout, route
from tests.fulfillment.picking.warehouses import (
    ROUNDING,
    along,
    floor,
    metres_between,
    optimum,
    random_graph,
    random_layout,
    random_stops,
    shuffled,
    walked,
)

# More for a thorough run by hand: seeds and instances per seed.
SEEDS, EACH = range(10), 30


def says_the_truth(graph, stops, found):
    """Distance, order and path are of one walk that visits every stop."""
    assert sorted(found.order) == sorted(set(stops))
    assert (found.path[0], found.path[-1]) == (graph.depot, graph.depot)
    assert list(dict.fromkeys(node for node in found.path if node in set(stops))) == list(found.order)
    assert along(graph, found.path) == pytest.approx(found.distance, abs=ROUNDING)
    assert walked(graph, found.order) == pytest.approx(found.distance, abs=ROUNDING)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_no_walk_through_a_warehouse_is_longer_than_the_optimum(blocks, seed):
    rng = random.Random(f"{blocks} {seed}")
    for _ in range(EACH if blocks == 1 else EACH // 3):
        layout = random_layout(rng, blocks=blocks)
        stops = random_stops(rng, layout, 8)
        found = route(layout, stops)
        says_the_truth(layout.graph, stops, found)
        assert found.distance == pytest.approx(optimum(layout.graph, stops), abs=ROUNDING)
        assert (found.proven, found.lower_bound) == (True, found.distance)
        assert found.s_shape >= found.distance - ROUNDING
        plain, same_stops = shuffled(rng, layout.graph, stops)
        as_graph = route(plain, same_stops)
        assert as_graph.distance == pytest.approx(found.distance, abs=ROUNDING)
        assert as_graph.s_shape is None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("lengths", [[0, 1, 1, 2, 3], [1.37, 2.08, 0.5, 3.14159]], ids=["whole", "odd"])
def test_no_walk_through_any_graph_is_longer_than_the_optimum(lengths, seed):
    rng = random.Random(f"{lengths} {seed}")
    for _ in range(EACH // 2):
        graph = random_graph(rng, nodes=rng.randint(1, 14), more_edges=rng.randint(0, 14), lengths=lengths)
        stops = rng.sample(sorted(graph.neighbours), rng.randint(0, min(8, len(graph.neighbours))))
        found = route(graph, stops)
        says_the_truth(graph, stops, found)
        assert found.distance == pytest.approx(optimum(graph, stops), abs=ROUNDING)


@pytest.mark.parametrize("seed", range(6))
def test_a_floor_too_wide_to_sweep_over_is_proved_by_branch_and_bound(seed):
    rng = random.Random(seed)
    graph = floor(rng, wide=14, deep=14)
    stops = rng.sample(sorted(graph.neighbours), 8)
    found = route(graph, stops)
    says_the_truth(graph, stops, found)
    assert found.distance == pytest.approx(optimum(graph, stops), abs=ROUNDING)
    assert (found.proven, found.lower_bound) == (True, found.distance)


@pytest.mark.parametrize("seed", range(3))
def test_where_every_way_is_there_the_bound_is_never_above_the_walk(seed):
    rng = random.Random(seed)
    places = [(rng.random(), rng.random()) for _ in range(30)]
    ways = [(a, b) for a in range(30) for b in range(a)]
    edges = ((a, b, abs(complex(*places[a]) - complex(*places[b])) * 100) for a, b in ways)
    graph = Graph(tuple(edges), 0)
    found = route(graph, range(1, 30))
    says_the_truth(graph, range(1, 30), found)
    assert 0.99 * found.distance <= found.lower_bound <= found.distance
    assert found.proven == (found.lower_bound == found.distance)


@pytest.mark.parametrize("cross_aisles", [2, 3, 4])
def test_sixty_stops_take_no_longer_than_fifty_milliseconds(cross_aisles):
    rng = random.Random(cross_aisles)
    places = tuple(round(i * 40 / (cross_aisles - 1)) for i in range(cross_aisles))
    layout = Layout(12, 40, 1.2, 3.5, places, 2.0, 6, 1)
    spent = []
    for _ in range(7):
        stops = rng.sample(range(12 * 40), 60)
        plain, same_stops = shuffled(rng, layout.graph, stops)
        start = process_time()
        found = route(plain, same_stops)
        spent.append(process_time() - start)
        assert found.distance == pytest.approx(route(layout, stops).distance, abs=ROUNDING)
        assert found.proven
    assert sorted(spent)[3] <= 0.05


def test_an_aisle_is_entered_from_the_side_where_less_is_walked():
    layout = Layout(2, 10, 1.0, 5.0, (0, 10))
    found = route(layout, [layout.stop(1, 2), layout.stop(2, 9), layout.stop(2, 1)])
    # Up the first aisle and down the second: 10 + 5 + 10 + 5, shorter than in and out twice from the front.
    assert found.distance == 30.0
    assert route(layout, [layout.stop(1, 2), layout.stop(2, 1)]).distance == 2 * 1.5 + 10.0 + 2 * 0.5


def test_no_stop_is_no_walk():
    graph = Graph(((0, 1, 2.0),), 0)
    found = route(graph, [])
    assert (found.distance, found.order, found.proven, found.lower_bound, found.path) == (0.0, (), True, 0.0, (0,))


def test_a_stop_named_twice_or_at_the_depot_is_visited_once():
    graph = Graph(((0, 1, 2.0), (1, 2, 3.0), (1, 1, 0.0), (2, 1, 9.0)), 0)
    found = route(graph, [2, 0, 2])
    assert (found.distance, found.order, found.path) == (10.0, (0, 2), (0, 1, 2, 1, 0))


def test_the_solver_to_compare_with_knows_a_square():
    square = Graph(((0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0)), 0)
    assert optimum(square, [1, 2, 3]) == 4.0
    assert optimum(square, [1]) == 2.0
    assert metres_between(square, [0])[0] == {0: 0.0, 1: 1.0, 2: 2.0, 3: 1.0}
