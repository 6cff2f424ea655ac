"""Windows as addresses name them, and the steps and months that they are cut into."""

from datetime import date, timedelta

import pytest

from kpis import windows
from ordermgmt.kpis.choice import choice


@pytest.mark.parametrize(
    ("query", "first", "last", "before"),
    [
        ({"month": "2026-02"}, date(2026, 2, 1), date(2026, 3, 1), date(2026, 1, 1)),
        ({"quarter": "2026-Q1"}, date(2026, 1, 1), date(2026, 4, 1), date(2025, 10, 1)),
        ({"from": "2026-02-10", "last": "2026-02-12"}, date(2026, 2, 10), date(2026, 2, 13), date(2026, 2, 7)),
    ],
)
def test_windows_are_named_in_the_address(query: dict[str, str], first: date, last: date, before: date) -> None:
    chosen = choice(query)
    assert (chosen.first, chosen.last, chosen.before) == (first, last, before)


@pytest.mark.parametrize(
    "query", [{}, {"days": "31"}, {"month": "2026-13"}, {"quarter": "x"}, {"from": "2026-02-10", "last": "2026-02-01"}]
)
def test_what_makes_no_sense_is_the_last_thirty_days(query: dict[str, str]) -> None:
    chosen, tomorrow = choice(query), windows.today() + timedelta(days=1)
    assert (chosen.first, chosen.last) == (tomorrow - timedelta(days=30), tomorrow)


@pytest.mark.parametrize("days", [7, 90, 400, 4000])
def test_steps_lie_end_to_end_and_fill_the_window(days: int) -> None:
    first = date(2015, 1, 20)
    steps = choice({"from": str(first), "to": str(first + timedelta(days=days))}).steps()
    assert (steps[0], steps[-1]) == (first, first + timedelta(days=days))
    assert steps == sorted(set(steps))
    assert len(steps) <= 42


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [("2025-03-01", "2025-04-01", 12), ("1997-01-15", "1998-07-01", 18), ("2000-01-01", "2026-01-01", 24)],
)
def test_cohorts_are_those_of_the_window_and_at_least_twelve(first: str, last: str, months: int) -> None:
    edges = choice({"from": first, "to": last}).months()
    assert (len(edges) - 1, str(edges[-1])) == (months, last)
