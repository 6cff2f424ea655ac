"""An order counts as stuck for one reason, and a person can read which."""

from datetime import timedelta

import pytest

from inventory import clock
from ordermgmt.radar.stuck import Cause, Stuck, stuck
from orders.flow import State
from orders.models import Order
from orders.queue import TRIES
from orders.services import hold, postpone, release_hold
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def only_stuck() -> Stuck:
    (row,) = stuck()
    return row


def test_a_fresh_order_is_not_stuck() -> None:
    make_order()
    assert stuck() == []


def test_five_minutes_without_a_worker_is_overdue() -> None:
    order = make_order()
    with clock.at(order.placed_at + 5 * MINUTE):
        assert stuck() == []
    with clock.at(order.placed_at + 7 * MINUTE):
        row = only_stuck()
    assert (row.number, row.state, row.since) == (order.number, State.PLACED, order.due_at)
    assert row.cause == Cause.OVERDUE
    assert row.sentence == "Due for the receive worker for 7 min, and no worker took it"


def test_an_overdue_shipment_makes_its_order_stuck() -> None:
    order = make_order(state="packed")
    with clock.at(clock.now() + HOUR):
        row = only_stuck()
    assert (row.number, row.cause) == (order.number, Cause.OVERDUE)
    assert row.sentence.startswith("Due for the ship worker for ")


def test_five_failures_are_told_with_the_error() -> None:
    order = make_order()
    for _ in range(TRIES):
        postpone(order.pk, ValueError("no such street"))
    row = only_stuck()
    assert (row.number, row.cause, row.sentence) == (
        order.number,
        Cause.FAILED,
        "Failed five times: ValueError: no such street",
    )


def test_a_hold_stops_the_clock_of_the_worker_but_not_the_bound_of_the_stage() -> None:
    order = make_order(state="approved")
    hold(order.pk, reason="address", note="Which floor?", by="alice")
    since = Order.objects.get(pk=order.pk).state_since
    with clock.at(since + HOUR):
        assert stuck() == []
    with clock.at(since + 9 * HOUR):
        row = only_stuck()
    assert (row.since, row.cause) == (since, Cause.HELD)
    assert row.sentence == "Approved for 9 h, longer than 8 h; held: Address"


def test_people_who_take_too_long_leave_an_order_stuck() -> None:
    make_stock(make_product(), warehouse=make_warehouse("YORK", mode="manual"))
    order = make_order(state="picked")
    with clock.at(order.state_since + 3 * HOUR):
        assert stuck() == []
    with clock.at(order.state_since + 5 * HOUR):
        row = only_stuck()
    assert (row.cause, row.shipment) == (Cause.PEOPLE, 1)
    assert row.sentence == "Picked for 5 h, longer than 4 h; not yet packed in York"


@pytest.mark.parametrize("state", ["reviewed"])
def test_an_order_at_its_end_is_never_stuck(state: str) -> None:
    order = make_order(state=state)
    with clock.at(order.placed_at + timedelta(days=400)):
        assert stuck() == []


def test_the_longest_stuck_comes_first() -> None:
    newer = make_order()
    with clock.at(clock.now() - HOUR):
        older = make_order()
    with clock.at(newer.placed_at + 10 * MINUTE):
        assert [row.number for row in stuck()] == [older.number, newer.number]


def test_a_released_order_is_stuck_no_longer() -> None:
    order = make_order()
    for _ in range(TRIES):
        postpone(order.pk, ValueError("no such street"))
    release_hold(order.holds.get().pk, by="alice")
    assert stuck() == []
