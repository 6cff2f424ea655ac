"""Intervals against published values, and against what must be true of any interval."""

import random
from statistics import median

import pytest

from feedback.statistics import Interval, difference_of_medians, difference_of_shares, median_variance, wilson


@pytest.mark.parametrize(
    ("cases", "sample", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_a_share_has_wilsons_interval(cases, sample, low, high):
    found = wilson(cases, sample)
    assert (found.value, round(found.low, 4), round(found.high, 4)) == (cases / sample, low, high)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 873, table II, method 10.
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_two_shares_differ_by_newcombes_interval(counts, low, high):
    found = difference_of_shares(*counts)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert found.value == pytest.approx(counts[0] / counts[1] - counts[2] / counts[3])


@pytest.mark.parametrize(("cases", "sample"), [(0, 0), (-1, 5), (6, 5)])
def test_what_is_no_share_has_no_interval(cases, sample):
    with pytest.raises(ValueError, match=f"No share: {cases} of {sample}"):
        wilson(cases, sample)


def test_the_variance_of_a_median_is_that_of_its_order_statistics():
    # 9 values: rank round(5 - 3) = 2, outside at most 1 head of 9: 10/512; its normal deviate is 2.06353.
    assert median_variance([1, 2, 3, 4, 5, 6, 7, 8, 9]) == pytest.approx((6 / (2 * 2.063528)) ** 2, rel=1e-5)
    assert median_variance([5.0] * 9) == 0


def test_medians_differ_by_what_lies_between_them():
    found = difference_of_medians([value + 10 for value in range(40)], list(range(40)))
    assert found.value == 10
    assert found.low == pytest.approx(20 - found.high)
    assert difference_of_medians(list(range(40)), list(range(40))).excludes_zero() is False


def test_four_values_are_too_few_for_a_median():
    with pytest.raises(ValueError, match="4 values are too few"):
        difference_of_medians([1, 2, 3, 4], [1, 2, 3, 4, 5])


def test_the_interval_of_medians_holds_the_truth_about_95_times_in_100():
    dice, held = random.Random(1), 0
    for _ in range(400):
        one = [dice.expovariate(1) for _ in range(40)]
        other = [dice.expovariate(1) + 0.5 for _ in range(60)]
        found = difference_of_medians(other, one)
        assert found.value == median(other) - median(one)
        held += found.low <= 0.5 <= found.high
    assert 0.92 < held / 400 < 0.985


def test_an_interval_knows_whether_it_says_anything():
    assert Interval(0.1, 0.01, 0.2).excludes_zero()
    assert Interval(-0.1, -0.2, -0.01).excludes_zero()
    assert not Interval(0.1, -0.01, 0.2).excludes_zero()
    assert Interval(0.5, 0.4, 0.6).is_above(Interval(0.3, 0.2, 0.39))
    assert not Interval(0.5, 0.4, 0.6).is_above(Interval(0.3, 0.2, 0.4))
