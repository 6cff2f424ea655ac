"""What clients may send beside one whole order: half of one to be priced, or many."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from orders.api.requests import (
    AddressRequestSerializer,
    CustomerRequestSerializer,
    OrderRequestSerializer,
    PaymentRequestSerializer,
    Strict,
    order_request,
)
from orders.models import Payment
from orders.order_request import NOTHING, OrderRequest


class QuoteAddressSerializer(AddressRequestSerializer):
    """Where goods would go, as far as the customer has said."""

    name = serializers.CharField(max_length=120, allow_blank=True, default="")
    line1 = serializers.CharField(max_length=120, allow_blank=True, default="")
    city = serializers.CharField(max_length=80, allow_blank=True, default="")


class QuoteRequestSerializer(OrderRequestSerializer):
    """An order that is not placed yet; what is not known is left out."""

    customer = CustomerRequestSerializer(required=False)
    shipping_address = QuoteAddressSerializer(required=False)
    billing_address = QuoteAddressSerializer(required=False)
    payment = PaymentRequestSerializer(required=False)


def quote_request(given: Mapping[str, Any]) -> OrderRequest:
    """What pricing takes, from a validated body."""
    nobody = {"email": "", "name": "", "phone": ""}
    unpaid = {"method": Payment.Method.CARD, "authorised": None, "captured": NOTHING, "reference": ""}
    return order_request(
        {"customer": nobody, "payment": unpaid, "shipping_address": {}, **given, "external_id": ""}, idempotency_key=""
    )


class BulkRequestSerializer(Strict):
    """Orders as a storefront would send each of them."""

    orders = serializers.ListField(
        child=serializers.JSONField(), allow_empty=False, max_length=500, help_text="Bodies of `POST orders/`."
    )
