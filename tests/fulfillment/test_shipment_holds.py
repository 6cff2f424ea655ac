"""One shipment waits while the rest of its order goes on, and no work is ever given out for what is held."""

from datetime import UTC, datetime, timedelta

import pytest

from fulfillment import tasks
from fulfillment.flow import SHIPMENT_STATES
from fulfillment.holds import hold_shipment, release_due_shipments, release_shipment
from fulfillment.models import Label, PickTask, Shipment, ShipmentHold
from fulfillment.queue import claim_shipments
from fulfillment.services import open_shipments, stop_cancelled
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from inventory import clock
from ordermgmt.verify import verify
from orders import services
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.models import Order, OrderEvent
from orders.queue import claim
from tests.api import SHIPMENTS, Api
from tests.factories import make_order, make_product, make_stock, make_warehouse
from tests.people import make_alice, signed_in

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
STEPS = {"approved": pick, "picked": pack, "packed": ship}
NEXT = {"approved": "picked", "picked": "packed", "packed": "shipped"}


def shipment_in(state, *, mode="automatic"):
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode=mode))
    order = make_order([("JAR-1", 2)], state=state)
    if state == "approved":
        open_shipments(order.pk, by="test")
    return Shipment.objects.get(order=order)


def look(shipment):
    """A hold on it."""
    return hold_shipment(shipment.pk, reason="damaged", note="Box 3", by="petra")


def last():
    event = OrderEvent.objects.latest("seq")
    return event.name, event.by, event.data


def test_a_shipment_waits_for_a_named_reason_and_goes_on_in_its_queue(monkeypatch):
    woken = []
    shipment = shipment_in("picked")
    code = shipment.code
    hold = look(shipment)
    assert last() == ("shipment.held", "petra", {"shipment": code, "reason": "damaged"})
    assert (look(shipment).pk, Shipment.objects.get().open_holds) == (hold.pk, 1)
    assert (Order.objects.get().open_holds, claim_shipments(State.PICKED, 10)) == (0, [])
    monkeypatch.setattr("fulfillment.holds.wake", woken.append)
    release_shipment(hold.pk, by="bob", note="Was dust")
    assert last() == ("shipment.released", "bob", {"shipment": code, "reason": "damaged"})
    row = ShipmentHold.objects.get()
    assert (row.released_by, row.release_note, woken) == ("bob", "Was dust", ["picked"])
    assert claim_shipments(State.PICKED, 10) == [shipment.pk]
    before = OrderEvent.objects.count()
    release_shipment(hold.pk, by="sam")
    assert (OrderEvent.objects.count(), ShipmentHold.objects.get().released_by) == (before, "bob")


@pytest.mark.parametrize("state", STEPS)
def test_no_step_is_taken_for_a_held_shipment(state):
    shipment = shipment_in(state)
    look(shipment)
    before = (OrderEvent.objects.count(), Label.objects.count(), list(PickTask.objects.values()))
    with pytest.raises(NotAllowedNow, match="it takes that no hold is open on the shipment"):
        STEPS[state](shipment.pk, by="bob")
    assert Shipment.objects.get().state == state
    assert (OrderEvent.objects.count(), Label.objects.count(), list(PickTask.objects.values())) == before


@pytest.mark.parametrize("state", ["shipped", "delivered"])
def test_what_has_left_cannot_be_held(state):
    shipment = shipment_in(state)
    before = OrderEvent.objects.count()
    with pytest.raises(NotAllowedNow, match="it has left the warehouse"):
        look(shipment)
    assert (ShipmentHold.objects.count(), OrderEvent.objects.count()) == (0, before)
    assert state in dict(SHIPMENT_STATES)


def test_the_other_shipment_of_the_order_goes_on():
    for sku, code in (("JAR-1", "YORK"), ("MUG-1", "LEEDS")):
        make_stock(make_product(sku), 5, warehouse=make_warehouse(code))
    order = make_order([("JAR-1", 1), ("MUG-1", 1)], state="approved")
    open_shipments(order.pk, by="test")
    first, second = Shipment.objects.order_by("number")
    look(first)
    assert claim_shipments(State.APPROVED, 10) == [second.pk]
    pick(second.pk, by="bob")
    assert (Shipment.objects.get(pk=second.pk).state, Order.objects.get().state) == ("picked", "approved")


def test_a_hold_ends_by_itself_at_its_date():
    shipment = shipment_in("picked")
    hold_shipment(shipment.pk, reason="customer-asked", note="", by="bob", until=NOON)
    with clock.at(NOON - timedelta(seconds=1)):
        assert release_due_shipments() == 0
    with clock.at(NOON):
        tasks.release_due_shipments()
    assert (Shipment.objects.get().open_holds, ShipmentHold.objects.get().released_by) == (0, "system:holds")


def test_holds_end_with_the_shipment_that_is_called_off():
    shipment = shipment_in("picked")
    look(shipment)
    services.cancel(shipment.order_id, reason="x", by="sam")
    assert stop_cancelled(by="system:pick") == 1
    assert (Shipment.objects.get().state, Shipment.objects.get().open_holds) == ("cancelled", 0)
    assert ShipmentHold.objects.get().released_at is not None
    assert verify().ok


def everybody_tries(order, shipment):
    """Every path on which work for this order could be given out or confirmed; the answers over HTTP."""
    with clock.at(clock.now() + timedelta(minutes=1)):
        for drain in (tasks.drain_pick, tasks.drain_pack, tasks.drain_ship):
            drain()
        for state in (State.APPROVED, State.PICKED, State.PACKED):
            assert (claim(state, 10), claim_shipments(state, 10)) == ([], [])
    if shipment is None:
        with pytest.raises(NotAllowedNow):
            open_shipments(order.pk, by="bob")
        return []
    api, bob = Api("fulfillment:write"), signed_in(make_alice())
    for step in ("pick", "pack", "ship"):
        bob.post(f"/orders/{order.number}/shipments/{shipment.number}/{step}/")
    return [api.post(f"{SHIPMENTS}{shipment.code}/{word}/").status_code for word in ("picked", "packed", "shipped")]


@pytest.mark.parametrize("mode", ["automatic", "manual", "3pl"])
@pytest.mark.parametrize("state", ["approved", "picked", "packed"])
@pytest.mark.parametrize("on", ["order", "shipment"])
def test_nobody_gets_work_for_what_is_held_on_any_path(on, state, mode):
    shipment = shipment_in(state, mode=mode)
    order = Order.objects.get()
    if on == "order":
        services.hold(order.pk, reason="look", note="", by="sam")
    else:
        look(shipment)
    before = OrderEvent.objects.count()
    done = list(NEXT).index(state)  # what is confirmed already is confirmed again
    assert everybody_tries(order, shipment) == [200] * done + [409] * (3 - done)
    assert (Order.objects.get().state, Shipment.objects.get().state) == (state, state)
    assert OrderEvent.objects.count() == before


@pytest.mark.parametrize("state", ["placed", "received", "approved"])
def test_nobody_gets_work_for_an_order_that_is_not_trusted_or_held(state):
    order = make_order(state=state)
    services.hold(order.pk, reason="look", note="", by="sam")
    everybody_tries(order, None)
    assert (Order.objects.get().state, Shipment.objects.count(), PickTask.objects.count()) == (state, 0, 0)


def test_without_the_hold_each_path_gives_the_work_out():
    shipment = shipment_in("approved", mode="3pl")
    assert Api("fulfillment:write").post(f"{SHIPMENTS}{shipment.code}/picked/").status_code == 200
    machine = make_order(state="approved")
    assert claim(State.APPROVED, 10) == [machine.pk]
