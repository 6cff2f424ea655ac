"""Stock is promised once, however many ask at the same moment."""

import random
from collections import Counter
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from inventory import services as stock
from inventory.errors import NotEnoughStock
from inventory.models import Reservation, Stock
from orders.models import Order
from orders.stages.place import Placed, place
from tests.factories import make_channel, make_product, make_stock, make_warehouse, order_request

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = 40


def buy(request, channel):
    return place(request, channel=channel, by="channel:web")


def test_the_last_units_are_promised_once(at_once):
    product, channel = make_product(), make_channel()
    make_stock(product, 7)
    make_stock(product, 6, warehouse=make_warehouse("YORK"))
    requests = [order_request(email=f"{buyer}@example.org") for buyer in range(BUYERS)]
    results = at_once([partial(buy, request, channel) for request in requests])
    assert Counter(type(result) for result in results) == {Placed: 13, NotEnoughStock: BUYERS - 13}
    assert [result.missing for result in results if isinstance(result, NotEnoughStock)] == [{"MUG-1": 0}] * 27
    assert sorted(Stock.objects.values_list("on_hand", "reserved")) == [(6, 6), (7, 7)]
    assert Reservation.objects.count() == Order.objects.count() == 13


@pytest.mark.parametrize("seed", range(3))
def test_baskets_of_many_products_in_any_order_never_deadlock(at_once, seed):
    chance = random.Random(seed)
    channel, products = make_channel(), [make_product(f"P-{number}") for number in range(8)]
    for product in products:
        make_stock(product, 20)
    baskets = [[(product.sku, 1) for product in chance.sample(products, 5)] for _ in range(BUYERS)]
    requests = [order_request(lines, email=f"{buyer}@example.org") for buyer, lines in enumerate(baskets)]
    results = at_once([partial(buy, request, channel) for request in requests])
    assert {type(result) for result in results} <= {Placed, NotEnoughStock}
    placed = [basket for basket, result in zip(baskets, results, strict=True) if isinstance(result, Placed)]
    sold = Counter(sku for basket in placed for sku, _ in basket)
    assert dict(Stock.objects.values_list("product__sku", "reserved")) == {
        product.sku: sold[product.sku] for product in products
    }
    assert max(sold.values()) <= 20


def test_the_same_order_sent_by_many_connections_is_one_order(at_once):
    channel = make_channel()
    make_stock(make_product(), 100)
    request = order_request(external_id="A-1")
    results = at_once([partial(buy, request, channel) for _ in range(20)])
    assert {result.number for result in results} == {Order.objects.get().number}
    assert Counter(result.created for result in results) == {True: 1, False: 19}
    assert Stock.objects.get().reserved == 1


def naive_promise(stock_id: int) -> None:
    """What a shop does that reads, thinks and writes: no lock in between."""
    with transaction.atomic():
        row = Stock.objects.get(pk=stock_id)
        if row.on_hand - row.reserved < 1:
            raise NotEnoughStock({"MUG-1": 0})
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.05)")
            cursor.execute("UPDATE inventory_stock SET reserved = reserved + 1 WHERE id = %s", [stock_id])


def test_without_the_lock_only_the_constraint_saves_us(at_once):
    row = make_stock(make_product(), 5)
    results = at_once([partial(naive_promise, row.pk) for _ in range(20)])
    assert IntegrityError in {type(result) for result in results}
    assert Stock.objects.get().reserved == 5


def test_without_the_constraint_as_well_the_shop_oversells(at_once):
    row = make_stock(make_product(), 5)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inventory_stock DROP CONSTRAINT stock_never_oversold")
    try:
        at_once([partial(naive_promise, row.pk) for _ in range(20)])
        assert Stock.objects.get().reserved > 5
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inventory_stock SET reserved = 0")
            cursor.execute(
                "ALTER TABLE inventory_stock ADD CONSTRAINT stock_never_oversold "
                "CHECK (reserved <= on_hand + backorder_limit)"
            )


def test_a_promise_is_given_back_once(at_once):
    product = make_product()
    make_stock(product, 10)
    stock.promise([stock.Want("cart:1", product.pk, product.sku, 4)])
    results = at_once([partial(stock.release, ["cart:1"]) for _ in range(10)])
    assert sorted(results) == [0] * 9 + [4]
    assert Stock.objects.get().reserved == 0
