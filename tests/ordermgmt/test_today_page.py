"""Today: the river, what needs a person, and that it renews itself cheaply."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from fulfillment.handover.answering import accept
from fulfillment.models import Parcel, Shipment
from fulfillment.services import open_shipments
from inventory import clock
from kpis.briefs import keep_briefs
from kpis.fold import rebuild
from ordermgmt.attention import _delays, desk
from ordermgmt.board import Tile, board
from ordermgmt.tiles import tiles
from orders.models import Order
from orders.services import cancel, hold
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
STATES = ["placed", "received", "approved", "picked", "packed", "shipped", "delivered", "surveyed", "reviewed"]
POLL = {"HTTP_HX_REQUEST": "true"}


def tile_of(state: str) -> Tile:
    return next(tile for tile in board().tiles if tile.stage.state == state)


def waiting_in(mode: str, *, since: timedelta) -> Order:
    """An approved order whose only shipment waits in a warehouse of this mode."""
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode=mode))
    with clock.at(clock.now() - since):
        order = make_order([("JAR-1", 1)], state="approved")
        open_shipments(order.pk, by="test")
    return Order.objects.get(pk=order.pk)


def test_a_stranger_is_sent_to_the_sign_in_and_from_there_to_their_work(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/login/?next=/start/"
    assert client.get("/?timeline=1").headers["Location"] == "/login/?next=/%3Ftimeline%3D1"


def test_charlie_who_is_no_staff_sees_nothing(charlie: Client) -> None:
    assert charlie.get("/").status_code == 403


def test_the_river_counts_the_orders_of_each_stage(noon: datetime) -> None:
    for state in STATES:
        make_order(state=state)
    make_order(state="placed")
    assert [tile.count for tile in board().tiles] == [2, 1, 1, 1, 1, 1, 1, 1, 1]


def test_what_has_ended_is_counted_to_a_bound_and_no_further(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ordermgmt.counts.MANY", 2)
    for _ in range(4):
        make_order(state="reviewed")
        make_order(state="placed")
    for _ in range(2):
        cancel(make_order(state="received").pk, reason="Changed their mind", by="sam")
    assert (tile_of("placed").count, tile_of("reviewed").count, board().rejected, board().cancelled) == (4, 3, 0, 2)
    page = " ".join(alice.get("/").content.decode().split())
    assert page.count('<span class="much">2+</span>') == 1
    assert page.count('<span class="much">4</span>') == 1
    assert page.count('data-most="2"') == 1
    assert ">2 cancelled</a>" in page
    assert alice.get("/counts/").json() == {"placed": 4, "reviewed": 3, "held": 0, "returns": 0}
    assert alice.get("/stages/reviewed/").context["board"].count == 3
    assert '<span class="count" id="stage-count">2+</span>' in alice.get("/stages/reviewed/").content.decode()


def test_a_tile_says_how_long_its_oldest_order_has_been_there(noon: datetime) -> None:
    make_order(state="shipped")
    with clock.at(noon - timedelta(hours=2, minutes=10)):
        make_order(state="shipped")
    assert (tile_of("shipped").tone, tile_of("shipped").how) == ("", "oldest 2 h 10")


def test_a_held_order_colours_its_tile(noon: datetime) -> None:
    hold(make_order(state="received").pk, reason="other", note="Ask first", by="sam")
    assert (tile_of("received").tone, tile_of("received").how) == ("warn", "1 held")


def test_an_order_longer_in_a_stage_than_its_bound_is_stuck(noon: datetime) -> None:
    with clock.at(noon - timedelta(minutes=6)):
        make_order(state="placed")
    assert (tile_of("placed").tone, tile_of("placed").how) == ("bad", "1 stuck")


def test_rejected_and_cancelled_orders_left_the_river(noon: datetime) -> None:
    cancel(make_order(state="received").pk, reason="Changed their mind", by="sam")
    assert (board().rejected, board().cancelled, sum(tile.count for tile in board().tiles)) == (0, 1, 0)


def test_the_day_begins_at_midnight_in_the_shops_zone(noon: datetime) -> None:
    for at in (noon - timedelta(hours=11, minutes=59), noon - timedelta(hours=12, minutes=1)):
        with clock.at(at):
            make_order(state="placed")
    assert board().placed_today == 1


def test_a_hold_waits_for_a_decision(noon: datetime) -> None:
    row = hold(make_order(state="received").pk, reason="payment", note="£1.00 pledged of £10.00", by="system:approve")
    (trouble,) = desk().troubles
    assert (trouble.tone, trouble.why, trouble.what, trouble.action, trouble.anchor) == (
        "warn",
        "Payment",
        "£1.00 pledged of £10.00",
        "Decide",
        f"hold-{row.pk}",
    )


def test_a_failed_step_waits_for_a_retry(noon: datetime) -> None:
    hold(make_order(state="received").pk, reason="exception", note="OSError: gone", by="system")
    (trouble,) = desk().troubles
    assert (trouble.tone, trouble.why, trouble.what, trouble.action) == (
        "bad",
        "Failed",
        "Gave up after five tries. OSError: gone",
        "Try again",
    )


def test_a_shipment_in_a_manual_warehouse_waits_for_a_picker(noon: datetime) -> None:
    order = waiting_in("manual", since=timedelta(hours=2))
    (trouble,) = desk().troubles
    assert (trouble.tone, trouble.why, trouble.what, trouble.action, trouble.anchor) == (
        "warn",
        "To pick",
        f"Shipment {order.number}-1 waits in York",
        "Pick",
        "shipment-1",
    )


def test_nobody_is_called_for_a_shipment_that_just_arrived(noon: datetime) -> None:
    waiting_in("manual", since=timedelta(minutes=30))
    assert desk().troubles == ()


def test_a_third_party_is_chased_once_it_is_over_the_bound(noon: datetime) -> None:
    order = waiting_in("3pl", since=timedelta(hours=9))
    accept(order.shipments.get().pk, by="API: York")
    (trouble,) = desk().troubles
    assert (trouble.tone, trouble.why, trouble.what, trouble.action) == (
        "bad",
        "3PL silent",
        f"York has not reported shipment {order.number}-1 as picked, longer than 8 h",
        "Chase 3PL",
    )


def test_a_parcel_nobody_scans_is_silent_when_its_promise_is_near(noon: datetime) -> None:
    order = make_order(state="shipped", promised_at=noon + timedelta(hours=20))
    Parcel.objects.update(status="in_transit", status_at=noon - timedelta(days=5))
    (trouble,) = desk().troubles
    assert (trouble.order.pk, trouble.why, trouble.what) == (
        order.pk,
        "Parcel silent",
        "No scan of parcel 1 for 5 d, promised Tue 5 May",
    )


def test_an_order_past_its_promise_is_late(noon: datetime) -> None:
    make_order(state="shipped", promised_at=noon - timedelta(days=1))
    (trouble,) = desk().troubles
    assert (trouble.why, trouble.what) == ("Late", "Promised Sun 3 May, still shipped")


def test_where_not_all_can_be_shown_who_waits_longest_is(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not whose promise is oldest: what is stuck may have been promised for long after."""
    monkeypatch.setattr("ordermgmt.attention.SHOWN", 0)
    make_order(state="picked", promised_at=noon - timedelta(minutes=5))
    with clock.at(noon - timedelta(days=30)):
        stuck = make_order(state="delivered", promised_at=noon + timedelta(days=60))
    assert [(found.order, found.why) for found in _delays()] == [(stuck, "Stuck")]


def test_a_late_order_is_listed_once_by_what_keeps_it(noon: datetime) -> None:
    order = make_order(state="received", promised_at=noon - timedelta(days=1))
    hold(order.pk, reason="other", note="Ask first", by="sam")
    assert [trouble.what for trouble in desk().troubles] == ["Ask first (held by sam)"]


def test_an_empty_shop_says_what_to_expect(alice: Client, noon: datetime) -> None:
    page = alice.get("/").content.decode()
    assert "No orders yet" in page
    assert page.count("no data") == 4


def test_every_tile_leads_to_its_board(alice: Client, noon: datetime) -> None:
    page = alice.get("/").content.decode()
    assert all(f'class="" href="/stages/{state}/"' in page for state in STATES)


def test_today_costs_twelve_queries_however_much_there_is_to_do(
    alice: Client, noon: datetime, django_assert_num_queries: object
) -> None:
    for _ in range(3):
        hold(make_order(state="received").pk, reason="other", note="", by="sam")
        waiting_in("manual", since=timedelta(hours=2))
        make_order(state="shipped", promised_at=noon - timedelta(days=1))
    with django_assert_num_queries(16):  # type: ignore[operator]
        alice.get("/")
    keep_briefs()
    with django_assert_num_queries(12):  # type: ignore[operator]
        alice.get("/")


def test_the_living_part_costs_ten_queries(alice: Client, noon: datetime, django_assert_num_queries: object) -> None:
    make_order(state="received")
    with django_assert_num_queries(10):  # type: ignore[operator]
        alice.get("/", **POLL)


def test_a_page_that_is_up_to_date_is_told_so_in_no_bytes(alice: Client, noon: datetime) -> None:
    seen = alice.get("/").context["seen"]
    answer = alice.get("/", {"seen": seen}, **POLL)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_page_that_is_behind_gets_the_living_part_only(alice: Client, noon: datetime) -> None:
    seen = alice.get("/").context["seen"]
    make_order(state="placed")
    answer = alice.get("/", {"seen": seen}, **POLL)
    assert answer.status_code == 200
    assert answer.content.startswith(b'<div id="live"')
    assert b"<html" not in answer.content


def test_a_page_whose_user_signed_out_reloads_whole(client: Client) -> None:
    assert client.get("/", **POLL).headers["HX-Refresh"] == "true"


def test_times_below_a_day_are_told_in_hours_or_minutes(noon: datetime) -> None:
    for after in (timedelta(hours=6), timedelta(hours=7), timedelta(days=4.6)):
        order = make_order([("MUG-1", 2)], state="delivered")
        Shipment.objects.filter(order=order).update(delivered_at=order.placed_at + after)
    rebuild(lambda done, of: None)
    assert tiles()[0].value == "7 h / 3.7 d"


def test_the_four_figures_name_their_sample(noon: datetime) -> None:
    order = make_order([("MUG-1", 2)], state="delivered")
    Shipment.objects.update(delivered_at=order.placed_at + timedelta(days=2.5))
    rebuild(lambda done, of: None)
    lead, accuracy, returns, frequency = tiles()
    assert (lead.value, lead.sample) == ("2.5 / 2.5 days", "Placed to delivered, 1 order, 30 days")
    assert (accuracy.value, accuracy.sample) == (
        "100.0\N{NO-BREAK SPACE}%",
        "Lines right first time of 1, 100\N{NO-BREAK SPACE}% unscanned, 30 days",
    )
    assert (returns.value, returns.sample) == (
        "0.0\N{NO-BREAK SPACE}%",
        "0 back of 2 units delivered in 30 days, still open",
    )
    assert (frequency.value, frequency.sample) == ("1.00 orders", "1 order by 1 customer in 30 days")
