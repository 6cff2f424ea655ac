"""From a body to what the stage `place` takes, within what the caller's key may say."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Q
from rest_framework import serializers

from orders.api.requests import order_request
from orders.authentication import Caller
from orders.errors import PriceNotAllowed
from orders.models import Customer, Order, ShippingMethod
from orders.order_request import OrderRequest
from orders.problems import Problem
from orders.tokens import CREDIT, BadToken, read

# Names are the channel's: 128 random bits, perhaps behind some words, keep a stranger from those of others.
UNGUESSABLE = re.compile(r"[\w.:-]*?([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII | re.IGNORECASE)
GUESSABLE = "of a publishable key ends with a random UUID, or with 32 random hexadecimal digits."


def wanted_by(caller: Caller, given: Mapping[str, Any], *, key: str) -> OrderRequest:
    """The order in a validated body; `key` stands in for a missing external id.

    Raises PriceNotAllowed when the key may not name an amount that the body names. A key that only places
    (`orders:place`) is in everybody's browser: what it says about payment and promise is not believed, the names it
    chooses must be random, and shipping is not for nothing where the shop has a price for it.
    """
    wanted = order_request(given, idempotency_key=key)
    check_amounts(caller, wanted)
    if caller.may("orders:write"):
        return wanted
    if not UNGUESSABLE.fullmatch(wanted.external_id):
        detail = serializers.ErrorDetail(f"This name {GUESSABLE}", "guessable")
        raise serializers.ValidationError({"external_id": [detail]})
    check_credit(caller, given)
    check_shipping(wanted)
    if wanted.payment.authorised or wanted.payment.captured:
        raise PriceNotAllowed("Leave authorised and captured out, or use a key with orders:write.")
    return replace(wanted, payment=replace(wanted.payment, authorised=Decimal(0)), promised_at=None, trusted=False)


def refuse_guessable(caller: Caller, key: str) -> None:
    """A key in everybody's browser may not take names that the channel's own programs will want, or took.

    Asked before anything is kept under the name. Raises Problem `name_guessable`.
    """
    if caller.is_public and not UNGUESSABLE.fullmatch(key):
        raise Problem(400, "name_guessable", f"The Idempotency-Key {GUESSABLE}")


def check_credit(caller: Caller, given: Mapping[str, Any]) -> int | None:
    """The customer whose store credit a body means; None if it means none, or nobody is known.

    A publishable key needs a token, which only the customer's own link gives to a browser: an e-mail address alone
    would open everybody's credit. Raises ValidationError.
    """
    if "store_credit_token" in given:
        try:
            owner = Order.objects.select_related("customer").get(pk=read(given["store_credit_token"], CREDIT)).customer
        except (BadToken, Order.DoesNotExist):
            raise _not_theirs("This token is altered or too old.") from None
        if given.get("customer", {}).get("email", owner.email).lower() != owner.email.lower():
            raise _not_theirs("The credit belongs to another e-mail address.")
        return owner.pk
    if "store_credit" in given and not caller.may("orders:write"):
        raise _not_theirs("Needed with store_credit, unless the key has orders:write.")
    email = given.get("customer", {}).get("email", "").lower()
    return (
        Customer.objects.filter(email=email).values_list("pk", flat=True).first() if "store_credit" in given else None
    )


def _not_theirs(detail: str) -> serializers.ValidationError:
    return serializers.ValidationError({"store_credit_token": [serializers.ErrorDetail(detail, "invalid")]})


def check_shipping(wanted: OrderRequest) -> None:
    """Where the shop asks something for shipping, a browser cannot leave it out. Raises ValidationError."""
    country = wanted.shipping_address.get("country", "")
    offered = ShippingMethod.objects.filter(active=True, currency=wanted.currency)
    if not wanted.shipping_method and offered.filter(Q(countries=[]) | Q(countries__contains=[country])).exists():
        detail = serializers.ErrorDetail("Choose one of those that quotes/ offers.", "required")
        raise serializers.ValidationError({"shipping_method": [detail]})


def check_amounts(caller: Caller, wanted: OrderRequest) -> None:
    """Raises PriceNotAllowed when the channel says what something costs, instead of asking, and its key may not."""
    lines = any(line.unit_price is not None or line.discount for line in wanted.lines)
    names_amounts = lines or wanted.discounts or wanted.shipping_total is not None
    if names_amounts and not caller.may("orders:price"):
        raise PriceNotAllowed("Leave prices, discounts and shipping_total out, or use a key with orders:price.")
