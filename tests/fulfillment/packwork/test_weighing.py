"""What a scale says of a box, in words."""

import pytest

from fulfillment.packwork.weighing import Weighed, difference, tolerance_g

GOODS = [Weighed("Mug", 2, 300), Weighed("Jar", 1, 450), Weighed("Leaflet", 3, 0)]


@pytest.mark.parametrize(("expected", "slack"), [(100, 30), (1_000, 30), (1_034, 31), (10_000, 300)])
def test_a_scale_may_be_off_by_three_per_cent_or_thirty_grams(expected, slack):
    assert tolerance_g(expected) == slack
    assert difference(expected, expected + slack, []) == ""
    assert difference(expected, expected - slack - 1, []) != ""


@pytest.mark.parametrize(
    ("weighed", "said"),
    [
        (1_150, ""),
        (850, "300 g too light: 850 g instead of 1,150 g. Perhaps 1 × Mug missing"),
        (550, "600 g too light: 550 g instead of 1,150 g. Perhaps 2 × Mug missing"),
        (250, "900 g too light: 250 g instead of 1,150 g"),
        (2_050, "900 g too heavy: 2,050 g instead of 1,150 g. Perhaps 3 × Mug too many or 2 × Jar too many"),
        (1_250, "100 g too heavy: 1,250 g instead of 1,150 g"),
    ],
)
def test_it_says_what_it_may_be(weighed, said):
    assert difference(1_150, weighed, GOODS) == said
