"""Stages 4 to 6: who picks, packs and ships, what is written down, and when the order follows."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from fulfillment.carriers.packages import ask_again_in, carrier_day
from fulfillment.models import Label, Parcel, ParcelItem, PickList, PickTask, Shipment, ShipmentLine
from fulfillment.services import open_shipments
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from fulfillment.tasks import drain_deliver, drain_pack, drain_pick, drain_ship
from inventory import clock
from inventory.models import Bin, Stock, StockMovement
from orders import services
from orders.errors import NotAllowedNow
from orders.models import Order, OrderEvent, Payment
from orders.order_request import PaymentRequest
from tests.factories import make_carton, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def goods(mode="automatic", code="LEEDS", priority=1, **units):
    warehouse = make_warehouse(code, mode=mode, priority=priority)
    for sku, count in units.items():
        make_stock(make_product(sku), count, warehouse=warehouse)
    return warehouse


@pytest.fixture
def split_order():
    """An approved order of two warehouses: 2 mugs from Leeds and 1 tea from York."""
    goods(code="LEEDS", MUG=5)
    goods(code="YORK", priority=2, TEA=5)
    order = make_order([("MUG", 2), ("TEA", 1)], state="approved")
    open_shipments(order.pk, by="test")
    return order


def opened(mode, lines=(("MUG", 2),)):
    """The shipment of an approved order in a warehouse of this mode."""
    goods(mode, MUG=10, TEA=10)
    order = make_order(lines, state="approved")
    open_shipments(order.pk, by="test")
    return Shipment.objects.get(order=order)


def sent_as_far_as(state):
    return Shipment.objects.get(order=make_order([("MUG-1", 2)], state=state))


def drain_everything():
    for _ in range(2):
        for drain in (drain_pick, drain_pack, drain_ship, drain_deliver):
            drain()


def states():
    """The order's state, and its shipments'."""
    return Order.objects.get().state, list(Shipment.objects.order_by("number").values_list("state", flat=True))


def names():
    return list(OrderEvent.objects.order_by("seq").values_list("name", flat=True))


def as_it_is():
    """All that a refusal must leave alone."""
    return (
        states(),
        list(Shipment.objects.values_list("due_at", "shipped_at", "attempts")),
        list(PickTask.objects.values_list("picked", "picked_by")),
        list(Parcel.objects.values_list("status", flat=True)),
        list(Stock.objects.values_list("on_hand", "reserved")),
        list(Payment.objects.values_list("captured", flat=True)),
        (Label.objects.count(), OrderEvent.objects.count()),
    )


def test_machines_carry_an_order_from_the_shelf_to_the_road():
    goods("automatic", MUG=10)
    make_order([("MUG", 2)], state="approved")
    drain_everything()
    assert states() == ("shipped", ["shipped"])
    by = set(OrderEvent.objects.filter(name__startswith="shipment.").values_list("name", "by"))
    assert by == {
        ("shipment.created", "system:pick"),
        ("shipment.picked", "system:pick"),
        ("shipment.packed", "system:pack"),
        ("shipment.shipped", "system:ship"),
    }


def test_people_are_waited_for_at_every_step():
    goods("manual", MUG=10)
    make_order([("MUG", 2)], state="approved")
    for advance, person, state in [(pick, "bob", "picked"), (pack, "petra", "packed"), (ship, "petra", "shipped")]:
        before = states()
        drain_everything()
        assert states() == (before[0], before[1] or ["approved"])
        shipment = Shipment.objects.get()
        assert shipment.due_at is None
        advance(shipment.pk, by=person)
        assert states() == (state, [state])
        assert OrderEvent.objects.get(name=f"shipment.{state}").by == person


def test_a_third_party_gets_the_order_handed_over_and_calls_back():
    shipment = opened("3pl")
    assert names()[-2:] == ["shipment.created", "handover.requested"]
    drain_everything()
    assert states() == ("approved", ["approved"])
    pick(shipment.pk, by="channel:3pl")
    drain_everything()
    assert states() == ("picked", ["picked"])


def test_opening_makes_one_shipment_per_warehouse_once(split_order):
    open_shipments(split_order.pk, by="again")
    rows = ShipmentLine.objects.order_by("id").values_list(
        "shipment__number", "shipment__warehouse__code", "order_line__sku", "quantity", "picked"
    )
    assert list(rows) == [(1, "LEEDS", "MUG", 2, 0), (2, "YORK", "TEA", 1, 0)]
    assert PickList.objects.count() == 2
    order = Order.objects.get()
    assert (order.state, order.due_at, names().count("shipment.created")) == ("approved", None, 2)


@pytest.mark.parametrize("state", ["placed", "received", "cancelled"])
def test_only_an_approved_order_is_opened(state):
    order = make_order(state="approved" if state == "cancelled" else state)
    if state == "cancelled":
        services.cancel(order.pk, reason="x", by="sam")
    due = Order.objects.get().due_at
    with pytest.raises(NotAllowedNow, match=f"Cannot pick #{order.number} now: it is {state}"):
        open_shipments(order.pk, by="test")
    assert (Shipment.objects.count(), Order.objects.get().due_at) == (0, due)


def test_a_pick_list_leads_through_the_bins_in_walking_order():
    leeds = goods("manual", A=5, B=5, C=5, D=5)
    for sku, aisle, bay, level in [("A", 2, 1, 1), ("B", 1, 9, 2), ("C", 1, 9, 1)]:
        place = Bin.objects.create(warehouse=leeds, code=sku, aisle=aisle, bay=bay, level=level)
        Stock.objects.filter(product__sku=sku).update(bin=place)
    order = make_order([("A", 1), ("B", 2), ("C", 3), ("D", 4)], state="approved")
    open_shipments(order.pk, by="test")
    walk = PickTask.objects.order_by("id").values_list("shipment_line__order_line__sku", "bin__code", "quantity")
    assert list(walk) == [("D", None, 4), ("C", "C", 3), ("B", "B", 2), ("A", "A", 1)]


def test_picking_confirms_every_task_and_ends_the_list():
    shipment = opened("manual", [("MUG", 2), ("TEA", 1)])
    with clock.at(NOON):
        pick(shipment.pk, by="bob")
    assert list(PickTask.objects.values_list("picked", "picked_at", "picked_by")) == [
        (2, NOON, "bob"),
        (1, NOON, "bob"),
    ]
    assert (PickList.objects.get().finished_at, ShipmentLine.objects.filter(picked=0).count()) == (NOON, 0)
    assert OrderEvent.objects.get(name="shipment.picked").data == {
        "shipment": shipment.code,
        "warehouse": "Leeds",
        "lines": 2,
        "units": 3,
        "scanned": 0,
    }


def test_packing_puts_every_unit_into_a_parcel():
    make_carton("S", side_mm=120)
    make_carton("M", side_mm=300)
    shipment = opened("manual", [("MUG", 3), ("TEA", 1)])
    pick(shipment.pk, by="bob")
    pack(shipment.pk, by="petra")
    parcel = Parcel.objects.get()
    assert (parcel.number, parcel.carton.name, parcel.weight_g, parcel.status) == (1, "M", 1300, "packed")
    assert sorted(ParcelItem.objects.values_list("shipment_line__order_line__sku", "quantity")) == [
        ("MUG", 3),
        ("TEA", 1),
    ]
    event = OrderEvent.objects.get(name="shipment.packed")
    assert event.data["parcels"] == [{"carton": "M", "weight_g": 1300}]


def test_without_cartons_the_goods_travel_in_their_own_packaging():
    shipment = sent_as_far_as("packed")
    assert [(parcel.carton, parcel.weight_g) for parcel in shipment.parcels.all()] == [(None, 600)]
    parcels = OrderEvent.objects.get(name="shipment.packed").data["parcels"]
    assert parcels == [{"carton": "own packaging", "weight_g": 600}]


@pytest.mark.parametrize(
    ("state", "advance"),
    [
        ("approved", pack),
        ("approved", ship),
        ("picked", pick),
        ("picked", ship),
        ("packed", pick),
        ("packed", pack),
        ("shipped", pick),
        ("shipped", pack),
        ("shipped", ship),
        ("delivered", ship),
    ],
)
def test_a_step_out_of_turn_is_refused_and_changes_nothing(state, advance):
    shipment = opened("automatic") if state == "approved" else sent_as_far_as(state)
    before = as_it_is()
    with pytest.raises(NotAllowedNow):
        advance(shipment.pk, by="bob")
    assert as_it_is() == before


@pytest.mark.parametrize(("state", "advance"), [("approved", pick), ("picked", pack), ("packed", ship)])
@pytest.mark.parametrize("stop", ["hold", "cancel"])
def test_what_is_held_or_called_off_goes_no_further(state, advance, stop):
    shipment = opened("automatic") if state == "approved" else sent_as_far_as(state)
    if stop == "hold":
        services.hold(shipment.order_id, reason="look", note="", by="sam")
    else:
        services.cancel(shipment.order_id, reason="x", by="sam")
    before = as_it_is()
    with pytest.raises(NotAllowedNow):
        advance(shipment.pk, by="bob")
    assert as_it_is() == before
    Shipment.objects.update(due_at=NOON)
    for drain in (drain_pack, drain_ship):
        drain()
    assert (states()[1], OrderEvent.objects.count()) == ([state], before[-1][1])


def test_an_order_follows_its_last_shipment(split_order):
    leeds, york = Shipment.objects.order_by("number")
    before = "approved"
    for advance, state in [(pick, "picked"), (pack, "packed"), (ship, "shipped")]:
        advance(leeds.pk, by="test")
        assert states() == (before, [state, before])
        advance(york.pk, by="test")
        assert states() == (state, [state, state])
        before = state
    assert [name for name in names() if name.startswith("order.")] == [
        f"order.{word}" for word in ("placed", "received", "approved", "picked", "packed", "shipped")
    ]


def test_an_order_takes_every_step_behind_a_shipment_that_ran_ahead(split_order):
    leeds, york = Shipment.objects.order_by("number")
    for advance in (pick, pack, ship):
        advance(leeds.pk, by="test")
    assert states() == ("approved", ["shipped", "approved"])
    for advance, state in [(pick, "picked"), (pack, "packed"), (ship, "shipped")]:
        advance(york.pk, by="test")
        assert states() == (state, ["shipped", state])


def test_an_order_with_a_parcel_on_the_road_cannot_be_called_off(split_order):
    leeds = Shipment.objects.get(number=1)
    for advance in (pick, pack, ship):
        advance(leeds.pk, by="test")
    before = as_it_is()
    with pytest.raises(NotAllowedNow):
        services.cancel(split_order.pk, reason="x", by="sam")
    assert as_it_is() == before


def test_shipping_buys_a_label_lets_the_stock_go_and_takes_the_money():
    shipment = sent_as_far_as("packed")
    with clock.at(NOON):
        ship(shipment.pk, by="petra")
    label = Label.objects.get()
    assert (label.carrier, label.service, label.cost, label.bought_at) == (
        "Parcelwing",
        "economy",
        Decimal("2.9"),
        NOON,
    )
    parcel, stock = Parcel.objects.get(), Stock.objects.get()
    assert (parcel.status, parcel.status_at, stock.on_hand, stock.reserved) == ("labelled", NOON, 8, 0)
    moved = StockMovement.objects.filter(kind="ship").values_list("quantity", "key", "by")
    assert list(moved) == [(-2, f"ship:{shipment.pk}:{stock.pk}", "petra")]
    payment = Payment.objects.get()
    assert (payment.captured, payment.captured_at) == (20, NOON)
    shipment = Shipment.objects.get()
    assert (shipment.shipped_at, shipment.due_at) == (NOON, NOON + ask_again_in(carrier_day()))
    assert OrderEvent.objects.get(name="shipment.shipped").data == {
        "shipment": shipment.code,
        "warehouse": "Leeds",
        "carrier": "Parcelwing",
        "tracking": [label.tracking_number],
        "cost": "2.90",
        "currency": "GBP",
        "why": "Economy, cheapest that keeps the promise",
        "runner_up": [{"service": "standard", "price": "3.60", "carrier": "parcelwing"}],
    }


@pytest.mark.parametrize(("late", "service"), [(timedelta(days=2), "standard"), (timedelta(days=-1), "express")])
def test_a_nearer_promise_takes_a_quicker_service(late, service):
    shipment = sent_as_far_as("packed")
    Order.objects.update(promised_at=NOON + late)
    with clock.at(NOON):
        ship(shipment.pk, by="petra")
    assert Label.objects.get().service == service


def test_money_is_taken_once_with_the_first_of_two_shipments(split_order):
    for shipment in Shipment.objects.order_by("number"):
        for advance in (pick, pack, ship):
            advance(shipment.pk, by="test")
        assert (Payment.objects.get().captured, names().count("payment.captured")) == (30, 1)
    assert Label.objects.count() == 2


def test_an_invoice_is_not_captured():
    order = make_order(state="shipped", payment=PaymentRequest("invoice", authorised=Decimal(10)))
    assert (order.state, Payment.objects.get().captured, names().count("payment.captured")) == ("shipped", 0, 0)


def test_a_label_that_was_bought_before_a_crash_is_used_and_not_bought_again():
    shipment = sent_as_far_as("packed")
    parcel = shipment.parcels.get()
    fields = {"carrier": "Parcelwing", "service": "express", "cost": Decimal("6.80"), "currency": "GBP"}
    Label.objects.create(parcel=parcel, tracking_number="PW1", expected_at=NOON, **fields)
    ship(shipment.pk, by="petra")
    assert (Label.objects.get().tracking_number, states()) == ("PW1", ("shipped", ["shipped"]))


def test_the_shipments_of_a_cancelled_order_are_stopped(split_order):
    pick(Shipment.objects.get(number=1).pk, by="bob")
    services.cancel(split_order.pk, reason="x", by="sam")
    assert states() == ("cancelled", ["picked", "approved"])
    with clock.at(NOON):
        drain_pick()
    assert states() == ("cancelled", ["cancelled", "cancelled"])
    assert PickList.objects.filter(finished_at=None).count() == 0
    assert set(Shipment.objects.values_list("due_at", flat=True)) == {None}
    assert set(Stock.objects.values_list("reserved", flat=True)) == {0}
    before = as_it_is()
    drain_everything()
    assert as_it_is() == before
