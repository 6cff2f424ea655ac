"""Partial shipment: what left and what follows is told alike on the pages, in the list, over the API and by mail."""

from datetime import timedelta

import pytest

from fulfillment.mails.writing import write_messages
from fulfillment.models import Message, Parcel, Shipment
from fulfillment.partial import Share, share_of
from fulfillment.services import open_shipments
from fulfillment.stages.deliver import deliver
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from inventory import clock
from ordermgmt.lists import orders as listed
from ordermgmt.lists.listing import Asked, page
from ordermgmt.order_page import order_page
from orders.models import Order
from orders.tokens import sign
from tests.api import ORDERS, Api
from tests.factories import make_order, make_product, make_stock, make_warehouse
from tests.kpis.settling import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    """Two mugs from Leeds and a plate from York, to be picked."""
    make_stock(make_product("MUG"), 10, warehouse=make_warehouse("LEEDS"))
    make_stock(make_product("PLATE"), 10, warehouse=make_warehouse("YORK"))
    write_messages()
    order = make_order([("MUG", 2), ("PLATE", 1)], state="approved")
    open_shipments(order.pk, by="test")
    return order


def send(order, sku, *, arrives=False):
    shipment = Shipment.objects.get(order=order, lines__order_line__sku=sku)
    for step in (pick, pack, ship):
        step(shipment.pk, by="test")
    if arrives:
        with clock.at(clock.now() + timedelta(days=9)):
            deliver(shipment.pk, by="carrier")


def mails(kind):
    settle()
    write_messages()
    return list(Message.objects.filter(kind=kind).order_by("id"))


def tagged(row):
    """What stands beside the state in the list."""
    (state,) = [cell for column, cell in row.cells if column.name == "state"]
    return "".join(beside.text for beside in state.beside)


def told(order):
    """By the order's page and the list of orders."""
    shown = {row.of.pk: tagged(row) for row in page(Asked(listed.ORDERS)).rows}
    found = {row.pk for row in page(Asked(listed.ORDERS, q="partly:yes")).objects}
    assert found == {pk for pk, words in shown.items() if words}
    assert shown[order.pk] == order_page(order.number).partly
    return shown[order.pk]


def test_one_of_two_is_shipped_then_delivered_then_all(order, client):
    make_order()
    assert told(order) == ""
    send(order, "MUG")
    assert (told(order), Order.objects.get(pk=order.pk).state) == ("1 of 2 shipped", "approved")
    text = client.get(f"/track/{sign(order.pk, 'track')}/").content.decode()
    assert "<h1>Part of your order is on its way</h1>" in text
    assert "1 of 2 shipped" in text
    assert "<h2>Still to come</h2>" in text
    send(order, "PLATE", arrives=True)
    assert told(order) == "1 of 2 delivered"
    assert (
        "<h1>Part of your order has arrived</h1>" in client.get(f"/track/{sign(order.pk, 'track')}/").content.decode()
    )
    with clock.at(clock.now() + timedelta(days=9)):
        deliver(Shipment.objects.get(order=order, state="shipped").pk, by="carrier")
    assert told(order) == ""


def test_no_day_is_named_for_parcels_that_do_not_come(order, client):
    def page():
        return client.get(f"/track/{sign(order.pk, 'track')}/").content.decode()

    send(order, "MUG")
    send(order, "PLATE")
    assert page().count("Expected by") == 3  # on top, and at each parcel
    mug, plate = Parcel.objects.order_by("pk")
    Parcel.objects.filter(pk=mug.pk).update(status="lost")
    assert "<h1>One of your parcels was lost</h1>" in page()
    assert page().count("Expected by") == 2
    Parcel.objects.filter(pk=plate.pk).update(status="delivery_failed")
    assert page().count("Expected by") == 2  # the carrier tries again
    Parcel.objects.filter(pk=plate.pk).update(status="lost")
    assert "<h1>Several of your parcels were lost</h1>" in page()
    assert "Expected by" not in page()


def test_the_api_says_how_far_each_line_is_and_what_is_in_each_parcel(order):
    send(order, "PLATE", arrives=True)
    shown = Api().get(f"{ORDERS}{order.number}/").json()
    assert shown["progress"] == {"shipments": 2, "shipped": 1, "delivered": 1}
    assert [(row["sku"], row["quantity"], row["shipped"], row["delivered"]) for row in shown["lines"]] == [
        ("MUG", 2, 0, 0),
        ("PLATE", 1, 1, 1),
    ]
    (plate,) = [row for row in shown["shipments"] if row["warehouse"] == "YORK"]
    (parcel,) = plate["parcels"]
    assert (parcel["items"], parcel["weight_g"]) == ([{"sku": "PLATE", "quantity": 1}], 300)


@pytest.mark.django_db(transaction=True)
def test_each_mail_says_what_is_in_the_parcel_and_what_follows_as_it_was_when_it_left(order):
    with clock.at(clock.now() - timedelta(minutes=5)):
        send(order, "MUG")
    send(order, "PLATE", arrives=True)  # before anything was written
    first, second = mails("shipped")
    assert first.subject == f"Northwind Gifts: Part of order {order.number} is on its way"
    assert "In this parcel: 2 × Mug\nStill to come: 1 × Plate\n" in first.text
    assert second.subject == f"Northwind Gifts: Order {order.number} is on its way"
    assert "In this parcel: 1 × Plate\n" in second.text
    assert "Still to come" not in second.text
    (arrived,) = mails("delivered")
    assert arrived.subject == f"Northwind Gifts: Part of order {order.number} has arrived"
    assert "Still to come: 2 × Mug\n" in arrived.text


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Share(), ""),
        (Share(1, 1, 0), ""),
        (Share(2, 0, 0), ""),
        (Share(3, 2, 1), "2 of 3 shipped"),
        (Share(3, 3, 1), "1 of 3 delivered"),
        (Share(3, 3, 3), ""),
    ],
)
def test_only_what_is_partial_is_called_so(share, words):
    assert share.words == words


def test_a_shipment_that_was_stopped_counts_for_nothing(order):
    Shipment.objects.filter(order=order, number=1).update(state="cancelled")
    assert share_of(order.shipments.all()) == Share(1, 0, 0)
