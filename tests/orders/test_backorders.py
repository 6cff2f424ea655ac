"""Goods that come in serve who waited longest, and what got lost is promised again or told to a person."""

from datetime import UTC, datetime, timedelta

import pytest

from fulfillment.services import open_shipments
from inventory import clock
from inventory import services as stock
from inventory.models import LostPromise, Reservation, Stock, StockMovement
from ordermgmt.verify import verify
from orders import services
from orders.backorders import fill_backorders, mend_promises
from orders.errors import NotAllowedNow
from orders.models import Allocation, Hold, Order, OrderEvent
from orders.stages.approve import approve
from orders.stages.receive import receive
from orders.tasks import fill_backorders as chore
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def leeds():
    return make_warehouse("LEEDS", priority=1)


@pytest.fixture
def york():
    return make_warehouse("YORK", priority=2)


@pytest.fixture
def mug():
    return make_product()


@pytest.fixture
def shelf(mug, leeds):
    """A stock of nothing that may be promised ten times."""
    return make_stock(mug, 0, warehouse=leeds, backorder_limit=10)


def waiting(units, *, at=NOON):
    """An order that is held because its goods have not come in."""
    with clock.at(at):
        order = make_order([("MUG-1", units)])
        receive(order.pk, by="system:receive")
        approve(order.pk, by="system:approve")
    assert open_holds(order) == ["stock"]
    return order


def arrive(row, units):
    stock.move_stock(
        row.pk, units, kind=StockMovement.Kind.RECEIVE, key=f"in:{StockMovement.objects.count()}", by="bob"
    )


def lose(row, units, *, reason="Counted"):
    key = f"count:{StockMovement.objects.count()}"
    return stock.write_down(row.pk, units, kind=StockMovement.Kind.COUNT, key=key, by="bob", reason=reason)


def open_holds(order):
    return list(order.holds.filter(released_at=None).values_list("reason", flat=True))


def decided(*orders):
    """Let the approval worker decide again; the states of the orders."""
    for order in orders:
        if not open_holds(order):
            approve(order.pk, by="system:approve")
    return [Order.objects.get(pk=order.pk).state for order in orders]


def places(model):
    return sorted(
        model.objects.values_list("stock__warehouse__code", "quantity")
        if model is Reservation
        else model.objects.values_list("warehouse__code", "quantity")
    )


def balanced():
    """Whether promises, allocations and what was lost add up."""
    named = {check.name: check.breaches for check in verify().checks}
    return named["lines-promised"] == named["promises"] == named["ledger"] == named["holds-counted"] == ()


def test_what_comes_in_serves_the_first_ordered_first(shelf):
    first, second = waiting(3), waiting(2, at=NOON + timedelta(hours=1))
    arrive(shelf, 4)
    assert fill_backorders() == 1
    assert decided(first, second) == ["approved", "received"]
    assert Hold.objects.get(order=first).released_by == "system:backorders"
    arrive(shelf, 1)
    assert (fill_backorders(), fill_backorders()) == (1, 0)
    assert decided(second) == ["approved"]


def test_what_comes_in_does_not_pass_by_a_large_order_for_a_small_one(shelf):
    waiting(3)
    small = waiting(1, at=NOON + timedelta(hours=1))
    arrive(shelf, 2)
    assert fill_backorders() == 0
    assert (open_holds(small), OrderEvent.objects.filter(name="order.released").count()) == (["stock"], 0)


def test_an_order_of_a_higher_priority_is_served_before_those_that_waited_longer(shelf):
    first, second = waiting(2), waiting(2, at=NOON + timedelta(hours=1))
    services.set_priority(second.pk, priority=5, by="alice")
    arrive(shelf, 2)
    assert fill_backorders() == 1
    assert decided(first, second) == ["received", "approved"]
    event = OrderEvent.objects.get(name="order.prioritised")
    assert (event.order_id, event.by, event.data) == (second.pk, "alice", {"before": 0, "priority": 5})
    assert sorted(Reservation.objects.values_list("priority", flat=True)) == [0, 5]


def test_the_same_priority_again_is_no_event_and_what_has_left_has_none(shelf):
    order = waiting(1)
    services.set_priority(order.pk, priority=0, by="alice")
    assert not OrderEvent.objects.filter(name="order.prioritised").exists()
    services.cancel(order.pk, reason="x", by="sam")
    with pytest.raises(NotAllowedNow):
        services.set_priority(order.pk, priority=9, by="alice")
    assert Order.objects.get().priority == 0


def test_approval_and_release_agree_on_whose_turn_it_is(shelf):
    first, second = waiting(2), waiting(2, at=NOON + timedelta(hours=1))
    arrive(shelf, 2)
    fill_backorders()
    services.set_priority(second.pk, priority=1, by="alice")
    assert decided(first) == ["received"]
    assert (open_holds(first), Hold.objects.filter(order=first).count()) == (["stock"], 2)
    assert fill_backorders() == 1
    assert decided(first, second) == ["received", "approved"]


def test_what_a_person_let_go_stays_let_go(shelf):
    order = waiting(2)
    services.release_hold(Hold.objects.get().pk, by="sam")
    assert decided(order) == ["approved"]
    assert (fill_backorders(), open_holds(order)) == (0, [])


def test_an_order_of_two_products_waits_for_both(shelf, leeds):
    other = make_stock(make_product("TEA-1"), 0, warehouse=leeds, backorder_limit=5)
    order = make_order([("MUG-1", 1), ("TEA-1", 1)], state="received")
    approve(order.pk, by="system:approve")
    arrive(shelf, 1)
    assert fill_backorders() == 0
    arrive(other, 1)
    assert fill_backorders() == 1


def test_filling_costs_one_question_however_many_wait(shelf, django_assert_num_queries):
    for _ in range(4):
        waiting(1)
    with django_assert_num_queries(1):
        assert fill_backorders() == 0


def test_what_got_lost_is_promised_elsewhere_with_its_turn(mug, leeds, york):
    here = make_stock(mug, 3, warehouse=leeds)
    with clock.at(NOON):
        order = make_order([("MUG-1", 3)])
        receive(order.pk, by="system:receive")
    make_stock(mug, 9, warehouse=york)
    lose(here, 3)
    assert balanced()
    assert (mend_promises(), LostPromise.objects.count(), open_holds(order)) == (1, 0, [])
    assert places(Reservation) == places(Allocation) == [("YORK", 3)]
    assert Reservation.objects.get().at == NOON
    event = OrderEvent.objects.get(name="order.sourced")
    assert (event.by, event.data["why"]) == (
        "system:backorders",
        "York sends 3 units: no other warehouse has everything",
    )
    assert balanced()
    assert decided(order) == ["approved"]


def test_a_part_that_got_lost_is_sourced_anew_with_the_rest(mug, leeds, york):
    here = make_stock(mug, 3, warehouse=leeds)
    make_stock(mug, 1, warehouse=york)
    order = make_order([("MUG-1", 3)], state="received")
    lose(here, 1)
    assert mend_promises() == 1
    assert places(Reservation) == places(Allocation) == [("LEEDS", 2), ("YORK", 1)]
    assert balanced()
    assert decided(order) == ["approved"]


def test_an_order_that_is_only_placed_is_promised_again_and_not_allocated(mug, leeds, york):
    here = make_stock(mug, 2, warehouse=leeds)
    make_stock(mug, 2, warehouse=york)
    make_order([("MUG-1", 2)])
    lose(here, 1)
    assert balanced()
    assert mend_promises() == 1
    assert (places(Reservation), places(Allocation)) == ([("YORK", 2)], [])
    assert balanced()


def test_what_nobody_has_holds_the_order_once_and_comes_back_with_the_goods(mug, leeds):
    here = make_stock(mug, 3, warehouse=leeds)
    order = make_order([("MUG-1", 3)], state="approved")
    lose(here, 2, reason="Fell off the shelf")
    assert (mend_promises(), mend_promises()) == (0, 0)
    assert list(Hold.objects.values_list("reason", "note", "by")) == [
        (
            "stock",
            "Promised, but not there any more: 2 × MUG-1 (Fell off the shelf). No warehouse has it for this order now.",
            "system:backorders",
        )
    ]
    assert (LostPromise.objects.get().quantity, places(Allocation)) == (2, [("LEEDS", 3)])
    assert balanced()
    assert fill_backorders() == 0
    arrive(here, 2)
    chore()
    assert (LostPromise.objects.count(), places(Reservation), open_holds(order)) == (0, [("LEEDS", 3)], [])
    assert balanced()


def test_who_was_promised_first_gets_what_comes_in(mug, leeds):
    here = make_stock(mug, 4, warehouse=leeds)
    orders = []
    for hours in range(2):
        with clock.at(NOON + timedelta(hours=hours)):
            orders.append(make_order([("MUG-1", 2)]))
            receive(orders[-1].pk, by="system:receive")
    lose(here, 4)
    mend_promises()
    arrive(here, 2)
    assert mend_promises() == 1
    assert Reservation.objects.get().key == orders[0].lines.get().reservation_key
    assert LostPromise.objects.get().key == orders[1].lines.get().reservation_key
    assert balanced()


def test_line_by_line_what_can_be_had_is_kept_from_others(mug, leeds, york):
    here, there = make_stock(mug, 1, warehouse=leeds), make_stock(make_product("TEA-1"), 1, warehouse=leeds)
    make_order([("MUG-1", 1), ("TEA-1", 1)], state="received")
    lose(here, 1)
    lose(there, 1)
    make_stock(mug, 1, warehouse=york)
    assert mend_promises() == 0
    assert places(Reservation) == [("YORK", 1)]
    assert LostPromise.objects.get().stock_id == there.pk
    assert places(Allocation) == [("LEEDS", 1), ("YORK", 1)]
    assert Hold.objects.get().note.startswith("Promised, but not there any more: 1 × TEA-1 (Counted)")
    assert balanced()


def test_an_approved_order_whose_goods_must_be_awaited_is_held_until_they_come(mug, leeds, york):
    here, there = make_stock(mug, 2, warehouse=leeds), make_stock(mug, 0, warehouse=york, backorder_limit=5)
    order = make_order([("MUG-1", 2)], state="approved")
    lose(here, 2)
    assert mend_promises() == 1
    assert (places(Reservation), LostPromise.objects.count(), open_holds(order)) == ([("YORK", 2)], 0, ["stock"])
    assert fill_backorders() == 0
    arrive(there, 2)
    assert (fill_backorders(), open_holds(order)) == (1, [])
    assert balanced()


def test_a_shipment_that_is_being_picked_is_left_to_people(mug, leeds, york):
    here = make_stock(mug, 2, warehouse=leeds)
    order = make_order([("MUG-1", 2)], state="approved")
    open_shipments(order.pk, by="test")
    make_stock(mug, 9, warehouse=york)
    lose(here, 1)
    assert mend_promises() == 0
    assert (places(Reservation), places(Allocation)) == ([("LEEDS", 1)], [("LEEDS", 2)])
    assert Hold.objects.get().note.endswith("A shipment is being picked already: decide there.")
    assert balanced()
    arrive(here, 1)
    assert mend_promises() == 1
    assert (fill_backorders(), places(Reservation), open_holds(order)) == (1, [("LEEDS", 2)], [])
    assert balanced()


def test_a_person_who_lets_the_order_go_is_not_asked_again(mug, leeds):
    here = make_stock(mug, 2, warehouse=leeds)
    order = make_order([("MUG-1", 2)], state="approved")
    lose(here, 2)
    arrive(here, 1)  # something to try with, and not enough
    mend_promises()
    services.release_hold(Hold.objects.get().pk, by="sam")
    assert (mend_promises(), open_holds(order), Hold.objects.count()) == (0, [], 1)


def test_nobody_waits_for_an_order_that_was_called_off_or_for_a_basket(mug, leeds):
    here = make_stock(mug, 3, warehouse=leeds)
    order = make_order([("MUG-1", 1)], state="approved")
    stock.promise([stock.Want("hold:token", mug.pk, mug.sku, 2)])
    lose(here, 3)
    services.cancel(order.pk, reason="x", by="sam")
    assert LostPromise.objects.count() == 2
    assert balanced()
    mend_promises()
    assert (LostPromise.objects.count(), Stock.objects.get().reserved, open_holds(order)) == (0, 0, [])


@pytest.mark.parametrize("state", ["placed", "received"])
def test_what_got_lost_is_counted_exactly(mug, leeds, state):
    here = make_stock(mug, 3, warehouse=leeds)
    order = make_order([("MUG-1", 3)], state=state)
    lose(here, 2)
    assert balanced()
    LostPromise.objects.update(quantity=1)
    where = "" if state == "placed" else " in LEEDS"
    told = f"order {order.number}, line {order.lines.get().pk}: 1 promised, 2 wanted{where}"
    assert {check.name: check.breaches for check in verify().checks if not check.ok} == {"lines-promised": (told,)}


def test_one_order_that_fails_stops_no_other(mug, leeds, york, monkeypatch):
    here = make_stock(mug, 2, warehouse=leeds)
    broken, fine = make_order(state="received"), make_order(state="received")
    lose(here, 2)
    make_stock(mug, 2, warehouse=york)
    Order.objects.filter(pk=broken.pk).update(shipping_address=[])
    assert mend_promises() == 1
    assert LostPromise.objects.get().key == broken.lines.get().reservation_key
    assert Reservation.objects.get().key == fine.lines.get().reservation_key
