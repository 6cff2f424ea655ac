"""The warehouse over the API: a third party confirms its work, and what comes back is booked once."""

from decimal import Decimal

import pytest

from fulfillment.models import Label, Return, Shipment
from fulfillment.services import open_shipments
from inventory.models import Stock, StockMovement
from orders.flow import State
from orders.models import Order, Payment, Refund
from orders.services import cancel, hold
from tests.api import ORDERS, SHIPMENTS, Api, problem
from tests.factories import carry, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
ACTIONS = ("picked", "packed", "shipped")


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def shipment():
    """Two mugs, approved, handed over to a third party."""
    make_stock(make_product(), 10, warehouse=make_warehouse("HAUL", mode="3pl"))
    order = make_order([("MUG-1", 2)], state="approved")
    open_shipments(order.pk, by="test")
    return Shipment.objects.select_related("order").get()


def confirm(api, shipment, *actions):
    return [api.post(f"{SHIPMENTS}{shipment.code}/{action}/") for action in actions]


def test_the_third_party_sees_its_work(api, shipment):
    make_order([("CUP-1", 1)], state="packed")  # from another warehouse
    assert [work["warehouse"] for work in api.get(SHIPMENTS).json()["results"]] == ["HAUL", "LEEDS"]
    (work,) = api.get(SHIPMENTS, warehouse="HAUL", state="approved").json()["results"]
    assert (work["code"], work["order"], work["warehouse"]) == (shipment.code, shipment.order.number, "HAUL")
    assert work["shipping_address"]["city"] == "London"
    assert work["lines"] == [{"sku": "MUG-1", "name": "Mug-1", "quantity": 2, "picked": 0}]
    assert work["parcels"] == []


def test_three_calls_back_carry_the_order_to_the_carrier(api, shipment):
    seen = [answer.json() for answer in confirm(api, shipment, *ACTIONS)]
    assert [work["state"] for work in seen] == ["picked", "packed", "shipped"]
    assert seen[0]["lines"][0]["picked"] == 2
    assert seen[2]["parcels"][0]["tracking_number"] == Label.objects.get().tracking_number
    assert Order.objects.get().state == State.SHIPPED
    assert Stock.objects.values_list("on_hand", "reserved").get() == (8, 0)
    by = {event.name: event.by for event in Order.objects.get().events.all()}
    assert by["shipment.picked"] == by["shipment.packed"] == by["shipment.shipped"] == "API: Storefront"


def test_confirming_again_changes_nothing_and_answers_the_same(api, shipment):
    confirm(api, shipment, *ACTIONS)
    (last,) = confirm(api, shipment, "shipped")
    before = Order.objects.get().event_seq
    for answer in confirm(api, shipment, *ACTIONS, *ACTIONS):
        assert (answer.status_code, answer.json()) == (200, last.json())
    assert Order.objects.get().event_seq == before
    assert Label.objects.count() == StockMovement.objects.filter(kind="ship").count() == 1


@pytest.mark.parametrize(("done", "tried"), [(0, "packed"), (0, "shipped"), (1, "shipped")])
def test_a_stage_cannot_be_skipped(api, shipment, done, tried):
    confirm(api, shipment, *ACTIONS[:done])
    before = Shipment.objects.values().get()
    (answer,) = confirm(api, shipment, tried)
    assert problem(answer, 409, "not_allowed_now")["state"] == before["state"]
    assert Shipment.objects.values().get() == before
    assert Label.objects.count() == 0


def test_a_held_order_is_not_picked_and_the_answer_says_why(api, shipment):
    hold(shipment.order_id, reason="address", note="No such street", by="alice")
    (answer,) = confirm(api, shipment, "picked")
    assert problem(answer, 409, "not_allowed_now")["blockers"] == ["it takes that no hold is open on the order"]
    assert Shipment.objects.get().lines.get().picked == 0


def test_an_order_that_was_called_off_is_not_picked(api, shipment):
    cancel(shipment.order_id, reason="changed my mind", by="alice")
    (answer,) = confirm(api, shipment, "picked")
    assert problem(answer, 409, "not_allowed_now")["blockers"] == ["it takes that the order was not called off"]


@pytest.mark.parametrize("code", ["9999999-1", "x", "1", "1-", "-1", "1-1-1", "1" * 19 + "-1", "1-99999"])
def test_a_shipment_that_does_not_exist_is_not_found(api, shipment, code):
    problem(api.post(f"{SHIPMENTS}{code}/picked/"), 404, "not_found")


def test_a_query_that_is_not_understood_is_refused(api):
    problem(api.get(SHIPMENTS, state="lost"), 400, "validation_failed")
    problem(api.get(SHIPMENTS, cursor="cD1hYmM="), 400, "invalid_cursor")


def test_pages_of_shipments_follow_one_another(api):
    codes = [f"{make_order(state='picked').number}-1" for _ in range(3)]
    page = api.get(SHIPMENTS, page_size=2).json()
    rest = api.get(page["next"]).json()
    assert [work["code"] for work in page["results"] + rest["results"]] == codes


def test_a_page_of_shipments_costs_the_same_for_many_as_for_one(api, django_assert_num_queries):
    for _ in range(4):
        make_order([("MUG-1", 1), ("CUP-1", 1)], state="packed")
    api.get(SHIPMENTS)
    with django_assert_num_queries(6):  # the key; shipments; their lines, order lines, parcels, labels
        assert len(api.get(SHIPMENTS).json()["results"]) == 4


def come_back(api, order, *, key="rma-1", reason="unwanted", lines=(("MUG-1", 1),)):
    named = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    return api.post(f"{ORDERS}{order.number}/returns/", {"key": key, "reason": reason, "lines": named})


@pytest.fixture
def delivered():
    return make_order([("MUG-1", 3)], state="delivered")


def test_what_comes_back_is_stocked_and_refunded_once(api, delivered):
    first = come_back(api, delivered, lines=[("MUG-1", 1), ("MUG-1", 1)])
    shown = first.json()
    assert first.status_code == 200
    assert shown == {
        "order": delivered.number,
        "key": "rma-1",
        "reason": "unwanted",
        "received_at": shown["received_at"],
        "refund": "20.00",
        "lines": [{"sku": "MUG-1", "quantity": 2}],
    }
    assert come_back(api, delivered, lines=[("MUG-1", 2)]).json() == shown
    assert Return.objects.count() == Refund.objects.count() == 1
    assert Stock.objects.get().on_hand == 9
    assert Payment.objects.get().refunded == Decimal(20)


def test_the_same_key_for_another_return_of_the_order_is_refused(api, delivered):
    come_back(api, delivered)
    problem(come_back(api, delivered, reason="damaged"), 422, "return_key_reused")
    problem(come_back(api, delivered, lines=[("MUG-1", 2)]), 422, "return_key_reused")
    assert Return.objects.count() == 1


def test_two_orders_may_use_the_same_return_key(api, delivered):
    other = make_order([("MUG-1", 1)], state="delivered")
    assert come_back(api, delivered).json()["order"] == delivered.number
    assert come_back(api, other).json()["order"] == other.number
    assert Return.objects.count() == 2


@pytest.mark.parametrize("lines", [[("MUG-1", 4)], [("MUG-1", 1), ("CUP-1", 1)]])
def test_more_than_was_sent_does_not_come_back(api, delivered, lines):
    problem(come_back(api, delivered, lines=lines), 409, "nothing_to_return")
    assert Return.objects.count() == 0
    assert Stock.objects.get().on_hand == 7


def test_nothing_comes_back_before_it_left(api):
    order = carry(make_order(), to="approved")
    problem(come_back(api, order), 409, "nothing_to_return")


UNFIT = {
    "no lines": ({"lines": []}, ["lines"]),
    "none": ({"lines": [("MUG-1", 0)]}, ["lines.0.quantity"]),
    "reason": ({"reason": "bored"}, ["reason"]),
    "key": ({"key": "k" * 61}, ["key"]),
}


@pytest.mark.parametrize(("changes", "fields"), UNFIT.values(), ids=UNFIT.keys())
def test_an_unfit_return_is_refused_field_by_field(api, delivered, changes, fields):
    body = problem(come_back(api, delivered, **changes), 400, "validation_failed")
    assert [row["field"] for row in body["errors"]] == fields
    assert Return.objects.count() == 0
