"""Shipments as queue: who is claimed, and what happens to one that fails."""

from datetime import UTC, datetime, timedelta

import pytest

from fulfillment.models import Shipment
from fulfillment.queue import claim_shipments, lease_shipments
from fulfillment.services import postpone
from fulfillment.stages.pick import pick
from fulfillment.tasks import drain_pack
from inventory import clock
from orders import services
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.models import Hold, Order, OrderEvent
from orders.queue import LEASE, held
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
BROKEN = ValueError("the printer is on fire")


def shipment_in(state):
    shipment = Shipment.objects.get(order=make_order(state=state))
    Shipment.objects.filter(pk=shipment.pk).update(due_at=NOON)
    return shipment


def claimed(state, limit=10):
    with clock.at(NOON):
        return claim_shipments(State(state), limit)


@pytest.mark.parametrize("state", ["picked", "packed", "shipped"])
def test_a_due_shipment_is_claimed_in_its_state_only(state):
    shipment = shipment_in(state)
    assert claimed(state) == [shipment.pk]
    assert [claimed(other) for other in ("picked", "packed", "shipped") if other != state] == [[], []]
    Shipment.objects.update(due_at=NOON + timedelta(seconds=1))
    assert claimed(state) == []


@pytest.mark.parametrize(("state", "follows"), [("picked", False), ("packed", False), ("shipped", True)])
def test_a_hold_stops_what_is_still_here_and_not_what_has_left(state, follows):
    """People are refused once it has left; programs may still find something."""
    shipment = shipment_in(state)
    with held(shipment.order_id) as order:
        services.place_hold(order, reason="look", note="", by="system:deliver")
    assert claimed(state) == ([shipment.pk] if follows else [])


@pytest.mark.parametrize("state", ["picked", "packed"])
def test_what_was_called_off_is_not_tried(state):
    services.cancel(shipment_in(state).order_id, reason="x", by="sam")
    assert claimed(state) == []


def test_a_leased_shipment_is_due_again_after_the_lease():
    shipment = shipment_in("packed")
    with clock.at(NOON):
        assert lease_shipments(State.PACKED, 10) == [shipment.pk]
        assert lease_shipments(State.PACKED, 10) == []
    with clock.at(NOON + LEASE):
        assert lease_shipments(State.PACKED, 10) == [shipment.pk]


def test_a_shipment_that_fails_rests_longer_each_time_and_then_its_order_waits_for_a_person():
    shipment = shipment_in("packed")
    rests = []
    for _ in range(4):
        with clock.at(NOON):
            postpone(shipment.pk, BROKEN)
        rests.append(Shipment.objects.get().due_at - NOON)
    assert rests == [timedelta(seconds=seconds) for seconds in (2, 4, 8, 16)]
    assert Order.objects.get().open_holds == 0
    postpone(shipment.pk, BROKEN)
    assert (Order.objects.get().open_holds, Hold.objects.get().reason) == (1, "exception")
    assert Hold.objects.get().note == "ValueError: the printer is on fire"
    with clock.at(clock.now() + timedelta(days=1)):
        assert claim_shipments(State.PACKED, 10) == []
        services.release_hold(Hold.objects.get().pk, by="sam")
        assert claim_shipments(State.PACKED, 10) == [shipment.pk]


def test_what_is_on_the_road_is_asked_about_now_and_then_though_it_failed_five_times():
    shipment = shipment_in("shipped")
    for _ in range(7):
        with clock.at(NOON):
            postpone(shipment.pk, BROKEN)
    assert (Hold.objects.count(), Shipment.objects.get().due_at) == (1, NOON + timedelta(hours=1))
    with clock.at(NOON + timedelta(hours=1)):
        assert claim_shipments(State.SHIPPED, 10) == [shipment.pk]


def test_a_step_that_succeeds_forgets_earlier_failures():
    shipment = Shipment.objects.get(order=make_order(state="picked"))
    postpone(shipment.pk, BROKEN)
    with clock.at(clock.now() + timedelta(minutes=1)):
        drain_pack()
    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.attempts) == ("packed", 0)


def test_a_bad_shipment_stops_no_other():
    make_stock(make_product(), 10)
    bad, good = [Shipment.objects.get(order=make_order(state="picked")) for _ in range(2)]
    bad.parcels.create(number=1, weight_g=1)  # a parcel with nothing in it: not every unit is packed
    drain_pack()
    bad, good = Shipment.objects.get(pk=bad.pk), Shipment.objects.get(pk=good.pk)
    assert [(row.state, row.attempts) for row in (bad, good)] == [("picked", 1), ("packed", 0)]


@pytest.mark.parametrize("end", ["delivered", "cancelled"])
def test_a_worker_that_fails_on_what_has_ended_changes_nothing(end):
    shipment = Shipment.objects.get(order=make_order(state="delivered" if end == "delivered" else "packed"))
    if end == "cancelled":
        services.cancel(shipment.order_id, reason="x", by="sam")
    before = Order.objects.values().get(), Shipment.objects.values().get(), OrderEvent.objects.count()
    for _ in range(6):
        postpone(shipment.pk, BROKEN)
    assert (Order.objects.values().get(), Shipment.objects.values().get(), OrderEvent.objects.count()) == before


def test_one_who_picks_by_hand_beside_the_machine_is_refused_and_the_machine_goes_on():
    shipment = shipment_in("picked")
    with pytest.raises(NotAllowedNow):
        pick(shipment.pk, by="bob")
    drain_pack()
    assert Shipment.objects.get().state == "packed"
