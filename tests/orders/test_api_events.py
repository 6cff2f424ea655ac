"""The feed over the API: a channel's own events, from a cursor, with what it may know of them."""

import time

import pytest

from orders import services
from orders.models import OrderEvent
from orders.queue import held
from tests.api import Api, problem
from tests.factories import make_channel, make_order, make_product, make_stock, make_warehouse

EVENTS = "/api/v1/events/"
# The horizon is below a transaction that is open: a test inside one would read nothing of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api():
    return Api("orders:read", "orders:write")


def read_until(api, count, after="", **query):
    """Read on until `count` events came: other databases of the same server may hold the horizon back a while."""
    seen, deadline = [], time.monotonic() + 60
    while len(seen) < count and time.monotonic() < deadline:
        answer = api.get(EVENTS, after=after, **query).json()
        seen, after = seen + answer["events"], answer["next"]
    return seen, after


def test_a_reader_reads_on_from_next_and_gets_each_event_once(api):
    first, second = make_order(external_id="A"), make_order(external_id="B")
    services.add_note(first.pk, text="call back", by="sam@example.org")
    seen, after = read_until(api, 3)
    assert [(row["order"], row["external_id"], row["seq"], row["name"]) for row in seen] == [
        (first.number, "A", 1, "order.placed"),
        (second.number, "B", 1, "order.placed"),
        (first.number, "A", 2, "order.noted"),
    ]
    assert api.get(EVENTS, after=after).json() == {"events": [], "next": after}
    services.cancel(second.pk, reason="changed their mind", by="sam")
    assert [row["name"] for row in read_until(api, 2, after)[0]] == ["payment.voided", "order.cancelled"]


def test_pages_of_one_are_the_same_events(api):
    order = make_order()
    for number in range(4):
        services.add_note(order.pk, text=str(number), by="sam")
    whole, _ = read_until(api, 5)
    one_by_one, after = read_until(api, 5, limit=1)
    assert [row["seq"] for row in whole] == [1, 2, 3, 4, 5]
    assert one_by_one == whole
    assert api.get(EVENTS, after=after, limit=1).json() == {"events": [], "next": after}


def test_a_key_reads_its_own_channel_only_and_passes_over_the_others(api):
    other = make_channel("market")
    mine, theirs = make_order(), make_order(channel=other)
    (event,), after = read_until(api, 1)
    assert event["order"] == mine.number
    services.add_note(theirs.pk, text="x", by="sam")
    seen, _ = read_until(Api("orders:read", channel=other), 2)
    assert {row["order"] for row in seen} == {theirs.number}
    passed = api.get(EVENTS, after=after).json()
    assert (passed["events"], passed["next"] > after) == ([], True)
    assert api.get(EVENTS, after=passed["next"]).json() == {"events": [], "next": passed["next"]}
    newest = OrderEvent.objects.get(name="order.noted")
    assert passed["next"] == f"{newest.xid}-{newest.pk}"


def test_a_channel_is_told_what_it_may_know_and_no_more(api):
    make_stock(make_product(), 10, warehouse=make_warehouse("YORK", name="York"))
    order = make_order(state="shipped")
    services.add_note(order.pk, text="Rude on the phone", by="sam@example.org")
    with held(order.pk) as row:
        services.place_hold(row, reason="exception", note="ZeroDivisionError: secret", by="system")
        services.place_hold(row, reason="address", note="Which floor?", by="sam@example.org")
    seen, _ = read_until(api, OrderEvent.objects.count())
    assert all(set(row) == {"order", "external_id", "seq", "name", "at", "data"} for row in seen)
    told = {row["name"]: row["data"] for row in seen}
    assert told["order.placed"] == {"lines": 1, "total": "10.00", "payment": "card", "authorised": "10.00"}
    assert told["payment.captured"] == {"amount": "10.00"}
    assert set(told["shipment.shipped"]) == {"shipment", "warehouse", "carrier", "tracking"}
    assert (told["order.received"], told["order.approved"], told["order.noted"]) == ({}, {}, {})
    holds = [row["data"] for row in seen if row["name"] == "order.held"]
    assert holds == [{"reason": "exception"}, {"reason": "address", "note": "Which floor?"}]
    assert not {"sam@example.org", "Rude", "secret"} & set(str(seen).replace("'", " ").split())


@pytest.mark.parametrize("after", ["x", "1", "1-", "-1-2", "1-2-3", "٣-٣", "1" * 19 + "-1", "\0"])
def test_a_cursor_that_is_not_ours_is_refused(api, after):
    problem(api.get(EVENTS, after=after), 400, "validation_failed" if after == "\0" else "invalid_cursor")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"limit": "x"}, {"since": "1"}])
def test_a_query_that_is_not_understood_is_refused(api, query):
    problem(api.get(EVENTS, **query), 400, "validation_failed")


def test_reading_takes_the_scope(api):
    problem(Api("orders:place").get(EVENTS), 403, "scope_missing")
    problem(api.post(EVENTS, {}), 405, "method_not_allowed")
    assert api.get(EVENTS).json() == {"events": [], "next": "0-0"}


@pytest.mark.parametrize(("limit", "statements"), [(2, 3), (100, 4)])
def test_a_full_page_takes_three_statements_and_the_last_one_four(api, django_assert_num_queries, limit, statements):
    for _ in range(3):
        make_order()
    read_until(api, 3)
    with django_assert_num_queries(statements):
        api.get(EVENTS, limit=limit)
