"""Parcels that are late, silent, lost or sent back, and what customers say arrived: no order is stuck for it."""

from datetime import timedelta

import pytest

from fulfillment.carriers.standard import open_standard_account
from fulfillment.confirmations import Arrived, confirm_delivery
from fulfillment.errors import ArrivalRefused, NotReturnable, ParcelNotEnded
from fulfillment.mails.writing import write_messages
from fulfillment.models import (
    Claim,
    DeliveryConfirmation,
    Label,
    Message,
    Parcel,
    PlayedLabel,
    Return,
    Shipment,
)
from fulfillment.news import settle_parcel
from fulfillment.returns.receiving import receive_parcel, receive_return
from fulfillment.returns.sending_again import send_again
from fulfillment.returns.settling import Found, inspect_unit, settle_return
from fulfillment.stages.deliver import deliver
from inventory import clock
from ordermgmt.verify.examine import verify
from orders.models import Hold, Order, OrderEvent, Payment
from tests.api import ORDERS, Api, problem
from tests.factories import LONDON, carry, make_order
from tests.kpis.settling import settle

pytestmark = pytest.mark.django_db


def on_the_road(**faults):
    account = open_standard_account()
    account.settings = {"faults": faults}
    account.save()
    return Shipment.objects.get(order=make_order([("MUG-1", 2)], state="shipped"))


def asked(shipment, days):
    with clock.at(shipment.shipped_at + timedelta(days=days)):
        return deliver(shipment.pk, by="carrier")


def events(*names):
    return list(OrderEvent.objects.filter(name__in=names).order_by("seq").values_list("name", flat=True))


def test_a_lost_parcel_is_claimed_from_the_carrier_once_and_the_order_goes_on_when_it_is_seen_to():
    shipment = on_the_road(loses=1)
    for _ in range(2):
        asked(shipment, 20)
    claim = Claim.objects.get()
    assert (claim.kind, claim.against, claim.opened_by) == ("lost", "carrier", "carrier")
    assert (Parcel.objects.get().status, Shipment.objects.get().state) == ("lost", "shipped")
    assert Hold.objects.get(released_at=None).reason == "parcel-lost"
    for _ in range(2):
        settle_parcel(Parcel.objects.get().pk, how="refunded", by="sam")
    asked(shipment, 21)
    assert (Shipment.objects.get().state, Order.objects.get().state, Order.objects.get().open_holds) == (
        "delivered",
        "delivered",
        0,
    )
    assert events("parcel.lost", "parcel.settled") == ["parcel.lost", "parcel.settled"]


def test_a_parcel_that_comes_back_waits_for_somebody_and_nothing_moves_it_any_more():
    shipment = on_the_road(returns=1)
    asked(shipment, 20)
    assert Parcel.objects.get().status == "returned_to_sender"
    assert Hold.objects.get(released_at=None).reason == "parcel-returned"
    settle_parcel(Parcel.objects.get().pk, how="resent", by="sam")
    asked(shipment, 21)
    assert Order.objects.get().state == "delivered"


@pytest.mark.django_db(transaction=True)
def test_a_parcel_that_came_back_is_sent_again_to_the_right_address_once_and_told():
    settle()
    write_messages()  # there is no past to write about
    shipment = on_the_road(returns=1)
    asked(shipment, 20)
    row = Return.objects.get(parcel__shipment=shipment)
    api, right = Api(), {**LONDON, "line1": "2 Low Street"}
    step = f"{ORDERS}{shipment.order.number}/return-requests/{row.number}/"
    problem(api.post(f"{step}send-again/"), 400, "validation_failed")
    for _ in range(2):
        told = api.post(f"{step}send-again/", {"address": right}).json()
    new = Order.objects.get(parent=shipment.order)
    assert (new.number, new.total, new.parent_relation) == (told["sent_again"], 0, "reshipment")
    assert (new.shipping_address["line1"], new.lines.get().quantity) == ("2 Low Street", 2)
    assert Order.objects.get(pk=shipment.order_id).shipping_address["line1"] == LONDON["line1"]
    assert Parcel.objects.get(shipment=shipment).settled_how == "sent again"
    again = carry(new, to="shipped").shipments.get().parcels.get()
    assert again.label.tracking_number != Label.objects.get(parcel__shipment=shipment).tracking_number
    settle()
    write_messages()
    (mail,) = Message.objects.filter(order=shipment.order, kind="sent_again")
    assert "2 Low Street" in mail.text
    receive_parcel(row.pk, by="bob")
    for _ in range(2):
        inspect_unit(row.lines.get().pk, found=Found("A", "restock"), by="bob")
    settled = settle_return(row.pk, by="sam")
    assert (settled.refund, settled.credit, Payment.objects.get(order=shipment.order).refunded) == (0, 0, 0)
    assert [(check.name, check.breaches) for check in verify().checks if check.count] == []


def test_only_a_parcel_that_came_back_and_is_not_settled_is_sent_again():
    order = make_order(state="delivered")
    row = receive_return(order.pk, lines={"MUG-1": 1}, reason="unwanted", key="k", by="bob")
    with pytest.raises(NotReturnable, match="is no parcel that came back"):
        send_again(row.pk, address=LONDON, by="sam")
    assert Order.objects.count() == 1


def test_a_failed_attempt_is_told_and_the_second_one_arrives():
    shipment = on_the_road(fails_first=1)
    asked(shipment, 20)
    assert events("parcel.delivery_failed", "parcel.delivered") == ["parcel.delivery_failed", "parcel.delivered"]
    assert Order.objects.get().state == "delivered"


def test_only_what_is_lost_or_back_is_settled():
    on_the_road()
    with pytest.raises(ParcelNotEnded, match="neither lost nor back"):
        settle_parcel(Parcel.objects.get().pk, how="refunded", by="sam")


def test_a_parcel_that_is_late_and_silent_is_told_of_once():
    shipment = on_the_road()
    PlayedLabel.objects.all().delete()  # its carrier knows nothing of it
    for days in (2.9, 3.1, 3.9, 4.1, 4.2):
        asked(shipment, days)
    assert events("parcel.delayed", "parcel.silent") == ["parcel.delayed", "parcel.silent"]
    assert (Parcel.objects.get().status, Order.objects.get().open_holds) == ("labelled", 0)


def test_what_arrived_is_kept_line_by_line_once():
    order = make_order([("MUG-1", 2), ("TEA-1", 3)], state="delivered")
    mug, tea = order.lines.order_by("position")
    for _ in range(2):
        kept = confirm_delivery(order.pk, {mug.pk: Arrived(1), tea.pk: Arrived(4, damaged=2)}, key="k", by="marta")
    rows = [(line.sent, line.received, line.short, line.over, line.damaged) for line in kept.lines.all()]
    assert rows == [(2, 1, 1, 0, 0), (3, 4, 0, 1, 2)]
    event = OrderEvent.objects.get(name="delivery.confirmed")
    assert event.data == {"complete": False, "short": 1, "over": 1, "damaged": 2}


@pytest.mark.parametrize(
    ("state", "received", "damaged", "message"),
    [
        ("packed", 1, 0, "Nothing of this order has left yet"),
        ("delivered", 1, 2, "Damaged units are some of those received"),
        ("delivered", -1, 0, "neither is below zero"),
    ],
)
def test_what_cannot_have_arrived_is_refused(state, received, damaged, message):
    order = make_order(state=state)
    with pytest.raises(ArrivalRefused, match=message):
        confirm_delivery(order.pk, {order.lines.get().pk: Arrived(received, damaged)}, key="k", by="marta")
    assert DeliveryConfirmation.objects.count() == 0


def test_programs_ask_for_rates_buy_and_give_back_labels_and_say_what_arrived():
    order = make_order(state="packed")
    api, code = Api(channel=order.channel), f"{order.number}-1"
    rates = api.get(f"/api/v1/shipments/{code}/rates/").json()
    assert [(row["service"], row["price"]) for row in rates] == [
        ("economy", "2.90"),
        ("standard", "3.60"),
        ("express", "6.80"),
    ]
    for _ in range(2):
        bought = api.post(f"/api/v1/shipments/{code}/labels/")
        assert (bought.status_code, bought.json()["state"]) == (200, "packed")
    number = bought.json()["parcels"][0]["tracking_number"]
    voided = api.post(f"/api/v1/shipments/{code}/void-label/", {"parcel": 1, "reason": "Torn"})
    assert (voided.status_code, voided.json()["parcels"][0]["tracking_number"]) == (200, None)
    again = api.post(f"/api/v1/shipments/{code}/void-label/", {"parcel": 1, "reason": "Torn"})
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_now")
    assert api.post(f"/api/v1/shipments/{code}/shipped/").json()["parcels"][0]["tracking_number"] != number
    arrived = api.post(f"/api/v1/orders/{order.number}/arrived/", {"key": "a", "lines": [{"line": 1, "received": 0}]})
    assert (arrived.status_code, arrived.json()) == (200, {"short": 1, "over": 0, "damaged": 0})
    wrong = api.post(f"/api/v1/orders/{order.number}/arrived/", {"key": "b", "lines": [{"line": 9, "received": 0}]})
    assert wrong.status_code == 400
