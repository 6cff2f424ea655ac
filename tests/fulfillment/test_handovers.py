"""A third party's warehouse: asked, accepts, rejects with a reason, stops or refuses to, confirms line by line."""

from decimal import Decimal

import pytest

from fulfillment.errors import ConfirmationRefused
from fulfillment.handover import answering
from fulfillment.handover.confirming import Box, confirm
from fulfillment.holds import release_shipment
from fulfillment.models import HandOver, Label, Shipment, ShipmentHold, ShipmentLine
from fulfillment.services import open_shipments, stop_cancelled
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from inventory.models import Count, LostPromise, Stock, Warehouse
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.models import Hold, Order, OrderEvent
from orders.services import cancel, hold
from tests.factories import carry, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
RTM = "API: Rotterdam"


@pytest.fixture
def rotterdam() -> Warehouse:
    return make_warehouse("RTM", mode="3pl", name="Rotterdam", priority=1)


@pytest.fixture
def york() -> Warehouse:
    return make_warehouse("YORK", mode="manual", name="York", priority=5)


def handed(*lines: tuple[str, int], here: int = 10) -> Shipment:
    """A shipment handed to Rotterdam, which has `here` of each."""
    for sku, _ in lines:
        make_stock(make_product(sku), here, warehouse=make_warehouse("RTM"))
    order = make_order(lines, state="approved")
    open_shipments(order.pk, by="test")
    return Shipment.objects.get(order=order)


def row(shipment: Shipment) -> HandOver:
    return HandOver.objects.select_related("shipment__order").get(shipment=shipment)


def state(shipment: Shipment) -> tuple[str, str, bool]:
    one = row(shipment)
    return one.state, one.shipment.state, one.shipment.taken_on


def names(shipment: Shipment) -> list[str]:
    rows = OrderEvent.objects.filter(order=shipment.order_id, name__startswith="handover.")
    return list(rows.order_by("seq").values_list("name", flat=True))


def box(tracking: str = "DHL1", **contents: int) -> Box:
    return Box(contents, 500, "DHL", tracking, cost=Decimal("4.20"), currency="EUR")


def test_a_shipment_is_handed_over_when_it_opens_and_accepted_once(rotterdam):
    shipment = handed(("MUG", 2))
    assert state(shipment) == ("requested", "approved", False)
    answering.accept(shipment.pk, by=RTM)
    answering.accept(shipment.pk, by=RTM)
    assert state(shipment) == ("accepted", "approved", True)
    assert (row(shipment).version, names(shipment)) == (2, ["handover.requested", "handover.accepted"])
    asked = OrderEvent.objects.get(name="handover.requested")
    assert asked.data == {
        "shipment": shipment.code,
        "version": 1,
        "warehouse": "Rotterdam",
        "warehouse_code": "RTM",
    }


def test_what_is_rejected_is_sent_from_elsewhere_if_all_of_it_can(rotterdam, york):
    shipment = handed(("MUG", 2))
    make_stock(make_product("MUG"), 5, warehouse=york)
    answering.reject(shipment.pk, reason="out_of_stock", words="Shelf empty", by=RTM)
    answering.reject(shipment.pk, reason="out_of_stock", words="Shelf empty", by=RTM)
    assert state(shipment) == ("cancelled", "cancelled", False)
    (other,) = Shipment.objects.exclude(pk=shipment.pk)
    assert (other.warehouse, other.state, other.number) == (york, "approved", 2)
    assert list(other.lines.values_list("quantity", flat=True)) == [2]
    assert list(Stock.objects.order_by("warehouse__code").values_list("warehouse__code", "reserved")) == [
        ("RTM", 0),
        ("YORK", 2),
    ]
    assert Order.objects.get().state == State.APPROVED
    assert [count.warehouse for count in Count.objects.all()] == [rotterdam]
    for step in (pick, pack, ship):
        step(other.pk, by="test")
    assert Order.objects.get().state == State.SHIPPED


def test_what_nobody_else_has_is_held_with_the_reason_and_asked_again_when_released(rotterdam):
    shipment = handed(("MUG", 2))
    answering.reject(shipment.pk, reason="order_too_large", words="", by=RTM)
    assert state(shipment) == ("rejected", "approved", False)
    (held,) = ShipmentHold.objects.all()
    assert (held.reason, held.note) == ("handover-rejected", "Rotterdam: The order is too large")
    release_shipment(held.pk, by="alice")
    assert state(shipment) == ("requested", "approved", False)
    assert (row(shipment).reason, row(shipment).answered_at) == ("", None)
    assert names(shipment) == ["handover.requested", "handover.rejected", "handover.requested"]


def test_a_rejected_shipment_can_be_sent_from_elsewhere_later(rotterdam, york):
    shipment = handed(("MUG", 2))
    answering.reject(shipment.pk, reason="no_capacity", words="", by=RTM)
    assert answering.send_elsewhere(shipment.pk, by="alice") is False
    make_stock(make_product("MUG"), 5, warehouse=york)
    assert answering.send_elsewhere(shipment.pk, by="alice") is True
    assert ShipmentHold.objects.filter(released_at=None).count() == 0
    assert [one.warehouse for one in Shipment.objects.filter(state="approved")] == [york]


def test_an_order_is_not_called_off_behind_the_back_of_who_works_on_it(rotterdam):
    shipment = handed(("MUG", 2))
    answering.accept(shipment.pk, by=RTM)
    with pytest.raises(NotAllowedNow, match="no third party has taken"):
        cancel(shipment.order_id, reason="No", by="alice")
    answering.ask_to_stop(shipment.pk, why="The customer changed their mind", by="alice")
    assert state(shipment) == ("cancel_requested", "approved", True)
    answering.refuse_to_stop(shipment.pk, words="On the lorry", by=RTM)
    assert state(shipment) == ("accepted", "approved", True)
    answering.ask_to_stop(shipment.pk, why="Please", by="alice")
    answering.stop(shipment.pk, by=RTM)
    answering.stop(shipment.pk, by=RTM)
    assert state(shipment) == ("cancelled", "approved", False)
    assert ShipmentHold.objects.get().reason == "handover-stopped"
    cancel(shipment.order_id, reason="No", by="alice")
    stop_cancelled(by="test")
    assert state(shipment) == ("cancelled", "cancelled", False)


def test_what_nobody_has_accepted_is_stopped_at_once_and_a_cancelled_order_stops_it_too(rotterdam):
    shipment = handed(("MUG", 1))
    answering.ask_to_stop(shipment.pk, why="Wait", by="alice")
    assert state(shipment) == ("cancelled", "approved", False)
    release_shipment(ShipmentHold.objects.get().pk, by="alice")
    assert state(shipment) == ("requested", "approved", False)
    cancel(shipment.order_id, reason="No", by="alice")
    stop_cancelled(by="test")
    assert state(shipment) == ("cancelled", "cancelled", False)


def test_nothing_is_accepted_while_it_is_held(rotterdam):
    shipment = handed(("MUG", 1))
    hold(shipment.order_id, reason="fraud", note="", by="alice")
    with pytest.raises(NotAllowedNow, match="no hold is open"):
        answering.accept(shipment.pk, by=RTM)
    with pytest.raises(NotAllowedNow, match="no hold is open"):
        confirm(shipment.pk, picked={"MUG": 1}, boxes=[box(MUG=1)], by=RTM)
    assert state(shipment) == ("requested", "approved", False)


def test_a_confirmation_is_picked_packed_and_shipped_in_one(rotterdam):
    shipment = handed(("MUG", 3), ("TEA", 1))
    boxes = [box("DHL1", MUG=2), Box({"MUG": 1, "TEA": 1}, 300, "DHL", "DHL2")]
    confirm(shipment.pk, picked={"MUG": 3, "TEA": 1}, boxes=boxes, by=RTM)
    confirm(shipment.pk, picked={"MUG": 3, "TEA": 1}, boxes=boxes, by=RTM)
    assert state(shipment) == ("confirmed", "shipped", False)
    assert Order.objects.get().state == State.SHIPPED
    assert list(Stock.objects.order_by("product__sku").values_list("on_hand", "reserved")) == [(7, 0), (9, 0)]
    assert list(Label.objects.values_list("carrier", "tracking_number", "cost", "currency")) == [
        ("DHL", "DHL1", Decimal("4.200"), "EUR"),
        ("DHL", "DHL2", Decimal(0), "GBP"),
    ]
    with pytest.raises(ConfirmationRefused, match="other parcels"):
        confirm(shipment.pk, picked={"MUG": 3, "TEA": 1}, boxes=[box("DHL9", MUG=3, TEA=1)], by=RTM)


@pytest.mark.parametrize(
    ("picked", "contents", "why"),
    [
        ({"MUG": 3}, {"MUG": 3}, "TEA"),
        ({"MUG": 3, "TEA": 1, "CUP": 1}, {"MUG": 3, "TEA": 1, "CUP": 1}, "CUP"),
        ({"MUG": 4, "TEA": 1}, {"MUG": 4, "TEA": 1}, "More was picked than asked for: MUG"),
        ({"MUG": 0, "TEA": 0}, {"MUG": 1}, "reject the hand-over"),
        ({"MUG": 3, "TEA": 1}, {"MUG": 2, "TEA": 1}, "do not hold what was picked: MUG"),
    ],
)
def test_a_confirmation_that_cannot_be_true_changes_nothing(rotterdam, picked, contents, why):
    shipment = handed(("MUG", 3), ("TEA", 1))
    before = OrderEvent.objects.count()
    with pytest.raises(ConfirmationRefused, match=why):
        confirm(shipment.pk, picked=picked, boxes=[box(**contents)], by=RTM)
    assert state(shipment) == ("requested", "approved", False)
    assert OrderEvent.objects.count() == before


def test_what_is_short_is_sent_from_elsewhere(rotterdam, york):
    shipment = handed(("MUG", 3))
    make_stock(make_product("MUG"), 5, warehouse=york)
    confirm(shipment.pk, picked={"MUG": 1}, boxes=[box(MUG=1)], by=RTM)
    assert state(shipment) == ("confirmed", "shipped", False)
    assert Order.objects.get().state == State.APPROVED
    (other,) = Shipment.objects.filter(state="approved")
    assert (other.warehouse, list(other.lines.values_list("quantity", flat=True))) == (york, [2])
    assert list(Stock.objects.order_by("warehouse__code").values_list("on_hand", "reserved")) == [(7, 0), (5, 2)]
    carry(Order.objects.get(), to="approved")


def test_what_nobody_has_waits_in_a_shipment_of_its_own_and_the_order_is_held(rotterdam):
    shipment = handed(("MUG", 3), ("TEA", 1))
    confirm(shipment.pk, picked={"MUG": 1, "TEA": 0}, boxes=[box(MUG=1)], by=RTM)
    assert state(shipment) == ("confirmed", "shipped", False)
    rest = Shipment.objects.get(state="approved")
    assert (rest.warehouse, rest.number, row(rest).state) == (rotterdam, 2, "requested")
    assert list(rest.lines.values_list("order_line__sku", "quantity")) == [("MUG", 2), ("TEA", 1)]
    assert (Order.objects.get().state, Hold.objects.get().reason) == (State.APPROVED, "stock")
    assert sorted(LostPromise.objects.values_list("quantity", flat=True)) == [1, 2]
    assert ShipmentLine.objects.filter(shipment=shipment).count() == 1


def test_who_uses_the_three_old_steps_has_accepted_and_confirmed(rotterdam):
    shipment = handed(("MUG", 1))
    carry(Order.objects.get(), to="shipped")
    assert names(shipment) == ["handover.requested", "handover.accepted", "handover.confirmed"]
    assert state(shipment)[0] == "confirmed"
