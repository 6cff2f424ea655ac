"""Changes that reach into the warehouse: every state and every action, goods that go back, labels, parts."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import product

import pytest

from fulfillment.carriers import fake
from fulfillment.carriers.carrier import Package, Purchase, Rate
from fulfillment.changes import apply_change, cancel_units, merge_orders, split_order
from fulfillment.models import Label, PickTask, Shipment
from fulfillment.services import open_shipments
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import buy_labels, ship
from inventory.models import Reservation
from ordermgmt.verify import verify
from orders.changes.operations import Operation, SetAddress, SetDiscounts, SetNotes, SetQuantity, SetShipping
from orders.changes.proposals import propose
from orders.changes.ways import Action, Goods, way
from orders.errors import NotAllowedNow, NoWay
from orders.flow import State
from orders.models import Order, ShippingMethod
from orders.order_request import DiscountRequest
from orders.services import cancel
from tests.dumps import dump
from tests.factories import LONDON, carry, make_channel, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
HERE = {**LONDON, "line1": "2 Low Road"}
OPERATIONS: dict[Action, Operation] = {
    Action.GOODS: SetQuantity(1, 1),
    Action.ADDRESS: SetAddress("shipping", HERE),
    Action.SHIPPING: SetShipping("fast"),
    Action.AMOUNTS: SetDiscounts((DiscountRequest("Sorry", Decimal(1)),)),
    Action.NOTES: SetNotes(note="Ring twice"),
}
# How an order comes to each stand, and what the table should be asked for it.
STANDS = {
    "placed": (State.PLACED, Goods.SHELVED),
    "received": (State.RECEIVED, Goods.SHELVED),
    "approved": (State.APPROVED, Goods.SHELVED),
    "to pick": (State.APPROVED, Goods.TO_PICK),
    "partly picked": (State.APPROVED, Goods.GATHERED),
    "picked": (State.PICKED, Goods.GATHERED),
    "packed": (State.PACKED, Goods.GATHERED),
    "labelled": (State.PACKED, Goods.LABELLED),
    "partly shipped": (State.PACKED, Goods.LEFT),
    "shipped": (State.SHIPPED, Goods.LEFT),
    "delivered": (State.DELIVERED, Goods.LEFT),
    "surveyed": (State.SURVEYED, Goods.LEFT),
    "reviewed": (State.REVIEWED, Goods.LEFT),
    "cancelled": (State.CANCELLED, Goods.SHELVED),
    "rejected": (State.REJECTED, Goods.SHELVED),
}
EVERY = list(product(STANDS, Action))


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def clean() -> None:
    assert [breach for check in verify().checks for breach in check.breaches] == []


def two_warehouses() -> list[tuple[str, int]]:
    """Mugs in Leeds and jars in York, so that an order of both has two shipments."""
    make_stock(make_product("MUG-1"), 20)
    make_stock(make_product("JAR-1"), 20, warehouse=make_warehouse("YORK"))
    return [("MUG-1", 3), ("JAR-1", 2)]


def sent(order: Order) -> None:
    """Gather, box and hand over what is open."""
    for shipment in Shipment.objects.filter(order=order, state="approved"):
        for stage in (pick, pack, ship):
            stage(shipment.pk, by="test")
    assert now(order).state == State.SHIPPED


def standing(name: str) -> Order:
    lines = two_warehouses()
    ShippingMethod.objects.get_or_create(code="fast", currency="GBP", defaults={"name": "Fast", "price": Decimal(5)})
    state = STANDS[name][0]
    if name == "rejected":
        order = make_order(lines, state="received")
        Order.objects.filter(pk=order.pk).update(state="rejected")
    elif name == "cancelled":
        order = cancel(make_order(lines).pk, reason="x", by="test")
    elif name in ("to pick", "partly picked"):
        order = make_order(lines, state="approved")
        open_shipments(order.pk, by="test")
        if name == "partly picked":
            pick(Shipment.objects.get(number=1).pk, by="test")
    elif name == "labelled":
        order = make_order(lines, state="packed")
        buy_labels(Shipment.objects.select_related("order", "warehouse").get(number=1), by="test")
    elif name == "partly shipped":
        order = make_order(lines, state="packed")
        ship(Shipment.objects.get(number=1).pk, by="test")
    else:
        order = make_order(lines, state=state.value)
    return now(order)


def act(order: Order, action: Action, *, put_back: bool) -> object:
    """Do the smallest thing of this kind."""
    if action in OPERATIONS:
        change = propose(order.pk, [OPERATIONS[action]], reason="x", by="sam")
        return apply_change(change.pk, by="sam", put_back=put_back)
    if action is Action.CANCEL:
        return cancel(order.pk, reason="x", by="sam")
    if action is Action.MERGE:
        other = Order.objects.exclude(pk=order.pk).get()
        return merge_orders(order.pk, other.pk, reason="x", by="sam", put_back=put_back)
    deed: Callable[..., Order] = cancel_units if action is Action.CANCEL_UNITS else split_order
    return deed(order.pk, {1: 1}, reason="x", by="sam", put_back=put_back)


@pytest.mark.parametrize(("name", "action"), EVERY, ids=[f"{name}-{action}" for name, action in EVERY])
def test_every_stand_allows_what_the_table_says_and_a_refusal_changes_nothing(name: str, action: Action) -> None:
    order = standing(name)
    if action is Action.MERGE:
        make_order([("MUG-1", 1)])
    found = way(action, *STANDS[name])
    before = dump()
    if action is Action.CANCEL and name == "cancelled":
        act(order, action, put_back=False)  # calling off twice is calling off once
        assert dump() == before
    elif found.allowed:
        act(order, action, put_back=False)
        assert dump() != before
        clean()
    else:
        refuses(partial(act, order, action, put_back=False), found.way_out, before, proposes=found.put_back)
    if found.put_back:
        puts_back(order, action)


def refuses(deed: Callable[[], object], way_out: str, before: object, *, proposes: bool) -> None:
    """A proposal that only waits for the goods to go back is kept; applying it without that changes nothing."""
    with pytest.raises((NoWay, NotAllowedNow)) as refusal:
        deed()
    if isinstance(refusal.value, NoWay):
        assert refusal.value.way_out == way_out
    after = dump()
    if proposes and after["ChangeSet"]:
        for table in ("Order", "OrderEvent", "ChangeSet"):  # the proposal itself, told in the history
            after[table] = before[table]  # type: ignore[index]
    assert after == before


def puts_back(order: Order, action: Action) -> None:
    stopped = list(order.shipments.values_list("pk", flat=True))
    open_one = order.change_sets.filter(status="open").first()
    if open_one:
        apply_change(open_one.pk, by="sam", put_back=True)
    else:
        act(order, action, put_back=True)
    assert now(order).state == State.APPROVED
    assert set(order.shipments.filter(pk__in=stopped).values_list("state", flat=True)) == {"cancelled"}
    assert set(order.shipments.exclude(pk__in=stopped).values_list("state", flat=True)) == {"approved"}
    clean()


def test_what_is_not_gathered_is_rewritten_in_the_same_moment() -> None:
    order = make_order(two_warehouses(), state="approved")
    open_shipments(order.pk, by="test")
    change = propose(order.pk, [SetQuantity(1, 5), SetQuantity(2, 0)], reason="x", by="sam")
    did = apply_change(change.pk, by="sam")
    assert did.stock == ("2 × JAR-1 given back in York", "2 × MUG-1 promised from Leeds")
    rows = order.shipments.order_by("number").values_list("number", "state", "warehouse__code")
    assert list(rows) == [(1, "cancelled", "LEEDS"), (2, "cancelled", "YORK"), (3, "approved", "LEEDS")]
    tasks = PickTask.objects.filter(shipment_line__shipment__number=3, shipment_line__shipment__order=order)
    assert list(tasks.values_list("shipment_line__order_line__sku", "quantity")) == [("MUG-1", 5)]
    clean()


def test_goods_that_went_back_are_picked_and_sent_again() -> None:
    order = make_order(two_warehouses(), state="packed")
    change = propose(order.pk, [SetQuantity(1, 1)], reason="x", by="sam")
    apply_change(change.pk, by="sam", put_back=True)
    told = order.events.filter(name="shipment.cancelled").values_list("data__back", flat=True)
    assert sorted(told) == [2, 3]
    sent(order)
    assert now(order).payments.get().captured == 30
    clean()


def test_what_is_gathered_goes_to_another_address_from_where_it_lies() -> None:
    make_stock(make_product("MUG-1"), 20)
    order = make_order([("MUG-1", 3)], state="picked")
    make_stock(make_product("MUG-1"), 20, warehouse=make_warehouse("BERLIN", country="DE", priority=1))
    berlin = {**LONDON, "city": "Berlin", "postal_code": "10115", "country": "DE"}
    change = propose(order.pk, [SetAddress("shipping", berlin)], reason="Moved", by="sam")
    assert apply_change(change.pk, by="sam").stock == ()
    assert order.shipments.get().warehouse.code == "LEEDS"
    clean()


def test_what_is_only_to_be_picked_is_sent_from_where_it_is_best_now() -> None:
    make_stock(make_product("MUG-1"), 20)
    order = make_order([("MUG-1", 3)], state="approved")
    open_shipments(order.pk, by="test")
    make_stock(make_product("MUG-1"), 20, warehouse=make_warehouse("BERLIN", country="DE", priority=1))
    berlin = {**LONDON, "city": "Berlin", "postal_code": "10115", "country": "DE"}
    change = propose(order.pk, [SetAddress("shipping", berlin)], reason="Moved", by="sam")
    did = apply_change(change.pk, by="sam")
    assert did.stock == ("3 × MUG-1 promised from Berlin", "3 × MUG-1 given back in Leeds")
    assert order.shipments.exclude(state="cancelled").get().warehouse.code == "BERLIN"
    clean()


def test_a_label_that_was_bought_while_the_address_changed_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order(state="packed")
    shipment = Shipment.objects.get(order=order)

    def change_meanwhile(self: fake.PlayedCarrier, package: Package, rate: Rate) -> Purchase:
        change = propose(order.pk, [SetAddress("shipping", HERE)], reason="Moved", by="sam")
        apply_change(change.pk, by="sam")
        monkeypatch.undo()
        return self.buy(package, rate)

    monkeypatch.setattr(fake.PlayedCarrier, "buy", change_meanwhile)
    with pytest.raises(NotAllowedNow, match="changed while its label was bought"):
        ship(shipment.pk, by="test")
    assert (Label.objects.count(), now(order).state) == (0, State.PACKED)
    dropped = order.events.get(name="label.dropped").data["tracking"]
    ship(shipment.pk, by="test")
    assert Label.objects.get().tracking_number != dropped
    clean()


def test_a_part_goes_on_by_itself_with_its_promise_its_turn_and_its_money() -> None:
    order = make_order(two_warehouses(), state="approved")
    turns = dict(Reservation.objects.values_list("stock_id", "at"))
    new = split_order(order.pk, {1: 1, 2: 2}, reason="Half now", by="sam")
    order = now(order)
    assert (order.total, new.total, new.external_id) == (20, 30, f"{order.external_id}-2")
    assert [row.authorised for row in (order.payments.get(), new.payments.get())] == [20, 30]
    assert (new.parent_id, new.parent_relation, new.state) == (order.pk, "split", "approved")
    assert {stock: at for stock, at in Reservation.objects.values_list("stock_id", "at")} == turns
    assert [(row.sku, row.quantity, row.cancelled) for row in order.lines.all()] == [("MUG-1", 2, 1), ("JAR-1", 0, 2)]
    carry(new, to="delivered")
    assert (now(new).payments.get().captured, now(order).state) == (30, "approved")
    clean()


def test_a_pledge_that_a_gateway_has_is_not_split_because_it_is_taken_once() -> None:
    order = make_order([("MUG-1", 2)], state="approved", channel=make_channel(gateway="fake"))
    before = dump()
    with pytest.raises(NoWay, match="£20.00 are pledged at fake as one payment. Call the units off") as refused:
        split_order(order.pk, {1: 1}, reason="Half now", by="sam")
    assert (refused.value.put_back, dump()) == (False, before)
    cancel_units(order.pk, {1: 1}, reason="Half now", by="sam")
    assert Order.objects.get().total == Decimal(10)


def test_a_held_order_cannot_shake_its_holds_off_by_splitting() -> None:
    order = make_order(two_warehouses(), state="approved")
    order.holds.create(reason="customer-asked", note="Wait", by="sam")
    Order.objects.filter(pk=order.pk).update(open_holds=1)
    new = split_order(order.pk, {1: 1}, reason="x", by="sam")
    assert [(row.reason, row.note) for row in new.holds.all()] == [("customer-asked", "Wait")]
    assert now(new).open_holds == 1


def test_two_orders_become_one_and_nothing_is_given_back() -> None:
    first = make_order(two_warehouses(), state="approved")
    other = make_order([("MUG-1", 2)], state="approved")
    for row in (first, other):
        open_shipments(row.pk, by="test")
    merge_orders(first.pk, other.pk, reason="One parcel", by="sam")
    first, other = now(first), now(other)
    assert (first.total, other.state, other.parent_id, other.parent_relation) == (70, "cancelled", first.pk, "merged")
    assert other.events.get(name="order.cancelled").data["reason"] == f"Merged into #{first.number}"
    assert [row.authorised for row in first.payments.order_by("pk")] == [50, 20]
    assert (other.payments.count(), sum(Reservation.objects.values_list("quantity", flat=True))) == (0, 7)
    sent(first)
    assert sum(row.captured for row in first.payments.all()) == 70
    clean()


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"email": "eve@example.org"}, "They are of different customers."),
        ({"shipping_address": HERE}, "They go to different addresses."),
    ],
)
def test_what_does_not_belong_together_stays_apart(other: dict[str, object], why: str) -> None:
    first, second = make_order(), make_order(**other)  # type: ignore[arg-type]
    before = dump()
    with pytest.raises(NoWay, match=why):
        merge_orders(first.pk, second.pk, reason="x", by="sam")
    assert dump() == before
