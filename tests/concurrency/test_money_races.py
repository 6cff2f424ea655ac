"""Money under many hands: refunds side by side, captures beside cancels, workers beside each other.

`RACES` says how many of each are run: a few here, 500 when somebody wants to be sure.
"""

import os
import random
from collections import Counter
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import F, Sum

from ordermgmt.verify.examine import verify
from orders import services, tasks
from orders.errors import NotAllowedNow, NothingToCollect, RefundTooLarge
from orders.gateways import GATEWAYS
from orders.gateways.fake import Fake
from orders.models import Order, Payment, Refund, Transaction
from orders.order_request import PaymentRequest
from orders.queue import held
from orders.services import grant_refund, receive_payment
from tests.concurrency.conftest import deadlocks
from tests.factories import make_channel, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db(transaction=True)
RACES = int(os.environ.get("RACES", "12"))


@pytest.fixture
def fake(settings, monkeypatch):
    settings.FAKE_GATEWAY = {"declines": 0.2, "timeouts": 0.3, "slow_seconds": 0.001, "seed": 7}
    gateway = Fake()
    monkeypatch.setitem(GATEWAYS, "fake", gateway)
    return gateway


@pytest.fixture(autouse=True)
def enough_mugs(db):
    make_stock(make_product("MUG-1"), RACES + 10)


def grant(order, amount, key):
    return grant_refund(order.pk, amount=Decimal(amount), reason="race", by="sam", key=key)


def all_is_well():
    assert [breach for check in verify().checks for breach in check.breaches] == []


def test_refunds_side_by_side_never_give_back_more_than_was_paid(at_once):
    chance, before = random.Random(1), deadlocks()
    outcomes = Counter()
    for number in range(RACES):
        order = make_order(payment=PaymentRequest("card", authorised=Decimal(0)))
        for reference, amount in (("a", 6), ("b", 4)):
            receive_payment(order.pk, amount=Decimal(amount), method="transfer", reference=reference, by="sam")
        amounts = [chance.choice(("3.00", "4.00", "7.00", "10.00")) for _ in range(3)]
        results = at_once([partial(grant, order, amount, f"{number}:{n}") for n, amount in enumerate(amounts)])
        paid = [row for row in results if not isinstance(row, Exception)]
        assert {type(row) for row in results if isinstance(row, Exception)} <= {RefundTooLarge}
        given = sum(row.amount for rows in paid for row in rows)
        assert given <= 10
        assert given == Payment.objects.filter(order=order).aggregate(sum=Sum("refunded"))["sum"]
        outcomes[len(paid)] += 1
    assert set(outcomes) >= {1, 2}
    assert deadlocks() == before
    all_is_well()


def test_one_refund_under_one_key_is_granted_once(at_once):
    for number in range(RACES):
        order = make_order(payment=PaymentRequest("transfer", captured=Decimal(10)))
        results = at_once([partial(grant, order, "2.00", f"same:{number}")] * 3)
        assert len({row.pk for (row,) in results}) == 1
        assert Payment.objects.get(order=order).refunded == 2
    assert Refund.objects.count() == RACES
    all_is_well()


def naive_refund(payment_id, amount):
    """Looks first and writes then, without the order's lock."""
    with transaction.atomic(), connection.cursor() as cursor:
        payment = Payment.objects.get(pk=payment_id)
        if payment.captured - payment.refunded < amount:
            raise RefundTooLarge("no")
        cursor.execute("SELECT pg_sleep(0.2)")
        Payment.objects.filter(pk=payment_id).update(refunded=F("refunded") + amount)


def test_without_the_lock_only_the_constraint_saves_us(at_once):
    make_order(payment=PaymentRequest("transfer", captured=Decimal(10)))
    results = at_once([partial(naive_refund, Payment.objects.get().pk, Decimal(7))] * 2)
    assert ["refunded_within_captured" in str(row) for row in results].count(True) == 1
    assert Payment.objects.get().refunded == 7


def capture(order):
    with held(order.pk) as row:
        services.capture(row, by="test")


def test_a_capture_beside_a_cancel_leaves_no_money_behind(at_once, fake):
    channel, before = make_channel("card", gateway="fake"), deadlocks()
    chance = random.Random(2)
    for _ in range(RACES):
        order = make_order(channel=channel, payment=PaymentRequest("card", reference="pi_1"), state="received")
        cancel = partial(services.cancel, order.pk, reason="race", by="sam")
        acts = [partial(services.take_pledged, order.pk, by="sam"), cancel, tasks.settle_payments]
        chance.shuffle(acts)
        results = at_once(acts)
        assert {type(row) for row in results if isinstance(row, Exception)} <= {NothingToCollect, NotAllowedNow}
        payment = Payment.objects.get(order=order)
        assert (Order.objects.get(pk=order.pk).state, payment.captured - payment.refunded) == ("cancelled", 0)
    settled(fake)
    assert deadlocks() == before
    all_is_well()


def settled(fake):
    """Let workers go on until nothing is pending; what the bank really did agrees with what the books say."""
    for _ in range(4):
        Transaction.objects.filter(status="pending").update(due_at=F("created_at"))
        tasks.settle_payments()
    assert not Transaction.objects.filter(status="pending", attempts=0).exclude(kind="refund").exists()
    moved = {key for _, key in fake.moved}
    assert set(fake.moved.values()) <= {1}
    assert set(Transaction.objects.filter(status="done").values_list("key", flat=True)) <= moved
    assert not moved & set(Transaction.objects.filter(status="dropped").values_list("key", flat=True))


def test_workers_side_by_side_ask_for_everything_once(at_once, fake):
    channel = make_channel("card", gateway="fake")
    for _ in range(RACES):
        capture(make_order(channel=channel, payment=PaymentRequest("card", reference="pi_1"), state="received"))
    at_once([tasks.settle_payments] * 4)
    settled(fake)
    counts = Counter(Transaction.objects.values_list("status", flat=True))
    assert counts["done"] + counts["failed"] == RACES
    assert len(fake.moved) == counts["done"]
    all_is_well()


def test_the_same_transfer_told_at_once_is_booked_once(at_once):
    for number in range(RACES):
        order = make_order(payment=PaymentRequest("invoice"))
        book = partial(receive_payment, order.pk, amount=Decimal(10), method="transfer", reference=str(number), by="x")
        results = at_once([book] * 3)
        assert len({row.pk for row in results}) == 1
    assert Payment.objects.aggregate(sum=Sum("captured"))["sum"] == 10 * RACES
    all_is_well()
