"""Looking at orders, listing and cancelling them over the API."""

from datetime import timedelta

import pytest

from inventory.models import Stock
from orders.flow import State
from orders.models import Hold, Order, OrderEvent, Payment
from orders.services import add_note, hold
from orders.tokens import read
from tests.api import ORDERS, Api, problem, without_survey
from tests.factories import make_channel, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    return Api()


def test_a_delivered_order_shows_its_whole_way(api):
    order = make_order([("MUG-1", 2)], state="delivered")
    shown = api.get(f"{ORDERS}{order.number}/").json()
    assert shown["state"] == "delivered"
    assert shown["events"][0]["name"] == "order.placed"
    assert [row["seq"] for row in shown["events"]] == list(range(1, order.event_seq + 1))
    (shipment,) = shown["shipments"]
    (parcel,) = shipment["parcels"]
    assert (shipment["code"], shipment["warehouse"], shipment["state"]) == (f"{order.number}-1", "LEEDS", "delivered")
    assert (parcel["number"], parcel["status"]) == (1, "delivered")
    assert parcel["tracking_number"]
    assert parcel["carrier"]
    assert shown["payments"] == [
        {"method": "card", "authorised": "20.00", "captured": "20.00", "refunded": "0.00"},
    ]


def test_open_holds_are_shown_and_released_ones_are_not(api):
    order = make_order()
    hold(order.pk, reason="address", note="No such street", by="alice")
    old = hold(order.pk, reason="fraud", note="Looked odd", by="alice")
    Hold.objects.filter(pk=old.pk).update(released_at=old.at)
    shown = api.get(f"{ORDERS}{order.number}/").json()
    assert [(row["reason"], row["note"]) for row in shown["holds"]] == [("address", "No such street")]


def test_the_survey_link_is_signed_for_this_order(api):
    order = make_order()
    token = api.get(f"{ORDERS}{order.number}/").json()["links"]["survey"].rstrip("/").rsplit("/", 1)[1]
    assert read(token, "survey") == order.pk


def test_looking_at_an_order_costs_twelve_statements_at_most(api, django_assert_num_queries):
    order = make_order([("MUG-1", 2), ("CUP-1", 1)], state="delivered")
    api.get(ORDERS)
    with django_assert_num_queries(12):
        assert api.get(f"{ORDERS}{order.number}/").status_code == 200


def test_an_order_of_another_channel_is_not_there(api):
    order = make_order(channel=make_channel("market"))
    for response in (
        api.get(f"{ORDERS}{order.number}/"),
        api.post(f"{ORDERS}{order.number}/cancel/", {"reason": "mine now"}),
        api.post(
            f"{ORDERS}{order.number}/returns/",
            {"key": "r", "reason": "unwanted", "lines": [{"sku": "MUG-1", "quantity": 1}]},
        ),
        api.get(f"{ORDERS}{order.number + 1}/"),
        api.get(f"{ORDERS}{10**30}/"),
    ):
        problem(response, 404, "not_found")
    assert api.get(ORDERS).json()["results"] == []
    assert Order.objects.get().state == State.PLACED


def test_the_list_is_light_and_newest_first(api, django_assert_num_queries):
    orders = [make_order() for _ in range(3)]
    hold(orders[0].pk, reason="address", note="", by="alice")
    with django_assert_num_queries(3):  # the key, its use, the page
        shown = api.get(ORDERS).json()
    assert (shown["next"], shown["previous"]) == (None, None)
    assert [row["number"] for row in shown["results"]] == [order.number for order in reversed(orders)]
    first = api.get(f"{ORDERS}{orders[0].number}/").json()
    assert shown["results"][2] == {name: first[name] for name in shown["results"][2]}
    assert shown["results"][2]["open_holds"] == 1


def test_pages_follow_one_another_without_gap_or_repetition_while_orders_come_in(api):
    numbers = sorted((make_order().number for _ in range(5)), reverse=True)
    page, seen = api.get(ORDERS, page_size=2).json(), []
    while True:
        seen += [row["number"] for row in page["results"]]
        make_order()
        if page["next"] is None:
            break
        page = api.get(page["next"]).json()
    assert seen == numbers


def test_the_list_can_be_narrowed_by_state(api):
    make_order()
    received = make_order(state="received")
    assert [row["number"] for row in api.get(ORDERS, state="received").json()["results"]] == [received.number]
    assert api.get(ORDERS, state="reviewed").json()["results"] == []


def test_the_list_can_be_narrowed_to_what_changed(api):
    make_order()
    noted = make_order()
    moment = OrderEvent.objects.latest("id").at
    assert api.get(ORDERS, updated_after=moment.isoformat()).json()["results"] == []
    add_note(noted.pk, text="hello", by="alice")
    assert [r["number"] for r in api.get(ORDERS, updated_after=moment.isoformat()).json()["results"]] == [noted.number]
    earlier = (moment - timedelta(minutes=1)).isoformat()
    assert len(api.get(ORDERS, updated_after=earlier).json()["results"]) == 2


BAD_QUERIES = {
    "state": ({"state": "lost"}, ["state"]),
    "size 0": ({"page_size": 0}, ["page_size"]),
    "size 501": ({"page_size": 501}, ["page_size"]),
    "size x": ({"page_size": "x"}, ["page_size"]),
    "time": ({"updated_after": "yesterday"}, ["updated_after"]),
    "name": ({"stat": "placed"}, ["stat"]),
}


@pytest.mark.parametrize(("query", "fields"), BAD_QUERIES.values(), ids=BAD_QUERIES.keys())
def test_a_query_that_is_not_understood_is_refused(api, query, fields):
    assert [row["field"] for row in problem(api.get(ORDERS, **query), 400, "validation_failed")["errors"]] == fields


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "ümlaut", "bz0tMQ=="])
def test_a_forged_cursor_is_refused(api, cursor):
    problem(api.get(ORDERS, cursor=cursor), 400, "invalid_cursor")


def test_cancelling_gives_stock_and_money_back_and_can_be_repeated(api):
    order = make_order([("MUG-1", 2)], state="approved")
    path = f"{ORDERS}{order.number}/cancel/"
    shown = without_survey(api.post(path, {"reason": "Changed my mind"}))
    assert shown["state"] == "cancelled"
    assert shown["events"][-1]["name"] == "order.cancelled"
    assert (Stock.objects.get().reserved, Payment.objects.get().captured) == (0, 0)
    assert OrderEvent.objects.get(name="order.cancelled").data["reason"] == "Changed my mind"
    assert without_survey(api.post(path, {"reason": "Again"})) == shown
    assert without_survey(api.get(f"{ORDERS}{order.number}/")) == shown


def test_what_has_left_cannot_be_cancelled(api):
    order = make_order(state="shipped")
    body = problem(api.post(f"{ORDERS}{order.number}/cancel/", {"reason": "too late"}), 409, "not_allowed_now")
    assert (body["action"], body["state"], body["blockers"]) == ("cancel", "shipped", [])
    assert Order.objects.get().event_seq == order.event_seq


def test_cancelling_needs_a_reason(api):
    order = make_order()
    body = problem(api.post(f"{ORDERS}{order.number}/cancel/", {}), 400, "validation_failed")
    assert body["errors"] == [{"field": "reason", "code": "required", "detail": "This field is required."}]
    assert Order.objects.get().state == State.PLACED
