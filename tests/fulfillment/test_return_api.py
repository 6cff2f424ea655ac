"""Returns, claims and store credit over the API: a program takes each step once, for its own channel's orders."""

import pytest

from fulfillment.models import Claim, Return
from fulfillment.tasks import label_returns
from inventory.models import Bin, Stock
from tests.api import ORDERS, Api, problem
from tests.factories import make_channel, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    make_stock(make_product("MUG"), 20)
    return make_order([("MUG", 3)], state="delivered")


def wish(key="R-1", **changes):
    line = {"line": 1, "quantity": 2, "reason": "unwanted", **changes.pop("of_line", {})}
    return {"key": key, "lines": [line], **changes}


def test_the_reasons_are_told_as_a_tree():
    groups = Api("orders:read").get("/api/v1/return-reasons/").json()
    assert [row["code"] for row in groups[0]["reasons"]] == ["unwanted", "bought_by_mistake", "better_price"]


def test_a_return_goes_all_the_way(order):
    api, at = Api(), f"{ORDERS}{order.number}/return-requests/"
    made = [api.post(at, wish(resolution="credit")) for _ in range(2)]
    assert [(row.status_code, row.json()["rma"]) for row in made] == [(200, f"R{order.number}-1")] * 2
    assert (made[0].json()["state"], made[0].json()["worth"]) == ("approved", "20.00")
    label_returns()
    assert Return.objects.get().state == "labelled"
    assert api.post(f"{at}1/sent/").json()["state"] == "in_transit"
    assert api.post(f"{at}1/receive/", {"received": {"1": 1}}).json()["lines"][0]["received"] == 1
    inspected = api.post(f"{at}1/inspect/", {"line": 1, "grade": "A", "disposition": "restock"}).json()
    assert (inspected["state"], inspected["worth"]) == ("inspected", "10.00")
    settled = [api.post(f"{at}1/settle/").json() for _ in range(2)]
    assert [(row["state"], row["credit"], row["refund"]) for row in settled] == [("settled", "10.00", "0.00")] * 2
    assert api.get(at).json() == [settled[0]]
    assert api.get(f"{ORDERS}{order.number}/credit/").json() == {"balance": {"GBP": "10.00"}}


def test_a_unit_that_is_for_sale_again_goes_into_the_bin_that_is_named(order):
    api, at = Api(), f"{ORDERS}{order.number}/return-requests/"
    shelf = Stock.objects.get()
    place = Bin.objects.create(warehouse=shelf.warehouse, code="B1", aisle=1, bay=1)
    api.post(at, wish(resolution="credit"))
    api.post(f"{at}1/receive/")
    body = {"line": 1, "grade": "A", "disposition": "restock"}
    problem(api.post(f"{at}1/inspect/", {**body, "bin": "B9"}), 400, "no_such_bin")
    assert Stock.objects.get().on_hand == shelf.on_hand
    assert api.post(f"{at}1/inspect/", {**body, "bin": "b1"}).json()["lines"][0]["inspected"] == 1
    assert list(shelf.further_bins.values_list("bin", "units")) == [(place.pk, 1)]
    assert api.post(f"{at}1/inspect/", {**body, "disposition": "write_off", "bin": "B1"}).json()["state"] == "inspected"
    assert list(shelf.further_bins.values_list("bin", "units")) == [(place.pk, 1)]


def test_credit_is_spent_once_for_a_key(order):
    api, at = Api(), f"{ORDERS}{order.number}/return-requests/"
    api.post(at, wish(resolution="credit"))
    api.post(f"{at}1/receive/")
    for _ in range(2):
        api.post(f"{at}1/inspect/", {"line": 1, "grade": "A", "disposition": "restock"})
    api.post(f"{at}1/settle/")
    new = make_order([("MUG", 2)])
    spend = f"{ORDERS}{new.number}/credit/"
    for _ in range(2):
        assert api.post(spend, {"key": "S", "amount": "15.00"}).json() == {"balance": {"GBP": "5.00"}}
    problem(api.post(spend, {"key": "T", "amount": "6.00"}), 409, "credit_too_small")
    problem(api.post(spend, {"key": "T", "amount": "0.00"}), 400, "validation_failed")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"of_line": {"quantity": 4}}, 409, "not_returnable"),
        ({"of_line": {"line": 9}}, 409, "not_returnable"),
        ({"of_line": {"reason": "whim"}}, 409, "not_returnable"),
        ({"of_line": {"exchange_sku": "NOPE"}, "resolution": "exchange"}, 422, "unknown_sku"),
        ({"resolution": "gold"}, 400, "validation_failed"),
        ({"lines": []}, 400, "validation_failed"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(order, body, status, code):
    asked = wish(**{key: value for key, value in body.items() if key != "lines"})
    asked |= {"lines": body["lines"]} if "lines" in body else {}
    problem(Api().post(f"{ORDERS}{order.number}/return-requests/", asked), status, code)
    assert Return.objects.count() == 0


def test_a_step_takes_what_it_needs_and_comes_in_its_turn(order):
    api, at = Api(), f"{ORDERS}{order.number}/return-requests/"
    api.post(at, wish())
    problem(api.post(f"{at}1/settle/"), 409, "not_allowed_now")
    problem(api.post(f"{at}1/receive/", {"received": {"7": 1}}), 400, "validation_failed")
    problem(api.post(f"{at}1/receive/", {"received": {"1": 3}}), 409, "not_returnable")
    api.post(f"{at}1/receive/")
    problem(api.post(f"{at}1/inspect/", {"line": 1}), 400, "validation_failed")
    problem(api.post(f"{at}2/settle/"), 404, "not_found")


def test_claims_are_opened_and_ended_once(order):
    api, at = Api(), f"{ORDERS}{order.number}/claims/"
    body = {"key": "C", "kind": "missing", "lines": [{"line": 1, "quantity": 1}]}
    opened = [api.post(at, body).json() for _ in range(2)]
    assert (opened[0] == opened[1], opened[0]["state"], Claim.objects.count()) == (True, "open", 1)
    problem(api.post(at, body | {"key": "D"}), 409, "claim_refused")
    ended = [api.post(f"{at}{opened[0]['id']}/end/", {"outcome": "refund"}).json() for _ in range(2)]
    assert [(row["state"], row["refund"]) for row in ended] == [("settled", "10.00")] * 2
    problem(api.post(f"{at}{opened[0]['id']}/end/", {"note": "No"}), 409, "claim_refused")
    assert api.get(at).json() == [ended[0]]


def test_another_channels_orders_are_not_there(order):
    other = Api(channel=make_channel("trade"))
    for path in ("claims/", "return-requests/", "credit/"):
        problem(other.get(f"{ORDERS}{order.number}/{path}"), 404, "not_found")
    read = Api("orders:read")
    assert read.post(f"{ORDERS}{order.number}/claims/", {}).status_code == 403
