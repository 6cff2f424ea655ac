"""Baskets change, run out and become orders at the same moment; every unit is promised once and nobody deadlocks."""

import random
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from inventory import services as stock
from inventory.errors import NoSuchHold, NotEnoughStock
from inventory.models import Reservation, Stock, StockHold
from orders.models import Order
from orders.stages.place import place
from tests.factories import make_channel, make_product, make_stock, order_request

pytestmark = pytest.mark.django_db(transaction=True)
SOON, OVER = timedelta(minutes=15), timedelta(seconds=-1)


def change(hold, basket):
    return stock.change_hold(hold.token, channel="web", basket=basket, lasts=SOON)


def reserved():
    return dict(Stock.objects.values_list("product__sku", "reserved"))


def promised():
    units = Counter()
    for sku, quantity in Reservation.objects.values_list("stock__product__sku", "quantity"):
        units[sku] += quantity
    return units


@pytest.mark.parametrize("seed", range(3))
def test_baskets_that_change_beside_buyers_never_deadlock(at_once, seed):
    chance, channel = random.Random(seed), make_channel()
    products = [make_product(f"P-{number}") for number in range(8)]
    for product in products:
        make_stock(product, 30)

    def customer(baskets):
        hold = stock.take_hold(baskets[0], channel="web", lasts=SOON)
        for basket in baskets[1:]:
            change(hold, basket)
        return hold

    def basket():
        return {product: chance.randint(1, 2) for product in chance.sample(products, 4)}

    wishes = [[basket() for _ in range(6)] for _ in range(6)]
    orders = [order_request([(row.sku, 1) for row in chance.sample(products, 4)], email=f"{n}@x.org") for n in range(6)]
    acts = [partial(customer, baskets) for baskets in wishes]
    acts += [partial(place, order, channel=channel, by="channel:web") for order in orders]
    results = at_once(acts)
    assert {type(result) for result in results[:6]} <= {StockHold, NotEnoughStock}
    for hold, baskets in zip(results[:6], wishes, strict=True):
        if isinstance(hold, StockHold):
            assert stock.units_held(hold) == {row.sku: units for row, units in sorted(baskets[-1].items(), key=str)}
    assert promised() == Counter(reserved())


def naive_change(hold, basket):
    """Give back, then promise: each locks only its own part, so the lowest id does not come first."""
    with transaction.atomic():
        stock.release([hold.reservation_key])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        wants = [stock.Want(hold.reservation_key, row.pk, row.sku, units) for row, units in basket.items()]
        stock.promise(wants, channel="web")


def test_without_locking_both_at_once_two_baskets_that_swap_would_deadlock(at_once):
    mug, cup = make_product("MUG"), make_product("CUP")
    make_stock(mug, 9)
    make_stock(cup, 9)
    first = stock.take_hold({mug: 1}, channel="web", lasts=SOON)
    second = stock.take_hold({cup: 1}, channel="web", lasts=SOON)
    results = at_once([partial(naive_change, first, {cup: 1}), partial(naive_change, second, {mug: 1})])
    assert ["deadlock" in str(result) for result in results].count(True) == 1
    results = at_once([partial(change, first, {cup: 2}), partial(change, second, {mug: 2})])
    assert [type(result) for result in results] == [StockHold, StockHold]
    assert reserved() == {"CUP": 2, "MUG": 2}


@pytest.mark.parametrize("turn", range(8))
def test_a_basket_that_runs_out_while_it_is_bought_and_changed_keeps_every_unit_once(at_once, turn):
    channel, mug = make_channel(), make_product()
    make_stock(mug, 3)
    hold = stock.take_hold({mug: 3}, channel="web", lasts=OVER)
    buy = partial(place, order_request([("MUG-1", 3)], hold=hold.token), channel=channel, by="channel:web")
    drop = partial(stock.drop_hold, hold.token, channel="web")
    acts = [buy, partial(change, hold, {mug: 2}), drop, stock.expire_holds]
    results = at_once(acts[turn % 4 :] + acts[: turn % 4])
    assert {type(row) for row in results if isinstance(row, Exception)} <= {NoSuchHold, NotEnoughStock}
    held = sum(sum(stock.units_held(row).values()) for row in StockHold.objects.all())
    assert reserved() == {"MUG-1": 3 * Order.objects.count() + held}
    assert promised() == Counter(reserved())
