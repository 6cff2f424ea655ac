"""Live orders, folded: the figures of several windows at once against values worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import F

from fulfillment.models import PickTask, Return, ReturnLine, Shipment
from inventory import clock
from kpis.figures import in_brief, series
from kpis.figures.report import FIGURES
from kpis.fold import rebuild
from kpis.models import OrderFact
from kpis.windows import Window, days, last_days, parts
from orders.models import Order, OrderEvent
from orders.services import cancel
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TENTH = datetime(2026, 5, 10, 12, 0, tzinfo=UTC)


def told(figure: str, *names: str) -> list[tuple[Any, ...]]:
    """These parts of the figure in May and in June."""
    rebuild(lambda done, of: None)
    return [tuple(month[name] for name in names) for month in series(figure, [MAY, JUNE, JULY])]


@pytest.fixture(autouse=True)
def enough_mugs(db: None) -> None:
    make_stock(make_product("MUG-1"), 1000)
    make_stock(make_product("JAR-1"), 1000)


def delivered_after(span: timedelta, *, at: datetime = TENTH) -> None:
    """An order placed `span` before it was delivered at `at`; only its history matters here."""
    with clock.at(at - span):
        order = make_order()
    OrderEvent.objects.create(order=order, seq=2, name="order.delivered", at=at, by="test")


def picked(*lines: tuple[str, int], at: datetime = TENTH, scanned: bool = True) -> Order:
    order = make_order(lines, state="picked")
    tasks = PickTask.objects.filter(shipment_line__shipment__order=order)
    tasks.update(picked_at=at, scanned=scanned)
    return order


def delivered(*lines: tuple[str, int], at: datetime = TENTH) -> Order:
    order = make_order(lines, state="delivered")
    Shipment.objects.filter(order=order).update(delivered_at=at)
    return order


def came_back(order: Order, units: int, *, reason: str = "unwanted", line: int = 0) -> None:
    key, number = f"r{order.pk}-{line}-{reason}", order.returns.count() + 1
    record = Return.objects.create(order=order, key=key, number=number, refund=0)
    back = {"order_line": order.lines.all()[line], "reason": reason}
    ReturnLine.objects.create(return_record=record, quantity=units, received=units, **back)


def test_an_empty_window_has_no_data() -> None:
    for name, figure in FIGURES.items():
        assert series(name, [MAY, JUNE]) == [dict(figure.nothing)]


def test_lead_time_interpolates_between_the_orders() -> None:
    # 1, 2, 3 and 10 days: mean 16/4; p50 half-way between 2 and 3; p90 at place 2.7 of 0..3, so 3 + 0.7 × 7.
    for count in (1, 2, 3, 10):
        delivered_after(count * DAY)
    may, june = told("lead_time", "orders", "mean", "p50", "p90")
    assert may == pytest.approx((4, 4.0, 2.5, 7.9))
    assert june == (0, None, None, None)


def test_lead_time_belongs_to_the_window_of_the_delivery() -> None:
    delivered_after(3 * DAY, at=JUNE - timedelta(seconds=1))
    delivered_after(5 * DAY, at=JUNE)
    delivered_after(7 * DAY, at=JULY)
    assert told("lead_time", "orders", "mean") == [(1, 3.0), (1, 5.0)]


def test_a_line_is_wrong_after_a_return_as_wrong_item_however_late() -> None:
    # Three lines picked in May, one of them wrong: 2 of 3 right. The return came in June and is dated back.
    order = picked(("MUG-1", 1), ("JAR-1", 1))
    picked(("MUG-1", 1), scanned=False)
    with clock.at(JUNE + DAY):
        came_back(order, 1, reason="wrong_item", line=1)
    came_back(order, 1, reason="unwanted", line=0)
    may, june = told("picking_accuracy", "lines", "lines_picked", "lines_wrong", "unscanned_share")
    assert may == pytest.approx((2 / 3, 3, 1, 1 / 3))
    assert june == (None, 0, 0, None)


def test_a_short_pick_is_wrong_and_an_open_task_is_not_picked_yet() -> None:
    short, waiting = picked(("MUG-1", 3)), picked(("MUG-1", 1))
    picked(("MUG-1", 1))
    PickTask.objects.filter(shipment_line__shipment__order=short).update(picked=2)
    PickTask.objects.filter(shipment_line__shipment__order=waiting).update(picked=0, picked_at=None)
    assert told("picking_accuracy", "lines_picked", "lines_wrong", "unscanned_share")[0] == (2, 1, 0.0)


def test_units_come_back_to_the_window_they_were_delivered_in() -> None:
    # 4 + 6 units delivered in May, of which 1 + 2 came back: 30 %. 5 units in June, none back: 0 %, which is data.
    first, second = delivered(("MUG-1", 4)), delivered(("MUG-1", 6))
    delivered(("MUG-1", 5), at=JUNE)
    came_back(first, 1)
    with clock.at(JUNE + DAY):
        came_back(second, 2, reason="damaged")
    may, june = told("return_rate", "units_delivered", "units_returned", "units")
    assert (may, june) == ((10, 3, 0.3), (5, 0, 0.0))


def test_a_cohort_is_open_as_long_as_its_last_day_may_be_sent_back(settings: Any) -> None:
    settings.RETURN_WINDOW_DAYS = 30
    delivered(("MUG-1", 1))
    delivered(("MUG-1", 1), at=JUNE)
    with clock.at(JUNE + 30 * DAY):
        assert told("return_rate", "open_cohort") == [(False,), (True,)]


def test_two_returns_of_one_line_do_not_double_what_was_delivered() -> None:
    order = delivered(("MUG-1", 4))
    came_back(order, 1)
    came_back(order, 1, reason="damaged")
    assert told("return_rate", "units_delivered", "units_returned")[0] == (4, 2)


def test_what_is_on_the_road_is_not_delivered() -> None:
    make_order([("MUG-1", 3)], state="shipped")
    rebuild(lambda done, of: None)
    window = last_days(30)
    assert series("return_rate", [window.since, window.until])[0]["units"] is None


def test_purchase_frequency_counts_orders_by_customer_without_the_cancelled() -> None:
    # Marta three orders and one cancelled, Jonas one: 4 orders by 2 customers, one of them came again.
    with clock.at(TENTH):
        for _ in range(3):
            make_order()
        make_order(email="jonas@example.org", name="Jonas Weber")
        cancel(make_order().pk, reason="Changed their mind", by="sam")
    with clock.at(JUNE):
        make_order()
    may, june = told("purchase_frequency", "orders", "customers", "orders_per_customer", "repeat_rate", "cancelled")
    assert (may, june) == ((4, 2, 2.0, 0.5, 1), (1, 1, 1.0, 0.0, 0))


@pytest.mark.parametrize("figure", FIGURES)
def test_windows_that_overlap_say_what_each_says_alone(figure: str) -> None:
    came_back(delivered(("MUG-1", 4), ("JAR-1", 2)), 1, reason="damaged")
    came_back(delivered(("MUG-1", 5), at=JUNE), 2)
    picked(("MUG-1", 1), at=JUNE, scanned=False)
    for at in (TENTH, TENTH + DAY, JUNE):
        delivered_after(3 * DAY, at=at)
    with clock.at(JUNE + DAY):
        make_order()
    rebuild(lambda done, of: None)
    OrderFact.objects.filter(delivered_at__isnull=False).update(csat=5, answered_at=F("delivered_at"))
    whole, halves = Window(MAY, JULY), [Window(MAY, JUNE), Window(JUNE, JULY)]
    nothing = Window(JULY, JULY + DAY)
    alone = [series(figure, [window.since, window.until], brief=True)[0] for window in (whole, *halves, nothing)]
    assert in_brief(figure, [whole, *halves, nothing]) == alone
    assert alone[0] != alone[1]


@pytest.mark.parametrize(("figure", "queries"), [("lead_time", 1), ("picking_accuracy", 1), ("return_rate", 3)])
def test_many_windows_cost_the_queries_of_one(django_assert_num_queries: Any, figure: str, queries: int) -> None:
    cut = parts(30, 3)
    with django_assert_num_queries(queries):
        assert len(series(figure, [cut[0].since, *(window.until for window in cut)])) == 10


def test_a_window_is_whole_days_of_the_shops_zone() -> None:
    # 2026-03-29 has 23 hours in London: the clocks go forward.
    window = days(date(2026, 3, 29), date(2026, 3, 30))
    assert window.since.astimezone(UTC) == datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    assert window.until.astimezone(UTC) == datetime(2026, 3, 29, 23, 0, tzinfo=UTC)


def test_parts_lie_end_to_end_and_fill_the_window() -> None:
    with clock.at(TENTH):
        whole, cut = last_days(30), parts(30, 3)
    assert len(cut) == 10
    assert (cut[0].since, cut[-1].until) == (whole.since, whole.until)
    assert all(before.until == after.since for before, after in pairwise(cut))
    assert whole.until.astimezone(UTC) == datetime(2026, 5, 10, 23, 0, tzinfo=UTC)
