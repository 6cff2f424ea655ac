"""Many orders in one request: each succeeds or is refused on its own, and sending them again is safe."""

import pytest

from inventory.models import Stock
from orders.models import Order
from tests.api import NOTHING, Api, order_body, problem, stored
from tests.factories import make_product, make_stock

pytestmark = pytest.mark.django_db
BULK = "/api/v1/orders/bulk/"


@pytest.fixture
def api():
    make_stock(make_product(), 10)
    return Api()


def send(api, *orders):
    response = api.post(BULK, {"orders": list(orders)})
    assert response.status_code == 200, response.content
    return response.json()


def statuses(answer):
    return [result["status"] for result in answer["results"]]


def codes(answer):
    return [result.get("problem", {}).get("code") for result in answer["results"]]


def order(external_id, units=1, **changes):
    return order_body(external_id=external_id, lines=[{"sku": "MUG-1", "quantity": units}], **changes)


def test_all_are_placed_as_they_would_be_one_by_one(api):
    answer = send(api, order("a"), order("b", 2))
    assert (answer["placed"], answer["known"], answer["refused"]) == (2, 0, 0)
    placed = list(Order.objects.order_by("number").values_list("external_id", "number", "total"))
    assert [(name, number) for name, number, _ in placed] == [
        (result["external_id"], result["number"]) for result in answer["results"]
    ]
    assert [total for *_, total in placed] == [10, 20]
    assert stored()["reserved"] == 3


def test_sending_them_again_finds_them_and_places_the_rest(api):
    first = send(api, order("a"), order("b"))
    again = send(api, order("b"), order("c"), order("a"))
    assert statuses(again) == [200, 201, 200]
    assert (again["results"][0]["number"], again["results"][2]["number"]) == (
        first["results"][1]["number"],
        first["results"][0]["number"],
    )
    assert stored()["Order"] == 3


def test_one_bad_order_stops_no_other(api):
    answer = send(
        api,
        order("a"),
        order("b", currency="EUR"),
        order("c", customer={"email": "nobody"}),
        order(None),
        {"nonsense": True},
        "not an order",
        order("d"),
    )
    assert statuses(answer) == [201, 422, 400, 400, 400, 400, 201]
    assert codes(answer)[1:6] == ["wrong_currency", *["validation_failed"] * 4]
    assert (answer["placed"], answer["refused"]) == (2, 5)
    assert set(Order.objects.values_list("external_id", flat=True)) == {"a", "d"}


def test_discounts_that_are_too_large_together_stop_no_other_order(api):
    given_away = {"sku": "MUG-1", "quantity": 1, "unit_price": "99999999999.00", "discount": "99999999999.00"}
    answer = send(api, order("a"), order_body(external_id="b", lines=[given_away] * 2), order("c"))
    assert (statuses(answer), codes(answer)[1]) == ([201, 422, 201], "amount_too_large")


def test_more_units_than_can_be_kept_stop_no_other_order(api):
    pallet = make_product("PALLET", price="1.00")
    pallet.components.create(component=make_product("MUG-1"), quantity=30_000)
    pallets = order_body(external_id="b", lines=[{"sku": "PALLET", "quantity": 100_000}] * 2)
    answer = send(api, order("a"), pallets, order("c"))
    assert (statuses(answer), codes(answer)[1]) == ([201, 422, 201], "amount_too_large")
    detail = answer["results"][1]["problem"]["detail"]
    assert detail == "3,000,000,000 units of MUG-1 in one line are more than can be kept."


def test_scarce_goods_go_to_the_first_that_fit_and_the_others_are_told_what_is_left(api):
    answer = send(api, order("a", 6), order("b", 7), order("c", 3), order("d", 2), order("e", 1))
    assert statuses(answer) == [201, 409, 201, 409, 201]
    assert [result["problem"]["missing"] for result in answer["results"] if "problem" in result] == [
        {"MUG-1": 4},
        {"MUG-1": 1},
    ]
    assert Stock.objects.get().reserved == 10


def test_a_shortage_of_one_thing_stops_nobody_who_wants_another(api):
    make_stock(make_product("PLATE"), 1)
    plates = [
        order_body(external_id=f"p{turn}", lines=[{"sku": "PLATE", "quantity": 1}, {"sku": "MUG-1", "quantity": 1}])
        for turn in range(3)
    ]
    assert statuses(send(api, order("a"), *plates, order("b"))) == [201, 201, 409, 409, 201]
    assert stored()["reserved"] == 4


def test_one_external_id_twice_is_one_order_or_a_conflict(api):
    answer = send(api, order("a"), order("a"), order("a", 2))
    assert statuses(answer) == [201, 200, 422]
    assert codes(answer)[2] == "external_id_conflict"
    assert stored()["Order"] == 1


def test_an_external_id_that_was_refused_is_refused_each_time(api):
    assert statuses(send(api, order("a", 11), order("a", 11))) == [409, 409]
    assert stored() == NOTHING


def test_an_external_id_that_was_refused_belongs_to_no_order_that_others_could_differ_from(api):
    answer = send(api, order("a", 11), order("a", 2))
    assert (statuses(answer), codes(answer)) == ([409, 409], ["out_of_stock"] * 2)
    assert stored() == NOTHING


def test_many_orders_take_few_statements(api, django_assert_num_queries):
    make_stock(make_product("PLATE"), 500)
    bodies = [order_body(external_id=f"p{turn}", lines=[{"sku": "PLATE", "quantity": 1}]) for turn in range(200)]
    send(api, order("first"))
    with django_assert_num_queries(1 + 2 * 2):  # the key; two for each hundred, beside BEGIN and COMMIT
        assert send(api, *bodies)["placed"] == 200


@pytest.mark.parametrize("body", [{"orders": []}, {}, {"orders": [{}] * 501}, {"orders": {}}, []])
def test_a_request_that_is_no_bulk_is_refused_whole(api, body):
    problem(api.post(BULK, body), 400, "validation_failed")


def test_a_browser_s_key_places_one_order_at_a_time(api):
    assert problem(Api("orders:place").post(BULK, {"orders": [order("a")]}), 403, "scope_missing")
