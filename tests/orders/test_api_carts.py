"""Holds for baskets over the API: take, change, show, give back, run out, and become an order."""

from datetime import timedelta

import pytest

from inventory import clock
from inventory import services as stock
from inventory.models import Reservation, Stock, StockHold
from orders.models import Order
from tests.api import Api, order_body, problem
from tests.factories import make_channel, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
HOLDS = "/api/v1/holds/"
NOON = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def api():
    make_stock(make_product("MUG"), 4)
    make_stock(make_product("CUP"), 2, warehouse=make_warehouse("YORK"))
    return Api("orders:place")


def basket(minutes=None, **units):
    lines = [{"sku": sku, "quantity": quantity} for sku, quantity in units.items()]
    return {"lines": lines} | ({} if minutes is None else {"minutes": minutes})


def reserved():
    return dict(Stock.objects.order_by("product__sku").values_list("product__sku", "reserved"))


def test_a_hold_promises_the_whole_basket_for_a_quarter_of_an_hour(api):
    with clock.at(NOON):
        answer = api.post(HOLDS, basket(MUG=3, CUP=1))
    assert answer.status_code == 201
    token = answer.json()["token"]
    assert answer.json() == {
        "token": token,
        "expires_at": (NOON + timedelta(minutes=15)).isoformat().replace("+00:00", "Z"),
        "lines": [{"sku": "CUP", "quantity": 1}, {"sku": "MUG", "quantity": 3}],
    }
    assert len(token) == 43
    assert api.get(f"{HOLDS}{token}/").json() == answer.json()
    assert reserved() == {"CUP": 1, "MUG": 3}
    assert set(Reservation.objects.values_list("key", flat=True)) == {f"hold:{token}"}


def test_what_is_short_is_told_and_nothing_is_held(api):
    body = problem(api.post(HOLDS, basket(MUG=5, CUP=2)), 409, "out_of_stock")
    assert body["missing"] == {"MUG": 4}
    assert (reserved(), StockHold.objects.count()) == ({"CUP": 0, "MUG": 0}, 0)
    body = problem(api.post(HOLDS, basket(MUG=1, SPOON=1)), 422, "unknown_sku")
    assert (body["skus"], StockHold.objects.count()) == (["SPOON"], 0)


def test_two_lines_of_one_sku_are_one(api):
    lines = [{"sku": "MUG", "quantity": 3}, {"sku": "MUG", "quantity": 2}]
    assert problem(api.post(HOLDS, {"lines": lines}), 409, "out_of_stock")["missing"] == {"MUG": 4}


def test_a_change_replaces_the_lines_and_begins_the_time_anew(api):
    with clock.at(NOON):
        token = api.post(HOLDS, basket(MUG=4)).json()["token"]
    with clock.at(NOON + timedelta(minutes=10)):
        answer = api.put(f"{HOLDS}{token}/", basket(minutes=60, CUP=2, MUG=1))
    assert (answer.status_code, answer.json()["token"]) == (200, token)
    assert answer.json()["expires_at"] == (NOON + timedelta(minutes=70)).isoformat().replace("+00:00", "Z")
    assert reserved() == {"CUP": 2, "MUG": 1}
    assert api.put(f"{HOLDS}{token}/", basket(MUG=4)).status_code == 200
    assert reserved() == {"CUP": 0, "MUG": 4}


def test_a_refused_change_leaves_the_old_hold_as_it_was(api):
    token = api.post(HOLDS, basket(MUG=3)).json()["token"]
    before = api.get(f"{HOLDS}{token}/").json()
    assert api.post(HOLDS, basket(MUG=1)).status_code == 201
    body = problem(api.put(f"{HOLDS}{token}/", basket(CUP=1, MUG=4, minutes=60)), 409, "out_of_stock")
    assert body["missing"] == {"MUG": 3}
    assert api.get(f"{HOLDS}{token}/").json() == before
    assert reserved() == {"CUP": 0, "MUG": 4}


def test_a_hold_is_given_back_once(api):
    token = api.post(HOLDS, basket(MUG=3)).json()["token"]
    assert api.delete(f"{HOLDS}{token}/").status_code == 204
    assert (reserved(), StockHold.objects.count()) == ({"CUP": 0, "MUG": 0}, 0)
    assert api.delete(f"{HOLDS}{token}/").status_code == 204
    problem(api.get(f"{HOLDS}{token}/"), 404, "not_found")
    problem(api.put(f"{HOLDS}{token}/", basket(MUG=1)), 404, "not_found")
    assert reserved() == {"CUP": 0, "MUG": 0}


def test_a_hold_is_nothing_to_another_channel(api):
    token, other = api.post(HOLDS, basket(MUG=3)).json()["token"], Api(channel=make_channel("market"))
    problem(other.get(f"{HOLDS}{token}/"), 404, "not_found")
    problem(other.put(f"{HOLDS}{token}/", basket(MUG=1)), 404, "not_found")
    problem(other.delete(f"{HOLDS}{token}/"), 404, "not_found")
    assert reserved() == {"CUP": 0, "MUG": 3}


def test_a_bundle_holds_its_components_and_its_own_sku_is_told_when_they_are_short(api):
    gift = make_product("GIFT")
    gift.components.create(component=make_product("MUG"), quantity=2)
    gift.components.create(component=make_product("CUP"))
    answer = api.post(HOLDS, basket(GIFT=1, MUG=1)).json()
    assert answer["lines"] == [{"sku": "CUP", "quantity": 1}, {"sku": "MUG", "quantity": 3}]
    assert reserved() == {"CUP": 1, "MUG": 3}
    assert api.delete(f"{HOLDS}{answer['token']}/").status_code == 204
    body = problem(api.post(HOLDS, basket(GIFT=3)), 409, "out_of_stock")
    assert (body["missing"], reserved()) == ({"GIFT": 2}, {"CUP": 0, "MUG": 0})


def test_what_runs_out_is_given_back_and_the_rest_stays(api):
    with clock.at(NOON):
        short = api.post(HOLDS, basket(MUG=1, minutes=1)).json()["token"]
        long = api.post(HOLDS, basket(MUG=2, minutes=5)).json()["token"]
    with clock.at(NOON + timedelta(seconds=59)):
        assert stock.expire_holds() == 0
    with clock.at(NOON + timedelta(seconds=60)):
        assert stock.expire_holds() == 1
    problem(api.get(f"{HOLDS}{short}/"), 404, "not_found")
    assert api.get(f"{HOLDS}{long}/").json()["lines"] == [{"sku": "MUG", "quantity": 2}]
    assert reserved() == {"CUP": 0, "MUG": 2}


def test_holds_run_out_a_few_at_a_time_the_oldest_first(api):
    with clock.at(NOON):
        tokens = [api.post(HOLDS, basket(MUG=1, minutes=minutes)).json()["token"] for minutes in (3, 1, 2)]
    with clock.at(NOON + timedelta(minutes=4)):
        assert stock.expire_holds(limit=2) == 2
        assert StockHold.objects.get().token == tokens[0]
        assert (stock.expire_holds(limit=2), stock.expire_holds(limit=2)) == (1, 0)
    assert reserved() == {"CUP": 0, "MUG": 0}


def test_a_hold_becomes_the_order_that_names_it(api):
    token = api.post(HOLDS, basket(MUG=4)).json()["token"]
    problem(api.place(order_body(lines=[{"sku": "MUG", "quantity": 4}])), 409, "out_of_stock")
    answer = api.place(order_body(lines=[{"sku": "MUG", "quantity": 4}], hold=token))
    assert answer.status_code == 201
    (line,) = Order.objects.get().lines.all()
    assert list(Reservation.objects.values_list("key", "quantity")) == [(line.reservation_key, 4)]
    assert (reserved(), StockHold.objects.count()) == ({"CUP": 0, "MUG": 4}, 0)
    assert api.delete(f"{HOLDS}{token}/").status_code == 204
    assert reserved() == {"CUP": 0, "MUG": 4}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"lines": []},
        basket(MUG=0),
        basket(MUG=100_001),
        basket(minutes=0, MUG=1),
        basket(minutes=61, MUG=1),
        {"lines": [{"sku": "MUG", "quantity": 1}] * 101},
        {**basket(MUG=1), "channel": "market"},
    ],
)
def test_a_body_that_does_not_fit_is_refused(api, body):
    problem(api.post(HOLDS, body), 400, "validation_failed")
    assert (reserved(), StockHold.objects.count()) == ({"CUP": 0, "MUG": 0}, 0)


def test_holding_takes_a_key_that_places(api):
    for scope in ("orders:read", "products:read"):
        problem(Api(scope).post(HOLDS, basket(MUG=1)), 403, "scope_missing")
    assert Api("orders:write").post(HOLDS, basket(MUG=1)).status_code == 201
