"""What is low, what is out, and what is still to come."""

from datetime import date

import pytest

from inventory import services as stock
from inventory.models import BundleComponent, Stock
from inventory.selectors import Arrival, StockRow, low_stock, next_arrivals, stock_outs
from inventory.services.deliveries import Receipt, close_delivery, expect_delivery, receive_delivery
from tests.factories import make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY = date(2026, 5, 8), date(2026, 5, 11)


@pytest.fixture
def mug():
    return make_product()


def reserve(product, units, key="line:1"):
    stock.promise([stock.Want(key, product.pk, product.sku, units)])


def reorder_at(row, units):
    Stock.objects.filter(pk=row.pk).update(reorder_point=units)


def coming(product, units, due_on, *, warehouse=None, reference="PO-1"):
    place = warehouse or make_warehouse()
    return expect_delivery(place, reference=reference, supplier="", due_on=due_on, units={product.pk: units}, by="bob")


def receive(delivery, good, damaged=0):
    (line,) = delivery.lines.all()
    receive_delivery(delivery.pk, received={line.pk: Receipt(good, damaged)}, key="r:1", by="bob")


def named(rows):
    return [(row.sku, row.warehouse, row.free) for row in rows]


@pytest.mark.parametrize(("units", "listed"), [(6, []), (7, [("MUG-1", "LEEDS", 3)])])
def test_low_is_no_more_free_than_the_reorder_point(mug, units, listed):
    reorder_at(make_stock(mug, 10), 3)
    reserve(mug, units)
    assert named(low_stock()) == listed


def test_without_a_reorder_point_nothing_is_low(mug):
    make_stock(mug, 0)
    assert low_stock() == []


def test_what_is_not_sold_or_cannot_leave_is_not_ordered_again(mug):
    reorder_at(make_stock(make_product("OLD", active=False), 1), 5)
    reorder_at(make_stock(mug, 1, warehouse=make_warehouse("YORK", active=False)), 5)
    assert low_stock() == []


def test_backorders_make_free_negative(mug):
    row = make_stock(mug, 2, backorder_limit=5)
    reorder_at(row, 1)
    reserve(mug, 6)
    assert named(low_stock()) == [("MUG-1", "LEEDS", -4)]


def test_a_row_tells_what_is_on_its_way(mug):
    row = make_stock(mug, 2)
    reorder_at(row, 4)
    reserve(mug, 1)
    receive(coming(mug, 20, FRIDAY), 5, 3)
    coming(mug, 8, MONDAY, reference="PO-2")
    coming(mug, 9, FRIDAY, warehouse=make_warehouse("YORK"), reference="PO-3")
    close_delivery(coming(mug, 7, FRIDAY, reference="PO-4").pk, by="bob")
    reorder_at(row, 6)
    assert low_stock() == [
        StockRow(
            stock_id=row.pk,
            product_id=mug.pk,
            sku="MUG-1",
            name="Mug-1",
            warehouse="LEEDS",
            on_hand=7,
            reserved=1,
            free=6,
            reorder_point=6,
            incoming=12 + 8,
            next_due_on=FRIDAY,
        )
    ]


def test_what_came_already_is_not_on_its_way(mug):
    row = make_stock(mug, 0)
    receive(coming(mug, 2, FRIDAY), 3)
    reorder_at(row, 9)
    (told,) = low_stock()
    assert (told.on_hand, told.incoming, told.next_due_on) == (3, 0, None)


def test_a_product_is_out_when_no_warehouse_has_a_free_unit(mug):
    make_stock(mug, 3, warehouse=make_warehouse("LEEDS", priority=1))
    make_stock(mug, 1, warehouse=make_warehouse("YORK", priority=2))
    reserve(mug, 3)
    assert stock_outs() == []
    reserve(mug, 1, "line:2")
    assert named(stock_outs()) == [("MUG-1", "LEEDS", 0), ("MUG-1", "YORK", 0)]


def test_goods_in_a_closed_warehouse_are_out(mug):
    make_stock(mug, 3, warehouse=make_warehouse("YORK", active=False))
    assert named(stock_outs()) == [("MUG-1", "YORK", 3)]


def test_neither_bundles_nor_what_is_no_longer_sold_are_out(mug):
    make_stock(mug, 3)
    make_stock(make_product("OLD", active=False), 0)
    BundleComponent.objects.create(bundle=make_product("BOX"), component=mug, quantity=2)
    assert stock_outs() == []


def test_arrivals_come_earliest_first_by_product(mug):
    plate, york = make_product("PLATE"), make_warehouse("YORK")
    coming(mug, 8, MONDAY)
    receive(coming(mug, 20, FRIDAY, warehouse=york, reference="PO-2"), 5, 3)
    coming(plate, 4, FRIDAY, reference="PO-3")
    coming(make_product("BOWL"), 4, FRIDAY, reference="PO-4")
    leeds = make_warehouse()
    assert next_arrivals([mug.pk, plate.pk]) == {
        mug.pk: [Arrival(FRIDAY, 12, york.pk), Arrival(MONDAY, 8, leeds.pk)],
        plate.pk: [Arrival(FRIDAY, 4, leeds.pk)],
    }


def test_nothing_arrives_from_what_is_complete_or_closed(mug):
    receive(coming(mug, 2, FRIDAY), 1, 1)
    close_delivery(coming(mug, 8, MONDAY, reference="PO-2").pk, by="bob")
    assert next_arrivals([mug.pk]) == {}


def test_each_question_is_one_query(mug, django_assert_num_queries):
    for sku in ("A", "B", "C"):
        product = make_product(sku)
        reorder_at(make_stock(product, 0), 1)
        coming(product, 1, FRIDAY, reference=sku)
    for ask in (low_stock, stock_outs):
        with django_assert_num_queries(1):
            assert len(ask()) == 3
    products = list(Stock.objects.values_list("product_id", flat=True))
    with django_assert_num_queries(1):
        assert len(next_arrivals(products)) == 3
