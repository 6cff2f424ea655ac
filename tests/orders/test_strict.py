"""The short way through a serializer says what the long way says, of good bodies and of mangled ones."""

import copy
import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError as Refused
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework import serializers

from orders.api.drafts import QuoteRequestSerializer
from orders.api.requests import HoldRequestSerializer, OrderRequestSerializer, checked
from orders.api.strict import Strict, Unusual, of_field

ADDRESS = {"name": "Jane Austen", "line1": "8 College Street", "city": "Winchester", "country": "GB"}
BODY = {
    "external_id": "shop-1",
    "currency": "GBP",
    "customer": {"email": "jane@example.org", "name": "Jane Austen", "phone": "+44 20 7946 0000"},
    "shipping_address": {**ADDRESS, "postal_code": "SO23 9LZ"},
    "billing_address": ADDRESS,
    "lines": [
        {"sku": "MUG-1", "quantity": 2},
        {"sku": "CUP", "quantity": 1, "unit_price": "9.90", "discount": "0.10"},
    ],
    "discounts": [{"title": "Welcome", "amount": "1.00"}],
    "shipping_method": "standard",
    "shipping_total": "4.50",
    "payment": {"method": "card", "authorised": "20.00", "captured": "5.00", "reference": "pay-1"},
    "promised_at": "2026-05-04T17:00:00+02:00",
    "note": "",
    "gift_note": "For Cassandra",
    "hold": "abc",
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 200_000),
    st.floats(),
    st.text(max_size=6),
    st.text(alphabet="\x00 \t\n\u00a0\x1fa\ud800é", max_size=4),
    st.sampled_from(["", " GBP", "GBP ", "1.005", "1e2", "-1.00", "a@b", "x" * 600, "٣", "card ", 10**30, [], {}]),
    st.lists(st.integers(0, 2), max_size=2),
    st.dictionaries(st.sampled_from(["sku", "quantity", "name", "x"]), st.integers(0, 2), max_size=2),
)


def places(data, path=()):
    """Every part of a body, the body itself first."""
    yield path
    rows = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, part in rows:
        yield from places(part, (*path, name))


@st.composite
def mangled(draw):
    """The body after up to three changes: something odd, missing or unknown somewhere."""
    body = copy.deepcopy(BODY)
    for _ in range(draw(st.integers(0, 3))):
        *way, last = draw(st.sampled_from([path for path in places(body) if path]))
        part = body
        for name in way:
            part = part[name]
        change = draw(st.sampled_from(["odd", "gone", "unknown"]))
        if change == "odd":
            part[last] = draw(ODD)
        elif change == "gone":
            del part[last]
        elif isinstance(part, dict):
            part[draw(st.text(max_size=3))] = 1
    return body


def said(read, data):
    """What comes of it, with types and order; or all that is refused, with codes."""
    try:
        return "taken", repr(read(data))
    except serializers.ValidationError as error:
        return "refused", json.dumps(error.get_full_details())


@pytest.mark.parametrize("kind", [OrderRequestSerializer, QuoteRequestSerializer, HoldRequestSerializer])
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(body=mangled())
def test_the_short_way_says_what_the_long_way_says(kind, body):
    assert said(lambda data: checked(kind, data), body) == said(kind().run_validation, body)


@pytest.mark.parametrize("data", [None, [], "text", 1, {}])
def test_what_is_no_body_is_refused_as_ever(data):
    assert said(lambda given: checked(OrderRequestSerializer, given), data) == said(
        OrderRequestSerializer().run_validation, data
    )


def test_a_good_body_goes_the_short_way():
    def never(*_):
        raise AssertionError

    description = OrderRequestSerializer()
    short = of_field(description)
    for part in (description, *description.fields.values()):
        part.run_validation = never
    assert short(BODY)["lines"][1]["unit_price"] == Decimal("9.90")


@pytest.mark.parametrize("change", [{"currency": "gbp"}, {"lines": []}, {"x": 1}, {"payment": 7}])
def test_a_bad_body_does_not(change):
    with pytest.raises((Unusual, Refused, serializers.ValidationError)):
        of_field(OrderRequestSerializer())(BODY | change)


class Shouted(Strict):
    """Rules that only the long way knows."""

    word = serializers.CharField(max_length=5)

    def validate_word(self, value):
        return value.upper()


class Kept(serializers.Serializer):
    word = serializers.CharField(max_length=5)

    def to_internal_value(self, data):
        return {"word": "kept"}


@pytest.mark.parametrize(("kind", "read"), [(Shouted, "ABC"), (Kept, "kept")])
def test_a_serializer_with_ways_of_its_own_keeps_them(kind, read):
    assert checked(kind, {"word": "abc"}) == {"word": read}
