"""Money that is seen: booked once, counted whatever it is, and invoices that become due."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ordermgmt.verify.examine import verify
from orders import services
from orders.balance import payment_state
from orders.changes.cancelling import cancel_units
from orders.errors import PaymentReferenceTaken, RefundTooLarge
from orders.models import Order, OrderEvent, Payment, Refund, Transaction
from orders.order_request import PaymentRequest
from orders.payments.standing import balance_of
from orders.queue import held
from orders.services import receive_payment, refund_surplus
from orders.services.money import book
from orders.stages.approve import approve
from orders.stages.receive import receive
from tests.factories import carry, make_channel, make_order

pytestmark = pytest.mark.django_db


def invoiced(**fields):
    """One mug of £10.00, to be paid later."""
    return make_order(payment=PaymentRequest("invoice"), **fields)


def seen(order, amount, reference="bank-1", method="transfer"):
    return receive_payment(order.pk, amount=Decimal(amount), method=method, reference=reference, by="sam")


def state():
    return payment_state(balance_of(Order.objects.get())).value


def books():
    return [(row.method, row.captured) for row in Payment.objects.order_by("id")]


def test_an_invoice_is_paid_in_parts_each_counted_once():
    order = invoiced()
    assert state() == "none"
    first, again = seen(order, "4.00", method="invoice"), seen(order, "4.00", method="invoice")
    assert (first, state(), books()) == (again, "partial", [("invoice", 4)])
    seen(order, "6.00", "bank-2", method="invoice")
    assert (state(), books()) == ("paid", [("invoice", 10)])
    told = OrderEvent.objects.filter(name="payment.captured").values_list("data__amount", "data__reference")
    assert list(told) == [("4.00", "bank-1"), ("6.00", "bank-2")]
    assert Transaction.objects.filter(status="done", kind="capture").count() == 2
    assert verify().ok


def test_the_same_reference_with_another_amount_is_refused():
    order = invoiced()
    seen(order, "4.00")
    with pytest.raises(PaymentReferenceTaken, match=r"The payment bank-1 is one of £4.00"):
        seen(order, "5.00")
    assert books() == [("invoice", 0), ("transfer", 4)]


@pytest.mark.parametrize(
    ("amount", "method", "reference"),
    [("0", "transfer", "a"), ("-1", "transfer", "a"), ("0.001", "transfer", "a"), ("1", "card", "a"), ("1", "cod", "")],
)
def test_what_cannot_have_come_is_a_mistake_of_the_caller(amount, method, reference):
    order = invoiced()
    with pytest.raises(ValueError, match="paid|seen"):
        seen(order, amount, reference, method)
    assert (books(), Transaction.objects.count()) == ([("invoice", 0)], 0)


def pledges():
    """Each card payment's pledge, whether it still stands, and what its gateway was asked."""
    rows = Payment.objects.filter(method="card").order_by("id")
    return [(row.authorised, row.voided_at is None, [each.kind for each in row.transactions.all()]) for row in rows]


def test_a_card_pledge_is_let_go_once_a_transfer_has_paid_the_order():
    order = make_order(state="approved", channel=make_channel(gateway="fake"))
    seen(order, "4.00")
    assert pledges() == [(10, True, [])]  # six are still owed
    seen(order, "6.00", "bank-2")
    seen(order, "6.00", "bank-2")
    assert pledges() == [(10, False, ["void"])]
    assert list(OrderEvent.objects.filter(name="payment.voided").values_list("by", flat=True)) == ["sam"]
    carry(order, to="delivered")
    assert (state(), books()) == ("paid", [("card", 0), ("transfer", 10)])
    assert verify().ok


def test_of_several_pledges_the_oldest_stay_for_what_is_owed():
    order = make_order([("MUG-1", 3)], payment=PaymentRequest("card", authorised=Decimal(20)))
    services.pledge(order.pk, amount=Decimal(10), reference="pi_2", by="sam")
    seen(order, "10.00")
    assert pledges() == [(20, True, []), (10, False, ["void"])]
    with held(order.pk) as row:
        cancel_units(row, {1: 2}, reason="Too many", by="sam")
    assert [(amount, stands) for amount, stands, _ in pledges()] == [(20, False), (10, False)]
    assert (state(), verify().ok) == ("paid", True)


def test_a_pledge_stays_while_other_money_is_only_on_its_way():
    order = make_order(
        [("MUG-1", 2)], channel=make_channel(gateway="fake"), payment=PaymentRequest("card", authorised=Decimal(5))
    )
    services.pledge(order.pk, amount=Decimal(15), reference="pi_2", by="sam")
    first = Payment.objects.order_by("id")[0]
    with held(order.pk) as row:
        book(row.payments.get(pk=first.pk), order=row, amount=Decimal(5), key="c:1", by="sam")
    seen(order, "15.00")
    assert [(amount, stands) for amount, stands, _ in pledges()] == [(5, True), (15, True)]


def test_what_was_paid_too_much_is_seen_and_goes_back_once():
    order = invoiced()
    seen(order, "12.50")
    assert (state(), balance_of(Order.objects.get()).surplus) == ("over", Decimal("2.50"))
    (refund,) = refund_surplus(order.pk, by="sam")
    assert (refund.amount, refund.reason, refund.by) == (Decimal("2.50"), "overpaid", "sam")
    assert state() == "paid"
    with pytest.raises(RefundTooLarge, match="Nothing was paid beyond"):
        refund_surplus(order.pk, by="sam")
    assert Refund.objects.count() == 1
    assert verify().ok


def test_money_that_comes_after_the_order_was_called_off_may_go_back():
    order = invoiced()
    services.cancel(order.pk, reason="x", by="sam")
    seen(order, "10.00")
    assert (state(), balance_of(Order.objects.get()).surplus) == ("over", 10)
    refund_surplus(order.pk, by="sam")
    assert state() == "refunded"


def test_an_order_that_waited_for_its_transfer_goes_on_when_it_has_come():
    order = make_order(payment=PaymentRequest("transfer"))
    receive(order.pk, by="test")
    approve(order.pk, by="test")
    assert [hold.reason for hold in order.holds.filter(released_at=None)] == ["payment"]
    seen(order, "9.99")
    assert Order.objects.get().open_holds == 1
    seen(order, "0.01", "bank-2")
    assert Order.objects.get().open_holds == 0
    assert approve(order.pk, by="test").state == "approved"


def test_an_invoice_is_due_some_days_after_the_goods_have_left():
    channel = make_channel("later", invoice_days=30)
    order = make_order(channel=channel, payment=PaymentRequest("invoice"), state="packed")
    assert Payment.objects.get().due_at is None
    services_order = make_order(channel=channel, payment=PaymentRequest("invoice"), state="shipped")
    payment = services_order.payments.get()
    assert payment.due_at == Order.objects.get(pk=services_order.pk).state_since + timedelta(days=30)
    assert order.payments.get().due_at is None
