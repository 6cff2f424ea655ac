"""Changes against everything else that happens to an order at the same moment: one after the other, or refused.

`RACES` sets how often each is run; the share that runs by default is seeded.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from django.db import connection

from fulfillment.changes import apply_change, cancel_units, merge_orders, split_order
from fulfillment.models import Shipment
from fulfillment.services import open_shipments, stop_cancelled
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from inventory.models import Stock
from ordermgmt.verify import verify
from orders.changes.operations import AddLine, SetQuantity
from orders.changes.proposals import propose
from orders.errors import ChangeEnded, ChangeOpen, NoSuchLine, NotAllowedNow, NothingToChange, NoWay
from orders.flow import State
from orders.models import ChangeSet, Order
from orders.services import cancel
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db(transaction=True)
RACES = int(os.environ.get("RACES", "8"))
AtOnce = Callable[[Sequence[Callable[[], object]]], list[object]]
EXPECTED = (NotAllowedNow, NoWay, ChangeOpen, ChangeEnded, NoSuchLine, NothingToChange)


@pytest.fixture
def goods() -> None:
    """Enough of two products in two warehouses for all races."""
    make_stock(make_product("MUG-1"), RACES * 10)
    make_stock(make_product("JAR-1"), RACES * 10, warehouse=make_warehouse("YORK"))
    make_stock(make_product("TEA-1"), RACES * 10)


def raced(at_once: AtOnce, state: str, acts: Callable[[Order, random.Random], list[Callable[[], object]]]) -> Counter:
    """Run the acts on a fresh order in `state`, again and again; who won how often. No other error ever comes out."""
    chance, won = random.Random(7), Counter[tuple[str, ...]]()
    for _ in range(RACES):
        order = make_order([("MUG-1", 3), ("JAR-1", 2)], state=state)
        deeds = acts(order, chance)
        chance.shuffle(deeds)
        results = at_once(deeds)
        assert [row for row in results if isinstance(row, Exception) and not isinstance(row, EXPECTED)] == []
        ended = Order.objects.get(pk=order.pk)
        refused = sorted(type(row).__name__ for row in results if isinstance(row, Exception))
        won[(str(ended.state), f"version {ended.version}", *refused)] += 1
    return won


def holds_together() -> None:
    stop_cancelled(by="test")
    with connection.cursor() as cursor:  # a minute goes by, so that `verify` looks at what was called off
        cursor.execute("UPDATE orders_order SET state_since = state_since - interval '2 minutes'")
    assert [breach for check in verify().checks for breach in check.breaches] == []


def test_an_order_is_called_off_or_shipped(at_once: AtOnce, goods: None) -> None:
    def acts(order: Order, chance: random.Random) -> list[Callable[[], object]]:
        first = Shipment.objects.filter(order=order).earliest("pk")
        return [partial(cancel, order.pk, reason="x", by="sam"), partial(ship, first.pk, by="test")]

    won = raced(at_once, "packed", acts)
    assert set(won) <= {("cancelled", "version 0", "NotAllowedNow"), ("packed", "version 0", "NotAllowedNow")}
    holds_together()


def test_units_are_called_off_or_shipped(at_once: AtOnce, goods: None) -> None:
    def acts(order: Order, chance: random.Random) -> list[Callable[[], object]]:
        first = Shipment.objects.filter(order=order).earliest("pk")
        trim = partial(cancel_units, order.pk, {chance.choice([1, 2]): 1}, reason="x", by="sam", put_back=True)
        return [trim, partial(ship, first.pk, by="test")]

    won = raced(at_once, "packed", acts)
    assert set(won) <= {("approved", "version 1", "NotAllowedNow"), ("packed", "version 0", "NoWay")}
    holds_together()


def test_an_order_is_edited_before_or_after_it_was_picked(at_once: AtOnce, goods: None) -> None:
    def acts(order: Order, chance: random.Random) -> list[Callable[[], object]]:
        open_shipments(order.pk, by="test")
        change = propose(order.pk, [SetQuantity(1, chance.randint(0, 5)), AddLine("TEA-1", 1)], reason="x", by="sam")
        picks = [partial(pick, row.pk, by="test") for row in Shipment.objects.filter(order=order)]
        return [partial(apply_change, change.pk, by="sam"), *picks]

    won = raced(at_once, "approved", acts)
    edited = {("approved", "version 1", "NotAllowedNow", "NotAllowedNow")}
    assert set(won) <= edited | {("picked", "version 0", "NoWay")}
    holds_together()


def test_of_two_edits_one_is_proposed_and_each_is_applied_once(at_once: AtOnce, goods: None) -> None:
    def edit(order: Order, units: int) -> object:
        change = propose(order.pk, [SetQuantity(1, units)], reason="x", by="sam")
        return at_the_same_time(change)

    def at_the_same_time(change: ChangeSet) -> object:
        return apply_change(change.pk, by="sam")

    def acts(order: Order, chance: random.Random) -> list[Callable[[], object]]:
        return [partial(edit, order, chance.choice([1, 2])), partial(edit, order, chance.choice([4, 5]))]

    won = raced(at_once, "received", acts)
    assert set(won) <= {("received", "version 1", "ChangeOpen"), ("received", "version 2")}
    assert not ChangeSet.objects.filter(status="open").exists()
    holds_together()


def test_a_change_is_applied_once_however_many_apply_it(at_once: AtOnce, goods: None) -> None:
    def acts(order: Order, chance: random.Random) -> list[Callable[[], object]]:
        change = propose(order.pk, [SetQuantity(1, 1)], reason="x", by="sam")
        return [partial(apply_change, change.pk, by="sam") for _ in range(3)]

    assert set(raced(at_once, "received", acts)) == {("received", "version 1", "ChangeEnded", "ChangeEnded")}
    holds_together()


def test_an_order_is_split_or_called_off_or_both_in_turn(at_once: AtOnce, goods: None) -> None:
    def acts(order: Order, chance: random.Random) -> list[Callable[[], object]]:
        units = {chance.choice([1, 2]): 1}
        return [
            partial(split_order, order.pk, units, reason="x", by="sam"),
            partial(cancel, order.pk, reason="x", by="sam"),
        ]

    won = raced(at_once, "approved", acts)
    assert set(won) <= {("cancelled", "version 1"), ("cancelled", "version 0", "NoWay")}
    alone = Order.objects.exclude(state=State.CANCELLED)
    assert alone.count() == won["cancelled", "version 1"]
    assert sum(Stock.objects.values_list("reserved", flat=True)) == alone.count()
    holds_together()


def test_two_orders_that_take_each_other_in_never_deadlock(at_once: AtOnce, goods: None) -> None:
    def acts(order: Order, chance: random.Random) -> list[Callable[[], object]]:
        other = make_order([("MUG-1", 1), ("TEA-1", 1)], state="received")
        both = ((order.pk, other.pk), (other.pk, order.pk))
        return [partial(merge_orders, *pair, reason="x", by="sam") for pair in both]

    won = raced(at_once, "received", acts)
    assert set(won) <= {("received", "version 1", "NoWay"), ("cancelled", "version 0", "NoWay")}
    holds_together()
