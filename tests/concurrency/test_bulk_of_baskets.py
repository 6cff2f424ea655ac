"""Bulks whose orders were baskets, while the baskets change: holds are locked before stock, whoever locks them."""

import random
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import Sum

from inventory import services as stock
from inventory.errors import NoSuchHold, NotEnoughStock
from inventory.models import Reservation, Stock, StockHold
from orders.models import Order
from orders.stages.place import place_many
from tests.factories import make_channel, make_product, make_stock, order_request

pytestmark = pytest.mark.django_db(transaction=True)
SOON = timedelta(minutes=15)
BASKETS = 40


def change(tokens, products, seed):
    """A customer who cannot decide, over all baskets; some have been bought by then."""
    chance = random.Random(seed)
    for token in chance.sample(tokens, len(tokens)):
        with suppress(NoSuchHold, NotEnoughStock):
            stock.change_hold(token, channel="web", basket={chance.choice(products): 1}, lasts=SOON)


def buy(tokens, products, channel, seed):
    """The same baskets in bulks of four, each bought as something else than what it holds."""
    chance, bought = random.Random(seed), 0
    for first in range(0, len(tokens), 4):
        requests = [
            order_request([(chance.choice(products).sku, 1)], hold=token, email=f"{token[:9]}@example.org")
            for token in tokens[first : first + 4]
        ]
        outcomes = place_many(requests, channel=channel, by="channel:web")
        bought += sum(not isinstance(outcome, NotEnoughStock) for outcome in outcomes)
    return bought


@pytest.mark.parametrize("units", [1000, 8], ids=["plenty", "short"])
def test_bulks_of_baskets_that_change_meanwhile_never_deadlock(at_once, units):
    channel, products = make_channel(), [make_product(f"P-{number}") for number in range(6)]
    for product in products:
        make_stock(product, units)
    held = [stock.take_hold({products[n % 6]: 1}, channel="web", lasts=SOON).token for n in range(BASKETS)]
    acts = [partial(buy, held[part::4], products, channel, part) for part in range(4)]
    acts += [partial(change, held, products, seed) for seed in range(4)]
    results = at_once(acts)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(results[:4]) == Order.objects.count()
    reserved = Stock.objects.aggregate(sum=Sum("reserved"))["sum"]
    assert reserved == Order.objects.count() + StockHold.objects.count() == BASKETS
    assert reserved == Reservation.objects.aggregate(sum=Sum("quantity"))["sum"]
