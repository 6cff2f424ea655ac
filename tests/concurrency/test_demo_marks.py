"""What is the demo's: the rows of the load, and no others that were written at the same time."""

import threading
from collections.abc import Callable, Sequence

import pytest
from django.db import transaction

from ordermgmt.simulation.marking import Marks, marks_since, newest_rows, ranges_of
from tests.factories import make_carton


@pytest.mark.django_db(transaction=True)
def test_what_somebody_else_writes_during_the_load_is_not_marked(
    at_once: Callable[[Sequence[Callable[[], object]]], list[object]],
) -> None:
    """Whether it is committed by the end of the load or not yet."""
    begun, written, marked = (threading.Event() for _ in range(3))

    def load() -> tuple[int, Marks]:
        with transaction.atomic():
            before = newest_rows()
            first = make_carton("Demo 1").pk
            begun.set()
            assert written.wait(20)
            make_carton("Demo 2")
            make_carton("Demo 3")
            found = marks_since(before)
            marked.set()
        return first, found

    def save() -> None:
        assert begun.wait(20)
        make_carton("Own")
        with transaction.atomic():
            make_carton("Own, not yet kept")
            written.set()
            assert marked.wait(20)

    (first, marks), saved = at_once([load, save])
    assert saved is None
    assert marks == {"fulfillment_carton": [[first - 1, first], [first + 2, first + 4]]}


@pytest.mark.parametrize(
    ("ids", "ranges"),
    [((), []), ((7,), [[6, 7]]), ((3, 1, 2), [[0, 3]]), ((1, 2, 4, 6, 7), [[0, 2], [3, 4], [5, 7]])],
)
def test_ids_make_ranges(ids: tuple[int, ...], ranges: list[list[int]]) -> None:
    assert ranges_of(ids) == ranges
