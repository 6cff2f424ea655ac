"""The catalogue over the API: what can be promised now."""

import pytest

from inventory.models import ProductFamily, SafetyStock
from tests.api import PRODUCTS, Api, order_body, problem
from tests.factories import make_channel, make_product, make_stock, make_warehouse

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
    shirts = ProductFamily.objects.create(code="shirt", name="The shirt")
    make_product("MUG-1", price="12.5", barcode="4006381333931")
    make_product("SHIRT-M", price="20", family=shirts, options={"size": "M"}, weight_g=250, length_mm=7)
    size = {"length_mm": 100, "width_mm": 100, "height_mm": 100, "weight_g": 300}
    tax = {"currency": "GBP", "tax_class": "vat-0-2", "tax_rate": "0.2"}
    mug = {"sku": "MUG-1", "name": "Mug-1", "price": "12.50", "barcode": "4006381333931", "options": {}, **size, **tax}
    shirt = {**mug, "sku": "SHIRT-M", "name": "Shirt-M", "price": "20.00", "barcode": "", "weight_g": 250}
    shirt |= {"length_mm": 7, "options": {"size": "M"}}
    assert api.get(PRODUCTS).json()["results"] == [
        {**mug, "family": None, "family_name": None, "components": [], "available": 0},
        {**shirt, "family": "shirt", "family_name": "The shirt", "components": [], "available": 0},
    ]


def test_a_bundle_is_there_as_often_as_its_scarcest_component(api):
    mug, spoon, box = make_product("MUG"), make_product("SPOON"), make_product("BOX", price="30")
    box.components.create(component=mug, quantity=2)
    box.components.create(component=spoon)
    make_stock(mug, 4)
    make_stock(mug, 3, warehouse=make_warehouse("YORK"))
    make_stock(spoon, 2, backorder_limit=7)
    assert available(api) == {"BOX": 3, "MUG": 7, "SPOON": 9}
    (shown,) = api.get(PRODUCTS, sku=["BOX"]).json()["results"]
    assert shown["components"] == [{"sku": "MUG", "quantity": 2}, {"sku": "SPOON", "quantity": 1}]
    assert shown["price"] == "30.00"


def test_what_a_channel_leaves_alone_is_not_available_to_it(api):
    other = Api(channel=make_channel("market"))
    mug = make_stock(make_product(), 10)
    SafetyStock.objects.create(stock=mug, channel="market", quantity=4)
    assert (available(api)["MUG-1"], available(other)["MUG-1"]) == (10, 6)


def test_a_warehouse_that_cannot_keep_it_promises_none_of_it(api):
    ice = make_product("ICE", requires=["cold"])
    make_stock(ice, 5)
    make_stock(ice, 2, warehouse=make_warehouse("COLD", capabilities=["cold", "hazardous"]))
    assert available(api) == {"ICE": 2}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("mug", ["BLUE-1", "MUG-2"]),
        ("MUG blue", ["BLUE-1"]),
        ("blue cup", []),
        ("1333931", ["MUG-2"]),
        ("100%", ["TEA"]),
        ("_", []),
        (" ", ["BLUE-1", "MUG-2", "TEA"]),
    ],
)
def test_every_word_of_a_search_stands_in_the_name_the_sku_or_the_barcode(api, search, found):
    make_product("BLUE-1", name="Large mug")
    make_product("MUG-2", name="Red one", barcode="4006381333931")
    make_product("TEA", name="Tea, 100% leaf")
    make_product("MUG-OLD", active=False)
    assert [row["sku"] for row in api.get(PRODUCTS, search=search).json()["results"]] == found


def test_the_variants_of_a_family_come_alone(api):
    shirts = ProductFamily.objects.create(code="shirt", name="The shirt")
    for size in "SML":
        make_product(f"SHIRT-{size}", family=shirts, options={"size": size})
    make_product()
    assert [row["sku"] for row in api.get(PRODUCTS, family="shirt").json()["results"]] == [
        *("SHIRT-L", "SHIRT-M", "SHIRT-S")
    ]
    assert api.get(PRODUCTS, family="shirts").json()["results"] == []


def test_products_come_by_sku_and_can_be_picked_by_it(api):
    for sku in ("B-2", "A-1", "C-3", "D & 4"):
        make_product(sku)
    make_product("OLD", active=False)
    assert list(available(api)) == ["A-1", "B-2", "C-3", "D & 4"]
    chosen = api.get(PRODUCTS, sku=["C-3", "A-1", "NO"], page_size=1).json()
    assert [row["sku"] for row in chosen["results"]] == ["A-1"]
    rest = api.get(chosen["next"]).json()
    assert ([row["sku"] for row in rest["results"]], rest["next"]) == (["C-3"], None)


def test_a_page_of_products_is_three_statements_besides_the_key(api, django_assert_num_queries):
    for number in range(20):
        make_stock(make_product(f"P-{number}"), number)
        make_product(f"X-{number}").components.create(component=make_product(f"P-{number}"), quantity=2)
    api.get(PRODUCTS)
    with django_assert_num_queries(4):
        assert sum(available(api).values()) == sum(range(20)) + sum(number // 2 for number in range(20))


@pytest.mark.parametrize(
    "query", [{"page_size": 501}, {"sku": ["x" * 65]}, {"sku": ["a"] * 101}, {"q": "mug"}, {"search": "m" * 101}]
)
def test_a_query_that_is_not_understood_is_refused(api, query):
    problem(api.get(PRODUCTS, **query), 400, "validation_failed")


def test_a_forged_cursor_is_refused(api):
    problem(api.get(PRODUCTS, cursor="cD0A"), 400, "invalid_cursor")  # p= and a NUL
    problem(api.get(PRODUCTS, cursor="cD0lMDA="), 400, "invalid_cursor")
