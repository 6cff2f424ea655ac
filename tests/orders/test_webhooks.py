"""What gateways tell by themselves: heard once, late or twice without effect, and only when it is signed."""

from decimal import Decimal

import pytest
from django.test import Client

from ordermgmt.verify.examine import verify
from orders import services, tasks
from orders.errors import GatewayUnreachable
from orders.gateways import GATEWAYS
from orders.gateways.fake import Fake, webhook
from orders.gateways.gateway import News, Notice
from orders.models import Order, OrderEvent, Payment, Transaction
from orders.order_request import PaymentRequest
from orders.queue import held
from tests.api import problem
from tests.factories import make_channel, make_order
from tests.orders.test_gateways import PI, SECRET, signed

pytestmark = pytest.mark.django_db
PATH = "/api/v1/gateways/fake/webhook/"


@pytest.fixture(autouse=True)
def fake(settings, monkeypatch):
    settings.FAKE_GATEWAY = {"declines": 0.0, "timeouts": 0.0, "slow_seconds": 0.0, "seed": 0}
    gateway = Fake()
    monkeypatch.setitem(GATEWAYS, "fake", gateway)
    return gateway


@pytest.fixture
def order():
    """Ten pounds by card at a channel of the played gateway, not pledged yet."""
    channel = make_channel("card", gateway="fake")
    unpaid = PaymentRequest("card", authorised=Decimal(0), reference="pi_1")
    return make_order(channel=channel, payment=unpaid)


def tell(news, amount="10.00", *, times=1, **told):
    """What the endpoint answers to each."""
    notice = Notice(news, told.pop("payment", "pi_1"), Decimal(amount), told.pop("currency", "GBP"), **told)
    answers = []
    for body, headers in webhook(notice, times=times):
        answer = Client().post(PATH, body, content_type="application/json", headers=headers)
        assert answer.status_code == 200
        answers.append(answer.json()["applied"])
    return answers


def everything():
    tables = (Payment, Transaction, OrderEvent)
    return [list(table.objects.order_by("id").values()) for table in tables]


def pledged_and_captured(order):
    tell(News.AUTHORISED)
    with held(order.pk) as row:
        services.capture(row, by="test")
    return Transaction.objects.get()


def test_a_pledge_is_heard_once(order):
    assert tell(News.AUTHORISED, times=3) == [True, True, True]
    assert (Payment.objects.get().authorised, Order.objects.get().expires_at) == (10, None)
    told = OrderEvent.objects.filter(name="payment.authorised").get()
    assert (told.by, told.data["amount"]) == ("gateway:fake", "10.00")


def test_a_pledge_that_comes_too_late_changes_nothing(order):
    services.cancel(order.pk, reason="x", by="sam")
    before = everything()
    assert tell(News.AUTHORISED, times=2) == [False, False]
    assert everything() == before


def test_a_capture_that_got_no_answer_is_confirmed_by_the_webhook(order, fake, monkeypatch):
    def silent(ask):
        raise GatewayUnreachable("No route")

    row = pledged_and_captured(order)
    monkeypatch.setattr(fake, "capture", silent)
    tasks.settle_payments()
    assert tell(News.CAPTURED, key=row.key, reference="ch_1", times=3) == [True, False, False]
    row = Transaction.objects.get()
    assert (row.status, row.reference, row.error) == ("done", "ch_1", "")
    assert OrderEvent.objects.filter(name="payment.settled").count() == 1
    assert verify().ok


def test_news_without_our_key_fits_by_its_amount(order):
    pledged_and_captured(order)
    assert tell(News.CAPTURED, "9.00") == [False]
    assert tell(News.CAPTURED, "10.00") == [True]


def test_a_pledge_that_two_orders_share_is_told_apart_by_our_key(order):
    first = pledged_and_captured(order)
    second = make_order(channel=order.channel, payment=PaymentRequest("card", reference="pi_1"), state="received")
    with held(second.pk) as row:
        services.capture(row, by="test")
    mine = Transaction.objects.exclude(pk=first.pk).get()
    assert tell(News.CAPTURED, key=mine.key) == [True]
    assert list(Transaction.objects.order_by("id").values_list("status", flat=True)) == ["pending", "done"]


@pytest.mark.parametrize(
    "told",
    [{"payment": "pi_unknown"}, {"payment": ""}, {"currency": "EUR"}, {"key": "capture:99:0"}],
)
def test_news_about_nothing_of_ours_changes_nothing(order, told):
    pledged_and_captured(order)
    before = everything()
    assert tell(News.CAPTURED, **told) == [False]
    assert everything() == before


def test_a_refund_that_the_bank_returns_is_failed_and_waits_for_a_person(order):
    pledged_and_captured(order)
    services.grant_refund(order.pk, amount=Decimal(4), reason="x", by="sam", key="k")
    tasks.settle_payments()
    tasks.settle_payments()
    row = Transaction.objects.get(kind="refund")
    assert row.status == "done"
    assert tell(News.REFUND_FAILED, "4.00", key=row.key, times=2) == [True, False]
    assert Transaction.objects.get(kind="refund").status == "failed"
    assert [hold.reason for hold in order.holds.filter(released_at=None)] == ["payment-failed"]
    assert verify().ok


def test_a_charge_back_is_heard_once_and_its_end_too(order):
    pledged_and_captured(order)
    assert tell(News.CHARGED_BACK, reference="dp_1", times=2) == [True, True]
    assert (Payment.objects.get().charged_back, OrderEvent.objects.filter(name="payment.charged_back").count()) == (
        10,
        1,
    )
    assert tell(News.CHARGE_BACK_WON, reference="dp_1", times=2) == [True, True]
    assert tell(News.CHARGED_BACK, reference="dp_1") == [True]  # late: it was decided already
    assert Payment.objects.get().charged_back == 0


def test_what_is_not_signed_changes_nothing(order):
    before = everything()
    notice = Notice(News.AUTHORISED, "pi_1", Decimal(10), "GBP")
    ((body, headers),) = webhook(notice)
    for wrong in ({}, {"Fake-Signature": "0" * 64}):
        answer = Client().post(PATH, body, content_type="application/json", headers=wrong)
        problem(answer, 400, "webhook_not_signed")
    forged = Client().post(PATH, body + b" ", content_type="application/json", headers=headers)
    problem(forged, 400, "webhook_not_signed")
    assert everything() == before


def test_a_gateway_that_is_unknown_or_not_set_up_says_so(settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    for name, status, code in (
        ("paypal", 404, "no_such_gateway"),
        ("manual", 400, "webhook_not_signed"),
        ("stripe", 503, "gateway_not_set_up"),
    ):
        answer = Client().post(f"/api/v1/gateways/{name}/webhook/", b"{}", content_type="application/json")
        problem(answer, status, code)


def test_stripe_pledges_an_order_by_its_webhook(settings):
    settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_1", SECRET
    unpaid = PaymentRequest("card", authorised=Decimal(0), reference="pi_1")
    make_order(channel=make_channel("card", gateway="stripe"), payment=unpaid)
    body, headers = signed("payment_intent.amount_capturable_updated", PI)
    answers = [
        Client().post("/api/v1/gateways/stripe/webhook/", body, content_type="application/json", headers=headers)
        for _ in range(2)
    ]
    assert [(row.status_code, row.json()) for row in answers] == [(200, {"applied": True})] * 2
    assert (Payment.objects.get().authorised, Payment.objects.get().reference) == (10, "pi_1")
