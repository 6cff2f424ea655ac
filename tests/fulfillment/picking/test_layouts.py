"""The rectangular warehouse: addresses, lengths, the S-shape and the drawing."""

import xml.etree.ElementTree as ET

import pytest

from fulfillment.picking import BadInstance, Graph, Layout, PlanningError, UnknownNode, Unreachable, drawn_route, route
from fulfillment.picking.s_shape import s_shape

# Ten bays of one metre in two blocks of five, three aisles five metres apart, cross aisles two metres wide.
TWO_BLOCKS = Layout(3, 10, 1.0, 5.0, (0, 5, 10), 2.0)
ONE_BLOCK = Layout(4, 10, 1.0, 5.0, (0, 10))


def test_every_node_has_a_number_an_address_and_a_point():
    assert [TWO_BLOCKS.stop(1, 1), TWO_BLOCKS.stop(3, 10)] == [0, 29]
    assert [TWO_BLOCKS.corner(1, 1), TWO_BLOCKS.corner(3, 3)] == [30, 38]
    assert sorted(TWO_BLOCKS.graph.neighbours) == list(range(39))
    assert (TWO_BLOCKS.address(29), TWO_BLOCKS.address(38)) == ((3, 10), (3, None))
    assert TWO_BLOCKS.point(TWO_BLOCKS.stop(2, 1)) == (5.0, 2.5)
    assert TWO_BLOCKS.point(TWO_BLOCKS.stop(2, 6)) == (5.0, 9.5)
    assert TWO_BLOCKS.point(TWO_BLOCKS.corner(3, 2)) == (10.0, 8.0)


def test_neighbours_are_as_far_apart_as_their_points():
    graph = TWO_BLOCKS.graph
    assert len(graph.edges) == 3 * 12 + 3 * 2
    for a, b, metres in graph.edges:
        (x, y), (v, w) = TWO_BLOCKS.point(a), TWO_BLOCKS.point(b)
        assert metres == abs(x - v) + abs(y - w) > 0


@pytest.mark.parametrize(
    ("stops", "metres"),
    [
        ([], 0.0),
        ([(1, 4)], 2 * 3.5),
        # Through the first and back through the second aisle.
        ([(1, 4), (2, 2)], 2 * 10 + 2 * 5),
        # Two aisles passed, the third in and out.
        ([(1, 4), (2, 2), (4, 3)], 2 * 10 + 2 * 15 + 2 * 2.5),
    ],
)
def test_the_s_shape_passes_every_aisle_and_turns_in_the_last(stops, metres):
    assert s_shape(ONE_BLOCK, [ONE_BLOCK.stop(*stop) for stop in stops]) == metres


def test_the_s_shape_of_two_blocks_goes_to_the_farthest_first():
    stops = [TWO_BLOCKS.stop(1, 8), TWO_BLOCKS.stop(2, 7), TWO_BLOCKS.stop(3, 2)]
    # Out through aisle 1 (7 m), the far block up aisle 1 and down aisle 2 (7 + 5 + 7), over to aisle 3 and through it
    # to the front (5 + 7), home (10).
    assert s_shape(TWO_BLOCKS, stops) == 7 + (7 + 5 + 7) + (5 + 7) + 10
    assert route(TWO_BLOCKS, stops).saved == s_shape(TWO_BLOCKS, stops) - route(TWO_BLOCKS, stops).distance


def test_a_depot_between_two_blocks_walks_the_s_shape_to_both_sides():
    layout = Layout(1, 10, 1.0, 5.0, (0, 5, 10), 0.0, 1, 2)
    assert s_shape(layout, [layout.stop(1, 1), layout.stop(1, 10)]) == 2 * 4.5 + 2 * 4.5


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0, 5, 1.0, 1.0, (0, 5)), "layout: 0 aisles of 5 bays; 1 to 100,000 bays can be planned."),
        ((2, 5, -1.0, 1.0, (0, 5)), "layout.bay_m: -1.0 is not a length in metres."),
        ((2, 5, 1.0, float("nan"), (0, 5)), "layout.aisle_m: nan is not a length in metres."),
        ((2, 5, 1.0, 1.0, (0, 3)), "layout.cross_aisles: [0, 3] does not rise from 0 to 5, the bays."),
        ((2, 5, 1.0, 1.0, (0, 3, 3, 5)), "layout.cross_aisles: [0, 3, 3, 5] does not rise from 0 to 5, the bays."),
        ((2, 5, 1.0, 1.0, (0, 5), 0.0, 3, 1), "layout.depot: not in this warehouse."),
    ],
)
def test_a_layout_that_cannot_be_is_refused(given, message):
    with pytest.raises(BadInstance) as refusal:
        Layout(*given)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("stops", "error", "message"),
    [
        ([1, 5], UnknownNode, "stops[1]: node 5 is not in this warehouse."),
        ([3], Unreachable, "stops[0]: no way leads from the depot to node 3."),
    ],
)
def test_a_stop_that_is_not_there_is_named(stops, error, message):
    with pytest.raises(error) as refusal:
        route(Graph(((0, 1, 1.0), (2, 3, 1.0)), 0), stops)
    assert str(refusal.value) == message
    assert isinstance(refusal.value, PlanningError)


@pytest.mark.parametrize("metres", [-1.0, float("nan"), float("inf")])
def test_an_edge_without_a_length_is_named(metres):
    with pytest.raises(BadInstance, match=r"^edges\[1\]: "):
        Graph(((0, 1, 1.0), (1, 2, metres)), 0)


def test_an_address_outside_is_refused():
    with pytest.raises(UnknownNode, match="aisle 4, bay 1 is not in this warehouse"):
        TWO_BLOCKS.stop(4, 1)


def test_the_drawing_shows_the_walk_and_the_stops_in_order():
    stops = [TWO_BLOCKS.stop(1, 8), TWO_BLOCKS.stop(2, 7), TWO_BLOCKS.stop(3, 2)]
    found = route(TWO_BLOCKS, stops)
    text = drawn_route(TWO_BLOCKS, found, title="Pick list <7>")
    svg = ET.fromstring(text)  # noqa: S314 - our own
    space = {"s": "http://www.w3.org/2000/svg"}
    assert svg.findtext("s:title", namespaces=space) == "Pick list <7>"
    assert svg.findtext("s:desc", namespaces=space) == (
        f"3 stops, {found.distance:.1f} m, {found.saved:.1f} m less than by the S-shape."
    )
    marks = svg.findall("s:g[@class='stop']", space)
    assert [mark.findtext("s:text", namespaces=space) for mark in marks] == ["1", "2", "3"]
    places = [TWO_BLOCKS.point(stop) for stop in found.order]
    assert [mark.get("transform") for mark in marks] == [f"translate({x:g} {-y:g})" for x, y in places]
    drawn = [tuple(map(float, point.split())) for point in svg.find("s:path", space).get("d")[1:].split(" L")]
    steps = zip(drawn, drawn[1:], strict=False)
    assert sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in steps) == pytest.approx(found.distance)
    assert len(svg.findall("s:rect[@class='bays']", space)) == 3 * 2 * 2
    assert "style" not in text
    assert "script" not in text
