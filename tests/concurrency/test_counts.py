"""Counts, deliveries and transfers while others buy: every unit is booked once, and nobody waits for ever."""

import random
import threading
from collections import Counter
from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from inventory import services as stock
from inventory.errors import BeingCounted, NotEnoughStock, WrongState
from inventory.models import Count, DeliveryReceipt, ExpectedDelivery, LostPromise, Reservation, Stock, StockMovement
from inventory.services.counts import approve_count, enter_count, open_count, submit_count
from inventory.services.deliveries import Receipt, expect_delivery, receive_delivery
from tests.factories import make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db(transaction=True)
FRIDAY = date(2026, 5, 8)


def total(rows):
    return rows.aggregate(sum=Sum("quantity"))["sum"] or 0


def buy(product, number):
    stock.promise([stock.Want(f"line:{number}", product.pk, product.sku, 2)])
    return 2


def send(row, number):
    stock.ship({f"line:{number}": 2}, warehouse_id=row.warehouse_id, key=f"ship:{number}", by="petra")
    return -2


def submitted(row, counted):
    count = open_count(row.warehouse, name="Aisle 3", stock_ids=[row.pk], by="bob")
    enter_count(count.lines.get().pk, counted=counted, by="bob")
    submit_count(count.pk, by="bob")
    return count


@pytest.mark.parametrize("missing", [10, 26, 34])
def test_a_count_is_booked_while_others_buy_and_send(at_once, missing):
    product = make_product()
    row = make_stock(product, 40)
    for number in range(3):
        buy(product, number)
    count = submitted(row, 40 - missing)
    acts = [partial(send, row, number) for number in range(3)]
    acts += [partial(buy, product, number) for number in range(3, 20)]
    *results, booked = at_once([*acts, partial(approve_count, count.pk, by="alice")])
    assert {type(result) for result in results} <= {int, NotEnoughStock}
    assert (results[:3], booked.state) == ([-2, -2, -2], "booked")
    now = Stock.objects.get()
    assert now.on_hand == 40 - missing - 6 == total(StockMovement.objects)
    assert now.reserved == total(Reservation.objects) <= now.on_hand
    assert 2 * results[3:].count(2) == now.reserved + total(LostPromise.objects)


def test_a_loss_is_written_down_while_others_buy(at_once):
    product = make_product()
    row = make_stock(product, 40)
    kind = StockMovement.Kind.WRITE_OFF
    write = partial(stock.write_down, row.pk, 7, kind=kind, by="bob", reason="Broken")
    acts = [partial(buy, product, number) for number in range(20)]
    for place in (3, 8, 13, 18):
        acts.insert(place, partial(write, key=f"w:{place}"))
    results = at_once(acts)
    losses, bought = results[3:19:5], [result for result in results if not isinstance(result, list)]
    assert {type(result) for result in losses} == {list}
    assert {type(result) for result in bought} <= {int, NotEnoughStock}
    now = Stock.objects.get()
    assert (now.on_hand, now.reserved) == (12, total(Reservation.objects))
    assert 2 * bought.count(2) == now.reserved + sum(loss.quantity for rows in losses for loss in rows)


def naive_booking(stock_id, variance, *, read, moved):
    """What a shop does that reads, thinks and writes: no lock in between."""
    with transaction.atomic():
        on_hand = Stock.objects.get(pk=stock_id).on_hand
        read.set()
        assert moved.wait(timeout=30)
        kind = StockMovement.Kind.COUNT
        StockMovement.objects.create(stock_id=stock_id, kind=kind, quantity=variance, key="naive", by="bob")
        Stock.objects.filter(pk=stock_id).update(on_hand=on_hand + variance)


def test_without_the_lock_a_count_forgets_what_moved_meanwhile(at_once):
    row, read, moved = make_stock(make_product(), 40), threading.Event(), threading.Event()

    def break_three():
        assert read.wait(timeout=30)
        stock.adjust(row.pk, -3, key="a:1", by="bob", reason="Broken")
        moved.set()

    assert at_once([partial(naive_booking, row.pk, -10, read=read, moved=moved), break_three]) == [None, None]
    assert (total(StockMovement.objects), Stock.objects.get().on_hand) == (27, 30)


def test_a_count_is_approved_once(at_once):
    row = make_stock(make_product(), 40)
    count = submitted(row, 20)
    results = at_once([partial(approve_count, count.pk, by=f"person {number}") for number in range(8)])
    assert Counter(type(result) for result in results) == {Count: 1, WrongState: 7}
    assert (Stock.objects.get().on_hand, StockMovement.objects.filter(kind="count").count()) == (20, 1)


def test_a_stock_is_in_one_open_count(at_once):
    row = make_stock(make_product(), 40)
    begin = partial(open_count, row.warehouse, stock_ids=[row.pk], by="bob")
    results = at_once([partial(begin, name=f"Count {number}") for number in range(8)])
    assert Counter(type(result) for result in results) == {Count: 1, BeingCounted: 7}
    assert Count.objects.count() == 1


def expected(units=12):
    leeds, product = make_warehouse(), make_product()
    return expect_delivery(leeds, reference="PO-1", supplier="", due_on=FRIDAY, units={product.pk: units}, by="bob")


@pytest.mark.parametrize("receipt", [Receipt(5, 2), Receipt(0, 2)])
def test_the_same_receipt_sent_by_many_is_booked_once(at_once, receipt):
    delivery = expected()
    line = delivery.lines.get()
    receive = partial(receive_delivery, delivery.pk, received={line.pk: receipt}, key="r:1", by="petra")
    assert at_once([receive] * 10) == [delivery] * 10
    line = delivery.lines.get()
    assert (line.received, line.damaged, Stock.objects.get().on_hand) == (receipt.good, receipt.damaged, receipt.good)
    assert DeliveryReceipt.objects.count() == 1


def test_different_receipts_at_once_are_all_booked(at_once):
    delivery = expected()
    line = delivery.lines.get()
    came = {line.pk: Receipt(2, 1)}
    acts = [partial(receive_delivery, delivery.pk, received=came, key=f"r:{n}", by="petra") for n in range(6)]
    assert at_once(acts) == [delivery] * 6
    line = delivery.lines.get()
    assert (line.received, line.damaged, Stock.objects.get().on_hand) == (12, 6, 12)


def naive_receipt(delivery, looked):
    """Looks, thinks and writes without the delivery's lock."""
    with transaction.atomic():
        fresh = not delivery.receipts.filter(key="r:1").exists()
        looked.wait(timeout=30)
        if fresh:
            DeliveryReceipt.objects.create(delivery=delivery, key="r:1", units={}, by="petra")


def test_without_the_lock_only_the_constraint_keeps_a_receipt_single(at_once):
    results = at_once([partial(naive_receipt, expected(), threading.Barrier(4))] * 4)
    assert Counter(type(result) for result in results) == {type(None): 1, IntegrityError: 3}
    assert DeliveryReceipt.objects.count() == 1


def test_deliveries_and_counts_of_many_products_never_deadlock_with_buyers(at_once):
    chance, leeds = random.Random(7), make_warehouse()
    products = [make_product(f"P-{number}") for number in range(8)]
    rows = [make_stock(product, 20) for product in products]
    walk = [row.pk for row in rows[::-2]]
    count = open_count(leeds, name="Aisle 3", stock_ids=walk, by="bob")
    for line in count.lines.all():
        enter_count(line.pk, counted=19, by="bob")
    acts = [partial(submit_count, count.pk, by="bob")]
    for number in range(4):
        units = {product.pk: 1 for product in chance.sample(products, 8)}
        delivery = expect_delivery(leeds, reference=f"PO-{number}", supplier="", due_on=FRIDAY, units=units, by="bob")
        came = {line.pk: Receipt(1, 0) for line in delivery.lines.all()}
        acts.append(partial(receive_delivery, delivery.pk, received=came, key="r:1", by="petra"))
    for number in range(15):
        basket = chance.sample(products, 5)
        acts.append(partial(stock.promise, [stock.Want(f"line:{number}", row.pk, row.sku, 1) for row in basket]))
    results = at_once(acts)
    assert (results[0].state, results[5:]) == ("booked", [None] * 15)
    assert [type(result) for result in results[1:5]] == [ExpectedDelivery] * 4
    found = dict(Stock.objects.values_list("pk", "on_hand"))
    assert found == {row.pk: 23 if row.pk in walk else 24 for row in rows}
    assert Stock.objects.aggregate(sum=Sum("reserved"))["sum"] == 75


def test_transfers_in_both_directions_never_deadlock(at_once):
    product = make_product()
    leeds, york = make_stock(product, 50), make_stock(product, 50, warehouse=make_warehouse("YORK"))
    there = {"source_id": leeds.warehouse_id, "target_id": york.warehouse_id}
    back = {"source_id": york.warehouse_id, "target_id": leeds.warehouse_id}
    acts = [
        partial(stock.transfer, product.pk, 2, **(there if number % 2 else back), key=f"t:{number}", by="bob")
        for number in range(20)
    ]
    assert at_once(acts) == [None] * 20
    assert sorted(Stock.objects.values_list("on_hand", flat=True)) == [50, 50]
    assert StockMovement.objects.filter(kind="transfer").count() == 40
