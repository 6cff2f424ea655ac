"""The radar: every stuck order has a cause that people can read, and a way out that works."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from fulfillment.handover.answering import accept
from fulfillment.models import HandOver, Parcel, Shipment
from fulfillment.services import open_shipments
from inventory import clock
from ordermgmt.attention import desk
from ordermgmt.radar.page import SHOWN, radar_page
from ordermgmt.radar.stuck import Cause
from orders.models import Order
from orders.queue import TRIES
from orders.services import hold, postpone
from tests.api import Api
from tests.factories import make_channel, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def failed_order() -> Order:
    order = make_order()
    for _ in range(TRIES):
        postpone(order.pk, ValueError("no such street"))
    return order


def labels(number: int) -> list[str]:
    (row,) = [row for row in radar_page().rows if row.stuck.number == number]
    return [way.label for way in row.ways]


def test_a_stranger_is_sent_to_the_sign_in_and_charlie_sees_nothing(client: Client, charlie: Client) -> None:
    assert client.get("/radar/").status_code == 302
    assert charlie.get("/radar/").status_code == 403


def test_bob_sees_the_radar_and_may_not_release(bob: Client) -> None:
    order = failed_order()
    assert bob.get("/radar/").status_code == 200
    address = f"/radar/{order.number}/holds/{order.holds.get().pk}/release/"
    assert "Try again" not in bob.get("/radar/").content.decode()
    assert [bob.post(to).status_code for to in (address, "/radar/retry/")] == [403, 403]
    assert Order.objects.get().open_holds == 1


def test_nothing_stuck_is_said(alice: Client) -> None:
    make_order()
    page = alice.get("/radar/")
    assert "Nothing is stuck" in page.content.decode()
    assert page.context["page"].count == 0


def test_a_failed_step_is_tried_again_by_one_click(alice: Client) -> None:
    order = failed_order()
    assert labels(order.number) == ["Try again", "Cancel…"]
    answer = alice.post(f"/radar/{order.number}/holds/{order.holds.get().pk}/release/", follow=True)
    assert "is released" in answer.content.decode()
    assert (Order.objects.get().open_holds, answer.context["page"].count) == (0, 0)


def test_all_failed_steps_are_tried_again_together(alice: Client) -> None:
    for _ in range(2):
        failed_order()
    other = make_order()
    hold(other.pk, reason="look", note="", by="sam")
    answer = alice.post("/radar/retry/", follow=True)
    assert "2 orders tried again." in answer.content.decode()
    assert list(Order.objects.order_by("number").values_list("open_holds", flat=True)) == [0, 0, 1]


def test_an_overdue_order_wakes_its_worker(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order()
    woken: list[str] = []
    monkeypatch.setattr("fulfillment.services.wake", woken.append)
    with clock.at(order.placed_at + HOUR):
        assert labels(order.number) == ["Wake the worker", "Cancel…"]
        answer = alice.post(f"/radar/{order.number}/look/", follow=True)
        assert Order.objects.get().due_at == clock.now()
    assert (woken, answer.status_code) == (["placed"], 200)


def test_a_silent_parcel_has_its_carrier_asked(alice: Client) -> None:
    order = make_order(state="shipped")
    parcel = Parcel.objects.get()
    with clock.at(order.promised_at):
        Shipment.objects.update(due_at=clock.now() + HOUR)
        Parcel.objects.update(status_at=clock.now() - 5 * DAY)
        (row,) = radar_page().rows
        assert (row.stuck.cause, row.stuck.since) == (Cause.CARRIER, clock.now() - 5 * DAY)
        assert row.stuck.sentence == f"No scan of a parcel of shipment {order.number}-{parcel.number} for 5 d"
        assert labels(order.number) == ["Ask the carrier now", "See the parcel"]
        alice.post(f"/radar/{order.number}/look/")
        assert Shipment.objects.get().due_at == clock.now()


def test_an_order_that_waits_for_goods_leads_to_the_goods() -> None:
    make_stock(make_product(), 1, backorder_limit=5)
    order = make_order([("MUG-1", 3)], state="received")
    hold(order.pk, reason="stock", note="No stock behind MUG-1", by="system:approve")
    with clock.at(order.placed_at + HOUR):
        (row,) = radar_page().rows
    assert row.stuck.cause == Cause.GOODS
    assert [(way.label, way.address) for way in row.ways][0] == ("See MUG-1", "/stock/MUG-1/")
    assert [way.label for way in row.ways] == ["See MUG-1", "Release: No stock", "Cancel…"]


def test_a_hand_over_that_nobody_accepts_is_named_and_the_orders_page_says_so(alice: Client) -> None:
    make_stock(make_product(), warehouse=make_warehouse("YORK", mode="3pl"))
    order = make_order(state="approved")
    open_shipments(order.pk, by="test")
    asked = HandOver.objects.get().state_since
    said = f"York has not accepted shipment {order.number}-1 for 5 h"
    with clock.at(asked + 5 * HOUR):
        (row,) = radar_page().rows
        assert (row.stuck.cause, row.label, row.stuck.sentence) == (Cause.NOT_ACCEPTED, "Not accepted", said)
        assert [way.address for way in row.ways] == ["/handovers/", f"/orders/{order.number}/#cancel"]
        assert said in alice.get(f"/orders/{order.number}/").content.decode()
        assert [trouble.what for trouble in desk().troubles] == [said]
        accept(order.shipments.get().pk, by="API: York")
        assert (len(radar_page().rows), desk().troubles) == (0, ())


def test_a_third_party_that_is_silent_is_named() -> None:
    make_stock(make_product(), warehouse=make_warehouse("YORK", mode="3pl"))
    order = make_order(state="picked")
    with clock.at(order.state_since + 5 * HOUR):
        (row,) = radar_page().rows
    assert (row.stuck.cause, row.label) == (Cause.THIRD_PARTY, "3PL silent")
    assert row.stuck.sentence.endswith("; York has not reported it packed")
    assert [way.label for way in row.ways] == ["Confirm what they did", "Cancel…"]


def test_money_that_is_waited_for_leads_to_the_payments() -> None:
    order = make_order(state="received")
    hold(order.pk, reason="payment", note="", by="system:approve")
    with clock.at(order.placed_at + HOUR):
        (row,) = radar_page().rows
    assert (row.stuck.cause, row.ways[0].address) == (Cause.MONEY, f"/orders/{order.number}/#payments")


def test_causes_and_stages_narrow_the_list(noon: datetime) -> None:
    failed = failed_order()
    with clock.at(noon - DAY):
        late = make_order(state="approved")
    assert [(chip.label, chip.count) for chip in radar_page().chips][0] == ("All", 2)
    assert [row.stuck.number for row in radar_page(cause="failed").rows] == [failed.number]
    assert [row.stuck.number for row in radar_page(stage="approved").rows] == [late.number]
    assert radar_page(cause="failed", stage="approved").rows == []
    assert radar_page(cause="nonsense", stage="nonsense").found == 2


def test_the_picture_counts_within_and_beyond_the_bound(noon: datetime) -> None:
    make_order(state="approved")
    with clock.at(noon - 9 * HOUR):
        make_order(state="approved")
    (strip,) = [strip for strip in radar_page().strips if strip.stage.state == "approved"]
    assert (strip.count, strip.late, strip.oldest) == (2, 1, noon - 9 * HOUR)
    assert strip.meaning == "2 orders, the oldest for 9 h; 1 longer than 8 h"
    assert (strip.within[:5], strip.beyond[:6]) == ("M1 28", "M81 28")


def test_the_page_takes_as_many_queries_for_many_orders_as_for_one(
    alice: Client, django_assert_num_queries: object, noon: datetime
) -> None:
    for count in (1, 6):
        while Order.objects.count() < count:
            failed_order()
        with django_assert_num_queries(5):  # type: ignore[operator]
            alice.get("/radar/")


def test_a_channel_sees_its_own_stuck_orders_without_our_errors() -> None:
    mine = failed_order()
    answer = Api("orders:read", channel=mine.channel).get("/api/v1/stuck/")
    (row,) = answer.json()["results"]
    assert (row["number"], row["cause"], row["holds"]) == (mine.number, "failed", ["exception"])
    assert row["detail"] == "A step failed five times."
    other = Api("orders:read", channel=make_channel("phone"))
    assert other.get("/api/v1/stuck/").json() == {"results": []}
    assert Api("products:read").get("/api/v1/stuck/").status_code == 403


def test_a_long_list_is_cut_and_says_so(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ordermgmt.radar.page.SHOWN", 1)
    for _ in range(2):
        failed_order()
    page = alice.get("/radar/")
    assert "The 1 longest stuck of 2 are shown" in page.content.decode()
    assert SHOWN == 100
