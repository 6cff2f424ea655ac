"""Whatever is sent twice, at once, or by somebody who hangs up: one order, over real HTTP."""

import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from inventory.models import Stock
from orders.models import IdempotencyKey, Order
from tests.api import ORDERS, Api, order_body
from tests.concurrency.crowd import Answer, Call, ask_once, crowd, hang_up
from tests.factories import make_product, make_stock, numbers

KEYS, COPIES = 100, 50
BULK = f"{ORDERS}bulk/"
IN_FLIGHT = (409, "idempotency_key_in_flight")
PATIENCE = 20.0


@pytest.fixture(scope="module")
def shop(web: int) -> Api:
    make_stock(make_product(), 1_000_000)
    return Api()


def call(shop: Api, body: Any, *, path: str = ORDERS) -> Call:
    """A request with a key of its own."""
    headers = {**shop.headers, "Content-Type": "application/json", "Idempotency-Key": f"once-{next(numbers)}"}
    return Call(path, json.dumps(body).encode(), headers)


def settled(web: int, again: Call) -> Answer:
    """The answer of a request that may still be at work: asked again until it is not."""
    until = time.monotonic() + PATIENCE
    while (answer := ask_once(web, again)).code == IN_FLIGHT[1] and time.monotonic() < until:
        time.sleep(0.01)
    return answer


def orders_of(bodies: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Order numbers by external id."""
    names = [body["external_id"] for body in bodies]
    return dict(Order.objects.filter(external_id__in=names).values_list("external_id", "number"))


def reserved() -> int:
    return Stock.objects.get(product__sku="MUG-1").reserved


def test_fifty_copies_at_once_under_each_of_a_hundred_keys_are_a_hundred_orders(web, shop):
    before, bodies = reserved(), [order_body() for _ in range(KEYS)]
    firsts = [call(shop, body) for body in bodies]
    answers = crowd(web, [first for first in firsts for _ in range(COPIES)], at_once=COPIES)
    later = [settled(web, first) for first in firsts]
    numbers_by_name = orders_of(bodies)
    assert len(numbers_by_name) == KEYS
    assert reserved() - before == 2 * KEYS
    for place, (body, last) in enumerate(zip(bodies, later, strict=True)):
        copies = answers[place * COPIES : (place + 1) * COPIES]
        told = Counter((answer.status, answer.code, answer.replayed) for answer in copies)
        assert told[201, "", False] == 1
        assert set(told) <= {(201, "", False), (201, "", True), (*IN_FLIGHT, False)}
        assert (last.status, last.replayed) == (201, True)
        assert [answer.body for answer in copies if answer.status == 201] == [last.body] * (
            COPIES - told[*IN_FLIGHT, False]
        )
        assert last.body["number"] == numbers_by_name[body["external_id"]]


def test_one_order_under_many_keys_at_once_is_placed_once_and_found_by_the_others(web, shop):
    before, bodies = reserved(), [order_body() for _ in range(10)]
    answers = crowd(web, [call(shop, body) for body in bodies for _ in range(20)], at_once=COPIES)
    found = orders_of(bodies)
    assert Counter(answer.status for answer in answers) == {201: 10, 200: 190}
    assert {(row.body["external_id"], row.body["number"]) for row in answers} == set(found.items())
    assert (len(found), reserved() - before) == (10, 20)


@pytest.mark.parametrize("sent", [1.0, 0.5], ids=["whole", "half"])
def test_who_hangs_up_after_sending_and_sends_again_has_one_order(web, shop, sent):
    before, bodies = reserved(), [order_body() for _ in range(60)]
    calls = [call(shop, body) for body in bodies]
    for row in calls:
        hang_up(web, row, sent=sent)
    answers = [settled(web, row) for row in calls]
    found = orders_of(bodies)
    assert Counter(answer.status for answer in answers) == {201: 60}
    assert {(row.body["external_id"], row.body["number"]) for row in answers} == set(found.items())
    assert (len(found), reserved() - before) == (60, 120)
    assert IdempotencyKey.objects.filter(key__in=[row.headers["Idempotency-Key"] for row in calls]).count() == 60
    if sent < 1:
        assert {answer.replayed for answer in answers} == {False}


def test_the_same_bulk_sent_by_eight_at_once_is_twenty_orders(web, shop):
    before, bodies = reserved(), [order_body() for _ in range(20)]
    bulks = [random.Random(client).sample(bodies, 20) for client in range(8)]
    answers = crowd(web, [call(shop, {"orders": bulk}, path=BULK) for bulk in bulks], at_once=8)
    results = [row for answer in answers for row in answer.body["results"]]
    assert Counter(row["status"] for row in results) == {201: 20, 200: 140}
    assert [[row["external_id"] for row in answer.body["results"]] for answer in answers] == [
        [body["external_id"] for body in bulk] for bulk in bulks
    ]
    assert {(row["external_id"], row["number"]) for row in results} == set(orders_of(bodies).items())
    assert (len(orders_of(bodies)), reserved() - before) == (20, 40)


def test_bulks_and_single_posts_of_the_same_orders_at_once_are_one_order_each(web, shop):
    before, bodies = reserved(), [order_body() for _ in range(20)]
    calls = [call(shop, {"orders": random.Random(n).sample(bodies, 12)}, path=BULK) for n in range(8)]
    calls += [call(shop, body) for body in bodies for _ in range(3)]
    answers = crowd(web, random.Random(8).sample(calls, len(calls)), at_once=COPIES)
    results = [row for answer in answers for row in answer.body.get("results", [answer.body])]
    found = orders_of(bodies)
    assert {answer.status for answer in answers} == {200, 201}
    assert {(row["external_id"], row["number"]) for row in results} == set(found.items())
    assert (len(found), reserved() - before) == (20, 40)


def feed(chance: random.Random, people: Sequence[int]) -> list[dict[str, Any]]:
    """Orders of these people in any order, of goods of their own; half of them scarce, and one wants too many."""
    scarce, plenty = (make_product(f"FEED-{next(numbers)}") for _ in range(2))
    make_stock(scarce, len(people))
    make_stock(plenty, len(people))
    lines = [{"sku": (scarce if place % 2 else plenty).sku, "quantity": 1} for place in range(len(people))]
    greedy = order_body(lines=[{"sku": scarce.sku, "quantity": len(people)}], customer=somebody(next(numbers)))
    bodies = [order_body(lines=[line], customer=somebody(one)) for line, one in zip(lines, people, strict=True)]
    return [*chance.sample(bodies, len(bodies)), greedy]


def somebody(number: int) -> dict[str, str]:
    return {"email": f"person-{number}@example.org", "name": "Marta Silva"}


def test_bulks_of_the_same_people_that_fall_short_never_deadlock(web, shop):
    chance, people = random.Random(3), range(20)
    bulks = [feed(chance, chance.sample(people, 20)) for _ in range(24)]
    answers = crowd(web, [call(shop, {"orders": bulk}, path=BULK) for bulk in bulks], at_once=8)
    assert Counter(answer.status for answer in answers) == {200: 24}
    results = [row["status"] for answer in answers for row in answer.body["results"]]
    assert Counter(results) == {201: 24 * 20, 409: 24}


def test_bulks_that_compete_for_scarce_goods_promise_each_unit_once(web, shop):
    scarce = make_product(f"SCARCE-{next(numbers)}")
    make_stock(scarce, 30)
    lines = [{"sku": scarce.sku, "quantity": 1}, {"sku": "MUG-1", "quantity": 1}]
    bulks = [[order_body(lines=lines, customer=somebody(person)) for person in range(10)] for _ in range(8)]
    answers = crowd(web, [call(shop, {"orders": bulk}, path=BULK) for bulk in bulks], at_once=8)
    results = [row for answer in answers for row in answer.body["results"]]
    assert Counter(row["status"] for row in results) == {201: 30, 409: 50}
    assert [row["problem"]["missing"] for row in results if row["status"] == 409] == [{scarce.sku: 0}] * 50
    assert Stock.objects.get(product=scarce).reserved == 30
