"""Deliveries are announced and taken in, and stock corrected, over the API: once each, whatever is sent twice."""

from datetime import date

import pytest

from inventory import services as stock
from inventory.models import Bin, DeliveryReceipt, ExpectedDelivery, ExpectedLine, LostPromise, Stock, StockMovement
from inventory.services.deliveries import expect_delivery
from orders.models import IdempotencyKey
from tests.api import ADJUSTMENTS, DELIVERIES, Api, problem
from tests.factories import make_channel, make_product, make_stock, make_warehouse, numbers

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 5, 8)


@pytest.fixture
def api():
    return Api("stock:write")


@pytest.fixture
def mug():
    return make_stock(make_product(), 10)


def send(api, path, body, key=None):
    return api.post(path, body, **{"Idempotency-Key": key or f"key-{next(numbers)}"})


def announcement(**changes):
    lines = [{"sku": "MUG-1", "quantity": 20}, {"sku": "JAR-1", "quantity": 5}]
    return {"warehouse": "LEEDS", "reference": "PO-1", "due_on": "2026-05-08", "lines": lines, **changes}


def expected(mug, units=20, reference="PO-1"):
    wanted = {mug.product_id: units}
    return expect_delivery(mug.warehouse, reference=reference, supplier="", due_on=FRIDAY, units=wanted, by="bob")


def receipts(delivery):
    return f"{DELIVERIES}{delivery.pk}/receipts/"


def came(sku="MUG-1", received=0, damaged=0):
    return {"lines": [{"sku": sku, "received": received, "damaged": damaged}]}


def told_lines(response):
    assert response.status_code == 200, response.content
    return [tuple(line.values()) for line in response.json()["lines"]]


def adjustment(**changes):
    return {"sku": "MUG-1", "warehouse": "LEEDS", "quantity": -3, "reason": "Broken", **changes}


def booked():
    return list(StockMovement.objects.order_by("id").values_list("kind", "quantity", "reason"))[1:]


def test_a_delivery_is_announced_and_shown(api, mug):
    make_product("JAR-1")
    response = send(api, DELIVERIES, announcement(supplier="Potter & Daughters"))
    told = response.json()
    delivery = ExpectedDelivery.objects.get()
    assert (response.status_code, told) == (
        201,
        {
            "id": delivery.pk,
            "reference": "PO-1",
            "warehouse": "LEEDS",
            "supplier": "Potter & Daughters",
            "due_on": "2026-05-08",
            "state": "open",
            "lines": [
                {"sku": "MUG-1", "expected": 20, "received": 0, "damaged": 0, "outstanding": 20},
                {"sku": "JAR-1", "expected": 5, "received": 0, "damaged": 0, "outstanding": 5},
            ],
            "receipts": [],
        },
    )
    assert response.headers["Location"] == f"http://testserver{DELIVERIES}{delivery.pk}/"
    assert api.get(f"{DELIVERIES}{delivery.pk}/").json() == told
    assert (delivery.opened_by, Stock.objects.filter(product__sku="JAR-1").count()) == ("API: Storefront", 1)


def test_an_announcement_that_is_sent_twice_is_one_delivery(api, mug):
    make_product("JAR-1")
    first = send(api, DELIVERIES, announcement(), key="a")
    again = send(api, DELIVERIES, announcement(), key="a")
    assert (again.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (201, first.json(), "true")
    refused = problem(send(api, DELIVERIES, announcement(), key="b"), 409, "reference_taken")
    assert refused["reference"] == "PO-1"
    problem(send(api, DELIVERIES, announcement(reference="PO-2"), key="a"), 422, "idempotency_key_reused")
    problem(api.post(DELIVERIES, announcement()), 400, "idempotency_key_missing")
    assert (ExpectedDelivery.objects.count(), ExpectedLine.objects.count()) == (1, 2)


def test_an_announcement_names_what_there_is(api, mug):
    refused = problem(send(api, DELIVERIES, announcement()), 422, "unknown_sku")
    assert refused["skus"] == ["JAR-1"]
    make_product("JAR-1").components.create(component=mug.product)
    assert problem(send(api, DELIVERIES, announcement()), 422, "not_stocked")["skus"] == ["JAR-1"]
    nowhere = announcement(warehouse="HULL", lines=[{"sku": "MUG-1", "quantity": 1}])
    assert problem(send(api, DELIVERIES, nowhere), 422, "unknown_warehouse")["warehouse"] == "HULL"
    for fault in ({"lines": []}, {"due_on": "soon"}, {"lines": [{"sku": "MUG-1", "quantity": 0}]}, {"dock": 3}):
        problem(send(api, DELIVERIES, announcement(**fault)), 400, "validation_failed")
    assert (ExpectedDelivery.objects.count(), Stock.objects.count()) == (0, 1)


def test_it_comes_in_parts_with_too_much_and_damaged(api, mug):
    delivery = expected(mug)
    assert told_lines(send(api, receipts(delivery), came(received=8))) == [("MUG-1", 20, 8, 0, 12)]
    last = send(api, receipts(delivery), came(received=14, damaged=2))
    assert told_lines(last) == [("MUG-1", 20, 22, 2, 0)]
    lines = [receipt["lines"] for receipt in last.json()["receipts"]]
    assert lines == [
        [{"sku": "MUG-1", "received": 8, "damaged": 0}],
        [{"sku": "MUG-1", "received": 14, "damaged": 2}],
    ]
    assert booked() == [("receive", 8, "PO-1"), ("receive", 14, "PO-1")]
    assert Stock.objects.get().on_hand == 32


def test_what_was_not_expected_gets_a_line(api, mug):
    delivery, jar = expected(mug), make_product("JAR-1")
    body = {"lines": [{"sku": "JAR-1", "received": 3}, {"sku": "JAR-1", "damaged": 1}, {"sku": "MUG-1"}]}
    assert told_lines(send(api, receipts(delivery), body)) == [("MUG-1", 20, 0, 0, 20), ("JAR-1", 0, 3, 1, 0)]
    assert jar.stock.get().on_hand == 3
    assert delivery.lines.get(stock__product=jar).added_by == "API: Storefront"


def test_what_came_is_put_into_the_bin_that_is_named(api, mug):
    Bin.objects.create(warehouse=mug.warehouse, code="C07-2", aisle=3, bay=7)
    delivery = expected(mug)
    named = {"lines": [{"sku": "MUG-1", "received": 8, "bin": "c07-2"}]}
    assert told_lines(send(api, receipts(delivery), named)) == [("MUG-1", 20, 8, 0, 12)]
    assert list(mug.further_bins.values_list("bin__code", "units")) == [("C07-2", 8)]
    nowhere = {"lines": [{"sku": "MUG-1", "received": 1, "bin": "Z99"}]}
    refused = problem(send(api, receipts(delivery), nowhere), 400, "validation_failed")
    assert "has no bin Z99" in str(refused)
    assert Stock.objects.get().on_hand == 18


def test_a_receipt_that_is_sent_twice_is_booked_once(api, mug):
    delivery = expected(mug)
    first = send(api, receipts(delivery), came(received=8), key="r")
    again = send(api, receipts(delivery), came(received=8), key="r")
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    problem(send(api, receipts(delivery), came(received=9), key="r"), 422, "idempotency_key_reused")
    problem(api.post(receipts(delivery), came(received=8)), 400, "idempotency_key_missing")
    assert (Stock.objects.get().on_hand, DeliveryReceipt.objects.count()) == (18, 1)


def test_a_receipt_is_known_after_its_answer_is_forgotten(api, mug):
    delivery = expected(mug)
    send(api, receipts(delivery), came(received=8), key="r")
    IdempotencyKey.objects.all().delete()
    assert told_lines(send(api, receipts(delivery), came(received=8), key="r")) == [("MUG-1", 20, 8, 0, 12)]
    IdempotencyKey.objects.all().delete()
    problem(send(api, receipts(delivery), came(received=9), key="r"), 422, "stock_key_reused")
    assert Stock.objects.get().on_hand == 18
    other = Api("stock:write", channel=make_channel("desk"))
    assert told_lines(send(other, receipts(delivery), came(received=2), key="r")) == [("MUG-1", 20, 10, 0, 10)]


def test_a_receipt_brings_something_of_a_delivery_that_is_open(api, mug):
    delivery = expected(mug)
    problem(send(api, receipts(delivery), came()), 422, "stock_request_not_usable")
    problem(send(api, receipts(delivery), came(received=-1)), 400, "validation_failed")
    problem(send(api, receipts(delivery), came(sku="JAR-1", received=1)), 422, "unknown_sku")
    problem(send(api, f"{DELIVERIES}{delivery.pk + 1}/receipts/", came(received=1)), 404, "not_found")
    close = f"{DELIVERIES}{delivery.pk}/close/"
    assert [api.post(close).json()["state"], api.post(close).json()["state"]] == ["closed", "closed"]
    refused = problem(send(api, receipts(delivery), came(received=1)), 409, "stock_not_allowed_now")
    assert refused["state"] == "closed"
    make_product("JAR-1")
    problem(send(api, receipts(delivery), came(sku="JAR-1", received=1)), 409, "stock_not_allowed_now")
    assert (Stock.objects.get().on_hand, booked(), delivery.lines.count()) == (10, [], 1)


def test_deliveries_are_listed_newest_first_by_warehouse_state_and_reference(api, mug):
    rows = [expected(mug, reference=f"PO-{number}") for number in (1, 2, 3)]
    york = make_stock(mug.product, 1, warehouse=make_warehouse("YORK"))
    rows.append(expected(york, reference="PO-4"))
    api.post(f"{DELIVERIES}{rows[0].pk}/close/")

    def found(**query):
        return [row["reference"] for row in api.get(DELIVERIES, **query).json()["results"]]

    assert found() == ["PO-4", "PO-3", "PO-2", "PO-1"]
    assert found(warehouse="LEEDS", state="open") == ["PO-3", "PO-2"]
    assert found(reference="PO-4") == ["PO-4"]
    page = api.get(DELIVERIES, page_size=3).json()
    assert [row["reference"] for row in api.get(page["next"]).json()["results"]] == ["PO-1"]
    problem(api.get(DELIVERIES, state="late"), 400, "validation_failed")


def test_a_page_of_deliveries_is_read_in_five_queries(api, mug, django_assert_num_queries):
    for number in range(5):
        expected(mug, reference=f"PO-{number}")
    api.get(DELIVERIES)
    with django_assert_num_queries(5):  # the key, the deliveries, their lines, stocks and products
        assert len(api.get(DELIVERIES).json()["results"]) == 5


def test_stock_is_corrected_for_a_reason(api, mug):
    stock.promise([stock.Want("line:1", mug.product_id, "MUG-1", 4)])
    response = send(api, ADJUSTMENTS, adjustment())
    answer = {**adjustment(), "on_hand": 7, "reserved": 4, "lost": 0}
    assert (response.status_code, response.json()) == (200, answer)
    assert send(api, ADJUSTMENTS, adjustment(quantity=-5)).json()["lost"] == 2
    assert send(api, ADJUSTMENTS, adjustment(quantity=6, reason="Found")).json()["on_hand"] == 8
    assert booked() == [("adjust", -3, "Broken"), ("adjust", -5, "Broken"), ("adjust", 6, "Found")]
    assert LostPromise.objects.get().quantity == 2
    assert StockMovement.objects.latest("id").by == "API: Storefront"


def test_the_first_units_of_a_product_can_be_booked(api, mug):
    make_product("JAR-1")
    response = send(api, ADJUSTMENTS, adjustment(sku="JAR-1", quantity=40, reason="Opening"))
    assert response.json()["on_hand"] == 40


def test_a_correction_that_is_sent_twice_is_booked_once(api, mug):
    first = send(api, ADJUSTMENTS, adjustment(), key="a")
    assert send(api, ADJUSTMENTS, adjustment(), key="a").json() == first.json()
    IdempotencyKey.objects.all().delete()
    assert send(api, ADJUSTMENTS, adjustment(), key="a").json() == first.json()
    IdempotencyKey.objects.all().delete()
    problem(send(api, ADJUSTMENTS, adjustment(quantity=-4), key="a"), 422, "stock_key_reused")
    problem(api.post(ADJUSTMENTS, adjustment()), 400, "idempotency_key_missing")
    assert booked() == [("adjust", -3, "Broken")]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"quantity": -11}, 409, "out_of_stock"),
        ({"quantity": 0}, 422, "stock_request_not_usable"),
        ({"quantity": "many"}, 400, "validation_failed"),
        ({"reason": " "}, 400, "validation_failed"),
        ({"sku": "JAR-1"}, 422, "unknown_sku"),
        ({"warehouse": "HULL"}, 422, "unknown_warehouse"),
        ({"warehouse": "YORK"}, 409, "out_of_stock"),
    ],
)
def test_a_correction_that_is_refused_books_nothing(api, mug, changes, status, code):
    make_warehouse("YORK")
    problem(send(api, ADJUSTMENTS, adjustment(**changes)), status, code)
    assert (booked(), Stock.objects.get().on_hand) == ([], 10)


def test_the_scope_is_needed(mug):
    delivery, stranger = expected(mug), Api("orders:write", "products:read", "fulfillment:write")
    for path in (DELIVERIES, ADJUSTMENTS, receipts(delivery), f"{DELIVERIES}{delivery.pk}/close/"):
        assert problem(send(stranger, path, {}), 403, "scope_missing")["scope"] == "stock:write"
    for path in (DELIVERIES, f"{DELIVERIES}{delivery.pk}/"):
        problem(stranger.get(path), 403, "scope_missing")
