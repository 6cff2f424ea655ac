"""Refunds by a person's word: from the oldest capture, exact, once; and what a bank takes back."""

from decimal import Decimal

import pytest

from fulfillment.returns.receiving import receive_return
from ordermgmt.verify.examine import verify
from orders import services
from orders.balance import payment_state
from orders.errors import RefundKeyReused, RefundTooLarge
from orders.models import Order, OrderEvent, Payment, Refund, Transaction
from orders.order_request import DiscountRequest, PaymentRequest
from orders.payments.standing import balance_of
from orders.queue import held
from orders.services import grant_refund, note_charge_back, receive_payment, win_charge_back
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db


def paid(lines=(("MUG-1", 1),), state="delivered", **fields):
    return make_order(lines, state=state, **fields)


def grant(order, amount=None, key="k1", **given):
    amount = None if amount is None else Decimal(amount)
    return grant_refund(order.pk, amount=amount, reason="Scratched", by="sam", key=key, **given)


def rows():
    payments = [(row.captured, row.refunded) for row in Payment.objects.order_by("id")]
    return payments, Refund.objects.count(), Transaction.objects.count(), OrderEvent.objects.count()


def test_a_refund_is_granted_once_for_its_key():
    order = paid()
    (first,), (again,) = grant(order, "2.50"), grant(order, "2.50")
    assert (first, first.amount, first.reason, first.by) == (again, Decimal("2.50"), "Scratched", "sam")
    assert (first.transaction.kind, first.transaction.status, first.transaction.amount) == ("refund", "done", 2.5)
    assert Payment.objects.get().refunded == Decimal("2.50")
    before = rows()
    with pytest.raises(RefundKeyReused):
        grant(order, "2.51")
    assert rows() == before
    assert payment_state(balance_of(Order.objects.get())).value == "partly_refunded"
    assert verify().ok


def test_several_payments_are_given_back_from_the_oldest_capture():
    order = make_order(payment=PaymentRequest("card", authorised=Decimal(0)))
    for method, amount in (("cod", 3), ("transfer", 4), ("invoice", 3)):
        receive_payment(order.pk, amount=Decimal(amount), method=method, reference="r", by="sam")
    granted = grant(order, "5.00")
    assert [(row.payment.method, row.amount) for row in granted] == [("cod", 3), ("transfer", 2)]
    assert [row.refunded for row in Payment.objects.order_by("id")] == [0, 3, 2, 0]
    assert sum(row.amount for row in grant(order, "5.00", "k2")) == 5
    with pytest.raises(RefundTooLarge, match=r"£0.01 is more than the £0.00 that are here"):
        grant(order, "0.01", "k3")
    assert verify().ok


@pytest.mark.parametrize("amount", ["10.01", "999.00"])
def test_never_more_than_was_paid_goes_back(amount):
    order = paid()
    before = rows()
    with pytest.raises(RefundTooLarge, match="is more than the £10.00"):
        grant(order, amount)
    assert rows() == before


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_an_amount_that_cannot_be_is_a_mistake_of_the_caller(amount):
    order = paid()
    before = rows()
    with pytest.raises(ValueError, match="is not an amount of GBP"):
        grant(order, amount)
    assert rows() == before


def test_units_are_given_back_for_once_with_their_share_to_the_penny():
    make_stock(make_product("CUP-1", price="3.34"))
    order = paid([("CUP-1", 3)])
    line = order.lines.get()
    amounts = [sum(row.amount for row in grant(order, key=f"k{n}", lines={line.pk: 1})) for n in range(3)]
    assert (sum(amounts), order.total) == (Decimal("10.02"), Decimal("10.02"))
    before = rows()
    with pytest.raises(RefundTooLarge, match="given back for before"):
        grant(order, key="k4", lines={line.pk: 1})
    assert rows() == before
    assert grant(order, key="k2", lines={line.pk: 1})[0].amount == amounts[2]


def test_a_discount_is_shared_by_the_units_that_go_back():
    make_stock(make_product("CUP-1", price="10.00"))
    order = paid([("CUP-1", 3)], discounts=(DiscountRequest("Spring", Decimal("0.10")),))
    line = order.lines.get()
    amounts = [grant(order, key=f"k{n}", lines={line.pk: 1})[0].amount for n in range(3)]
    assert amounts == [Decimal("9.97"), Decimal("9.96"), Decimal("9.97")]
    assert sum(amounts) == order.total == Decimal("29.90")


def test_goods_that_come_back_unpaid_lower_what_is_owed():
    order = make_order([("MUG-1", 2)], state="delivered", payment=PaymentRequest("invoice"))
    receive_return(order.pk, key="r1", reason="unwanted", lines={"MUG-1": 1}, by="sam")
    assert (balance_of(Order.objects.get()).owed, Refund.objects.count()) == (10, 0)
    receive_payment(order.pk, amount=Decimal(20), method="transfer", reference="b", by="sam")
    assert balance_of(Order.objects.get()).surplus == 10


@pytest.mark.parametrize("cause", ["change:1", "units:1:2"])
def test_what_went_back_because_the_order_shrank_is_owed_again_when_it_grows(cause):
    order = paid([("MUG-1", 2)])
    with held(order.pk) as row:
        services.refund(Payment.objects.get(), order=row, amount=Decimal(10), reason="x", key=f"{cause}:1", by="sam")
    stands = balance_of(Order.objects.get())
    assert (stands.settled, stands.owed) == (10, 10)
    services.receive_payment(order.pk, amount=Decimal(10), method="transfer", reference="b", by="sam")
    assert balance_of(Order.objects.get()).owed == 0


def test_goods_that_come_back_paid_leave_nothing_owed():
    order = make_order([("MUG-1", 2)], state="delivered")
    receive_return(order.pk, key="r1", reason="unwanted", lines={"MUG-1": 1}, by="sam")
    stands = balance_of(Order.objects.get())
    assert (stands.owed, stands.surplus, payment_state(stands).value) == (0, 0, "partly_refunded")


def test_a_charge_back_is_noted_once_and_leaves_less_to_give_back():
    order = paid()
    payment = Payment.objects.get()
    for amount in ("4.00", "9.00"):
        note_charge_back(payment.pk, amount=Decimal(amount), reference="dp_1", by="sam")
    assert Payment.objects.get().charged_back == 4
    assert OrderEvent.objects.filter(name="payment.charged_back").get().data["amount"] == "4.00"
    with pytest.raises(RefundTooLarge):
        grant(order, "6.01")
    assert grant(order, "6.00")[0].amount == 6
    assert verify().ok


def test_a_charge_back_beyond_what_is_left_is_refused_and_one_that_was_won_is_none():
    order = paid()
    payment = Payment.objects.get()
    before = rows()
    with pytest.raises(RefundTooLarge):
        note_charge_back(payment.pk, amount=Decimal("10.01"), reference="dp_1", by="sam")
    assert rows() == before
    note_charge_back(payment.pk, amount=Decimal("10.00"), reference="dp_1", by="sam")
    assert payment_state(balance_of(Order.objects.get())).value == "charged_back"
    for _ in range(2):
        win_charge_back(payment.pk, by="sam")
    assert payment_state(balance_of(Order.objects.get())).value == "paid"
    assert OrderEvent.objects.filter(order=order, name="payment.charge_back_won").count() == 1


def test_what_was_charged_back_does_not_go_back_again_when_the_order_is_called_off():
    order = make_order(payment=PaymentRequest("transfer", captured=Decimal(10)))
    note_charge_back(Payment.objects.get().pk, amount=Decimal(4), reference="dp_1", by="sam")
    services.cancel(order.pk, reason="x", by="sam")
    assert Payment.objects.get().refunded == 6
