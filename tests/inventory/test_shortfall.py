"""Goods that are not there take promises with them: baskets first, then whoever is last in turn."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory import clock
from inventory import services as stock
from inventory.errors import KeyReused, NotEnoughStock, NotStocked, NotUsable
from inventory.models import BundleComponent, LostPromise, Reservation, Stock, StockMovement
from tests.factories import make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def mug():
    return make_product()


def promised(product, *wants):
    """Promise (key, units, priority, minutes after noon), one by one."""
    for key, units, priority, minutes in wants:
        with clock.at(NOON + timedelta(minutes=minutes)):
            stock.promise([stock.Want(key, product.pk, product.sku, units)], priority=priority)


def write_off(row, units, key="broken:1"):
    kind = StockMovement.Kind.WRITE_OFF
    return stock.write_down(row.pk, units, kind=kind, key=key, by="alice", reason="Water damage")


def balance(row):
    """(on hand, reserved)."""
    return Stock.objects.values_list("on_hand", "reserved").get(pk=row.pk)


def kept():
    return dict(Reservation.objects.values_list("key", "quantity"))


def lost():
    """(key, units), in the order in which they were lost."""
    return list(LostPromise.objects.order_by("id").values_list("key", "quantity"))


def moved():
    return list(StockMovement.objects.order_by("id").values_list("kind", "quantity", "key", "by", "reason"))


def test_free_units_are_written_down_and_nobody_loses_anything(mug):
    row = make_stock(mug, 10)
    promised(mug, ("line:1", 4, 0, 0))
    assert write_off(row, 6) == []
    assert (balance(row), kept(), lost()) == ((4, 4), {"line:1": 4}, [])
    assert moved()[1:] == [("write_off", -6, f"broken:1:{row.pk}", "alice", "Water damage")]


def test_whoever_is_last_in_turn_loses_and_partly_if_that_is_enough(mug):
    row = make_stock(mug, 10)
    promised(mug, ("line:1", 4, 0, 1), ("line:2", 3, 0, 0), ("line:3", 3, 0, 2))
    taken = write_off(row, 5)
    assert [(loss.key, loss.quantity) for loss in taken] == lost() == [("line:3", 3), ("line:1", 2)]
    assert (balance(row), kept()) == ((5, 5), {"line:1": 2, "line:2": 3})


def test_a_lost_promise_keeps_its_turn_and_says_why(mug):
    row = make_stock(mug, 3)
    promised(mug, ("line:1", 3, 7, 0))
    with clock.at(NOON + timedelta(days=1)):
        write_off(row, 1)
    (loss,) = LostPromise.objects.all()
    told = (loss.key, loss.stock_id, loss.quantity, loss.priority, loss.promised_at, loss.reason, loss.at)
    assert told == ("line:1", row.pk, 1, 7, NOON, "Water damage", NOON + timedelta(days=1))


def test_a_high_priority_keeps_its_promise_though_it_came_last(mug):
    row = make_stock(mug, 4)
    promised(mug, ("line:1", 2, 0, 0), ("line:2", 2, 5, 9))
    write_off(row, 2)
    assert (kept(), lost()) == ({"line:2": 2}, [("line:1", 2)])


def test_at_the_same_moment_the_later_row_is_last(mug):
    row = make_stock(mug, 4)
    promised(mug, ("line:1", 2, 0, 0), ("line:2", 2, 0, 0))
    write_off(row, 1)
    assert (kept(), lost()) == ({"line:1": 2, "line:2": 1}, [("line:2", 1)])


def test_a_basket_loses_before_any_order(mug):
    row = make_stock(mug, 6)
    promised(mug, ("hold:abc", 2, 9, 0), ("line:1", 2, 0, 1), ("line:2", 2, 0, 2))
    write_off(row, 3)
    assert (kept(), lost()) == ({"line:1": 2, "line:2": 1}, [("hold:abc", 2), ("line:2", 1)])


def test_what_may_be_backordered_stays_promised(mug):
    row = make_stock(mug, 5, backorder_limit=2)
    promised(mug, ("line:1", 6, 0, 0))
    write_off(row, 3)
    assert (balance(row), kept(), lost()) == ((2, 4), {"line:1": 4}, [("line:1", 2)])


def test_only_the_stock_that_shrank_loses_promises(mug):
    leeds = make_stock(mug, 2, warehouse=make_warehouse("LEEDS", priority=1))
    york = make_stock(mug, 3, warehouse=make_warehouse("YORK", priority=2))
    promised(mug, ("line:1", 5, 0, 0))
    write_off(leeds, 2)
    assert (balance(leeds), balance(york)) == ((0, 0), (3, 3))
    assert (kept(), lost()) == ({"line:1": 3}, [("line:1", 2)])


def test_more_than_is_on_hand_cannot_be_written_down(mug):
    row = make_stock(mug, 3, backorder_limit=5)
    promised(mug, ("line:1", 5, 0, 0))
    with pytest.raises(NotEnoughStock) as refused:
        write_off(row, 4)
    assert refused.value.missing == {"MUG-1": 3}
    assert (balance(row), kept(), lost(), len(moved())) == ((3, 5), {"line:1": 5}, [], 1)


@pytest.mark.parametrize("units", [0, -2])
def test_at_least_one_unit_is_written_down(mug, units):
    row = make_stock(mug, 3)
    with pytest.raises(NotUsable):
        write_off(row, units)
    assert (balance(row), len(moved())) == ((3, 0), 1)


def test_the_same_loss_is_booked_once(mug):
    row = make_stock(mug, 5)
    promised(mug, ("line:1", 4, 0, 0))
    write_off(row, 2)
    assert write_off(row, 2) == []
    assert (balance(row), kept(), lost(), len(moved())) == ((3, 3), {"line:1": 3}, [("line:1", 1)], 2)


def test_a_key_does_not_stand_for_something_else(mug):
    row = make_stock(mug, 5)
    write_off(row, 2)
    with pytest.raises(KeyReused) as refused:
        write_off(row, 1)
    assert refused.value.key == "broken:1"
    assert (balance(row), len(moved())) == ((3, 0), 2)


def test_an_adjustment_goes_up_and_down_with_its_reason(mug):
    row = make_stock(mug, 5)
    promised(mug, ("line:1", 5, 0, 0))
    assert stock.adjust(row.pk, 3, key="a:1", by="bob", reason="Found behind the shelf") == []
    assert stock.adjust(row.pk, 3, key="a:1", by="bob", reason="Found behind the shelf") == []
    taken = stock.adjust(row.pk, -4, key="a:2", by="bob", reason="Never came")
    assert [(loss.key, loss.quantity, loss.reason) for loss in taken] == [("line:1", 1, "Never came")]
    assert balance(row) == (4, 4)
    assert moved()[1:] == [
        ("adjust", 3, f"a:1:{row.pk}", "bob", "Found behind the shelf"),
        ("adjust", -4, f"a:2:{row.pk}", "bob", "Never came"),
    ]


@pytest.mark.parametrize(("units", "reason"), [(3, " "), (-3, ""), (0, "Just so")])
def test_an_adjustment_without_units_or_reason_is_refused(mug, units, reason):
    row = make_stock(mug, 5)
    with pytest.raises(NotUsable):
        stock.adjust(row.pk, units, key="a:1", by="bob", reason=reason)
    assert (balance(row), len(moved())) == ((5, 0), 1)


def send(product, quantity, source, target, key="t:1"):
    stock.transfer(product.pk, quantity, source_id=source.pk, target_id=target.pk, key=key, by="bob")


def test_a_transfer_takes_free_units_to_a_warehouse_that_never_had_them(mug):
    row, york = make_stock(mug, 10), make_warehouse("YORK")
    promised(mug, ("line:1", 4, 0, 0))
    send(mug, 6, row.warehouse, york)
    there = Stock.objects.get(warehouse=york)
    assert (balance(row), balance(there)) == ((4, 4), (6, 0))
    assert moved()[1:] == [
        ("transfer", -6, f"t:1:{row.pk}", "bob", "LEEDS to YORK"),
        ("transfer", 6, f"t:1:{there.pk}", "bob", "LEEDS to YORK"),
    ]


def test_the_same_transfer_moves_once(mug):
    row, york = make_stock(mug, 10), make_warehouse("YORK")
    send(mug, 6, row.warehouse, york)
    send(mug, 6, row.warehouse, york)
    with pytest.raises(KeyReused):
        send(mug, 1, row.warehouse, york)
    assert (balance(row), len(moved())) == ((4, 0), 3)


def test_what_is_promised_does_not_travel(mug):
    row, york = make_stock(mug, 10), make_warehouse("YORK")
    promised(mug, ("line:1", 7, 0, 0))
    with pytest.raises(NotEnoughStock) as refused:
        send(mug, 4, row.warehouse, york)
    assert refused.value.missing == {"MUG-1": 3}
    assert (balance(row), len(moved()), Stock.objects.count()) == ((10, 7), 1, 1)


def test_a_transfer_goes_somewhere_else_with_something(mug):
    row, york = make_stock(mug, 10), make_warehouse("YORK")
    for quantity, target in [(0, york), (-1, york), (1, row.warehouse)]:
        with pytest.raises(NotUsable):
            send(mug, quantity, row.warehouse, target)
    assert (balance(row), Stock.objects.count()) == ((10, 0), 1)


def test_a_bundle_is_not_transferred(mug):
    leeds, box = make_stock(mug, 10).warehouse, make_product("BOX")
    BundleComponent.objects.create(bundle=box, component=mug, quantity=4)
    with pytest.raises(NotStocked) as refused:
        send(box, 1, leeds, make_warehouse("YORK"))
    assert (refused.value.skus, Stock.objects.count()) == (["BOX"], 1)
