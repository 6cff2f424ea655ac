"""Stock is promised whole or not at all, given back once, and every unit that moves stands in the ledger."""

import pytest
from django.db import IntegrityError, connection, transaction

from inventory import services as stock
from inventory.errors import NotEnoughStock, NotPromised
from inventory.models import Reservation, Stock, StockMovement
from tests.factories import make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug():
    return make_product()


def want(product, quantity, key="line:1"):
    return stock.Want(key, product.pk, product.sku, quantity)


def promises():
    """(key, warehouse, units) of every promise."""
    return sorted(Reservation.objects.values_list("key", "stock__warehouse__code", "quantity"))


def balances():
    """Warehouse: (on hand, reserved)."""
    return {row.warehouse.code: (row.on_hand, row.reserved) for row in Stock.objects.select_related("warehouse")}


def ledger():
    return list(StockMovement.objects.order_by("id").values_list("kind", "quantity", "key", "by", "reason"))


def leeds_and_york(product, leeds=10, york=10):
    """Leeds is asked before York."""
    return (
        make_stock(product, leeds, warehouse=make_warehouse("LEEDS", priority=1)),
        make_stock(product, york, warehouse=make_warehouse("YORK", priority=2)),
    )


def test_a_promise_raises_reserved_and_leaves_the_shelf_alone(mug):
    make_stock(mug, 10)
    stock.promise([want(mug, 4)])
    assert promises() == [("line:1", "LEEDS", 4)]
    assert balances() == {"LEEDS": (10, 4)}


def test_the_warehouse_of_the_lowest_priority_number_is_asked_first(mug):
    make_stock(mug, 10, warehouse=make_warehouse("YORK", priority=2))
    make_stock(mug, 10, warehouse=make_warehouse("LEEDS", priority=1))
    stock.promise([want(mug, 10)])
    assert promises() == [("line:1", "LEEDS", 10)]


def test_what_the_first_warehouse_lacks_comes_from_the_next(mug):
    leeds_and_york(mug, 3, 10)
    stock.promise([want(mug, 5)])
    assert promises() == [("line:1", "LEEDS", 3), ("line:1", "YORK", 2)]
    assert balances() == {"LEEDS": (3, 3), "YORK": (10, 2)}


def test_two_lines_of_one_product_share_the_shelves_without_gap_or_overlap(mug):
    leeds_and_york(mug, 3, 10)
    stock.promise([want(mug, 2, "line:1"), want(mug, 4, "line:2")])
    assert promises() == [("line:1", "LEEDS", 2), ("line:2", "LEEDS", 1), ("line:2", "YORK", 3)]
    assert balances() == {"LEEDS": (3, 3), "YORK": (10, 3)}


def test_two_lines_that_fit_alone_but_not_together_are_refused_together(mug):
    make_stock(mug, 5)
    with pytest.raises(NotEnoughStock) as refused:
        stock.promise([want(mug, 3, "line:1"), want(mug, 3, "line:2")])
    assert refused.value.missing == {"MUG-1": 5}
    assert promises() == []
    assert balances() == {"LEEDS": (5, 0)}


def test_one_short_line_leaves_every_line_unpromised(mug):
    plate, bowl = make_product("PLATE"), make_product("BOWL")
    make_stock(mug, 10)
    make_stock(plate, 2)
    make_stock(bowl, 0)
    with pytest.raises(NotEnoughStock, match=r"Not enough stock: BOWL \(0 left\), PLATE \(2 left\)") as refused:
        stock.promise([want(mug, 1, "a"), want(plate, 3, "b"), want(bowl, 1, "c")])
    assert refused.value.missing == {"PLATE": 2, "BOWL": 0}
    assert promises() == []
    assert set(Stock.objects.values_list("reserved", flat=True)) == {0}


def test_a_product_that_lies_nowhere_is_short(mug):
    with pytest.raises(NotEnoughStock) as refused:
        stock.promise([want(mug, 1)])
    assert refused.value.missing == {"MUG-1": 0}


def test_a_closed_warehouse_promises_nothing(mug):
    make_stock(mug, 10, warehouse=make_warehouse("LEEDS", active=False))
    with pytest.raises(NotEnoughStock) as refused:
        stock.promise([want(mug, 1)])
    assert refused.value.missing == {"MUG-1": 0}
    make_stock(mug, 1, warehouse=make_warehouse("YORK"))
    stock.promise([want(mug, 1)])
    assert promises() == [("line:1", "YORK", 1)]


def test_a_backorder_limit_may_be_promised_and_not_a_unit_more(mug):
    make_stock(mug, 2, backorder_limit=3)
    stock.promise([want(mug, 5)])
    assert balances() == {"LEEDS": (2, 5)}
    with pytest.raises(NotEnoughStock) as refused:
        stock.promise([want(mug, 1, "line:2")])
    assert refused.value.missing == {"MUG-1": 0}
    assert balances() == {"LEEDS": (2, 5)}


def test_what_is_given_back_can_be_promised_again(mug):
    leeds_and_york(mug, 3, 10)
    stock.promise([want(mug, 5, "line:1"), want(mug, 8, "line:2")])
    assert stock.release(["line:1"]) == 5
    assert promises() == [("line:2", "YORK", 8)]
    assert balances() == {"LEEDS": (3, 0), "YORK": (10, 8)}


def test_giving_back_twice_gives_back_once(mug):
    make_stock(mug, 10)
    stock.promise([want(mug, 4, "line:1"), want(mug, 1, "line:2")])
    assert [stock.release(["line:1"]), stock.release(["line:1"]), stock.release(["never"])] == [4, 0, 0]
    assert balances() == {"LEEDS": (10, 1)}


def test_a_promise_moves_whole_to_one_warehouse(mug):
    _, york = leeds_and_york(mug, 3, 10)
    stock.promise([want(mug, 5, "line:1"), want(mug, 1, "line:2")])
    stock.move_promises({"line:1": {york.pk: 5}, "line:2": {york.pk: 1}})
    assert promises() == [("line:1", "YORK", 5), ("line:2", "YORK", 1)]
    assert balances() == {"LEEDS": (3, 0), "YORK": (10, 6)}


def test_a_promise_that_lies_there_already_does_not_move(mug):
    row = make_stock(mug, 10)
    stock.promise([want(mug, 4)])
    before = Reservation.objects.get().pk
    stock.move_promises({"line:1": {row.pk: 4}})
    assert Reservation.objects.get().pk == before


def test_a_warehouse_that_others_emptied_takes_over_nothing(mug):
    leeds, york = leeds_and_york(mug, 3, 10)
    stock.promise([want(mug, 5, "line:1")])
    with pytest.raises(NotEnoughStock) as refused:
        stock.move_promises({"line:1": {leeds.pk: 5}})
    assert refused.value.missing == {"MUG-1": 3}
    assert promises() == [("line:1", "LEEDS", 3), ("line:1", "YORK", 2)]
    assert balances() == {"LEEDS": (3, 3), "YORK": (10, 2)}


def test_promise_and_goods_leave_together(mug):
    row = make_stock(mug, 10)
    stock.promise([want(mug, 4, "line:1"), want(mug, 1, "line:2")])
    stock.ship({"line:1": 4}, warehouse_id=row.warehouse_id, key="ship:1", by="petra")
    assert promises() == [("line:2", "LEEDS", 1)]
    assert balances() == {"LEEDS": (6, 1)}
    assert ledger()[1:] == [("ship", -4, f"ship:1:{row.pk}", "petra", "")]


def test_one_line_in_the_ledger_stands_for_all_lines_of_a_product(mug):
    row = make_stock(mug, 10)
    stock.promise([want(mug, 4, "line:1"), want(mug, 1, "line:2")])
    stock.ship({"line:1": 4, "line:2": 1}, warehouse_id=row.warehouse_id, key="ship:1", by="petra")
    assert balances() == {"LEEDS": (5, 0)}
    assert ledger()[1:] == [("ship", -5, f"ship:1:{row.pk}", "petra", "")]


@pytest.mark.parametrize("units", [3, 5])
def test_only_exactly_what_is_promised_is_sent(mug, units):
    row = make_stock(mug, 10)
    stock.promise([want(mug, 4)])
    with pytest.raises(NotPromised) as refused:
        stock.ship({"line:1": units}, warehouse_id=row.warehouse_id, key="ship:1", by="petra")
    assert refused.value.kept == {"line:1": 4}
    assert (balances(), len(ledger())) == ({"LEEDS": (10, 4)}, 1)


def test_a_promise_of_another_warehouse_is_not_sent(mug):
    _, york = leeds_and_york(mug, 10, 10)
    stock.promise([want(mug, 4)])
    with pytest.raises(NotPromised) as refused:
        stock.ship({"line:1": 4}, warehouse_id=york.warehouse_id, key="ship:1", by="petra")
    assert refused.value.kept == {"line:1": 0}
    assert balances() == {"LEEDS": (10, 4), "YORK": (10, 0)}


def test_goods_on_hand_are_promised_before_backorders_of_a_warehouse_that_is_asked_first(mug):
    make_stock(mug, 1, warehouse=make_warehouse("LEEDS", priority=1), backorder_limit=5)
    make_stock(mug, 5, warehouse=make_warehouse("YORK", priority=2))
    stock.promise([want(mug, 4), want(mug, 4, key="line:2")])
    assert promises() == [("line:1", "LEEDS", 1), ("line:1", "YORK", 3), ("line:2", "LEEDS", 2), ("line:2", "YORK", 2)]
    assert balances() == {"LEEDS": (1, 3), "YORK": (5, 5)}


def test_goods_that_have_not_arrived_are_not_sent(mug):
    row = make_stock(mug, 3, backorder_limit=5)
    stock.promise([want(mug, 4)])
    with pytest.raises(NotEnoughStock) as refused:
        stock.ship({"line:1": 4}, warehouse_id=row.warehouse_id, key="ship:1", by="petra")
    assert refused.value.missing == {"MUG-1": 3}
    assert (balances(), promises(), len(ledger())) == ({"LEEDS": (3, 4)}, [("line:1", "LEEDS", 4)], 1)


def test_the_same_shipment_does_not_leave_twice(mug):
    row = make_stock(mug, 10)
    stock.promise([want(mug, 4)])
    stock.ship({"line:1": 4}, warehouse_id=row.warehouse_id, key="ship:1", by="petra")
    with pytest.raises(NotPromised):
        stock.ship({"line:1": 4}, warehouse_id=row.warehouse_id, key="ship:1", by="petra")
    assert (balances(), len(ledger())) == ({"LEEDS": (6, 0)}, 2)


def test_units_that_come_and_go_stand_in_the_ledger_with_their_reason(mug):
    row = make_stock(mug, 0)
    for units, kind, key in [(7, "receive", "delivery:1"), (-2, "write_off", "count:1")]:
        stock.move_stock(row.pk, units, kind=StockMovement.Kind(kind), key=key, by="alice", reason="counted")
    assert balances() == {"LEEDS": (5, 0)}
    assert ledger() == [
        ("receive", 7, f"delivery:1:{row.pk}", "alice", "counted"),
        ("write_off", -2, f"count:1:{row.pk}", "alice", "counted"),
    ]


def test_the_same_cause_is_booked_once(mug):
    row = make_stock(mug, 10)
    book = {"kind": StockMovement.Kind.RECEIVE, "key": "delivery:1", "by": "alice"}
    stock.move_stock(row.pk, 5, **book)
    with pytest.raises(IntegrityError, match="key"), transaction.atomic():
        stock.move_stock(row.pk, 5, **book)
    assert (balances(), len(ledger())) == ({"LEEDS": (15, 0)}, 2)


def test_a_delivery_comes_in_whole_or_not_at_all(mug):
    one, two = leeds_and_york(mug, 0, 0)
    stock.receive_all({one.pk: 3, two.pk: 4}, key="delivery:1", by="alice")
    with pytest.raises(IntegrityError), transaction.atomic():
        stock.receive_all({one.pk: 3, two.pk: 4}, key="delivery:1", by="alice")
    assert balances() == {"LEEDS": (3, 0), "YORK": (4, 0)}
    assert [row[:3] for row in ledger()] == [
        ("receive", 3, f"delivery:1:{one.pk}"),
        ("receive", 4, f"delivery:1:{two.pk}"),
    ]


def test_more_cannot_leave_than_is_promised_to_others(mug):
    row = make_stock(mug, 10)
    stock.promise([want(mug, 8)])
    with pytest.raises(IntegrityError, match="stock_never_oversold"), transaction.atomic():
        stock.move_stock(row.pk, -3, kind=StockMovement.Kind.WRITE_OFF, key="count:1", by="alice")
    assert (balances(), len(ledger())) == ({"LEEDS": (10, 8)}, 1)


@pytest.mark.parametrize(
    ("sql", "wall"),
    [
        ("UPDATE inventory_stock SET reserved = 11", "stock_never_oversold"),
        ("UPDATE inventory_stock SET on_hand = 3", "stock_never_oversold"),
        ("UPDATE inventory_stock SET on_hand = -1, backorder_limit = 9", "stock_on_hand_not_negative"),
        ("UPDATE inventory_stock SET reserved = -1", "stock_reserved_not_negative"),
        ("UPDATE inventory_reservation SET quantity = 0", "reservation_promises_something"),
        ("UPDATE inventory_product SET price = -1", "product_price_not_negative"),
        ("UPDATE inventory_taxclass SET rate = 1", "tax_class_rate_is_a_fraction"),
        (
            "INSERT INTO inventory_reservation (key, stock_id, quantity, priority, at) "
            "SELECT key, stock_id, 1, 0, at FROM inventory_reservation",
            "one_reservation_per_key_and_stock",
        ),
        (
            "INSERT INTO inventory_stock (product_id, warehouse_id, on_hand, reserved, backorder_limit, reorder_point) "
            "SELECT product_id, warehouse_id, 1, 0, 0, 0 FROM inventory_stock",
            "one_stock_per_product_and_warehouse",
        ),
        (
            "INSERT INTO inventory_stockmovement (stock_id, kind, quantity, key, by, reason, at) "
            "SELECT id, 'adjust', 0, 'x', 'x', '', now() FROM inventory_stock",
            "movement_moves_something",
        ),
    ],
)
def test_the_database_is_the_last_wall(mug, sql, wall):
    make_stock(mug, 10)
    stock.promise([want(mug, 8)])
    with pytest.raises(IntegrityError, match=wall), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert (balances(), promises()) == ({"LEEDS": (10, 8)}, [("line:1", "LEEDS", 8)])
