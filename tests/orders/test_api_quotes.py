"""A quote says what an order would cost, and leaves nothing behind."""

from decimal import Decimal

import pytest

from inventory.models import BundleComponent, TaxRate
from orders.models import ShippingMethod
from tests.api import NOTHING, Api, kept_answers, order_body, problem, stored
from tests.factories import LONDON, make_product, make_stock, make_tax_class

pytestmark = pytest.mark.django_db
QUOTES = "/api/v1/quotes/"


@pytest.fixture
def api():
    make_stock(make_product(), 10)
    return Api()


def offer_shipping(**fields):
    method = {"code": "post", "name": "Post", "currency": "GBP", "price": Decimal("4.95"), "days": 2, **fields}
    return ShippingMethod.objects.create(**method)


def quote(api, **changes):
    response = api.post(QUOTES, order_body(**changes))
    assert response.status_code == 200, response.content
    return response.json()


def test_an_order_costs_what_its_quote_said(api):
    offer_shipping(tax_class=make_tax_class())
    body = order_body(shipping_method="post", discounts=[{"title": "Welcome", "amount": "2.00"}])
    quoted = api.post(QUOTES, body).json()
    assert (stored(), kept_answers()) == (NOTHING, 0)
    placed = api.place(body).json()
    same = ("currency", "items_total", "discount_total", "shipping_method", "shipping_total", "tax_total", "total")
    assert {name: quoted[name] for name in same} == {name: placed[name] for name in same}
    assert (quoted["total"], quoted["tax_total"], quoted["discount_total"]) == ("22.95", "3.83", "2.00")
    done = {"shipped": 0, "delivered": 0}
    assert placed["lines"] == [
        {name: value for name, value in line.items() if name != "available"} | done for line in quoted["lines"]
    ]
    assert [line["available"] for line in quoted["lines"]] == [10] * len(placed["lines"])


def test_a_basket_without_a_customer_is_priced(api):
    offer_shipping()
    offer_shipping(code="ferry", name="Ferry", countries=["JE"])
    response = api.post(QUOTES, {"currency": "GBP", "lines": [{"sku": "MUG-1", "quantity": 3}]})
    assert (response.status_code, response.json()["total"]) == (200, "30.00")
    assert [row["code"] for row in response.json()["shipping_methods"]] == ["ferry", "post"]
    here = quote(api, customer=None, payment=None, shipping_address={"country": "GB"})
    assert here["shipping_methods"] == [{"code": "post", "name": "Post", "price": "4.95", "days": 2}]


def test_the_country_of_delivery_decides_the_tax(api):
    TaxRate.objects.create(tax_class=make_tax_class(), country="DE", rate=Decimal("0.19"))
    assert quote(api, shipping_address={"country": "DE"})["tax_total"] == "3.19"
    assert quote(api, shipping_address={"country": "FR"})["tax_total"] == "3.33"


def test_an_address_that_looks_wrong_is_told_and_stops_nothing(api):
    wrong = {**LONDON, "postal_code": "1234"}
    quoted = quote(api, shipping_address=wrong)
    expected = [
        {"field": "shipping_address.postal_code", "code": "invalid", "detail": "1234 is not a postal code of GB."}
    ]
    assert quoted["warnings"] == expected
    placed = api.place(order_body(shipping_address=wrong))
    assert (placed.status_code, placed.json()["warnings"]) == (201, expected)
    assert quote(api)["warnings"] == []


def test_a_bundle_is_quoted_as_its_components(api):
    box = make_product("BOX", price="12.00")
    BundleComponent.objects.create(bundle=box, component=make_product(), quantity=2)
    (line,) = quote(api, lines=[{"sku": "BOX", "quantity": 2}])["lines"]
    assert (line["sku"], line["bundle"], line["quantity"], line["total"]) == ("MUG-1", "BOX", 4, "24.00")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lines": [{"sku": "GOLD", "quantity": 1}]}, 422, "unknown_sku"),
        ({"shipping_method": "pigeon"}, 422, "no_such_shipping"),
        ({"discounts": [{"title": "All", "amount": "20.01"}]}, 422, "discount_too_large"),
        ({"lines": [{"sku": "MUG-1", "quantity": 1, "discount": "10.01"}]}, 422, "discount_too_large"),
        ({"currency": "EUR"}, 422, "wrong_currency"),
        ({"lines": []}, 400, "validation_failed"),
    ],
)
def test_what_cannot_be_placed_cannot_be_quoted_either(api, change, status, code):
    problem(api.post(QUOTES, order_body(**change)), status, code)
    problem(api.place(order_body(**change)), status, code)
    assert stored() == NOTHING


@pytest.mark.parametrize(
    "change",
    [
        {"shipping_total": "0.00"},
        {"discounts": [{"title": "Mine", "amount": "1.00"}]},
        {"lines": [{"sku": "MUG-1", "quantity": 1, "discount": "1.00"}]},
        {"lines": [{"sku": "MUG-1", "quantity": 1, "unit_price": "1.00"}]},
    ],
)
def test_only_a_trusted_channel_names_amounts(api, change):
    shopper = Api("orders:place", "orders:write")
    problem(shopper.post(QUOTES, order_body(**change)), 403, "price_not_allowed")
    problem(shopper.place(order_body(**change)), 403, "price_not_allowed")
    assert stored() == NOTHING
    assert api.place(order_body(**change)).status_code == 201


def test_a_key_that_only_places_cannot_say_that_it_was_paid(api):
    browser = Api("orders:place")
    for claim in ({"captured": "20.00", "authorised": "20.00"}, {"authorised": "20.00"}):
        problem(browser.place(order_body(payment={"method": "card", **claim})), 403, "price_not_allowed")
    placed = browser.place(order_body()).json()
    assert placed["payments"][0]["authorised"] == "0.00"
    assert placed["expires_at"] > placed["placed_at"]


def test_a_quote_takes_few_statements(api, django_assert_num_queries):
    quote(api)
    with django_assert_num_queries(3):
        quote(api)
