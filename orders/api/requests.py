"""What clients may send, checked down to the last field; a misspelt name is an error, never ignored."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orders.api.strict import Read, reader
from orders.api.strict import Strict as Strict
from orders.flow import State
from orders.models import Payment
from orders.money import unit
from orders.order_request import NOTHING, CreditRequest, DiscountRequest, LineRequest, OrderRequest, PaymentRequest

MOST_LINES = 500
MOST_UNITS = 100_000
LONGEST_EXTERNAL_ID = 80
ALL = "all"
YEARS = range(1900, 3000)  # beyond them a time is meant as never, and cannot be shown in every time zone


def checked(kind: type[serializers.Serializer[Any]], data: Any) -> Mapping[str, Any]:
    """`data` as `kind` describes it; 400 `validation_failed` names every field that does not fit."""
    validated: Mapping[str, Any] = _reader(kind)(data)
    return validated


@cache
def _reader(kind: type[serializers.Serializer[Any]]) -> Read:
    """One serves all requests: it keeps nothing of them, and making one costs more than reading."""
    return reader(kind)


@extend_schema_field({"type": "string", "pattern": r"^\d{1,11}(\.\d{1,3})?$", "example": "12.50"})
class MoneyField(serializers.Field[Decimal, str, str, Any]):
    """An amount as a decimal string. JSON numbers are refused: many programs read them as binary fractions."""

    default_error_messages = {"invalid": 'Send an amount as a string such as "12.50": not negative, no exponent.'}
    shape = re.compile(r"\d{1,11}(\.\d{1,3})?", re.ASCII)

    def to_internal_value(self, data: Any) -> Decimal:
        """An exact Decimal."""
        if not isinstance(data, str) or not self.shape.fullmatch(data):
            self.fail("invalid")
        return Decimal(data)


@extend_schema_field({"type": "string", "pattern": r"^(all|\d{1,11}(\.\d{1,3})?)$", "example": "all"})
class CreditField(MoneyField):
    """An amount, or the word `all`, which stays a word."""

    def to_internal_value(self, data: Any) -> Any:
        """An exact Decimal, or the word."""
        return data if data == ALL else super().to_internal_value(data)


PAYABLE = [(value, label) for value, label in Payment.Method.choices if value != Payment.Method.CREDIT]


class MomentField(serializers.DateTimeField):
    """A date and time that says its offset from UTC."""

    default_error_messages = {"naive": "Say the offset from UTC, as in 2026-05-04T17:00:00Z."}

    def enforce_timezone(self, value: datetime) -> datetime:
        """In UTC; refuses a time without an offset, or out of `YEARS`."""
        if value.tzinfo is None:
            self.fail("naive")
        moment: datetime = super().enforce_timezone(value)
        if moment.year not in YEARS:
            self.fail("overflow")
        return moment


class CustomerRequestSerializer(Strict):
    """Who buys. The e-mail address is what the shop knows a customer by."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=120)
    phone = serializers.CharField(max_length=32, allow_blank=True, default="")


class AddressRequestSerializer(Strict):
    """Where goods or bills go."""

    name = serializers.CharField(max_length=120)
    line1 = serializers.CharField(max_length=120)
    line2 = serializers.CharField(max_length=120, allow_blank=True, default="")
    city = serializers.CharField(max_length=80)
    region = serializers.CharField(max_length=80, allow_blank=True, default="")
    postal_code = serializers.CharField(max_length=20, allow_blank=True, default="")
    country = serializers.RegexField(
        r"^[A-Z]{2}\Z",
        help_text="ISO 3166-1 alpha-2, in capitals.",
        error_messages={"invalid": "Two capital letters, as in GB."},
    )
    phone = serializers.CharField(max_length=32, allow_blank=True, default="")


class LineRequestSerializer(Strict):
    """Units of one SKU."""

    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)
    unit_price = MoneyField(required=False, help_text="Needs the scope `orders:price`; else the catalogue's holds.")
    discount = MoneyField(required=False, help_text="Off the whole line. Needs the scope `orders:price`.")


class DiscountRequestSerializer(Strict):
    """An amount off the whole order."""

    title = serializers.CharField(max_length=80, help_text="What it is given for.")
    amount = MoneyField()


class PaymentRequestSerializer(Strict):
    """How the customer pays, as far as the storefront knows."""

    method = serializers.ChoiceField(choices=PAYABLE)
    authorised = MoneyField(
        required=False,
        help_text="Pledged. When left out: what is captured, else the order's total by card and nothing otherwise.",
    )
    captured = MoneyField(required=False, help_text="Taken already; not more than is authorised.")
    reference = serializers.CharField(
        max_length=120, allow_blank=True, default="", help_text="The payment provider's name for it."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Nothing can be taken that was not pledged."""
        captured = attrs.setdefault("captured", Decimal(0))
        authorised = attrs.setdefault("authorised", captured or None)
        if authorised is not None and captured > authorised:
            raise serializers.ValidationError({"captured": "More than is authorised."}, "too_large")
        return attrs


class OrderRequestSerializer(Strict):
    """An order as a storefront sends it."""

    external_id = serializers.CharField(
        max_length=LONGEST_EXTERNAL_ID,
        required=False,
        help_text="Your own number for it, unique in your channel for ever. When left out: the Idempotency-Key.",
    )
    currency = serializers.RegexField(
        r"^[A-Z]{3}\Z",
        help_text="ISO 4217; the one your channel sells in.",
        error_messages={"invalid": "Three capital letters, as in GBP."},
    )
    customer = CustomerRequestSerializer()
    shipping_address = AddressRequestSerializer()
    billing_address = AddressRequestSerializer(required=False, help_text="When left out: the shipping address.")
    lines = LineRequestSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    discounts = DiscountRequestSerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=20, help_text="Needs the scope `orders:price`."
    )
    shipping_method = serializers.SlugField(
        max_length=32, required=False, help_text="One of the shop's; its price holds. See `quotes/`."
    )
    shipping_total = MoneyField(
        required=False, help_text="What the customer pays for shipping. Needs the scope `orders:price`."
    )
    payment = PaymentRequestSerializer()
    promised_at = MomentField(required=False, allow_null=True, help_text="When the customer was told to expect it.")
    note = serializers.CharField(max_length=500, allow_blank=True, default="", help_text="The customer's.")
    gift_note = serializers.CharField(max_length=500, allow_blank=True, default="", help_text="Goes into the parcel.")
    hold = serializers.CharField(
        max_length=64, required=False, help_text="The token of a basket's hold; its stock becomes the order's."
    )
    store_credit = CreditField(
        required=False, help_text="An amount of the customer's store credit to pay with first, or `all` that there is."
    )
    store_credit_token = serializers.CharField(
        max_length=200, required=False, help_text="Whose credit it is; needed with `orders:place` alone."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Amounts are whole units of the currency: no half pennies, no fractions of a yen."""
        step, errors = unit(attrs["currency"]), {}
        for path, amount in _amounts(attrs):
            if amount % step:
                detail = serializers.ErrorDetail(f"{attrs['currency']} has steps of {step}.", "too_precise")
                errors[path] = [detail]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


def order_request(given: Mapping[str, Any], *, idempotency_key: str) -> OrderRequest:
    """What the stage `place` takes, from a validated body. Equal orders give equal requests."""
    customer, payment, step = given["customer"], given["payment"], unit(given["currency"])
    shipping = dict(given["shipping_address"])
    external_id = given.get("external_id", idempotency_key)
    if len(external_id) > LONGEST_EXTERNAL_ID:
        raise serializers.ValidationError(
            {"external_id": "Needed, as the Idempotency-Key is too long for it."}, "required"
        )
    return OrderRequest(
        external_id=external_id,
        currency=given["currency"],
        email=customer["email"].lower(),
        name=customer["name"],
        phone=customer["phone"],
        shipping_address=shipping,
        billing_address=dict(given.get("billing_address", shipping)),
        lines=_lines(given, step),
        payment=PaymentRequest(
            method=payment["method"],
            authorised=_exact(payment["authorised"], step),
            captured=payment["captured"].quantize(step),
            reference=payment["reference"],
        ),
        discounts=_discounts(given, step),
        shipping_method=given.get("shipping_method", ""),
        shipping_total=_exact(given.get("shipping_total"), step),
        promised_at=given.get("promised_at"),
        note=given["note"],
        gift_note=given["gift_note"],
        hold=given.get("hold", ""),
        store_credit=_credit(given.get("store_credit"), step),
    )


def _lines(given: Mapping[str, Any], step: Decimal) -> tuple[LineRequest, ...]:
    return tuple(
        LineRequest(
            line["sku"],
            line["quantity"],
            _exact(line.get("unit_price"), step),
            line["discount"].quantize(step) if "discount" in line else NOTHING,
        )
        for line in given["lines"]
    )


def _discounts(given: Mapping[str, Any], step: Decimal) -> tuple[DiscountRequest, ...]:
    return tuple(DiscountRequest(row["title"], row["amount"].quantize(step)) for row in given.get("discounts", ()))


def _credit(given: Decimal | str | None, step: Decimal) -> CreditRequest | None:
    if given is None or isinstance(given, str):
        return CreditRequest() if given else None
    return CreditRequest(given.quantize(step)) if given else None


def _exact(amount: Decimal | None, step: Decimal) -> Decimal | None:
    return None if amount is None else amount.quantize(step)


def _amounts(attrs: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Every amount that the body names, with its place."""
    parts: list[tuple[str, Mapping[str, Any], tuple[str, ...]]] = [("", attrs, ("shipping_total",))]
    parts += [("", attrs, ("store_credit",))] if attrs.get("store_credit") != ALL else []
    parts += [("payment.", attrs.get("payment", {}), ("authorised", "captured"))]
    parts += [(f"lines.{place}.", line, ("unit_price", "discount")) for place, line in enumerate(attrs["lines"])]
    parts += [(f"discounts.{place}.", row, ("amount",)) for place, row in enumerate(attrs.get("discounts", ()))]
    for where, part, names in parts:
        for name in names:
            if (amount := part.get(name)) is not None:
                yield f"{where}{name}", amount


class BasketLineSerializer(Strict):
    """Units of one SKU."""

    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)


class HoldRequestSerializer(Strict):
    """All that a basket wants, and for how long from now."""

    lines = BasketLineSerializer(many=True, allow_empty=False, max_length=100)  # type: ignore[call-arg]
    minutes = serializers.IntegerField(min_value=1, max_value=60, default=15)


class PledgeRequestSerializer(Strict):
    """What was authorised by card after the order was placed."""

    amount = MoneyField(help_text="Above 0, and not more than is still open.")
    reference = serializers.CharField(max_length=120, help_text="The payment provider's name for it.")


class OrderQuerySerializer(Strict):
    """Which orders."""

    state = serializers.ChoiceField(choices=State.choices, required=False)
    updated_after = MomentField(required=False, help_text="Only orders to which something happened later.")
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=100)
