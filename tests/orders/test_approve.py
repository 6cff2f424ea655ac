"""Approving releases an order, holds it for a person, or rejects it and gives stock and money back."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from inventory import clock
from inventory.models import Reservation, Stock
from orders import services
from orders.errors import NotAllowedNow
from orders.models import Customer, Hold, Order, OrderEvent, Payment
from orders.order_request import PaymentRequest
from orders.policy import BY_NAME
from orders.policy.gathering import facts_of
from orders.stages.approve import approve
from tests.factories import LONDON, make_channel, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PARIS = {**LONDON, "city": "Paris", "postal_code": "75001", "country": "FR"}


def decided(order):
    approve(order.pk, by="system:approve")
    return Order.objects.get(pk=order.pk)


def newest(order):
    return OrderEvent.objects.filter(order=order).latest("seq")


def open_holds(order):
    return sorted(order.holds.filter(released_at=None).values_list("reason", "note", "by"))


def test_a_trusted_order_is_approved_with_every_check_on_record():
    order = decided(make_order(state="received"))
    assert (order.state, order.open_holds, Hold.objects.count()) == ("approved", 0, 0)
    assert order.due_at == order.state_since
    event = newest(order)
    assert (event.name, event.by) == ("order.approved", "system:approve")
    assert event.data["why"] == "Approved: all 15 checks passed"
    assert [(row["name"], row["passed"]) for row in event.data["checks"]] == [(name, True) for name in BY_NAME]


def test_an_order_in_doubt_is_held_once_for_each_reason():
    payment = PaymentRequest("card", authorised=Decimal("4.00"))
    order = decided(make_order(state="received", payment=payment, billing_address=PARIS))
    assert (order.state, order.open_holds) == ("received", 2)
    assert open_holds(order) == [
        ("address", "Billed in FR, sent to GB", "system:approve"),
        ("payment", "£4.00 pledged of £10.00", "system:approve"),
    ]
    assert list(OrderEvent.objects.filter(name="order.held").values_list("data__reason", flat=True)) == [
        "payment",
        "address",
    ]
    assert Stock.objects.get().reserved == 1


def test_deciding_again_holds_nothing_twice():
    order = decided(make_order(state="received", billing_address=PARIS))
    decided(order)
    assert (Hold.objects.count(), Order.objects.get().open_holds, newest(order).seq) == (1, 1, 3)


def test_what_a_person_released_is_overruled_and_not_held_again():
    order = decided(make_order(state="received", billing_address=PARIS))
    services.release_hold(Hold.objects.get().pk, by="sam")
    order = decided(order)
    assert (order.state, Hold.objects.count(), open_holds(order)) == ("approved", 1, [])
    address = next(row for row in newest(order).data["checks"] if row["name"] == "address")
    assert (address["passed"], address["value"]) == (False, "FR to GB")


def test_releasing_one_of_two_reasons_leaves_the_order_held():
    payment = PaymentRequest("card", authorised=Decimal("4.00"))
    order = decided(make_order(state="received", payment=payment, billing_address=PARIS))
    services.release_hold(Hold.objects.get(reason="address").pk, by="sam")
    order = decided(order)
    assert (order.state, order.open_holds) == ("received", 1)
    assert [reason for reason, _, _ in open_holds(order)] == ["payment"]


def test_a_new_doubt_holds_an_order_whose_old_one_was_overruled():
    order = decided(make_order(state="received", billing_address=PARIS))
    services.release_hold(Hold.objects.get().pk, by="sam")
    Payment.objects.update(authorised=4)
    order = decided(order)
    assert (order.state, [reason for reason, _, _ in open_holds(order)]) == ("received", ["payment"])


def test_a_hold_of_a_person_keeps_a_trusted_order_back():
    order = make_order(state="received")
    services.hold(order.pk, reason="look", note="", by="sam")
    with pytest.raises(NotAllowedNow):
        approve(order.pk, by="system:approve")
    assert (Order.objects.get().state, newest(order).name) == ("received", "order.held")


def test_a_rejected_order_gives_stock_and_pledge_back():
    order = make_order(state="received")
    Customer.objects.update(blocked=True)
    with clock.at(NOON):
        order = decided(order)
    assert (order.state, order.due_at, order.open_holds) == ("rejected", None, 0)
    assert (Stock.objects.get().reserved, Reservation.objects.count()) == (0, 0)
    payment = Payment.objects.get()
    assert (payment.captured, payment.refunded, payment.voided_at) == (0, 0, NOON)
    assert list(OrderEvent.objects.values_list("name", flat=True)[2:]) == ["payment.voided", "order.rejected"]
    assert newest(order).data["why"] == "Rejected: the customer is blocked"


def test_a_rejected_order_that_was_paid_is_refunded():
    paid = PaymentRequest("card", authorised=Decimal(10), captured=Decimal(10))
    order = make_order(state="received", payment=paid)
    Customer.objects.update(blocked=True)
    decided(order)
    payment = Payment.objects.get()
    assert (payment.captured, payment.refunded, payment.voided_at) == (10, 10, None)
    assert payment.refunds.get().amount == 10


def test_rejecting_ends_the_holds_that_were_open():
    order = make_order(state="received")
    services.hold(order.pk, reason="look", note="", by="sam")
    Customer.objects.update(blocked=True)
    order = decided(order)
    assert (order.state, order.open_holds, open_holds(order)) == ("rejected", 0, [])


@pytest.mark.parametrize("state", ["placed", "approved"])
def test_only_a_received_order_is_decided(state):
    order = make_order(state=state)
    before = newest(order).seq
    with pytest.raises(NotAllowedNow):
        approve(order.pk, by="system:approve")
    assert (Order.objects.get().state, newest(order).seq) == (state, before)


def test_the_policy_rejects_a_blocked_customers_order_once_it_is_received():
    order = make_order()
    Customer.objects.update(blocked=True)
    with pytest.raises(NotAllowedNow):
        approve(order.pk, by="system:approve")
    assert (Order.objects.get().state, Stock.objects.get().reserved) == ("placed", 1)


def test_the_facts_are_read_off_the_order():
    channel = make_channel(first_order_limit=Decimal(55))
    with clock.at(NOON):
        make_order(channel=channel)
        services.cancel(make_order(channel=channel).pk, reason="x", by="sam")
    order = make_order(state="received", channel=channel, billing_address=PARIS)
    facts = facts_of(order)
    assert (facts.total, facts.currency, facts.pledged, facts.pays_later) == (10, "GBP", 10, False)
    assert facts.earlier_orders == 1
    assert (facts.blocked, facts.countries, facts.unpromised) == (False, ("FR", "GB"), ())
    assert facts.first_order_limit == 55


@pytest.mark.parametrize(("method", "later"), [("invoice", True), ("cod", True), ("transfer", False), ("card", False)])
def test_invoice_and_cash_are_paid_later(method, later):
    assert facts_of(make_order(state="received", payment=PaymentRequest(method))).pays_later is later


def test_a_void_pledge_counts_for_nothing():
    order = make_order(state="received")
    Payment.objects.update(voided_at=order.placed_at)
    assert facts_of(order).pledged == 0


def test_goods_that_have_not_arrived_hold_the_order():
    make_stock(make_product(), 1, backorder_limit=5)
    order = decided(make_order([("MUG-1", 2)], state="received"))
    assert (order.state, open_holds(order)) == ("received", [("stock", "No stock behind MUG-1", "system:approve")])


def test_an_order_whose_promise_was_lost_is_held():
    order = make_order(state="received")
    Reservation.objects.all().delete()
    assert facts_of(order).unpromised == ("MUG-1",)
