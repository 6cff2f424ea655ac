"""The shapes of the answers, for the documentation. The answers themselves are made in `orders/api/answers.py`."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from orders.api.idempotency import HEADER
from orders.api.requests import AddressRequestSerializer, CustomerRequestSerializer, MoneyField
from orders.api.shipment_schema import ComponentSerializer, OrderShipmentSerializer, ProgressSerializer
from orders.flow import State
from orders.models import Payment


class BasketHoldSerializer(serializers.Serializer[Any]):
    """What is kept for a basket, and until when at least."""

    token = serializers.CharField(help_text="A secret of the basket; name it as `hold` when placing the order.")
    expires_at = serializers.DateTimeField()
    lines = ComponentSerializer(many=True, help_text="What is promised now; bundles as their components.")


class ProductSerializer(serializers.Serializer[Any]):
    """Something the shop sells."""

    sku = serializers.CharField()
    name = serializers.CharField()
    price = MoneyField()
    currency = serializers.CharField()
    tax_class = serializers.CharField()
    tax_rate = serializers.CharField(help_text="A fraction: `0.2` is 20 %. Where no country says otherwise.")
    barcode = serializers.CharField(help_text="A GTIN, or empty.")
    weight_g = serializers.IntegerField()
    length_mm = serializers.IntegerField()
    width_mm = serializers.IntegerField()
    height_mm = serializers.IntegerField()
    family = serializers.CharField(allow_null=True, help_text="Its variants share this code.")
    family_name = serializers.CharField(allow_null=True)
    options = serializers.DictField(help_text='What tells variants apart: `{"size": "M"}`.')
    components = ComponentSerializer(many=True, help_text="What a bundle is made of; else empty.")
    available = serializers.IntegerField(help_text="Units that your channel could be promised now.")


class OrderRowSerializer(serializers.Serializer[Any]):
    """An order as a row of a list."""

    number = serializers.IntegerField(help_text="The shop's number for it.")
    external_id = serializers.CharField(help_text="The channel's number for it.")
    state = serializers.ChoiceField(choices=State.choices)
    state_since = serializers.DateTimeField()
    placed_at = serializers.DateTimeField()
    currency = serializers.CharField()
    total = MoneyField(help_text="What the customer pays: items, shipping and tax.")
    open_holds = serializers.IntegerField(help_text="While this is not 0, the order waits for a person.")


class LineSerializer(serializers.Serializer[Any]):
    """One product of an order."""

    sku = serializers.CharField()
    name = serializers.CharField()
    bundle = serializers.CharField(help_text="The SKU of the bundle it was sold in, or empty.")
    quantity = serializers.IntegerField()
    unit_price = MoneyField()
    discount = MoneyField(help_text="Off the whole line, with its share of the order's discounts.")
    tax_rate = serializers.CharField(help_text="A fraction: `0.2` is 20 %.")
    tax = MoneyField()
    total = MoneyField(help_text="Price times quantity, less the discount.")


class OrderLineSerializer(LineSerializer):
    """One product of an order that was placed, and how far its units are."""

    shipped = serializers.IntegerField(help_text="Units that have left a warehouse.")
    delivered = serializers.IntegerField(help_text="Units that have arrived.")


class DiscountSerializer(serializers.Serializer[Any]):
    """An amount off the whole order."""

    title = serializers.CharField()
    amount = MoneyField()


class WarningSerializer(serializers.Serializer[Any]):
    """Something that looks wrong and stops nothing; the shop looks at it before the order goes on."""

    field = serializers.CharField()
    code = serializers.CharField(help_text="`required` or `invalid`.")
    detail = serializers.CharField()


class PaymentSerializer(serializers.Serializer[Any]):
    """What was pledged, taken and given back."""

    method = serializers.ChoiceField(choices=Payment.Method.choices)
    authorised = MoneyField()
    captured = MoneyField()
    refunded = MoneyField()


class HoldSerializer(serializers.Serializer[Any]):
    """Why the order waits."""

    reason = serializers.CharField()
    note = serializers.CharField()
    since = serializers.DateTimeField()


class EventSerializer(serializers.Serializer[Any]):
    """Something that happened; `seq` counts from 1 without a gap."""

    seq = serializers.IntegerField()
    name = serializers.CharField()
    at = serializers.DateTimeField()


class FeedEventSerializer(EventSerializer):
    """Something that happened to one of the channel's orders."""

    order = serializers.IntegerField(help_text="Its number.")
    external_id = serializers.CharField()
    data = serializers.DictField(help_text="What there is to know beyond the name.")  # type: ignore[assignment]


class FeedSerializer(serializers.Serializer[Any]):
    """What happened, and where to go on."""

    events = FeedEventSerializer(many=True)
    next = serializers.CharField(help_text="Send it as `after`; the same as before when nothing happened.")


class LinksSerializer(serializers.Serializer[Any]):
    """Where to go from here."""

    self = serializers.URLField()
    survey = serializers.URLField(help_text="For the customer; opens once the order is delivered.")


class OrderSerializer(OrderRowSerializer):
    """An order with all that is known of it."""

    promised_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Called off then, if it is still unpaid.")
    items_total = MoneyField(help_text="After discounts.")
    discount_total = MoneyField()
    discounts = DiscountSerializer(many=True)
    shipping_method = serializers.CharField()
    shipping_total = MoneyField()
    tax_total = MoneyField(help_text="Of items and shipping; within them where the channel's prices include tax.")
    customer = CustomerRequestSerializer()
    shipping_address = AddressRequestSerializer()
    billing_address = AddressRequestSerializer()
    note = serializers.CharField(allow_blank=True)
    gift_note = serializers.CharField(allow_blank=True)
    warnings = WarningSerializer(many=True)
    lines = OrderLineSerializer(many=True)
    payments = PaymentSerializer(many=True)
    holds = HoldSerializer(many=True)
    progress = ProgressSerializer()
    shipments = OrderShipmentSerializer(many=True)
    events = EventSerializer(many=True)
    links = LinksSerializer()


class QuoteLineSerializer(LineSerializer):
    """One product of a quote."""

    available = serializers.IntegerField(help_text="Units that could be promised now.")


class QuoteMethodSerializer(serializers.Serializer[Any]):
    """A way to send it there."""

    code = serializers.CharField()
    name = serializers.CharField()
    price = MoneyField(help_text="For these items.")
    days = serializers.IntegerField()


class QuoteSerializer(serializers.Serializer[Any]):
    """What an order would cost."""

    currency = serializers.CharField()
    prices_include_tax = serializers.BooleanField()
    lines = QuoteLineSerializer(many=True)
    items_total = MoneyField(help_text="After discounts.")
    discount_total = MoneyField()
    shipping_method = serializers.CharField()
    shipping_methods = QuoteMethodSerializer(many=True)
    shipping_total = MoneyField()
    tax_total = MoneyField()
    total = MoneyField()
    store_credit = MoneyField(help_text="What of it would be paid with store credit.")
    to_pay = MoneyField(help_text="What is left to pay otherwise.")
    promised_at = serializers.DateTimeField()
    warnings = WarningSerializer(many=True)


class BulkResultSerializer(serializers.Serializer[Any]):
    """What became of one order."""

    external_id = serializers.CharField(allow_null=True)
    status = serializers.IntegerField(help_text="201 placed, 200 placed before, else refused.")
    number = serializers.IntegerField(required=False)
    problem = serializers.DictField(required=False, help_text="As in `application/problem+json`.")


class BulkSerializer(serializers.Serializer[Any]):
    """What became of all."""

    placed = serializers.IntegerField()
    known = serializers.IntegerField(help_text="Placed before.")
    refused = serializers.IntegerField()
    results = BulkResultSerializer(many=True)


class PageSerializer(serializers.Serializer[Any]):
    """The addresses of the pages beside this one."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class ProductPageSerializer(PageSerializer):
    """A page of products."""

    results = ProductSerializer(many=True)


class OrderPageSerializer(PageSerializer):
    """A page of orders."""

    results = OrderRowSerializer(many=True)


IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Your own name for this request, 1 to 255 visible ASCII characters. The same key with the same body "
    "gets the same answer, with the header `Idempotent-Replayed: true`; with another body it is refused.",
)
ORDER_EXAMPLE = OpenApiExample(
    "Two products, paid by card",
    value={
        "external_id": "web-2041",
        "currency": "GBP",
        "customer": {"email": "ada@example.org", "name": "Ada Byron", "phone": "+44 20 7946 0000"},
        "shipping_address": {
            "name": "Ada Byron",
            "line1": "12 St James's Square",
            "city": "London",
            "postal_code": "SW1Y 4JH",
            "country": "GB",
        },
        "lines": [{"sku": "85123A", "quantity": 6}, {"sku": "22423", "quantity": 1}],
        "shipping_method": "standard",
        "payment": {"method": "card", "reference": "pi_3NxQ"},
        "promised_at": "2026-05-04T17:00:00Z",
        "note": "Please ring twice.",
    },
    request_only=True,
)
