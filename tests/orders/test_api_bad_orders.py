"""Orders that the API refuses: each says why in its own code, and leaves nothing behind but the kept answer."""

import pytest

from inventory.models import Product
from orders import pricing
from orders.keys import SCOPES
from orders.models import IdempotencyKey
from tests.api import NOTHING, ORDERS, Api, kept_answers, order_body, problem, stored
from tests.factories import LONDON, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    make_stock(make_product("MUG-1", price="10.00"), 10)
    return Api()


def without(name):
    return order_body(**{name: None})


def line(**changes):
    return order_body(lines=[{"sku": "MUG-1", "quantity": 1, **changes}])


def address(**changes):
    return order_body(shipping_address={**LONDON, **changes})


NEEDED = ("currency", "customer", "shipping_address", "lines", "payment")
UNFIT = {
    "nothing at all": (b"", dict.fromkeys(NEEDED, "required")),
    "a list": ([], {"": "invalid"}),
    "a text": ('"order"', {"": "invalid"}),
    "no lines": (order_body(lines=[]), {"lines": "empty"}),
    "lines missing": (without("lines"), {"lines": "required"}),
    "lines not a list": (order_body(lines={"sku": "MUG-1"}), {"lines": "not_a_list"}),
    "501 lines": (order_body(lines=[{"sku": "MUG-1", "quantity": 1}] * 501), {"lines": "max_length"}),
    "quantity 0": (line(quantity=0), {"lines.0.quantity": "min_value"}),
    "quantity negative": (line(quantity=-1), {"lines.0.quantity": "min_value"}),
    "quantity huge": (line(quantity=100_001), {"lines.0.quantity": "max_value"}),
    "quantity beyond any number": (line(quantity=10**30), {"lines.0.quantity": "max_value"}),
    "quantity broken": (line(quantity=1.5), {"lines.0.quantity": "invalid"}),
    "quantity true": (line(quantity=True), {"lines.0.quantity": "invalid"}),
    "quantity missing": (order_body(lines=[{"sku": "MUG-1"}]), {"lines.0.quantity": "required"}),
    "sku blank": (line(sku=" "), {"lines.0.sku": "blank"}),
    "price a number": (line(unit_price=9.99), {"lines.0.unit_price": "invalid"}),
    "price negative": (line(unit_price="-1.00"), {"lines.0.unit_price": "invalid"}),
    "price not finite": (line(unit_price="Infinity"), {"lines.0.unit_price": "invalid"}),
    "price with half pence": (line(unit_price="9.995"), {"lines.0.unit_price": "too_precise"}),
    "price with exponent": (line(unit_price="1e3"), {"lines.0.unit_price": "invalid"}),
    "shipping too precise": (order_body(shipping_total="0.001"), {"shipping_total": "too_precise"}),
    "currency small letters": (order_body(currency="gbp"), {"currency": "invalid"}),
    "no e-mail": (order_body(customer={"name": "Marta"}), {"customer.email": "required"}),
    "e-mail odd": (order_body(customer={"name": "Marta", "email": "at"}), {"customer.email": "invalid"}),
    "customer null": ({**order_body(), "customer": None}, {"customer": "null"}),
    "country long": (address(country="GBR"), {"shipping_address.country": "invalid"}),
    "city missing": (address(city=""), {"shipping_address.city": "blank"}),
    "payment method": (order_body(payment={"method": "shells"}), {"payment.method": "invalid_choice"}),
    "captured above authorised": (
        order_body(payment={"method": "card", "authorised": "5.00", "captured": "5.01"}),
        {"payment.captured": "too_large"},
    ),
    "time without offset": (order_body(promised_at="2030-05-04T17:00:00"), {"promised_at": "naive"}),
    "time out of range": (order_body(promised_at="0001-01-01T00:00:00+14:00"), {"promised_at": "overflow"}),
    "the first of all days": (order_body(promised_at="0001-01-01T00:00:00Z"), {"promised_at": "overflow"}),
    "the last of all days": (order_body(promised_at="9999-12-31T23:59:59Z"), {"promised_at": "overflow"}),
    "note too long": (order_body(note="x" * 501), {"note": "max_length"}),
    "unknown field": (order_body(colour="red", discount=1), {"colour": "unknown_field", "discount": "unknown_field"}),
    "unknown field in a line": (line(price="9.99"), {"lines.0.price": "unknown_field"}),
    "unknown field in an address": (address(zip="N1"), {"shipping_address.zip": "unknown_field"}),
}


@pytest.mark.parametrize(("sent", "errors"), UNFIT.values(), ids=UNFIT.keys())
def test_an_unfit_body_is_refused_field_by_field_and_nothing_is_stored(api, sent, errors):
    body = problem(api.place(sent), 400, "validation_failed")
    assert {error["field"]: error["code"] for error in body["errors"]} == errors
    assert stored() == NOTHING
    assert kept_answers() == 1


def test_every_faulty_field_is_named_at_once(api):
    lines = [{"sku": "MUG-1", "quantity": 0}, {"sku": "MUG-1", "quantity": 1}, {"quantity": "two"}]
    body = problem(api.place(order_body(lines=lines, customer={})), 400, "validation_failed")
    assert [error["field"] for error in body["errors"]] == [
        "customer.email",
        "customer.name",
        "lines.0.quantity",
        "lines.2.sku",
        "lines.2.quantity",
    ]
    assert body["detail"] == "customer.email: This field is required. And 4 more."


REFUSED = {
    "unknown sku": (
        order_body(
            lines=[{"sku": "NO-2", "quantity": 1}, {"sku": "MUG-1", "quantity": 1}, {"sku": "NO-1", "quantity": 1}]
        ),
        (422, "unknown_sku"),
        {"skus": ["NO-1", "NO-2"]},
    ),
    "wrong currency": (order_body(currency="EUR"), (422, "wrong_currency"), {"given": "EUR", "expected": "GBP"}),
    "out of stock": (
        order_body(lines=[{"sku": "MUG-1", "quantity": 6}, {"sku": "MUG-1", "quantity": 5}]),
        (409, "out_of_stock"),
        {"missing": {"MUG-1": 10}},
    ),
    "more money than a column holds": (
        line(quantity=100_000, unit_price="99999999999.99"),
        (422, "amount_too_large"),
        {},
    ),
}


@pytest.mark.parametrize(("sent", "refusal", "facts"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_shop_refuses_says_why_and_stores_nothing(api, sent, refusal, facts):
    body = problem(api.place(sent), *refusal)
    assert {name: body[name] for name in facts} == facts
    assert stored() == NOTHING
    assert kept_answers() == 1


def test_more_units_than_can_be_kept_are_refused_and_leave_nothing(api):
    pallet = make_product("PALLET", price="1.00")
    pallet.components.create(component=make_product("MUG-1"), quantity=30_000)
    sent = order_body(lines=[{"sku": "PALLET", "quantity": 100_000}])
    problem(api.place(sent), 422, "amount_too_large")
    assert stored() == NOTHING


def test_a_number_that_only_the_database_finds_too_large_is_refused_and_leaves_nothing(api, monkeypatch):
    monkeypatch.setattr(pricing, "MOST_UNITS", 10**12)
    pallet = make_product("PALLET", price="1.00")
    pallet.components.create(component=make_product("MUG-1"), quantity=30_000)
    problem(api.place(order_body(lines=[{"sku": "PALLET", "quantity": 100_000}])), 422, "amount_too_large")
    assert stored() == NOTHING
    assert kept_answers() == 0


def test_a_product_that_is_sold_no_longer_is_unknown(api):
    make_product("OLD", active=False)
    problem(api.place(order_body(lines=[{"sku": "OLD", "quantity": 1}])), 422, "unknown_sku")
    assert stored() == NOTHING


def test_a_bundle_with_a_part_that_is_sold_no_longer_is_unknown(api):
    box = make_product("BOX")
    for part in (make_product("MUG-1"), make_product("OLD", active=False)):
        make_stock(part, 5)
        box.components.create(component=part)
    line = {"sku": "BOX", "quantity": 1}
    assert problem(api.place(order_body(lines=[line])), 422, "unknown_sku")["skus"] == ["BOX"]
    problem(api.post("/api/v1/quotes/", {"currency": "GBP", "lines": [line]}), 422, "unknown_sku")
    problem(api.post("/api/v1/holds/", {"lines": [line]}), 422, "unknown_sku")
    assert [row["sku"] for row in api.get("/api/v1/products/").json()["results"]] == ["MUG-1"]
    assert stored()["reserved"] == 0
    Product.objects.filter(sku="OLD").update(active=True)
    assert api.place(order_body(lines=[line])).status_code == 201


UNREADABLE = {
    "cut off": b'{"currency": "GBP"',
    "not text": b"\xff\xfe{}",
    "not a number": b'{"quantity": NaN}',
    "too deep": b"[" * 100_000,
    "too many digits": b'{"quantity": ' + b"9" * 5_000 + b"}",
    "NUL": b'{"note": "a\\u0000b"}',
    "half a pair": b'{"note": "\\ud800"}',
}


@pytest.mark.parametrize("sent", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_not_json_is_refused_before_anything_is_kept(api, sent):
    problem(api.place(sent), 400, "malformed_json")
    assert (stored(), kept_answers()) == (NOTHING, 0)


def test_a_body_of_more_than_a_megabyte_is_refused_unread(api):
    problem(api.place(order_body(note="x" * 1_000_001)), 413, "body_too_large")
    assert (stored(), kept_answers()) == (NOTHING, 0)


def test_a_body_that_is_not_json_by_its_own_word_is_refused(api):
    headers = {**api.headers, "Idempotency-Key": "k"}
    response = api.client.post(
        ORDERS, "currency=GBP", content_type="application/x-www-form-urlencoded", headers=headers
    )
    problem(response, 415, "unsupported_media_type")
    assert (stored(), kept_answers()) == (NOTHING, 0)


def test_without_an_idempotency_key_nothing_is_placed(api):
    problem(api.post(ORDERS, order_body()), 400, "idempotency_key_missing")
    assert (stored(), kept_answers()) == (NOTHING, 0)


@pytest.mark.parametrize("key", ["two words", "k" * 256, "schlüssel"], ids=["space", "long", "umlaut"])
def test_an_unusable_idempotency_key_is_refused(api, key):
    problem(api.place(order_body(), key), 400, "idempotency_key_invalid")
    assert (stored(), kept_answers()) == (NOTHING, 0)


def test_prices_need_their_own_scope(api):
    shop = Api(*(scope for scope in SCOPES if scope != "orders:price"))
    problem(shop.place(line(unit_price="0.01")), 403, "price_not_allowed")
    assert stored() == NOTHING


def test_stock_of_a_closed_warehouse_is_not_sold(api):
    make_stock(make_product("CUP"), 5, warehouse=make_warehouse("SHUT", active=False))
    body = problem(api.place(order_body(lines=[{"sku": "CUP", "quantity": 1}])), 409, "out_of_stock")
    assert body["missing"] == {"CUP": 0}
    assert IdempotencyKey.objects.get().status == 409
