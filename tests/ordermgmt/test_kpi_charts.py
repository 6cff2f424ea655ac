"""Charts fit every screen: shares have a track of their own, names lie down, words of an axis make room."""

from datetime import date, timedelta

import pytest
from django.test import Client

from ordermgmt.kpis.charts import Axis, Column, Point, Series, across, bars, over_time, pareto


def columns(*values: float) -> list[Column]:
    return [Column(f"No {place}", value, f"{value:g}") for place, value in enumerate(values, 1)]


def days(count: int) -> Axis:
    return Axis([date(2026, 5, 1) + timedelta(days=day) for day in range(count + 1)])


@pytest.mark.parametrize(
    ("unit", "values", "shares"),
    [
        ("percent", (0.548, 0.355, 1.0), [54.8, 35.5, 100.0]),
        ("percent", (0.0, 0.0004), [0.0, 0.2]),
        ("orders", (38, 19, 0), [100.0, 50.0, 0.0]),
        ("days", (2.0, 0.5), [100.0, 25.0]),
    ],
)
def test_shares_lie_on_a_track_of_a_hundred_and_the_rest_beside_the_largest(
    unit: str, values: tuple[float, ...], shares: list[float]
) -> None:
    assert [row.share for row in across("Bars", columns(*values), unit=unit).rows] == shares


def test_bars_with_names_lie_down_where_there_is_no_room_and_those_in_time_do_not() -> None:
    named, in_time = columns(4, 8), bars("Days", columns(4, 8), unit="orders", axis=days(2))
    standing = bars("Names", named, unit="orders")
    assert standing.rows == across("Names", named, unit="orders").rows
    assert len(standing.bars) == len(in_time.bars) == 2
    assert list(in_time.rows) == []


def test_a_pareto_that_lies_says_the_running_share() -> None:
    drawing = pareto("Reasons", columns(1, 3), unit="units")
    assert [(row.name, row.value) for row in drawing.rows] == [
        ("No 2", "3, 75\N{NO-BREAK SPACE}% so far"),
        ("No 1", "1, 100\N{NO-BREAK SPACE}% so far"),
    ]


def test_places_across_are_shares_of_the_ground() -> None:
    drawing = over_time("Course", days(4), [Series("All", [Point(1.0, "one")] * 4)], unit="orders")
    assert [dot.x for dot in drawing.dots] == [tick.at for tick in drawing.x_ticks] == [12.5, 37.5, 62.5, 87.5]
    (first, second) = bars("Two", columns(1, 2), unit="orders").bars
    assert [bar.x + bar.width / 2 for bar in (first, second)] == [25.0, 75.0]


@pytest.mark.parametrize(
    ("count", "whole", "tablet", "phone"), [(3, 3, 3, 3), (5, 5, 5, 3), (13, 13, 7, 4), (42, 11, 6, 4)]
)
def test_the_smaller_the_screen_the_fewer_words_stand_below_the_axis(
    count: int, whole: int, tablet: int, phone: int
) -> None:
    tones = [tick.tone for tick in days(count).ticks()]
    assert len(tones) == whole
    assert sum("not-tablet" not in tone for tone in tones) == tablet
    assert sum("not-phone" not in tone for tone in tones) == phone


@pytest.mark.django_db
def test_the_words_of_the_left_axis_stand_beside_the_ground(alice: Client) -> None:
    body = alice.get("/kpis/satisfaction/").content.decode()
    beside, ground = body.split('<div class="chart')[1].split('<svg class="ground"')
    assert 'class="tick left"' in beside
    assert 'class="tick left"' not in ground.split("</svg>")[0]
