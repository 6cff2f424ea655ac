"""What the packer sees, and what the scale says."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from fulfillment.packing import Carton, Filled, Placed
from fulfillment.packing.drawing import layers
from fulfillment.packing.scale import weight_verdict

SVG = "{http://www.w3.org/2000/svg}"
CARTON = Carton("M & <L>", (300, 200, 100), (300, 200, 100), 100, 2_000, Decimal("1.00"))
FILLED = Filled(
    CARTON,
    (
        Placed("BOOK", (0, 0, 0), (200, 100, 40)),
        Placed("LAMP", (200, 0, 0), (100, 100, 90)),
        Placed("BOOK", (0, 0, 40), (200, 100, 40)),
        Placed("A&B", (0, 0, 80), (50, 50, 10)),
    ),
    1_500,
    Decimal("1.00"),
)


def read(svg):
    return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


def test_a_layer_is_drawn_where_something_new_begins():
    floor, top = layers(FILLED)
    assert [(stack.number, stack.sku, stack.units, stack.size) for stack in floor.stacks] == [
        (1, "BOOK", 2, (200, 100, 80)),
        (2, "LAMP", 1, (100, 100, 90)),
    ]
    assert (floor.height_mm, top.height_mm) == (0, 80)
    assert [(stack.number, stack.sku, stack.place) for stack in top.stacks] == [
        (3, "A&B", "50 × 50 × 10 mm, 0 mm from the left, 0 mm from the back")
    ]


def test_the_drawing_shows_the_carton_what_is_there_and_what_is_new():
    _, top = (read(layer.svg) for layer in layers(FILLED))
    shapes = [
        (shape.get("class"), *(int(shape.get(name)) for name in ("x", "y", "width", "height")))
        for shape in top.iter(f"{SVG}rect")
    ]
    assert shapes == [
        ("packing-carton", 0, 0, 300, 200),
        ("packing-stack", 0, 0, 50, 50),
    ]
    assert [(path.get("class"), path.get("d")) for path in top.iter(f"{SVG}path")] == [
        ("packing-below", "M200 0h100v100h-100z")
    ]
    assert [text.text for text in top.iter(f"{SVG}text")] == ["3"]


def test_the_drawing_is_told_to_those_who_do_not_see_it_and_needs_no_inline_style():
    svg = layers(FILLED)[0].svg
    drawing = read(svg)
    assert (drawing.get("role"), drawing.find(f"{SVG}title").text) == ("img", "M & <L>, 0 mm above the floor")
    assert drawing.find(f"{SVG}desc").text.startswith("1: 2 × BOOK, 200 × 100 × 80 mm, 0 mm from the left")
    assert "style" not in svg
    assert "<script" not in svg


@pytest.mark.parametrize(
    ("expected_g", "scale_g", "off_by_g", "is_right"),
    [
        (1_500, 1_500, 0, True),
        (1_500, 1_530, 30, True),
        (1_500, 1_531, 31, False),
        (1_500, 1_469, -31, False),
        (300, 320, 20, True),
        (300, 279, -21, False),
    ],
)
def test_the_scale_may_be_off_by_two_percent_or_twenty_grams(expected_g, scale_g, off_by_g, is_right):
    verdict = weight_verdict(expected_g, scale_g=scale_g)
    assert (verdict.off_by_g, verdict.is_right) == (off_by_g, is_right)
