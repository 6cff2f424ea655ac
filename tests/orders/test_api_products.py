"""The catalogue over the API: what can be promised now."""

import pytest

from tests.api import PRODUCTS, Api, order_body, problem
from tests.factories import make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    return Api()


def available(api):
    return {row["sku"]: row["available"] for row in api.get(PRODUCTS).json()["results"]}


def test_available_is_what_placing_would_promise(api):
    mug = make_product()
    make_stock(mug, 10)
    make_stock(mug, 3, warehouse=make_warehouse("YORK"), backorder_limit=5)
    make_stock(mug, 100, warehouse=make_warehouse("SHUT", active=False))
    make_product("CUP-1")
    assert available(api) == {"CUP-1": 0, "MUG-1": 18}
    assert api.place(order_body(lines=[{"sku": "MUG-1", "quantity": 11}])).status_code == 201
    assert available(api)["MUG-1"] == 7
    body = problem(api.place(order_body(lines=[{"sku": "MUG-1", "quantity": 8}])), 409, "out_of_stock")
    assert body["missing"] == {"MUG-1": 7}
    assert api.place(order_body(lines=[{"sku": "MUG-1", "quantity": 7}])).status_code == 201
    assert available(api)["MUG-1"] == 0


def test_a_product_is_shown_with_its_price_and_tax(api):
    make_product("MUG-1", price="12.5")
    assert api.get(PRODUCTS).json()["results"] == [
        {"sku": "MUG-1", "name": "Mug-1", "price": "12.50", "currency": "GBP", "tax_rate": "0.2", "available": 0}
    ]


def test_products_come_by_sku_and_can_be_picked_by_it(api):
    for sku in ("B-2", "A-1", "C-3", "D & 4"):
        make_product(sku)
    make_product("OLD", active=False)
    assert list(available(api)) == ["A-1", "B-2", "C-3", "D & 4"]
    chosen = api.get(PRODUCTS, sku=["C-3", "A-1", "NO"], page_size=1).json()
    assert [row["sku"] for row in chosen["results"]] == ["A-1"]
    rest = api.get(chosen["next"]).json()
    assert ([row["sku"] for row in rest["results"]], rest["next"]) == (["C-3"], None)


def test_a_page_of_products_is_one_statement_besides_the_key(api, django_assert_num_queries):
    for number in range(20):
        make_stock(make_product(f"P-{number}"), number)
    api.get(PRODUCTS)
    with django_assert_num_queries(2):
        assert sum(available(api).values()) == sum(range(20))


@pytest.mark.parametrize("query", [{"page_size": 501}, {"sku": ["x" * 65]}, {"sku": ["a"] * 101}, {"q": "mug"}])
def test_a_query_that_is_not_understood_is_refused(api, query):
    problem(api.get(PRODUCTS, **query), 400, "validation_failed")


def test_a_forged_cursor_is_refused(api):
    problem(api.get(PRODUCTS, cursor="cD0A"), 400, "invalid_cursor")  # p= and a NUL
    problem(api.get(PRODUCTS, cursor="cD0lMDA="), 400, "invalid_cursor")
