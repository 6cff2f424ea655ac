"""Receiving decides where an order is sent from, in as few parcels as possible, and keeps why."""

import pytest

from inventory import services as stock
from inventory.models import Reservation, Stock, Warehouse
from orders import services
from orders.errors import NotAllowedNow
from orders.models import Allocation, Order, OrderEvent
from orders.stages import receive as stage
from orders.stages.receive import receive
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def leeds():
    return make_warehouse("LEEDS", priority=1)


@pytest.fixture
def york():
    return make_warehouse("YORK", priority=2)


def shelves(warehouse, **units):
    """Goods on the shelves of a warehouse, by SKU."""
    for sku, count in units.items():
        make_stock(make_product(sku), count, warehouse=warehouse)


def received(lines):
    order = receive(make_order(lines).pk, by="system:receive")
    assert Order.objects.get(pk=order.pk).state == "received"
    return order


def sources():
    """(SKU, warehouse, units), as allocated."""
    return list(Allocation.objects.order_by("id").values_list("line__sku", "warehouse__code", "quantity"))


def promises():
    rows = Reservation.objects.order_by("id").values_list("stock__product__sku", "stock__warehouse__code", "quantity")
    return list(rows)


def decision():
    return OrderEvent.objects.get(name="order.received").data


def test_one_warehouse_that_has_everything_sends_it(leeds):
    shelves(leeds, MUG=5, TEA=5)
    received([("MUG", 2), ("TEA", 1)])
    assert sources() == promises() == [("MUG", "LEEDS", 2), ("TEA", "LEEDS", 1)]
    assert decision() == {
        "why": "Leeds sends 3 units",
        "candidates": [{"warehouse": "Leeds", "units": 3, "of": 3}],
        "sources": [
            {"sku": "MUG", "warehouse": "Leeds", "quantity": 2},
            {"sku": "TEA", "warehouse": "Leeds", "quantity": 1},
        ],
    }


def test_one_warehouse_that_has_everything_is_preferred_to_two(leeds, york):
    shelves(leeds, MUG=5)
    shelves(york, MUG=5, TEA=5)
    order = make_order([("MUG", 2), ("TEA", 1)])
    assert promises() == [("MUG", "LEEDS", 2), ("TEA", "YORK", 1)]
    receive(order.pk, by="system:receive")
    assert sources() == promises() == [("MUG", "YORK", 2), ("TEA", "YORK", 1)]
    assert dict(Stock.objects.filter(product__sku="MUG").values_list("warehouse__code", "reserved")) == {
        "LEEDS": 0,
        "YORK": 2,
    }
    assert decision()["why"] == "York sends 3 units"
    assert decision()["candidates"] == [
        {"warehouse": "Leeds", "units": 2, "of": 3},
        {"warehouse": "York", "units": 3, "of": 3},
    ]


def test_of_two_that_have_everything_the_first_by_priority_sends(leeds, york):
    shelves(york, MUG=5)
    shelves(leeds, MUG=5)
    received([("MUG", 1)])
    assert sources() == [("MUG", "LEEDS", 1)]
    assert decision()["why"] == "Leeds sends 1 unit"


def test_an_order_no_warehouse_has_whole_is_split_and_says_so(leeds, york):
    shelves(leeds, MUG=5)
    shelves(york, TEA=5)
    received([("MUG", 2), ("TEA", 1)])
    assert sources() == [("MUG", "LEEDS", 2), ("TEA", "YORK", 1)]
    assert decision()["why"] == "Leeds sends 2 units, York sends 1 unit: no single warehouse has everything"
    assert decision()["candidates"] == [
        {"warehouse": "Leeds", "units": 2, "of": 3},
        {"warehouse": "York", "units": 1, "of": 3},
    ]


def test_one_line_may_be_split(leeds, york):
    shelves(leeds, MUG=3)
    shelves(york, MUG=3)
    received([("MUG", 5)])
    assert sources() == promises() == [("MUG", "LEEDS", 3), ("MUG", "YORK", 2)]


def test_units_promised_to_others_do_not_count_but_our_own_do(leeds, york):
    shelves(leeds, MUG=4)
    shelves(york, MUG=9)
    make_order([("MUG", 3)])
    received([("MUG", 2)])
    assert sources() == [("MUG", "YORK", 2)]
    assert [row["units"] for row in decision()["candidates"]] == [1, 2]


def test_two_lines_of_one_product_are_wanted_together(leeds, york):
    shelves(leeds, MUG=3)
    shelves(york, MUG=4)
    received([("MUG", 2), ("MUG", 2)])
    assert sources() == [("MUG", "YORK", 2), ("MUG", "YORK", 2)]
    assert [(row["units"], row["of"]) for row in decision()["candidates"]] == [(3, 4), (4, 4)]


def test_a_closed_warehouse_is_no_candidate(leeds, york):
    shelves(leeds, MUG=5)
    shelves(york, MUG=5, TEA=5)
    Warehouse.objects.filter(code="YORK").update(active=False)
    shelves(make_warehouse("BATH", priority=3), TEA=5)
    received([("MUG", 1), ("TEA", 1)])
    assert sources() == [("MUG", "LEEDS", 1), ("TEA", "BATH", 1)]
    assert [row["warehouse"] for row in decision()["candidates"]] == ["Leeds", "Bath"]


def test_when_others_were_faster_the_order_stays_split_as_it_was_promised(leeds, york, monkeypatch):
    shelves(leeds, MUG=2)
    shelves(york, MUG=3)
    order = make_order([("MUG", 3)])
    look = stage.find_candidates

    def look_too_early(lines):
        seen = look(lines)
        tea = make_product("MUG")
        stock.promise([stock.Want("cart:1", tea.pk, tea.sku, 2)])
        return seen

    monkeypatch.setattr(stage, "find_candidates", look_too_early)
    receive(order.pk, by="system:receive")
    assert sources() == [("MUG", "LEEDS", 2), ("MUG", "YORK", 1)]
    assert sum(Stock.objects.values_list("reserved", flat=True)) == 5


def test_an_order_is_received_once(leeds):
    shelves(leeds, MUG=5)
    order = received([("MUG", 1)])
    with pytest.raises(NotAllowedNow):
        receive(order.pk, by="system:receive")
    assert (Allocation.objects.count(), OrderEvent.objects.count()) == (1, 2)


def test_a_held_order_is_not_received(leeds):
    shelves(leeds, MUG=5)
    order = make_order([("MUG", 1)])
    services.hold(order.pk, reason="look", note="", by="sam")
    with pytest.raises(NotAllowedNow):
        receive(order.pk, by="system:receive")
    assert (Order.objects.get().state, Allocation.objects.count()) == ("placed", 0)
