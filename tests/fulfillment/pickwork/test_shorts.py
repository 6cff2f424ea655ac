"""Short picks: counted, sent from elsewhere or waited for, and the books agree at once."""

import pytest

from fulfillment.models import PickList, PickTask, Shipment, ShipmentLine
from fulfillment.pickwork import giving
from fulfillment.pickwork.scanning import scan, scan_all
from fulfillment.services import open_shipments
from inventory.models import Count, LostPromise, Stock, StockMovement
from ordermgmt.verify import verify
from orders.backorders import fill_backorders, mend_promises
from orders.models import Allocation, Order, OrderEvent
from tests.factories import make_order, make_product, make_stock, make_warehouse
from tests.fulfillment.pickwork.test_scanning import act, item
from tests.fulfillment.pickwork.work import leeds, list_of, released, shelve

pytestmark = pytest.mark.django_db


@pytest.fixture
def bobs():
    """Bob's list: five mugs in 1-2-1 and a jar in 3-4-1; the books say that ten mugs are there."""
    shelve("MUG", "1-2-1", units=10)
    shelve("JAR", "3-4-1")
    row = list_of(released(("MUG", 5), ("JAR", 1)))
    return giving.assign(row.pk, picker="bob", by="bob")


def york(mode="automatic", units=10):
    """York has mugs, too; Leeds is asked first."""
    place = make_warehouse("YORK", mode=mode, priority=90)
    make_stock(make_product("MUG"), units, warehouse=place)
    return place


def mugs():
    return PickTask.objects.get(shipment_line__order_line__sku="MUG", pick_list__picker="bob")


def holds_together():
    assert [(check.name, check.breaches) for check in verify().checks if check.breaches] == []


def shorted(row, units, **fields):
    return scan(row.pk, act("short", task=mugs().pk, units=units, reason="not_found", **fields), by="bob")


def event():
    return OrderEvent.objects.get(name="pick.short").data


def test_the_rest_is_sent_from_another_warehouse_at_once(bobs):
    york()
    scan(bobs.pk, item("MUG", "1-2-1", 2), by="bob")
    assert shorted(bobs, 3, counted=0).verdict == "right"
    lines = ShipmentLine.objects.order_by("shipment__number", "id")
    assert list(lines.values_list("shipment__warehouse__code", "order_line__sku", "quantity", "picked")) == [
        ("LEEDS", "MUG", 2, 2),
        ("LEEDS", "JAR", 1, 0),
        ("YORK", "MUG", 3, 0),
    ]
    assert sorted(Allocation.objects.values_list("warehouse__code", "line__sku", "quantity")) == [
        ("LEEDS", "JAR", 1),
        ("LEEDS", "MUG", 2),
        ("YORK", "MUG", 3),
    ]
    assert dict(Stock.objects.filter(product__sku="MUG").values_list("warehouse__code", "reserved")) == {
        "LEEDS": 2,
        "YORK": 3,
    }
    assert (event()["sources"], event()["awaited"]) == ([{"warehouse": "York", "units": 3}], 0)
    scan(bobs.pk, item("JAR", "3-4-1"), by="bob")
    assert [str(row.state) for row in Shipment.objects.order_by("number")] == ["picked", "approved"]
    assert PickList.objects.get(pk=bobs.pk).state == "finished"
    holds_together()


def test_the_count_becomes_what_the_books_say(bobs):
    york()
    scan(bobs.pk, item("MUG", "1-2-1", 2), by="bob")
    shorted(bobs, 3, counted=0)
    leeds_mugs = Stock.objects.get(product__sku="MUG", warehouse=leeds())
    assert (leeds_mugs.on_hand, leeds_mugs.reserved) == (2, 2)
    moved = StockMovement.objects.get(kind="pick")
    assert (moved.quantity, moved.by) == (-8, "bob")
    assert Count.objects.count() == 0


def test_what_nobody_counted_is_taken_for_gone_and_somebody_is_asked_to_count(bobs):
    york()
    shorted(bobs, 5)
    assert Stock.objects.get(product__sku="MUG", warehouse=leeds()).on_hand == 0
    assert [(row.name, row.lines.get().stock.product.sku) for row in Count.objects.all()] == [
        ("Short pick: 1-2-1", "MUG")
    ]
    assert event()["counted"] is None
    holds_together()


def test_a_shipment_that_sends_nothing_any_more_is_stopped():
    york()
    shelve("MUG", "1-2-1", units=10)
    row = giving.assign(list_of(released(("MUG", 5))).pk, picker="bob", by="bob")
    shorted(row, 5, counted=0)
    assert [(str(one.state), one.warehouse.code) for one in Shipment.objects.order_by("number")] == [
        ("cancelled", "LEEDS"),
        ("approved", "YORK"),
    ]
    assert PickList.objects.get(pk=row.pk).state == "stopped"
    holds_together()


def test_an_open_shipment_of_the_other_warehouse_takes_the_rest_along():
    shelve("MUG", "1-2-1", units=10)
    make_stock(make_product("TEA"), 5, warehouse=make_warehouse("YORK", mode="manual", priority=90))
    order = make_order([("MUG", 2), ("TEA", 1)], state="approved")
    open_shipments(order.pk, by="test")
    york(mode="manual")
    row = giving.assign(list_of(order.shipments.get(warehouse=leeds())).pk, picker="bob", by="bob")
    shorted(row, 2, counted=0)
    york_lines = ShipmentLine.objects.filter(shipment__warehouse__code="YORK")
    assert sorted(york_lines.values_list("order_line__sku", "quantity")) == [("MUG", 2), ("TEA", 1)]
    assert [(one.number, str(one.state)) for one in Shipment.objects.order_by("number")] == [
        (1, "cancelled"),
        (2, "approved"),
    ]
    holds_together()


def test_what_nobody_has_is_waited_for_and_picked_when_it_comes(bobs):
    scan_all(bobs.pk, [item("MUG", "1-2-1", 2), item("JAR", "3-4-1")], by="bob")
    shorted(bobs, 3, counted=0)
    order = Order.objects.get()
    assert (order.open_holds, order.holds.get().reason, event()["awaited"]) == (1, "stock", 3)
    assert LostPromise.objects.get().quantity == 3
    assert PickList.objects.get(pk=bobs.pk).state == "finished"
    mend_promises()
    fill_backorders()
    assert Order.objects.get().open_holds == 1
    holds_together()
    make_stock(make_product("MUG"), 5, warehouse=leeds())
    mend_promises()
    fill_backorders()
    assert (Order.objects.get().open_holds, LostPromise.objects.count()) == (0, 0)
    rest = giving.next_list(leeds(), picker="bob")
    scan(rest.pk, item("MUG", "1-2-1", 3), by="bob")
    assert str(Shipment.objects.get().state) == "picked"
    holds_together()


def test_some_from_elsewhere_and_the_rest_is_waited_for(bobs):
    york(units=1)
    scan(bobs.pk, item("MUG", "1-2-1", 1), by="bob")
    shorted(bobs, 4, counted=0)
    assert (event()["sources"], event()["awaited"]) == ([{"warehouse": "York", "units": 1}], 3)
    assert sorted(
        ShipmentLine.objects.filter(order_line__sku="MUG").values_list("shipment__warehouse__code", "quantity")
    ) == [
        ("LEEDS", 4),
        ("YORK", 1),
    ]
    holds_together()


def test_fewer_than_wanted_are_taken_and_only_the_others_are_short(bobs):
    york()
    shorted(bobs, 3, counted=2)
    assert (mugs().left, Stock.objects.get(product__sku="MUG", warehouse=leeds()).on_hand) == (2, 2)
    scan_all(bobs.pk, [item("MUG", "1-2-1", 2), item("JAR", "3-4-1")], by="bob")
    assert str(Shipment.objects.get(number=1).state) == "picked"
    holds_together()


def test_the_same_short_pick_sent_twice_is_one(bobs):
    york()
    one = act("short", task=mugs().pk, units=5, reason="damaged", counted=0)
    scan_all(bobs.pk, [one, one], by="bob")
    assert StockMovement.objects.filter(kind="pick").count() == 1
    assert Shipment.objects.count() == 2
    holds_together()


def test_nothing_is_added_to_what_a_third_party_has_in_hand(bobs):
    """It was told what to send, and would never hear of more."""
    rotterdam = make_warehouse("RTM", mode="3pl", priority=95)
    make_stock(make_product("MUG"), 9, warehouse=rotterdam)
    order = Order.objects.get()
    Shipment.objects.create(order=order, warehouse=rotterdam, number=2)
    shorted(bobs, 5, counted=0)
    assert (event()["sources"], event()["awaited"]) == ([], 5)
