"""The way back as carriers tell it, parcels that come back by themselves, and mails about both."""

import json
from datetime import timedelta

import pytest

from fulfillment.carriers.carrier import Scan
from fulfillment.carriers.signed import HEADER, signature
from fulfillment.carriers.standard import open_standard_account
from fulfillment.mails.writing import write_messages
from fulfillment.models import Message, Parcel, Return, ReturnScan, Shipment
from fulfillment.returns.following import ask_later, follow_return, hear_return, lease_returns
from fulfillment.returns.labelling import label_return
from fulfillment.returns.receiving import receive_parcel
from fulfillment.returns.requesting import Wish, WishLine, request_return
from fulfillment.returns.sent_back import open_sent_back
from fulfillment.returns.settling import Found, inspect_unit, settle_return
from fulfillment.stages.deliver import deliver, hear_webhook
from inventory import clock
from inventory.models import Stock
from ordermgmt.returns.pages import desk, return_page
from ordermgmt.verify import verify
from orders.models import Order, OrderEvent, Payment
from orders.tokens import sign
from tests.factories import make_order
from tests.kpis.settling import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def coming():
    """A mug that is announced, with a label from the played carrier."""
    order = make_order([("MUG-1", 2)], state="delivered")
    wish = Wish((WishLine(order.lines.get().pk, 1, "unwanted"),))
    return label_return(request_return(order.pk, wish=wish, key="r", by="customer").pk, by="x")


def again(row):
    return Return.objects.get(pk=row.pk)


def told(row):
    names = ("return.in_transit", "return.arrived", "return.lost")
    return list(OrderEvent.objects.filter(order=row.order_id, name__in=names).values_list("name", flat=True))


def scan(status, hours, key=""):
    at = clock.now() + timedelta(hours=hours)
    return Scan(key or f"{status}:{hours}", status, status.title(), at, "", {})


def test_the_carrier_is_asked_until_the_parcel_is_at_the_door_and_it_waits_to_be_taken_in(coming, client):
    assert (again(coming).account.code, lease_returns(9)) == ("parcelwing", [])
    with clock.at(coming.due_at + timedelta(days=1)):
        assert lease_returns(9) == [coming.pk]
        assert lease_returns(9) == []
        follow_return(coming.pk, by="carrier")
    assert (again(coming).state, again(coming).way, again(coming).stand) == (
        "in_transit",
        "in_transit",
        "On its way back",
    )
    assert [row.row.pk for row in desk("coming").rows] == [coming.pk]
    with clock.at(coming.due_at + timedelta(days=20)):
        for _ in range(2):
            follow_return(coming.pk, by="carrier")
    row = again(coming)
    assert (row.state, row.way, row.stand, row.due_at) == ("in_transit", "delivered", "Arrived", None)
    assert told(row) == ["return.in_transit", "return.arrived"]
    assert [card.row.pk for card in desk("").rows] == [row.pk]
    assert desk("coming").rows == ()
    assert return_page(row.order.number, 1).scans[0].description == "Delivered to the warehouse"
    text = client.get(f"/return/{sign(row.order_id, 'return')}/").content.decode()
    assert "It has arrived. We take it in and look at it." in text
    assert "Handed in at a parcel shop" in text
    assert verify().ok


@pytest.mark.parametrize("turn", [1, -1])
def test_news_move_it_forward_only_in_any_order_and_however_often(coming, turn):
    news = [scan("in_transit", 1), scan("out_for_delivery", 5), scan("delivered", 6)]
    for _ in range(2):
        for each in news[::turn]:
            hear_return(coming.pk, [each, each], by="carrier")
    row = again(coming)
    assert (row.way, row.arrived_at, ReturnScan.objects.count()) == ("delivered", news[2].at, 3)
    assert told(row) == ["return.in_transit", "return.arrived"]


def test_what_was_taken_in_stays_so_whatever_is_told_later(coming):
    receive_parcel(coming.pk, by="bob")
    hear_return(coming.pk, [scan("in_transit", 1), scan("delivered", 2)], by="carrier")
    row = again(coming)
    assert (row.state, row.stand, row.due_at) == ("received", "Received", None)
    assert told(row) == ["return.arrived"]


def test_one_that_is_lost_is_told_and_not_asked_about_any_more(coming):
    hear_return(coming.pk, [scan("lost", 1)], by="carrier")
    assert (again(coming).due_at, told(coming)) == (None, ["return.in_transit", "return.lost"])


def test_a_carrier_that_does_not_answer_is_asked_later(coming):
    ask_later(coming.pk, RuntimeError("no answer"))
    assert again(coming).due_at == pytest.approx(clock.now() + timedelta(minutes=10), abs=timedelta(minutes=1))


def test_a_webhook_tells_of_what_comes_back_too(coming):
    account = again(coming).account
    account.webhook_secret = "s"
    event = {"id": 1, "tracking_number": coming.tracking_number, "status": "delivered", "at": "2026-05-04T12:00:00Z"}
    body = json.dumps({"events": [event]}).encode()
    for _ in range(2):
        assert hear_webhook(account, body, {HEADER: signature(body, "s")}) == 1
    assert (again(coming).stand, told(coming)) == ("Arrived", ["return.in_transit", "return.arrived"])


def sent_back():
    account = open_standard_account()
    account.settings = {"faults": {"returns": 1}}
    account.save()
    shipment = Shipment.objects.get(order=make_order([("MUG-1", 2)], state="shipped"))
    for _ in range(2):
        with clock.at(shipment.shipped_at + timedelta(days=20)):
            deliver(shipment.pk, by="carrier")
    return shipment


def test_a_parcel_that_nobody_took_is_a_return_at_the_door_whose_end_lets_the_order_go_on():
    shipment = sent_back()
    row = Return.objects.get()
    assert (row.parcel, row.stand, row.reason, row.tracking_number) == (
        Parcel.objects.get(),
        "Arrived",
        "undeliverable",
        "",
    )
    assert [card.reason for card in desk("").rows] == ["Could not be delivered"]
    line = row.lines.get()
    assert (line.quantity, open_sent_back(row.parcel_id, by="x")) == (2, row)
    before = Stock.objects.get().on_hand
    receive_parcel(row.pk, by="bob")
    for _ in range(2):
        inspect_unit(line.pk, found=Found("A", "restock"), by="bob")
    for _ in range(2):
        settle_return(row.pk, by="sam")
    paid = Payment.objects.get()
    assert (Stock.objects.get().on_hand - before, paid.refunded, paid.captured) == (2, 20, 20)
    order = Order.objects.get()
    assert (Parcel.objects.get().settled_how, order.open_holds) == ("returned", 0)
    with clock.at(shipment.shipped_at + timedelta(days=21)):
        deliver(shipment.pk, by="carrier")
    assert Order.objects.get().state == "delivered"
    assert verify().ok


def test_units_that_are_paid_for_already_open_no_return_again():
    sent_back()
    row = Return.objects.get()
    Return.objects.filter(pk=row.pk).update(parcel=None)
    assert open_sent_back(Parcel.objects.get().pk, by="x") is None


@pytest.mark.django_db(transaction=True)
def test_mails_tell_of_failed_attempts_losses_and_parcels_that_came_back():
    settle()
    write_messages()
    for number, (fault, _) in enumerate((("fails_first", 1), ("loses", 1), ("returns", 1))):
        account = open_standard_account()
        account.settings = {"faults": {fault: 1}}
        account.save()
        order = make_order([(f"MUG-{number}", 1)], state="shipped")
        for _ in range(2):
            with clock.at(clock.now() + timedelta(days=20)):
                deliver(order.shipments.get().pk, by="carrier")
    settle()
    write_messages()
    kinds = list(Message.objects.order_by("id").values_list("kind", flat=True))
    assert (kinds.count("delivery_failed"), kinds.count("lost"), kinds.count("sent_back")) == (2, 1, 1)
    assert "We are sorry: the carrier has lost your parcel." in Message.objects.get(kind="lost").text
    assert "/return/" in Message.objects.get(kind="sent_back").text
