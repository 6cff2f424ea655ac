"""Three hundred buyers, a hundred units: over real HTTP, by the web as it runs in production.

Every sale has products of its own, so one web and one database serve all of them.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connection
from django.db.models import Sum

from inventory.models import Reservation, Stock
from orders.models import Order, OrderLine
from tests.api import ORDERS, Api, order_body
from tests.concurrency.crowd import Answer, Call, crowd
from tests.factories import make_channel, make_product, make_stock, numbers

BUYERS, AT_ONCE, UNITS = 300, 64, 100
SEEDS = range(20)
PLENTY = 10_000


@dataclass(frozen=True)
class Sale:
    """A scarce product and what the buyers were told."""

    sku: str
    answers: Sequence[Answer]

    @property
    def told(self) -> Counter[tuple[int, str]]:
        """How many got which status and code."""
        return Counter((answer.status, answer.code) for answer in self.answers)

    @property
    def books(self) -> tuple[int, int, int, int]:
        """Units reserved, units promised, units in order lines, and orders."""
        bought = OrderLine.objects.filter(sku=self.sku)
        promised = Reservation.objects.filter(stock__product__sku=self.sku)
        return (
            Stock.objects.get(product__sku=self.sku).reserved,
            promised.aggregate(sum=Sum("quantity"))["sum"],
            bought.aggregate(sum=Sum("quantity"))["sum"],
            Order.objects.filter(lines__in=bought).distinct().count(),
        )


@pytest.fixture(scope="module")
def sellers(web: int) -> list[Api]:
    """Two channels; one of them names its prices, without tax."""
    return [Api(channel=make_channel("web")), Api(channel=make_channel("market", prices_include_tax=False))]


@pytest.fixture
def sold(web: int, sellers: list[Api]):
    """Hold a sale: `units` of one product that every buyer wants, with `others` that there is plenty of."""

    def sell(seed: int, *, others: int = 0, units: int = UNITS, buyers: int = BUYERS) -> Sale:
        chance = random.Random(seed)
        scarce, *plenty = (f"SALE-{next(numbers)}" for _ in range(1 + 2 * others))
        for sku in (scarce, *plenty):
            make_stock(make_product(sku), units if sku == scarce else PLENTY)
        baskets = [[scarce, *chance.sample(plenty, others)] for _ in range(buyers)]
        calls = [wish(chance, chance.choice(sellers), chance.sample(basket, len(basket))) for basket in baskets]
        return Sale(scarce, crowd(web, calls, at_once=AT_ONCE))

    return sell


def wish(chance: random.Random, seller: Api, skus: Sequence[str]) -> Call:
    """One buyer's order of one unit each. Buyers come back; channels say more or less."""
    lines = [{"sku": sku, "quantity": 1} for sku in skus]
    if seller.channel.code == "market":
        lines = [{**line, "unit_price": f"{chance.randint(1, 9)}.00"} for line in lines]
    name = f"sale-{next(numbers)}"
    body = order_body(
        customer={"email": f"buyer{chance.randint(1, 120)}@example.org", "name": "Marta Silva"},
        lines=lines,
        payment={"method": chance.choice(["card", "invoice", "transfer"])},
        external_id=chance.choice([name, None]),
    )
    headers = {**seller.headers, "Content-Type": "application/json", "Idempotency-Key": name}
    return Call(ORDERS, json.dumps(body).encode(), headers)


def must_be_exact(sale: Sale) -> None:
    """Every unit is sold once, and whoever comes too late hears that none is left."""
    assert sale.told == {(201, ""): UNITS, (409, "out_of_stock"): BUYERS - UNITS}
    missing = [answer.body["missing"] for answer in sale.answers if answer.status == 409]
    assert missing == [{sale.sku: 0}] * (BUYERS - UNITS)
    assert sale.books == (UNITS, UNITS, UNITS, UNITS)


@pytest.mark.parametrize("seed", SEEDS)
def test_three_hundred_buyers_get_exactly_the_hundred_units_there_are(sold, seed):
    must_be_exact(sold(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_baskets_in_any_order_get_exactly_the_units_of_the_scarcest(sold, seed):
    before = Counter(dict(Stock.objects.values_list("product__sku", "reserved")))
    sale = sold(seed, others=4)
    must_be_exact(sale)
    bought = Counter(line["sku"] for answer in sale.answers if answer.status == 201 for line in answer.body["lines"])
    after = Counter(dict(Stock.objects.values_list("product__sku", "reserved")))
    assert after - before == bought
    assert bought.total() == 5 * UNITS


@contextmanager
def no_lock() -> Iterator[None]:
    """Promise without locking the stock first, as a shop does that reads, thinks and writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('inventory_promise'::regproc)")
        locking = cursor.fetchone()[0]
        assert locking.count("FOR NO KEY UPDATE") == 1
        cursor.execute(locking.replace("FOR NO KEY UPDATE", ""))
        try:
            yield
        finally:
            cursor.execute(locking)


@contextmanager
def no_constraint() -> Iterator[None]:
    """Let the table take anything; what was oversold is found on a shelf afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inventory_stock DROP CONSTRAINT stock_never_oversold")
        try:
            yield
        finally:
            cursor.execute("UPDATE inventory_stock SET on_hand = greatest(on_hand, reserved)")
            cursor.execute(
                "ALTER TABLE inventory_stock ADD CONSTRAINT stock_never_oversold "
                "CHECK (reserved <= on_hand + backorder_limit)"
            )


def test_without_the_lock_the_constraint_refuses_and_nothing_is_oversold(sold):
    with no_lock():
        sale = sold(1, units=10, buyers=AT_ONCE)
    placed, broken = sale.told[201, ""], sale.told[500, "server_error"]
    assert broken > 0
    assert placed + broken + sale.told[409, "out_of_stock"] == AT_ONCE
    assert sale.books == (10, 10, 10, 10)
    assert placed == 10


def test_without_the_constraint_as_well_the_shop_oversells(sold):
    with no_constraint(), no_lock():
        sale = sold(1, units=10, buyers=AT_ONCE)
    placed = sale.told[201, ""]
    assert placed > 10
    assert sale.books == (placed, placed, placed, placed)


def test_without_the_constraint_the_lock_alone_is_enough(sold):
    with no_constraint():
        must_be_exact(sold(2))
