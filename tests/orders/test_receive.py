"""Receiving decides where an order is sent from, in as few parcels as possible, and keeps why."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from inventory import clock
from inventory import services as stock
from inventory.models import (
    ExpectedDelivery,
    ExpectedLine,
    Lane,
    LostPromise,
    Reservation,
    SafetyStock,
    Stock,
    StockMovement,
    Warehouse,
)
from orders import services
from orders import sources as sources_of
from orders.errors import NotAllowedNow
from orders.models import Allocation, Hold, Order, OrderEvent, SourcingRule
from orders.stages.receive import receive
from tests.factories import LONDON, make_channel, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 5, 4, 12, tzinfo=UTC)  # 13:00 in London


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


def against():
    """What was said against each way that was not taken, by its warehouses."""
    rows = [row for row in decision()["candidates"] if not row["chosen"]]
    return {"+".join(row["warehouses"]): row["why_not"] for row in rows}


def test_one_warehouse_that_has_everything_sends_it(leeds):
    shelves(leeds, MUG=5, TEA=5)
    with clock.at(MONDAY):
        received([("MUG", 2), ("TEA", 1)])
    assert sources() == promises() == [("MUG", "LEEDS", 2), ("TEA", "LEEDS", 1)]
    assert decision() == {
        "why": "Leeds sends 3 units",
        "rules": [{"kind": "fewest_splits", "warehouse": ""}, {"kind": "priority", "warehouse": ""}],
        "candidates": [
            {
                "warehouses": ["Leeds"],
                "units": 3,
                "of": 3,
                "awaited": 0,
                "leaves": "2026-05-04",
                "arrives": "2026-05-05",
                "late": False,
                "cost": None,
                "chosen": True,
                "why_not": "",
            }
        ],
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
    assert decision()["why"] == "York sends 3 units: fewest parcels"
    assert against() == {"Leeds+York": "2 parcels instead of 1", "Leeds": "Lacks 1 × TEA"}


def test_of_two_that_have_everything_the_first_by_priority_sends(leeds, york):
    shelves(york, MUG=5)
    shelves(leeds, MUG=5)
    received([("MUG", 1)])
    assert sources() == [("MUG", "LEEDS", 1)]
    assert decision()["why"] == "Leeds sends 1 unit: first in the order of the warehouses"
    assert against() == {"York": "Stands after Leeds in the order of the warehouses"}


def test_an_order_no_warehouse_has_whole_is_split_and_says_so(leeds, york):
    shelves(leeds, MUG=5)
    shelves(york, TEA=5)
    received([("MUG", 2), ("TEA", 1)])
    assert sources() == [("MUG", "LEEDS", 2), ("TEA", "YORK", 1)]
    assert decision()["why"] == "Leeds sends 2 units, York sends 1 unit: no single warehouse has everything"
    assert against() == {"Leeds": "Lacks 1 × TEA", "York": "Lacks 2 × MUG"}


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
    assert against() == {"Leeds": "Lacks 1 × MUG"}


def test_two_lines_of_one_product_are_wanted_together(leeds, york):
    shelves(leeds, MUG=3)
    shelves(york, MUG=4)
    received([("MUG", 2), ("MUG", 2)])
    assert sources() == [("MUG", "YORK", 2), ("MUG", "YORK", 2)]
    assert against()["Leeds"] == "Lacks 1 × MUG"


def test_a_closed_warehouse_is_no_candidate(leeds, york):
    shelves(leeds, MUG=5)
    shelves(york, MUG=5, TEA=5)
    Warehouse.objects.filter(code="YORK").update(active=False)
    shelves(make_warehouse("BATH", priority=3), TEA=5)
    received([("MUG", 1), ("TEA", 1)])
    assert sources() == [("MUG", "LEEDS", 1), ("TEA", "BATH", 1)]
    assert [row["warehouses"] for row in decision()["candidates"]] == [["Leeds", "Bath"], ["Leeds"], ["Bath"]]


def test_what_is_kept_from_a_channel_is_not_sent_to_its_customers(leeds, york):
    shelves(leeds, MUG=2, TEA=5)
    shelves(york, MUG=5)
    SafetyStock.objects.create(stock=Stock.objects.get(warehouse=leeds, product__sku="MUG"), channel="web", quantity=1)
    received([("MUG", 2), ("TEA", 1)])
    assert sources() == [("MUG", "YORK", 2), ("TEA", "LEEDS", 1)]


def test_the_rules_of_the_channel_hold_instead_of_the_general_ones(leeds, york):
    shelves(leeds, MUG=5)
    shelves(york, MUG=5)
    SourcingRule.objects.create(rank=1, kind="priority")
    SourcingRule.objects.create(rank=1, kind="preferred", warehouse=york, channel=make_channel())
    received([("MUG", 1)])
    assert sources() == promises() == [("MUG", "YORK", 1)]
    assert decision()["why"] == "York sends 1 unit: York is preferred"
    assert decision()["rules"] == [{"kind": "preferred", "warehouse": "York"}]
    receive(make_order([("MUG", 1)], channel=make_channel("shop")).pk, by="system:receive")
    assert sources()[1:] == [("MUG", "LEEDS", 1)]


def test_cut_off_lane_and_cost_are_read_off_the_warehouse(leeds, york):
    shelves(leeds, MUG=5)
    shelves(york, MUG=5)
    Warehouse.objects.filter(pk=leeds.pk).update(cut_off=time(12))
    Lane.objects.create(warehouse=leeds, country="GB", postal_prefix="", days=2, parcel_cost="3.00")
    Lane.objects.create(warehouse=leeds, country="GB", postal_prefix="N1", days=1, parcel_cost="2.50")
    Lane.objects.create(warehouse=york, country="FR", postal_prefix="", days=9, parcel_cost="1.00")
    SourcingRule.objects.create(rank=1, kind="cut_off")
    with clock.at(MONDAY):
        received([("MUG", 1)])
    told = {row["warehouses"][0]: (row["leaves"], row["arrives"], row["cost"]) for row in decision()["candidates"]}
    assert told == {"York": ("2026-05-04", "2026-05-05", None), "Leeds": ("2026-05-05", "2026-05-06", "2.50")}
    assert against() == {"Leeds": "Leaves Tue 5 May instead of Mon 4 May"}


@pytest.mark.parametrize(
    ("stale", "why"), [(False, "no single warehouse has everything"), (True, "others were faster")]
)
def test_when_others_were_faster_it_looks_once_more_then_leaves_the_promise(leeds, york, monkeypatch, stale, why):
    shelves(leeds, MUG=2)
    shelves(york, MUG=3)
    order = make_order([("MUG", 3)])
    look, seen = sources_of.question_of, []

    def look_too_early(order, lines):
        seen.append(look(order, lines))
        if len(seen) == 1:
            mug = make_product("MUG")
            stock.promise([stock.Want("cart:1", mug.pk, mug.sku, 2)])
        return seen[0] if stale else seen[-1]

    monkeypatch.setattr(sources_of, "question_of", look_too_early)
    receive(order.pk, by="system:receive")
    assert len(seen) == 2
    assert sources() == [("MUG", "LEEDS", 2), ("MUG", "YORK", 1)]
    assert decision()["why"] == f"Leeds sends 2 units, York sends 1 unit: {why}"
    assert sum(Stock.objects.values_list("reserved", flat=True)) == 5


@pytest.mark.parametrize("lines", [1, 8])
def test_receiving_costs_the_same_however_long_the_order(leeds, york, lines, django_assert_num_queries):
    for number in range(lines):
        shelves(leeds, **{f"P{number}": 5})
        shelves(york, **{f"P{number}": 5})
    order = make_order([(f"P{number}", 1) for number in range(lines)])
    with django_assert_num_queries(11 + 2):  # the order's savepoint and its end
        receive(order.pk, by="system:receive")


def test_what_has_not_come_in_is_awaited_in_turn_and_moves_the_promised_date(leeds):
    mug = make_product("MUG")
    row = make_stock(mug, 2, warehouse=leeds, backorder_limit=10)
    Lane.objects.create(warehouse=leeds, country="GB", days=2)
    for due_on, units in (("2026-05-13", 4), ("2026-05-16", 4)):
        expect(leeds, row, due_on, units)
    with clock.at(MONDAY):
        make_order([("MUG", 5)])
        order = received([("MUG", 3)])
    assert decision()["awaited"] == {"units": 3, "comes_in": "2026-05-16", "arrives": "2026-05-20"}
    assert decision()["why"] == "Leeds sends 3 units. 3 units are due in on Sat 16 May"
    moved = MONDAY + timedelta(days=16)
    assert decision()["promise_moved"] == {"from": "2026-05-09T12:00:00+00:00", "to": moved.isoformat()}
    assert Order.objects.get(pk=order.pk).promised_at == moved


@pytest.mark.parametrize(("due_on", "arrives"), [("2026-05-05", "2026-05-06"), (None, None)])
def test_goods_that_come_in_time_or_were_never_announced_leave_the_promised_date(leeds, due_on, arrives):
    row = make_stock(make_product("MUG"), 0, warehouse=leeds, backorder_limit=10)
    if due_on:
        expect(leeds, row, due_on, 4)
    with clock.at(MONDAY):
        order = received([("MUG", 1)])
    assert decision()["awaited"] == {"units": 1, "comes_in": due_on, "arrives": arrives}
    assert "promise_moved" not in decision()
    assert Order.objects.get().promised_at == order.promised_at == MONDAY + timedelta(days=5)


@pytest.mark.parametrize(
    ("zone", "placed", "moved"),
    [
        ("Asia/Tokyo", "2026-05-04T23:30:00+00:00", None),  # promised for Sunday 10 May
        ("America/New_York", "2026-05-05T01:00:00+00:00", "2026-05-11T01:00:00+00:00"),  # for Saturday 9 May
    ],
)
def test_the_promised_day_is_the_shop_s_own(leeds, settings, zone, placed, moved):
    settings.SHOP_TIME_ZONE = zone
    row = make_stock(make_product("MUG"), 0, warehouse=leeds, backorder_limit=10)
    Lane.objects.create(warehouse=leeds, country="GB", days=2)
    expect(leeds, row, "2026-05-08", 4)
    with clock.at(datetime.fromisoformat(placed)):
        order = received([("MUG", 1)])
    assert decision()["awaited"]["arrives"] == "2026-05-10"
    assert decision().get("promise_moved", {}).get("to") == moved
    assert [way["late"] for way in decision()["candidates"]] == [moved is not None]
    promised = moved or "2026-05-09T23:30:00+00:00"
    assert Order.objects.get().promised_at == order.promised_at == datetime.fromisoformat(promised)


def test_a_promise_that_moves_past_the_end_of_summer_time_keeps_its_hour(leeds):
    row = make_stock(make_product("MUG"), 0, warehouse=leeds, backorder_limit=10)
    expect(leeds, row, "2026-10-26", 4)
    with clock.at(datetime(2026, 10, 18, 23, 30, tzinfo=UTC)):
        received([("MUG", 1)])  # promised for Saturday 24 October, 00:30 in London
    assert Order.objects.get().promised_at == datetime(2026, 10, 27, 0, 30, tzinfo=UTC)


def test_what_is_late_is_due_on_the_warehouse_s_own_day(leeds):
    Warehouse.objects.update(time_zone="Asia/Tokyo")
    row = make_stock(make_product("MUG"), 0, warehouse=leeds, backorder_limit=10)
    expect(leeds, row, "2026-05-01", 4)
    with clock.at(datetime(2026, 5, 4, 23, 30, tzinfo=UTC)):
        received([("MUG", 1)])
    assert decision()["awaited"]["comes_in"] == "2026-05-05"


def expect(warehouse, row, due_on, units):
    delivery = ExpectedDelivery.objects.create(
        warehouse=warehouse, reference=due_on, due_on=date.fromisoformat(due_on), opened_by="alice"
    )
    ExpectedLine.objects.create(delivery=delivery, stock=row, expected=units)


def test_an_address_that_looked_wrong_waits_for_a_person_after_it_is_received(leeds):
    shelves(leeds, MUG=5)
    order = make_order([("MUG", 1)], shipping_address={**LONDON, "postal_code": "1234"})
    receive(order.pk, by="system:receive")
    order = Order.objects.get()
    assert (order.state, order.open_holds) == ("received", 1)
    assert list(Hold.objects.values_list("reason", "note", "by")) == [
        ("address-check", "1234 is not a postal code of GB.", "system:receive")
    ]
    assert list(order.events.values_list("name", flat=True)) == ["order.placed", "order.received", "order.held"]


def test_an_address_that_a_person_has_looked_at_is_not_asked_about_again(leeds):
    shelves(leeds, MUG=5)
    order = make_order([("MUG", 1)], shipping_address={**LONDON, "postal_code": "1234"})
    services.release_hold(services.hold(order.pk, reason="address-check", note="", by="sam").pk, by="sam")
    receive(order.pk, by="system:receive")
    assert (Order.objects.get().open_holds, Hold.objects.count()) == (0, 1)


def test_what_was_lost_before_receiving_is_promised_elsewhere(leeds, york):
    shelves(leeds, MUG=3)
    shelves(york, MUG=1)
    order = make_order([("MUG", 3)])
    lose(Stock.objects.get(warehouse=leeds), 1)
    assert promises() == [("MUG", "LEEDS", 2)]
    receive(order.pk, by="system:receive")
    assert sources() == promises() == [("MUG", "LEEDS", 2), ("MUG", "YORK", 1)]
    assert LostPromise.objects.count() == 0


def test_what_was_lost_and_is_nowhere_stays_allocated_where_it_was(leeds):
    shelves(leeds, MUG=3)
    order = make_order([("MUG", 3)])
    lose(Stock.objects.get(), 1)
    receive(order.pk, by="system:receive")
    assert (sources(), promises()) == ([("MUG", "LEEDS", 3)], [("MUG", "LEEDS", 2)])
    assert decision()["why"] == "Leeds sends 3 units: not all of it can be had"
    assert LostPromise.objects.get().quantity == 1


def lose(row, units):
    """Goods that turn out not to be there."""
    stock.write_down(row.pk, units, kind=StockMovement.Kind.COUNT, key="count:1", by="bob", reason="Counted")


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
