"""The gateways: the played one and its faults, and Stripe against the shapes that its documentation shows.

No network: `Stripe` gets an HTTP client that answers from a list and keeps what it was asked.
"""

import json
import time
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
import stripe as library

from orders.errors import GatewayNotSetUp, GatewayRefused, GatewayUnreachable, NoSuchGateway, WebhookNotSigned
from orders.gateways import GATEWAYS, gateway_named
from orders.gateways import stripe as ours
from orders.gateways.fake import Fake, webhook
from orders.gateways.gateway import Ask, News, Notice

ASK = Ask("capture:7:0", "pi_3MtwBw", Decimal("10.00"), "GBP")
SECRET = "whsec_test"
INTENT = {"id": "pi_3MtwBw", "object": "payment_intent", "amount": 1000, "currency": "gbp", "status": "succeeded"}
REFUND = {"id": "re_1Nispe", "object": "refund", "amount": 1000, "currency": "gbp", "status": "succeeded"}
DECLINED = {
    "error": {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": "generic_decline",
        "message": "Your card was declined.",
    }
}
UNEXPECTED = {
    "error": {
        "type": "invalid_request_error",
        "code": "payment_intent_unexpected_state",
        "message": "This PaymentIntent could not be captured because it has a status of canceled.",
    }
}


@pytest.fixture
def faults(settings):
    """How the played gateway behaves from here on."""

    def behave(**changes):
        settings.FAKE_GATEWAY = {"declines": 0.0, "timeouts": 0.0, "slow_seconds": 0.0, "seed": 0, **changes}
        return Fake()

    return behave


class Wire(library.HTTPClient):
    """Answers from a list, and keeps method, path, form and headers of what was asked."""

    name = "wire"

    def __init__(self):
        super().__init__()
        self.answers, self.asked = [], []

    def request(self, method, url, headers, post_data=None):
        form = {name: values[0] for name, values in parse_qs(post_data or "").items()}
        self.asked.append((method, url.partition("stripe.com")[2], form, headers))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return json.dumps(body), status, {"request-id": "req_1"}

    def close(self):
        """Nothing is open."""


@pytest.fixture
def wire(settings, monkeypatch):
    settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_1", SECRET
    wire = Wire()
    client = library.StripeClient("sk_test_1", http_client=wire, max_network_retries=0)
    monkeypatch.setattr(ours, "_client_for", lambda key: client)
    return wire


def test_gateways_are_known_by_name():
    assert sorted(GATEWAYS) == ["fake", "manual", "stripe"]
    with pytest.raises(NoSuchGateway, match="There is no payment gateway paypal; known are manual, fake, stripe"):
        gateway_named("paypal")


def test_the_played_gateway_moves_money_once_for_a_key(faults):
    fake = faults()
    first, again = fake.capture(ASK), fake.capture(ASK)
    assert first == again
    assert fake.moved == {("capture", ASK.key): 1}
    assert fake.refund(ASK) != first


def test_the_played_gateway_times_out_after_it_has_done_it_and_tells_the_truth_then(faults):
    fake = faults(timeouts=1.0)
    with pytest.raises(GatewayUnreachable):
        fake.capture(ASK)
    assert fake.moved == {("capture", ASK.key): 1}
    assert fake.capture(ASK).startswith("fake_")
    assert fake.moved == {("capture", ASK.key): 1}


def test_the_played_gateway_declines_the_share_that_is_asked_for_and_always_the_same(faults):
    def declined(seed):
        fake, found = faults(declines=0.3, seed=seed), []
        for number in range(1000):
            try:
                fake.capture(Ask(f"k{number}", "p", Decimal(1), "GBP"))
            except GatewayRefused:
                found.append(number)
        assert len(fake.moved) == 1000 - len(found)
        return found

    assert declined(1) == declined(1) != declined(2)
    assert 250 < len(declined(1)) < 350


def test_a_slow_gateway_takes_its_time(faults):
    before = time.monotonic()
    faults(slow_seconds=0.05).void(ASK)
    assert time.monotonic() - before >= 0.05


def test_the_played_gateway_signs_what_it_tells_as_often_as_it_likes():
    notice = Notice(News.CAPTURED, "pi_1", Decimal("10.00"), "GBP", key="capture:7:0", reference="fake_1")
    sent = list(webhook(notice, times=3))
    assert [Fake().parse_webhook(*each) for each in sent] == [notice] * 3
    body, headers = sent[0]
    with pytest.raises(WebhookNotSigned):
        Fake().parse_webhook(body.replace(b"10.00", b"99.00"), headers)
    with pytest.raises(WebhookNotSigned):
        Fake().parse_webhook(body, {})


def test_stripe_captures_with_the_amount_in_pence_and_our_key(wire):
    wire.answers = [(200, INTENT)]
    assert GATEWAYS["stripe"].capture(ASK) == "pi_3MtwBw"
    ((method, path, form, headers),) = wire.asked
    assert (method, path) == ("post", "/v1/payment_intents/pi_3MtwBw/capture")
    assert form == {"amount_to_capture": "1000", "metadata[transaction]": "capture:7:0"}
    assert headers["Idempotency-Key"] == "capture:7:0"
    assert headers["Authorization"] == "Bearer sk_test_1"


def test_stripe_refunds_and_voids(wire):
    wire.answers = [(200, REFUND), (200, {**INTENT, "status": "canceled"})]
    assert GATEWAYS["stripe"].refund(ASK) == "re_1Nispe"
    assert GATEWAYS["stripe"].void(Ask("void:7", "pi_3MtwBw", Decimal(10), "GBP")) == "pi_3MtwBw"
    refund, void = wire.asked
    assert refund[1:3] == (
        "/v1/refunds",
        {"payment_intent": "pi_3MtwBw", "amount": "1000", "metadata[transaction]": "capture:7:0"},
    )
    assert (void[1], void[3]["Idempotency-Key"]) == ("/v1/payment_intents/pi_3MtwBw/cancel", "void:7")


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        ((402, DECLINED), GatewayRefused, "Your card was declined."),
        ((400, UNEXPECTED), GatewayRefused, "has a status of canceled"),
        ((500, {"error": {"type": "api_error", "message": "Sorry"}}), GatewayUnreachable, "Sorry"),
        ((429, {"error": {"type": "invalid_request_error", "message": "Slow down"}}), GatewayUnreachable, "Slow down"),
        ((401, {"error": {"type": "invalid_request_error", "message": "No such key"}}), GatewayUnreachable, "No such"),
        (library.APIConnectionError("No route"), GatewayUnreachable, "APIConnectionError: No route"),
    ],
)
def test_a_refusal_of_stripe_is_told_apart_from_silence(wire, answer, error, said):
    wire.answers = [answer]
    with pytest.raises(error, match=said):
        GATEWAYS["stripe"].capture(ASK)


def test_a_refund_that_stripe_reports_as_failed_is_refused(wire):
    wire.answers = [(200, {**REFUND, "status": "failed"})]
    with pytest.raises(GatewayRefused, match="re_1Nispe failed"):
        GATEWAYS["stripe"].refund(ASK)


@pytest.mark.parametrize(
    ("amount", "currency", "count"),
    [("10.00", "GBP", 1000), ("500", "JPY", 500), ("1.230", "KWD", 1230), ("500", "ISK", 50000), ("0.01", "EUR", 1)],
)
def test_amounts_are_counted_as_stripe_counts_them(amount, currency, count):
    assert ours.to_stripe(Decimal(amount), currency) == count
    assert ours.from_stripe(count, currency) == Decimal(amount)


def test_a_third_decimal_is_refused_before_anybody_is_asked(wire):
    with pytest.raises(GatewayRefused, match=r"Stripe takes KWD in steps of 0.010, not 1.234"):
        GATEWAYS["stripe"].capture(Ask("k", "pi_1", Decimal("1.234"), "KWD"))
    with pytest.raises(GatewayRefused, match="has no reference"):
        GATEWAYS["stripe"].capture(Ask("k", "", Decimal("1.00"), "GBP"))
    assert wire.asked == []


def test_a_missing_secret_or_library_is_named(settings, monkeypatch):
    settings.STRIPE_API_KEY = settings.STRIPE_WEBHOOK_SECRET = ""
    with pytest.raises(GatewayNotSetUp, match="needs STRIPE_API_KEY"):
        GATEWAYS["stripe"].capture(ASK)
    with pytest.raises(GatewayNotSetUp, match="needs STRIPE_WEBHOOK_SECRET"):
        GATEWAYS["stripe"].parse_webhook(b"{}", {})
    monkeypatch.setattr(ours, "stripe", None)
    with pytest.raises(GatewayNotSetUp, match=r"pip install stripe"):
        GATEWAYS["stripe"].capture(ASK)


def signed(kind, told, *, secret=SECRET, at=None):
    """A webhook as Stripe documents it: an Event around the object, signed over the time and the body."""
    event = {"id": "evt_1", "object": "event", "type": kind, "api_version": "2025-01-27", "data": {"object": told}}
    body = json.dumps(event)
    header = library.WebhookSignature.generate_signature_header(body, secret, timestamp=at)
    return body.encode(), {"Stripe-Signature": header}


TOLD = {"transaction": "capture:7:0"}
DISPUTE = {"id": "dp_1", "object": "dispute", "amount": 1000, "currency": "gbp", "payment_intent": "pi_1"}
RE = {**REFUND, "payment_intent": "pi_1", "metadata": TOLD}
PI = {**INTENT, "id": "pi_1", "amount_received": 900, "amount_capturable": 1000, "metadata": TOLD}


@pytest.mark.parametrize(
    ("kind", "told", "heard"),
    [
        ("payment_intent.amount_capturable_updated", PI, (News.AUTHORISED, "10.00", "capture:7:0", "pi_1")),
        ("payment_intent.succeeded", PI, (News.CAPTURED, "9.00", "capture:7:0", "pi_1")),
        ("payment_intent.canceled", {**PI, "metadata": {}}, (News.VOIDED, "10.00", "", "pi_1")),
        ("refund.updated", RE, (News.REFUNDED, "10.00", "capture:7:0", "re_1Nispe")),
        ("refund.failed", RE, (News.REFUND_FAILED, "10.00", "capture:7:0", "re_1Nispe")),
        ("refund.updated", {**RE, "status": "failed"}, (News.REFUND_FAILED, "10.00", "capture:7:0", "re_1Nispe")),
        ("refund.created", {**RE, "status": "pending"}, None),
        ("charge.dispute.created", {**DISPUTE, "status": "needs_response"}, (News.CHARGED_BACK, "10.00", "", "dp_1")),
        ("charge.dispute.closed", {**DISPUTE, "status": "won"}, (News.CHARGE_BACK_WON, "10.00", "", "dp_1")),
        ("charge.dispute.closed", {**DISPUTE, "status": "lost"}, None),
        ("customer.created", {"id": "cus_1", "object": "customer"}, None),
    ],
)
def test_webhooks_of_stripe_become_news(wire, kind, told, heard):
    notice = GATEWAYS["stripe"].parse_webhook(*signed(kind, told))
    if heard is None:
        assert notice is None
    else:
        news, amount, key, reference = heard
        assert notice == Notice(news, "pi_1", Decimal(amount), "GBP", key=key, reference=reference)


def test_a_webhook_that_stripe_did_not_sign_now_is_refused(wire):
    body, headers = signed("payment_intent.succeeded", PI)
    stale = int(time.time()) - 3600
    for wrong in (
        (body, {}),
        (body.replace(b"900", b"901"), headers),
        signed("payment_intent.succeeded", PI, secret="whsec_other"),
        signed("payment_intent.succeeded", PI, at=stale),
        (b"not json", headers),
    ):
        with pytest.raises(WebhookNotSigned):
            GATEWAYS["stripe"].parse_webhook(*wrong)
