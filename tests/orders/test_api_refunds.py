"""Money over the API: how it stands, what has come, what goes back, and what is tried again."""

from decimal import Decimal

import pytest

from orders.models import Payment, Refund, Transaction
from orders.order_request import PaymentRequest
from tests.api import ORDERS, Api, problem
from tests.factories import make_channel, make_order

pytestmark = pytest.mark.django_db


def path(order, end):
    return f"{ORDERS}{order.number}/{end}/"


def refunded(api, order, body, key="k1"):
    return api.post(path(order, "refunds"), body, **{"Idempotency-Key": key})


def test_the_standing_of_an_order_is_told_whole():
    order = make_order(state="delivered")
    api = Api("orders:read", "orders:refund")
    refunded(api, order, {"amount": "2.50", "reason": "Scratched"})
    shown = api.get(path(order, "payments")).json()
    money = {name: shown[name] for name in ("state", "total", "paid", "refunded", "owed", "surplus")}
    assert money == {
        "state": "partly_refunded",
        "total": "10.00",
        "paid": "10.00",
        "refunded": "2.50",
        "owed": "0.00",
        "surplus": "0.00",
    }
    (payment,), (refund,) = shown["payments"], shown["refunds"]
    assert (payment["method"], payment["captured"], payment["refunded"]) == ("card", "10.00", "2.50")
    assert [(row["kind"], row["amount"], row["status"]) for row in payment["transactions"]] == [
        ("capture", "10.00", "done"),
        ("refund", "2.50", "done"),
    ]
    assert (refund["amount"], refund["reason"], refund["status"]) == ("2.50", "Scratched", "done")


def test_a_refund_is_granted_once_for_its_idempotency_key():
    order, api = make_order(state="delivered"), Api()
    answers = [refunded(api, order, {"amount": "2.50", "reason": "x"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert [row["amount"] for row in answers[0].json()["granted"]] == ["2.50"]
    assert Refund.objects.get().by == "API: Storefront"
    assert refunded(api, order, {"amount": "2.50", "reason": "x"}, "k2").status_code == 201
    assert Payment.objects.get().refunded == 5


def test_units_are_given_back_for():
    order, api = make_order([("MUG-1", 3)], state="delivered"), Api()
    answer = refunded(api, order, {"lines": [{"sku": "MUG-1", "quantity": 2}], "reason": "x"})
    assert [row["amount"] for row in answer.json()["granted"]] == ["20.00"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": "10.01", "reason": "x"}, 409, "refund_too_large"),
        ({"amount": "0.00", "reason": "x"}, 400, "validation_failed"),
        ({"amount": "0.001", "reason": "x"}, 400, "validation_failed"),
        ({"amount": 1, "reason": "x"}, 400, "validation_failed"),
        ({"amount": "1.00"}, 400, "validation_failed"),
        ({"reason": "x"}, 400, "validation_failed"),
        ({"amount": "1.00", "lines": [{"sku": "MUG-1", "quantity": 1}], "reason": "x"}, 400, "validation_failed"),
        ({"lines": [], "reason": "x"}, 400, "validation_failed"),
        ({"lines": [{"sku": "MUG-1", "quantity": 2}], "reason": "x"}, 400, "validation_failed"),
        ({"lines": [{"sku": "NO", "quantity": 1}], "reason": "x"}, 400, "validation_failed"),
        ({"amount": "1.00", "reason": "x", "note": "y"}, 400, "validation_failed"),
    ],
)
def test_a_refund_that_does_not_fit_is_refused(body, status, code):
    order = make_order(state="delivered")
    problem(refunded(Api(), order, body), status, code)
    assert (Refund.objects.count(), Payment.objects.get().refunded) == (0, 0)


def test_a_refund_needs_an_idempotency_key_its_scope_and_its_own_order():
    order, body = make_order(state="delivered"), {"amount": "1.00", "reason": "x"}
    problem(Api().post(path(order, "refunds"), body), 400, "idempotency_key_missing")
    problem(refunded(Api("orders:write", "orders:read"), order, body), 403, "scope_missing")
    problem(refunded(Api(channel=make_channel("market")), order, body), 404, "not_found")
    assert Refund.objects.count() == 0


def test_money_that_has_come_is_booked_once_and_may_be_too_much():
    order, api = make_order(payment=PaymentRequest("invoice")), Api("orders:refund", "orders:read")
    body = {"amount": "12.00", "reference": "bank-1", "method": "transfer"}
    answers = [api.post(path(order, "payments"), body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    shown = api.get(path(order, "payments")).json()
    assert (shown["state"], shown["paid"], shown["surplus"]) == ("over", "12.00", "2.00")
    again = {**body, "amount": "13.00"}
    problem(api.post(path(order, "payments"), again), 422, "payment_reference_conflict")
    assert Transaction.objects.get().amount == 12


def test_who_may_tell_of_cards_may_not_book_money_and_the_other_way():
    order = make_order(payment=PaymentRequest("card", authorised=Decimal(0)))
    card = {"amount": "10.00", "reference": "pi_1"}
    seen = {**card, "method": "cod"}
    for scope, body, needed in (("orders:write", seen, "orders:refund"), ("orders:refund", card, "orders:write")):
        answer = problem(Api(scope).post(path(order, "payments"), body), 403, "scope_missing")
        assert answer["scope"] == needed
    assert Payment.objects.get().authorised == 0


def test_what_failed_is_tried_again():
    order, api = make_order(channel=make_channel("web", gateway="fake"), state="delivered"), Api("orders:refund")
    problem(api.post(path(order, "payments/retry")), 409, "nothing_to_collect")
    Transaction.objects.update(status="failed", due_at=None, error="No route", attempts=5)
    shown = api.post(path(order, "payments/retry")).json()
    assert [row["status"] for row in shown["payments"][0]["transactions"]] == ["pending"]
