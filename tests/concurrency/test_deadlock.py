"""Workers and buyers want the same stock in every order, and nobody waits for ever."""

import random
from functools import partial

import pytest
from django.db import connection

from inventory.models import Stock
from orders.models import Order
from orders.stages.place import Placed, place
from orders.tasks import drain_receive
from tests.factories import make_channel, make_product, make_stock, make_warehouse, order_request

pytestmark = pytest.mark.django_db(transaction=True)


def deadlocks():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot(), deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return cursor.fetchone()[1]


def test_receiving_while_others_buy_the_same_products_never_deadlocks(at_once):
    chance, channel = random.Random(5), make_channel()
    leeds, york = make_warehouse("LEEDS", priority=1), make_warehouse("YORK", priority=2)
    products = [make_product(f"P-{number}") for number in range(12)]
    for product in products:
        make_stock(product, chance.choice([0, 400]), warehouse=leeds)
        make_stock(product, 400, warehouse=york)
    before = deadlocks()

    def baskets(buyer):
        for turn in range(12):
            lines = [(product.sku, 1) for product in chance.sample(products, 6)]
            yield order_request(lines, email=f"{buyer}-{turn}@example.org")

    def buy(requests):
        return [place(request, channel=channel, by="channel:web") for request in requests]

    def work():
        while Order.objects.filter(state="received").count() < 72:
            drain_receive()

    acts = [partial(buy, list(baskets(buyer))) for buyer in range(6)] + [work] * 3
    results = at_once(acts)
    assert all(isinstance(placed, Placed) for bought in results[:6] for placed in bought)
    assert results[6:] == [None] * 3
    assert Order.objects.filter(state="received", attempts=0).count() == 72
    assert sum(Stock.objects.values_list("reserved", flat=True)) == 72 * 6
    assert deadlocks() == before
