"""Stripe, by its official library, which is an extra: `pip install stripe`.

A card payment's `reference` is its PaymentIntent, made by the storefront with `capture_method=manual`. The shop's key
for what it asks goes along as the idempotency key and, to be found in webhooks, as `metadata.transaction`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from orders.errors import GatewayNotSetUp, GatewayRefused, GatewayUnreachable, WebhookNotSigned
from orders.gateways.gateway import Ask, News, Notice
from orders.money import unit

# Loaded when it is first needed: a shop without Stripe spares each process a hundred modules. None without the extra.
stripe: Any = SimpleLazyObject(partial(import_module, "stripe")) if find_spec("stripe") else None

# Told in hundredths by Stripe, although ISO 4217 has none for them.
IN_HUNDREDTHS = ("ISK", "UGX")
PATIENCE_SECONDS = 20
# What is told by which event: the news, and the names of its amount and of its payment in the object.
EVENTS = {
    "payment_intent.amount_capturable_updated": (News.AUTHORISED, "amount_capturable", "id"),
    "payment_intent.succeeded": (News.CAPTURED, "amount_received", "id"),
    "payment_intent.canceled": (News.VOIDED, "amount", "id"),
    "refund.created": (News.REFUNDED, "amount", "payment_intent"),
    "refund.updated": (News.REFUNDED, "amount", "payment_intent"),
    "refund.failed": (News.REFUND_FAILED, "amount", "payment_intent"),
    "charge.dispute.created": (News.CHARGED_BACK, "amount", "payment_intent"),
    "charge.dispute.closed": (News.CHARGE_BACK_WON, "amount", "payment_intent"),
}


class Stripe:
    """Takes, gives back and lets go through PaymentIntents and Refunds."""

    is_instant = False

    def capture(self, ask: Ask) -> str:
        """Take it; what was pledged beyond is let go by Stripe itself."""
        with _in_our_words():
            done = _client().v1.payment_intents.capture(
                _intent(ask),
                {"amount_to_capture": to_stripe(ask.amount, ask.currency), "metadata": {"transaction": ask.key}},
                {"idempotency_key": ask.key},
            )
        return str(done.id)

    def refund(self, ask: Ask) -> str:
        """Give it back; a bank that says no later is told by a webhook."""
        with _in_our_words():
            done = _client().v1.refunds.create(
                {
                    "payment_intent": _intent(ask),
                    "amount": to_stripe(ask.amount, ask.currency),
                    "metadata": {"transaction": ask.key},
                },
                {"idempotency_key": ask.key},
            )
        if done.status in ("failed", "canceled"):
            raise GatewayRefused(f"The refund {done.id} {done.status}")
        return str(done.id)

    def void(self, ask: Ask) -> str:
        """Let the pledge go."""
        with _in_our_words():
            done = _client().v1.payment_intents.cancel(_intent(ask), {}, {"idempotency_key": ask.key})
        return str(done.id)

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        """The news, verified by the library against `STRIPE_WEBHOOK_SECRET`; an old signature counts as none."""
        secret = _setting("STRIPE_WEBHOOK_SECRET")
        try:
            event = stripe.Webhook.construct_event(body, headers.get("Stripe-Signature"), secret, api_key="unused")
        except (ValueError, stripe.SignatureVerificationError) as error:
            raise WebhookNotSigned("This webhook is not signed by Stripe with our secret") from error
        return _notice(event.type, event.data.object.to_dict())


def to_stripe(amount: Decimal, currency: str) -> int:
    """In the smallest unit as Stripe counts it; raises GatewayRefused for a third decimal, which it cannot take."""
    step = Decimal("0.01") if currency in IN_HUNDREDTHS else unit(currency)
    count = int(amount / step)
    if step == Decimal("0.001") and count % 10:
        raise GatewayRefused(f"Stripe takes {currency} in steps of 0.010, not {amount}")
    return count


def from_stripe(count: int, currency: str) -> Decimal:
    """The other way."""
    return count * (Decimal("0.01") if currency in IN_HUNDREDTHS else unit(currency))


def _notice(kind: str, told: Mapping[str, Any]) -> Notice | None:
    if kind not in EVENTS:
        return None
    news, amount, payment = EVENTS[kind]
    if news is News.CHARGE_BACK_WON and told["status"] != "won":
        return None
    if news is News.REFUNDED and told["status"] != "succeeded":
        if told["status"] not in ("failed", "canceled"):
            return None
        news = News.REFUND_FAILED
    currency = str(told["currency"]).upper()
    return Notice(
        news=news,
        payment=str(told.get(payment) or ""),
        amount=from_stripe(told[amount], currency),
        currency=currency,
        key=str((told.get("metadata") or {}).get("transaction", "")),
        reference=str(told["id"]),
    )


def _intent(ask: Ask) -> str:
    if not ask.payment:
        raise GatewayRefused("The payment has no reference: the storefront has not named its PaymentIntent")
    return ask.payment


def _setting(name: str) -> str:
    if stripe is None:
        raise GatewayNotSetUp("The gateway stripe needs its library: pip install stripe")
    value = str(getattr(settings, name))
    if not value:
        raise GatewayNotSetUp(f"The gateway stripe needs {name}")
    return value


def _client() -> Any:
    return _client_for(_setting("STRIPE_API_KEY"))


@cache
def _client_for(key: str) -> Any:
    """One for each key; the worker itself tries again, with the same idempotency key."""
    patient = stripe.RequestsClient(timeout=PATIENCE_SECONDS)
    return stripe.StripeClient(key, http_client=patient, max_network_retries=0)


@contextmanager
def _in_our_words() -> Iterator[None]:
    """What Stripe refuses is refused; of everything else nobody knows whether it was done."""
    _setting("STRIPE_API_KEY")
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        raise GatewayRefused(error.user_message or str(error)) from error
    except stripe.StripeError as error:
        raise GatewayUnreachable(f"{type(error).__name__}: {error}") from error
