"""Money pledged after the order: counted once, never beyond the total, and what it sets free."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory import clock
from ordermgmt.verify.examine import verify
from orders import services
from orders.errors import NotAllowedNow, PaymentReferenceTaken, PledgedTooMuch
from orders.models import Order, OrderEvent, Payment
from orders.order_request import PaymentRequest
from orders.services import pledge
from orders.stages.approve import approve
from orders.stages.receive import receive
from tests.api import ORDERS, Api, problem
from tests.factories import make_channel, make_order

pytestmark = pytest.mark.django_db


def unpaid_order(**fields):
    """One mug of £10.00, nothing pledged yet."""
    payment = PaymentRequest("card", authorised=Decimal(0), reference=fields.pop("reference", ""))
    return make_order(payment=payment, **fields)


def pay(order, amount, reference="pi_1"):
    return pledge(order.pk, amount=Decimal(amount), reference=reference, by="provider")


def payments():
    return [(str(row.authorised), row.reference) for row in Payment.objects.order_by("id")]


def events(order):
    return [(row.name, row.by, row.data) for row in order.events.exclude(name__startswith="order.placed")]


def test_the_card_payment_that_waited_is_raised_and_the_order_no_longer_expires():
    order = unpaid_order()
    assert Order.objects.get().expires_at == order.placed_at + timedelta(minutes=60)
    payment = pay(order, "10.00")
    assert payments() == [("10.000", "pi_1")]
    assert Order.objects.get().expires_at is None
    told = {"payment": payment.pk, "amount": "10.00", "reference": "pi_1"}
    assert events(order) == [("payment.authorised", "provider", told)]


def test_the_same_reference_again_changes_nothing():
    order = unpaid_order(reference="pi_1")
    first, again = pay(order, "10.00"), pay(order, "10.00")
    assert (first, payments(), len(events(order))) == (again, [("10.000", "pi_1")], 1)
    with pytest.raises(PaymentReferenceTaken, match=r"The payment pi_1 is one of £10.00"):
        pay(order, "9.00")
    assert (payments(), len(events(order))) == ([("10.000", "pi_1")], 1)


def test_a_total_may_come_in_parts():
    order = unpaid_order()
    pay(order, "4.00")
    assert Order.objects.get().expires_at == order.placed_at + timedelta(minutes=60)
    pay(order, "6.00", "pi_2")
    assert payments() == [("4.000", "pi_1"), ("6.000", "pi_2")]
    assert Order.objects.get().expires_at is None


def test_never_more_than_the_total_is_pledged():
    order = unpaid_order()
    pay(order, "4.00")
    with pytest.raises(PledgedTooMuch) as refused:
        pay(order, "6.01", "pi_2")
    assert (refused.value.amount, refused.value.most) == ("6.01", "6.00")
    assert payments() == [("4.000", "pi_1")]
    assert len(events(order)) == 1


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_an_amount_that_nobody_can_pay_is_a_mistake_of_the_caller(amount):
    order = unpaid_order()
    with pytest.raises(ValueError, match="is not an amount of GBP"):
        pay(order, amount)
    assert (payments(), events(order)) == ([("0.000", "")], [])


def test_an_order_that_waited_for_its_money_goes_on():
    order = unpaid_order()
    receive(order.pk, by="test")
    approve(order.pk, by="test")
    services.hold(order.pk, reason="fraud", note="", by="sam")
    assert Order.objects.get().open_holds == 2
    pay(order, "10.00")
    assert Order.objects.get().open_holds == 1
    assert [(row.reason, row.released_by) for row in order.holds.exclude(released_at=None)] == [("payment", "provider")]
    services.release_hold(order.holds.get(reason="fraud").pk, by="sam")
    assert approve(order.pk, by="test").state == "approved"
    assert verify().ok


def test_an_order_that_is_called_off_takes_no_money_but_knows_what_it_was_told_before():
    order = unpaid_order()
    pay(order, "4.00")
    services.cancel(order.pk, reason="x", by="sam")
    told = OrderEvent.objects.count()
    with pytest.raises(NotAllowedNow, match="it is cancelled"):
        pay(order, "6.00", "pi_2")
    assert pay(order, "4.00").voided_at is not None
    assert (payments(), OrderEvent.objects.count()) == ([("4.000", "pi_1")], told)


def test_an_invoice_may_still_be_paid_by_card():
    order = make_order(payment=PaymentRequest("invoice"))
    pay(order, "10.00")
    assert list(Payment.objects.order_by("id").values_list("method", "authorised")) == [("invoice", 0), ("card", 10)]


def test_the_storefront_tells_of_a_payment_and_gets_the_order():
    api, order = Api("orders:write"), unpaid_order()
    path = f"{ORDERS}{order.number}/payments/"
    answers = [api.post(path, {"amount": "10.00", "reference": "pi_1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    body = answers[0].json()
    assert body["payments"] == [{"method": "card", "authorised": "10.00", "captured": "0.00", "refunded": "0.00"}]
    assert (body["expires_at"], [row["name"] for row in body["events"]]) == (
        None,
        ["order.placed", "payment.authorised"],
    )
    assert order.events.get(seq=2).by == "API: Storefront"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": "0.00", "reference": "pi_1"}, 400, "validation_failed"),
        ({"amount": "1.001", "reference": "pi_1"}, 400, "validation_failed"),
        ({"amount": 10, "reference": "pi_1"}, 400, "validation_failed"),
        ({"amount": "10.00", "reference": ""}, 400, "validation_failed"),
        ({"amount": "10.00"}, 400, "validation_failed"),
        ({"amount": "10.01", "reference": "pi_1"}, 422, "pledged_too_much"),
        ({"amount": "5.00", "reference": "old"}, 422, "payment_reference_conflict"),
    ],
)
def test_a_payment_that_does_not_fit_is_refused(body, status, code):
    order = unpaid_order()
    pay(order, "1.00", "old")
    answer = problem(Api().post(f"{ORDERS}{order.number}/payments/", body), status, code)
    assert {"pledged_too_much": answer.get("most"), "payment_reference_conflict": answer.get("pledged")}.get(code) in (
        None,
        "9.00",
        "£1.00",
    )
    assert payments() == [("1.000", "old")]


def test_a_key_pays_for_its_own_orders_only():
    order = unpaid_order()
    path, body = f"{ORDERS}{order.number}/payments/", {"amount": "10.00", "reference": "pi_1"}
    problem(Api(channel=make_channel("market")).post(path, body), 404, "not_found")
    problem(Api("orders:place", "orders:read").post(path, body), 403, "scope_missing")
    assert (payments(), Order.objects.get().expires_at > clock.now()) == ([("0.000", "")], True)
