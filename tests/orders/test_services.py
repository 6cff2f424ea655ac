"""Beside the stages: holds, calling off, money, notes, and rows that failed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from inventory import clock
from inventory.models import Reservation, Stock
from orders import services
from orders.errors import NoSuchShipping, NotAllowedNow, RefundTooLarge
from orders.flow import FINAL, GOODS_HERE, State
from orders.history import advanced
from orders.models import Hold, Order, OrderEvent, Payment, Refund
from orders.order_request import PaymentRequest
from orders.queue import held
from orders.services import exits, holds
from tests.factories import make_order

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
BROKEN = ValueError("the printer is on fire")


@pytest.fixture
def nudged(monkeypatch):
    """The queues that were woken."""
    woken = []
    monkeypatch.setattr(holds, "wake", woken.append)
    monkeypatch.setattr(exits, "wake", woken.append)
    return woken


def an_end(state):
    """An order that ended in `state`."""
    if state == State.CANCELLED:
        return services.cancel(make_order().pk, reason="x", by="sam")
    if state == State.REVIEWED:
        return make_order(state="reviewed")
    order = make_order(state="received")
    with held(order.pk) as order:
        return services.reject(order, why="x", checks=[], by="sam")


def as_it_is(order):
    """Everything of an order that a refusal must leave alone."""
    row = Order.objects.filter(pk=order.pk).values("state", "due_at", "attempts", "open_holds", "event_seq").get()
    money = list(order.payments.order_by("id").values_list("captured", "refunded", "voided_at"))
    holds = list(order.holds.order_by("id").values_list("reason", "released_at"))
    stock = list(Stock.objects.order_by("id").values_list("on_hand", "reserved"))
    return row, money, holds, stock, order.events.count()


def take(order, amount):
    Payment.objects.filter(order=order).update(captured=amount, captured_at=NOON)
    return Payment.objects.get(order=order)


def pay_back(payment, amount, key="claim:1"):
    with held(payment.order_id) as order:
        services.refund(payment, order=order, amount=Decimal(amount), reason="claim", key=key, by="sam")


def test_a_hold_stops_an_order_for_a_named_reason():
    order = make_order()
    with clock.at(NOON):
        hold = services.hold(order.pk, reason="fraud", note="Call back", by="sam")
    assert (hold.reason, hold.note, hold.by, hold.at, hold.released_at) == ("fraud", "Call back", "sam", NOON, None)
    assert Order.objects.get().open_holds == 1
    event = OrderEvent.objects.latest("seq")
    assert (event.seq, event.name, event.data) == (2, "order.held", {"reason": "fraud", "note": "Call back"})


def test_holding_twice_for_one_reason_is_holding_once():
    order = make_order()
    first = services.hold(order.pk, reason="fraud", note="Call back", by="sam")
    again = services.hold(order.pk, reason="fraud", note="Call back", by="alice")
    assert (first.pk, again.note, Hold.objects.count()) == (again.pk, "Call back", 1)
    assert (Order.objects.get().open_holds, OrderEvent.objects.count()) == (1, 2)


def test_a_reason_may_hold_again_after_its_release():
    order = make_order()
    services.release_hold(services.hold(order.pk, reason="fraud", note="", by="sam").pk, by="sam")
    services.hold(order.pk, reason="fraud", note="", by="sam")
    assert (Hold.objects.count(), Order.objects.get().open_holds) == (2, 1)


def test_the_database_knows_one_open_hold_per_reason():
    hold = services.hold(make_order().pk, reason="fraud", note="", by="sam")
    with pytest.raises(IntegrityError, match="one_open_hold_per_reason"), transaction.atomic():
        Hold.objects.create(order_id=hold.order_id, reason="fraud", by="sam")


@pytest.mark.parametrize("state", FINAL)
def test_a_finished_order_cannot_be_held(state):
    order = an_end(state)
    before = as_it_is(order)
    with pytest.raises(NotAllowedNow, match=f"Cannot hold #{order.number}: its journey is over"):
        services.hold(order.pk, reason="fraud", note="", by="sam")
    assert as_it_is(order) == before


def test_only_the_release_of_the_last_hold_wakes_the_workers(nudged):
    order = make_order()
    holds = [services.hold(order.pk, reason=reason, note="", by="sam") for reason in ("fraud", "stock")]
    services.release_hold(holds[0].pk, by="sam")
    assert (Order.objects.get().open_holds, nudged) == (1, [])
    with clock.at(NOON):
        services.release_hold(holds[1].pk, by="alice")
    order = Order.objects.get()
    assert (order.open_holds, order.attempts, nudged) == (0, 0, ["placed"])
    last = Hold.objects.latest("id")
    assert (last.released_at, last.released_by) == (NOON, "alice")
    event = OrderEvent.objects.latest("seq")
    assert (event.name, event.by, event.data) == ("order.released", "alice", {"reason": "stock"})


def test_releasing_twice_changes_nothing(nudged):
    hold = services.hold(make_order().pk, reason="fraud", note="", by="sam")
    services.release_hold(hold.pk, by="sam")
    before = as_it_is(hold.order)
    services.release_hold(hold.pk, by="alice")
    assert (as_it_is(hold.order), Hold.objects.get().released_by, nudged) == (before, "sam", ["placed"])


@pytest.mark.parametrize("state", GOODS_HERE)
def test_cancelling_gives_stock_and_pledge_back_once(state):
    order = make_order([("MUG-1", 2)], state=state)
    assert Stock.objects.get().reserved == 2
    services.hold(order.pk, reason="fraud", note="", by="sam")
    with clock.at(NOON):
        services.cancel(order.pk, reason="changed their mind", by="sam")
    order = Order.objects.get()
    assert (order.state, order.state_since, order.due_at, order.open_holds) == ("cancelled", NOON, None, 0)
    assert (Stock.objects.get().on_hand, Stock.objects.get().reserved) == (10, 0)
    assert (Reservation.objects.count(), Refund.objects.count()) == (0, 0)
    assert (Payment.objects.get().voided_at, Hold.objects.get().released_at) == (NOON, NOON)
    last_two = OrderEvent.objects.order_by("-seq")[:2]
    assert [event.name for event in last_two] == ["order.cancelled", "payment.voided"]
    assert last_two[0].data == {"reason": "changed their mind"}
    before = as_it_is(order)
    services.cancel(order.pk, reason="again", by="alice")
    assert as_it_is(order) == before


def test_cancelling_a_paid_order_refunds_it_once():
    order = make_order(payment=PaymentRequest("card", authorised=Decimal(10), captured=Decimal(10)))
    services.cancel(order.pk, reason="x", by="sam")
    services.cancel(order.pk, reason="x", by="sam")
    payment = Payment.objects.get()
    assert (payment.captured, payment.refunded, payment.voided_at) == (10, 10, None)
    assert [(row.amount, row.reason) for row in Refund.objects.all()] == [(10, "order called off")]


def test_cancelling_refunds_only_what_was_not_refunded_before():
    order = make_order(payment=PaymentRequest("card", authorised=Decimal(10), captured=Decimal(10)))
    pay_back(Payment.objects.get(), "4.00")
    services.cancel(order.pk, reason="x", by="sam")
    assert [row.amount for row in Refund.objects.order_by("id")] == [4, 6]


@pytest.mark.parametrize("state", ["shipped", "delivered", "surveyed", "reviewed"])
def test_what_has_left_cannot_be_cancelled(state):
    order = make_order(state=state)
    before = as_it_is(order)
    with pytest.raises(NotAllowedNow):
        services.cancel(order.pk, reason="x", by="sam")
    assert as_it_is(order) == before


def test_a_rejected_order_cannot_be_cancelled():
    order = an_end(State.REJECTED)
    before = as_it_is(order)
    with pytest.raises(NotAllowedNow):
        services.cancel(order.pk, reason="x", by="sam")
    assert as_it_is(order) == before


def test_capture_takes_the_total_once():
    order = make_order(payment=PaymentRequest("card", authorised=Decimal("12.50")))
    for _ in range(2):
        with held(order.pk) as order:
            services.capture(order, by="system:ship")
    assert (Payment.objects.get().captured, Payment.objects.get().authorised) == (10, Decimal("12.5"))
    assert OrderEvent.objects.filter(name="payment.captured").get().data["amount"] == "10.00"


def test_capture_takes_only_what_is_still_owed_from_each_pledge():
    order = make_order(payment=PaymentRequest("transfer", captured=Decimal("3.00")))
    for amount in ("4.00", "9.00", "2.00"):
        Payment.objects.create(order=order, method="card", authorised=Decimal(amount))
    with held(order.pk) as order:
        services.capture(order, by="system:ship")
    assert [row.captured for row in Payment.objects.order_by("id")] == [3, 4, 3, 0]


@pytest.mark.parametrize("method", ["invoice", "cod", "transfer"])
def test_only_cards_are_captured(method):
    order = make_order(payment=PaymentRequest(method, authorised=Decimal(10)))
    with held(order.pk) as order:
        services.capture(order, by="system:ship")
    assert (Payment.objects.get().captured, OrderEvent.objects.count()) == (0, 1)


def test_a_refund_is_given_once_per_cause():
    payment = take(make_order(), Decimal(10))
    for _ in range(2):
        pay_back(payment, "4.00")
    assert (Payment.objects.get().refunded, Refund.objects.get().amount) == (4, 4)
    event = OrderEvent.objects.latest("seq")
    assert (event.seq, event.data) == (2, {"payment": payment.pk, "amount": "4.00", "reason": "claim"})


@pytest.mark.parametrize(("first", "then"), [("0.01", "10.00"), ("6.00", "4.01")])
def test_never_more_is_refunded_than_was_captured(first, then):
    order = make_order()
    payment = take(order, Decimal(10))
    pay_back(payment, first)
    before = as_it_is(order)
    with pytest.raises(RefundTooLarge, match=f"£{then} is more than is left of the payment"):
        pay_back(payment, then, key="claim:2")
    assert (as_it_is(order), Refund.objects.count()) == (before, 1)


@pytest.mark.parametrize(
    ("change", "wall"),
    [
        ({"refunded": 11}, "refunded_within_captured"),
        ({"captured": 11}, "captured_within_authorised"),
        ({"authorised": -1}, "authorised_not_negative"),
        ({"voided_at": NOON}, "void_payment_took_nothing"),
    ],
)
def test_the_database_is_the_last_wall_before_the_money(change, wall):
    take(make_order(), Decimal(10))
    with pytest.raises(IntegrityError, match=wall), transaction.atomic():
        Payment.objects.update(**change)


@pytest.mark.parametrize(
    ("included", "quantity", "parts", "expected"),
    [
        (True, 3, (1, 1, 1), ["0.10", "0.10", "0.10"]),
        (False, 3, (1, 1, 1), ["0.12", "0.12", "0.12"]),
        (False, 4, (1, 2, 1), ["0.12", "0.24", "0.12"]),
        (False, 7, (3, 3, 1), ["0.36", "0.36", "0.12"]),
    ],
)
def test_the_money_of_units_is_price_and_their_tax(included, quantity, parts, expected):
    order = make_order([("MUG-1", quantity)])
    line = order.lines.get()
    order.prices_include_tax = included
    line.total, line.tax = Decimal("0.10") * quantity, Decimal("0.02") * quantity
    back, shares = 0, []
    for units in parts:
        shares.append(services.refund_units(order, line, units, back=back))
        back += units
    assert [str(share) for share in shares] == expected


@pytest.mark.parametrize("tax", ["0.10", "0.20", "0.01", "0.05"])
def test_units_that_come_back_one_by_one_bring_back_all_of_the_tax(tax):
    order = make_order([("MUG-1", 7)])
    line = order.lines.get()
    order.prices_include_tax, line.tax = False, Decimal(tax)
    shares = [services.refund_units(order, line, 1, back=back) for back in range(7)]
    assert sum(shares) == line.total + Decimal(tax)


def test_units_of_a_line_with_a_discount_bring_back_what_was_paid_for_them():
    order = make_order([("MUG-1", 3)])
    line = order.lines.get()
    line.discount, line.total = Decimal("5.00"), Decimal("25.00")
    shares = [services.refund_units(order, line, 1, back=back) for back in range(3)]
    assert [str(share) for share in shares] == ["8.33", "8.34", "8.33"]


def test_a_note_stands_in_the_history_and_changes_nothing_else():
    order = make_order()
    before = as_it_is(order)[0]
    services.add_note(order.pk, text="Gift, please no invoice", by="sam")
    event = OrderEvent.objects.latest("seq")
    assert (event.name, event.by, event.data) == ("order.noted", "sam", {"text": "Gift, please no invoice"})
    assert as_it_is(order)[0] == {**before, "event_seq": 2}


def test_an_order_that_fails_rests_longer_each_time_and_then_waits_for_a_person():
    order = make_order()
    rests = []
    for _ in range(4):
        with clock.at(NOON):
            services.postpone(order.pk, BROKEN)
        order = Order.objects.get()
        assert (order.state, order.open_holds) == ("placed", 0)
        rests.append(order.due_at - NOON)
    assert rests == [timedelta(seconds=seconds) for seconds in (2, 4, 8, 16)]
    services.postpone(order.pk, BROKEN)
    order = Order.objects.get()
    assert (order.state, order.attempts, order.open_holds) == ("placed", 0, 1)
    hold = Hold.objects.get()
    assert (hold.reason, hold.note, hold.by) == ("exception", "ValueError: the printer is on fire", "system")


def test_what_a_carrier_or_the_shop_refuses_is_told_in_its_own_words():
    order = make_order()
    for _ in range(5):
        services.postpone(order.pk, NoSuchShipping("express", "GB"))
    assert Hold.objects.get().note == str(NoSuchShipping("express", "GB"))


def test_releasing_the_exception_tries_again_five_times(nudged):
    order = make_order()
    for _ in range(5):
        services.postpone(order.pk, BROKEN)
    services.release_hold(Hold.objects.get().pk, by="sam")
    order = Order.objects.get()
    assert (order.attempts, order.open_holds, order.due_at is None, nudged) == (0, 0, False, ["placed"])
    for _ in range(4):
        services.postpone(order.pk, BROKEN)
    assert Order.objects.get().open_holds == 0
    services.postpone(order.pk, BROKEN)
    assert (Order.objects.get().open_holds, Hold.objects.count()) == (1, 2)


def test_a_step_that_succeeds_forgets_earlier_failures():
    order = make_order()
    services.postpone(order.pk, BROKEN)
    with held(order.pk) as order:
        order.receive()
        advanced(order, by="test")
    assert Order.objects.get().attempts == 0


def test_an_error_longer_than_a_hold_can_hold_is_cut():
    order = make_order()
    for _ in range(5):
        services.postpone(order.pk, ValueError("x" * 9000))
    assert Hold.objects.get().note == f"ValueError: {'x' * 488}"


@pytest.mark.parametrize("state", FINAL)
def test_a_worker_that_fails_on_a_finished_order_changes_nothing(state):
    order = an_end(state)
    before = as_it_is(order)
    for _ in range(5):
        services.postpone(order.pk, BROKEN)
    assert as_it_is(order) == before
