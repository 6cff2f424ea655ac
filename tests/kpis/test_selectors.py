"""The four figures against values worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fulfillment.models import PickTask, Return, ReturnLine, Shipment
from inventory import clock
from kpis import selectors
from kpis.selectors import LeadTime, PickingAccuracy, PurchaseFrequency, ReturnRate
from kpis.windows import Window, days, last_days, parts
from orders.models import Order, OrderEvent
from orders.services import cancel
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db
MAY = Window(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
JUNE = Window(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TENTH = datetime(2026, 5, 10, 12, 0, tzinfo=UTC)


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
    record = Return.objects.create(order=order, key=f"r{order.pk}-{line}-{reason}", reason=reason, refund=0)
    ReturnLine.objects.create(return_record=record, order_line=order.lines.all()[line], quantity=units)


def test_an_empty_window_has_no_data(db: None) -> None:
    assert selectors.lead_times([MAY]) == [None]
    assert selectors.picking_accuracies([MAY]) == [None]
    assert selectors.return_rates([MAY]) == [None]
    assert selectors.purchase_frequencies([MAY]) == [None]


def test_lead_time_interpolates_between_the_orders(db: None) -> None:
    # 1, 2, 3 and 10 days: mean 16/4; p50 half-way between 2 and 3; p90 at place 2.7 of 0..3, so 3 + 0.7 × 7.
    for count in (1, 2, 3, 10):
        delivered_after(count * DAY)
    assert selectors.lead_times([MAY]) == [LeadTime(4, 4 * DAY, 2.5 * DAY, 7.9 * DAY)]


def test_lead_time_belongs_to_the_window_of_the_delivery(db: None) -> None:
    delivered_after(3 * DAY, at=JUNE.since - timedelta(seconds=1))
    delivered_after(5 * DAY, at=JUNE.since)
    delivered_after(7 * DAY, at=JUNE.until)
    may, june = selectors.lead_times([MAY, JUNE])
    assert may == LeadTime(1, 3 * DAY, 3 * DAY, 3 * DAY)
    assert june == LeadTime(1, 5 * DAY, 5 * DAY, 5 * DAY)


def test_windows_may_overlap_and_come_in_any_order(db: None) -> None:
    delivered_after(1 * DAY)
    both = Window(MAY.since, JUNE.until)
    june, whole, may = selectors.lead_times([JUNE, both, MAY])
    assert june is None
    assert whole == may == LeadTime(1, DAY, DAY, DAY)


def test_a_line_is_wrong_after_a_return_as_wrong_item_however_late(db: None) -> None:
    # Three lines picked in May, one of them wrong: 2 of 3 right. The return came in June and is dated back.
    order = picked(("MUG-1", 1), ("JAR-1", 1))
    picked(("MUG-1", 1), scanned=False)
    with clock.at(JUNE.since + DAY):
        came_back(order, 1, reason="wrong_item", line=1)
    came_back(order, 1, reason="unwanted", line=0)
    may, june = selectors.picking_accuracies([MAY, JUNE])
    assert may == PickingAccuracy(lines_picked=3, lines_wrong=1, lines_unscanned=1)
    assert may.rate == pytest.approx(2 / 3)
    assert may.unscanned_share == pytest.approx(1 / 3)
    assert june is None


def test_a_short_pick_is_wrong_and_an_open_task_is_not_picked_yet(db: None) -> None:
    short, waiting = picked(("MUG-1", 3)), picked(("MUG-1", 1))
    picked(("MUG-1", 1))
    PickTask.objects.filter(shipment_line__shipment__order=short).update(picked=2)
    PickTask.objects.filter(shipment_line__shipment__order=waiting).update(picked=0, picked_at=None)
    assert selectors.picking_accuracies([MAY]) == [PickingAccuracy(2, 1, 0)]


def test_units_come_back_to_the_window_they_were_delivered_in(db: None) -> None:
    # 4 + 6 units delivered in May, of which 1 + 2 came back: 30 %. 5 units in June, none back: 0 %, which is data.
    first, second = delivered(("MUG-1", 4)), delivered(("MUG-1", 6))
    delivered(("MUG-1", 5), at=JUNE.since)
    came_back(first, 1)
    with clock.at(JUNE.since + DAY):
        came_back(second, 2, reason="damaged")
    may, june = selectors.return_rates([MAY, JUNE])
    assert may == ReturnRate(units_delivered=10, units_returned=3)
    assert may.rate == pytest.approx(0.3)
    assert june == ReturnRate(5, 0)
    assert june.rate == 0


def test_two_returns_of_one_line_do_not_double_what_was_delivered(db: None) -> None:
    order = delivered(("MUG-1", 4))
    came_back(order, 1)
    came_back(order, 1, reason="damaged")
    assert selectors.return_rates([MAY]) == [ReturnRate(4, 2)]


def test_what_is_on_the_road_is_not_delivered(db: None) -> None:
    make_order([("MUG-1", 3)], state="shipped")
    assert selectors.return_rates([last_days(30)]) == [None]


def test_purchase_frequency_counts_orders_by_customer_without_the_cancelled(db: None) -> None:
    # Marta three orders and one cancelled, Jonas one: 4 orders by 2 customers, one of them came again.
    with clock.at(TENTH):
        for _ in range(3):
            make_order()
        make_order(email="jonas@example.org", name="Jonas Weber")
        cancel(make_order().pk, reason="Changed their mind", by="sam")
    with clock.at(JUNE.since):
        make_order()
    may, june = selectors.purchase_frequencies([MAY, JUNE])
    assert may == PurchaseFrequency(orders=4, customers=2, repeaters=1)
    assert (may.rate, may.repeat_rate) == (2.0, 0.5)
    assert june == PurchaseFrequency(1, 1, 0)


@pytest.mark.parametrize("figure", ["lead_times", "picking_accuracies", "return_rates", "purchase_frequencies"])
def test_many_windows_cost_one_query(django_assert_num_queries: object, figure: str) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        getattr(selectors, figure)(parts(30, 3))


def test_a_window_is_whole_days_of_the_shops_zone(db: None) -> None:
    # 2026-03-29 has 23 hours in London: the clocks go forward.
    window = days(date(2026, 3, 29), date(2026, 3, 30))
    assert window.since.astimezone(UTC) == datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    assert window.until.astimezone(UTC) == datetime(2026, 3, 29, 23, 0, tzinfo=UTC)


def test_parts_lie_end_to_end_and_fill_the_window(db: None) -> None:
    with clock.at(TENTH):
        whole, cut = last_days(30), parts(30, 3)
    assert len(cut) == 10
    assert (cut[0].since, cut[-1].until) == (whole.since, whole.until)
    assert all(before.until == after.since for before, after in zip(cut, cut[1:], strict=False))
    assert whole.until.astimezone(UTC) == datetime(2026, 5, 10, 23, 0, tzinfo=UTC)
