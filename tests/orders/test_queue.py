"""The order table as queue: who is claimed, what one bad row does to the others, and who is told afterwards."""

import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic, sleep

import pytest
from celery import Celery
from django.db import connection, transaction

from inventory import clock
from orders import nudges as nudges_module
from orders import queue, services
from orders.flow import State
from orders.models import Hold, Order, OrderEvent
from orders.queue import LEASE, claim, drain_in_batches, drain_one_by_one, lease, wake
from orders.stages.receive import receive
from orders.tasks import drain_approve, drain_receive
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def orders():
    """Five placed orders, all due."""
    make_stock(make_product(), 100)
    return [make_order() for _ in range(5)]


@pytest.fixture
def nudges(monkeypatch):
    """The queues that were nudged, with whether a transaction was still open."""
    told = []
    monkeypatch.setattr(queue, "nudge", lambda name: told.append((name, connection.in_atomic_block)))
    return told


def drain(*, bad=(), batch=drain_in_batches, rows=claim):
    def advance(order_id):
        receive(order_id, by="system:receive")
        if order_id in bad:
            raise ValueError("no luck today")

    return batch(partial(rows, State.PLACED), advance, failed=services.postpone)


def states():
    return list(Order.objects.order_by("id").values_list("state", flat=True))


def test_due_orders_are_claimed_oldest_first_up_to_the_limit(orders):
    for order, minutes in zip(orders, (1, 4, 2, 5, 3), strict=True):
        Order.objects.filter(pk=order.pk).update(due_at=NOON - timedelta(minutes=minutes))
    with transaction.atomic():
        assert claim(State.PLACED, 3) == [orders[3].pk, orders[1].pk, orders[4].pk]


def test_orders_that_are_held_not_due_or_elsewhere_are_not_claimed(orders):
    due, held, later, never, elsewhere = orders
    services.hold(held.pk, reason="look", note="", by="sam")
    receive(elsewhere.pk, by="test")
    Order.objects.filter(pk=later.pk).update(due_at=NOON + timedelta(seconds=1))
    Order.objects.filter(pk=never.pk).update(due_at=None)
    Order.objects.filter(pk__in=[due.pk, held.pk]).update(due_at=NOON)
    with clock.at(NOON), transaction.atomic():
        assert claim(State.PLACED, 10) == [due.pk]
        assert claim(State.APPROVED, 10) == []


def test_a_leased_order_is_due_again_after_the_lease_should_the_worker_die(orders):
    with clock.at(NOON):
        Order.objects.update(due_at=NOON)
        assert sorted(lease(State.PLACED, 3)) == [order.pk for order in orders[:3]]
        assert sorted(lease(State.PLACED, 10)) == [order.pk for order in orders[3:]]
        assert lease(State.PLACED, 10) == []
    with clock.at(NOON + LEASE - timedelta(seconds=1)):
        assert lease(State.PLACED, 10) == []
    with clock.at(NOON + LEASE):
        assert len(lease(State.PLACED, 10)) == 5


def test_a_batch_advances_every_row(orders, nudges):
    assert drain() == 5
    assert states() == ["received"] * 5


@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_bad_row_stops_no_other_in_its_batch(orders, nudges, place):
    bad = orders[place]
    assert drain(bad={bad.pk}) == 4
    assert states() == ["placed" if row == bad else "received" for row in orders]
    bad = Order.objects.get(pk=bad.pk)
    assert (bad.attempts, bad.open_holds, bad.event_seq, bad.events.count()) == (1, 0, 1, 1)


def test_a_row_that_the_database_refuses_stops_no_other(orders, nudges):
    def advance(order_id):
        receive(order_id, by="test")
        if order_id == orders[1].pk:
            Order.objects.filter(pk=order_id).update(state="reviewed")

    assert drain_in_batches(partial(claim, State.PLACED), advance, failed=services.postpone) == 4
    assert states() == ["received", "placed", "received", "received", "received"]


def test_a_batch_that_takes_too_long_keeps_what_is_done_and_leaves_the_rest_due(orders, nudges, monkeypatch):
    monkeypatch.setattr(queue, "BUDGET_SECONDS", 0.05)
    monkeypatch.setattr(queue, "monotonic", iter((0.0, 0.01, 0.04, 0.06)).__next__)
    assert drain() == 2
    assert states() == ["received", "received", "placed", "placed", "placed"]
    assert Order.objects.filter(state="placed", due_at__lte=clock.now(), attempts=0).count() == 3
    monkeypatch.setattr(queue, "monotonic", iter((0.0, 0.06)).__next__)
    assert drain(batch=drain_one_by_one, rows=lease) == 1
    assert states() == ["received"] * 3 + ["placed"] * 2


@pytest.mark.parametrize(
    ("batch", "rows", "state"), [(drain_in_batches, claim, "placed"), (drain_one_by_one, lease, "received")]
)
def test_all_due_rows_are_drained_batch_by_batch_and_bad_ones_not_again_at_once(
    orders, nudges, monkeypatch, batch, rows, state
):
    monkeypatch.setattr(queue, "BATCH", 2)
    assert drain(bad={orders[0].pk, orders[1].pk}, batch=batch, rows=rows) == 3
    # Row by row, what a bad one had committed before it failed stays done.
    assert states() == [state, state, "received", "received", "received"]
    assert list(Order.objects.order_by("id").values_list("attempts", flat=True)) == [1, 1, 0, 0, 0]


def test_a_row_by_row_drain_goes_on_after_a_bad_row(orders, nudges):
    bad = orders[0]
    assert drain(bad={bad.pk}, batch=drain_one_by_one, rows=lease) == 4
    assert [name for name, _ in nudges] == ["approve"]
    assert Order.objects.get(pk=bad.pk).attempts == 1


def test_a_row_that_fails_five_times_waits_for_a_person_and_the_others_never_noticed(orders, nudges):
    bad = orders[2]
    for minutes in range(5):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            drain(bad={bad.pk})
    assert [row.reason for row in Hold.objects.all()] == ["exception"]
    assert Hold.objects.get().note == "ValueError: no luck today"
    assert states() == ["received", "received", "placed", "received", "received"]
    with clock.at(clock.now() + timedelta(days=1)):
        assert drain() == 0
    services.release_hold(Hold.objects.get().pk, by="sam")
    with clock.at(clock.now() + timedelta(days=1)):
        assert drain() == 1
    assert states() == ["received"] * 5


def test_each_batch_tells_the_next_stage_once(orders, nudges, monkeypatch):
    drain()
    assert [name for name, _ in nudges] == ["approve"]
    nudges.clear()
    monkeypatch.setattr(queue, "BATCH", 2)
    drain_approve()
    assert [name for name, _ in nudges] == ["pick"] * 3


def test_a_batch_that_finds_nothing_tells_nobody(nudges):
    assert drain() == 0
    assert nudges == []


@pytest.mark.django_db(transaction=True)
def test_the_next_stage_is_told_after_the_commit_and_never_before(orders, nudges):
    nudges.clear()
    drain()
    assert nudges == [("approve", False)]


def test_outside_a_batch_the_next_stage_is_told_on_commit(nudges, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        wake("placed")
        assert nudges == []
    assert [name for name, _ in nudges] == ["receive"]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_tells_nobody(nudges):
    with transaction.atomic():
        wake("placed")
        transaction.set_rollback(True)
    assert nudges == []


@pytest.mark.parametrize("state", ["reviewed", "rejected", "cancelled"])
def test_an_end_wakes_nobody(nudges, state, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        wake(state)
    assert nudges == []


def test_in_a_quiet_block_nobody_is_told(nudges, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), queue.quiet():
        wake("placed")
    assert nudges == []


def test_a_broker_that_is_away_is_only_logged(monkeypatch, caplog):
    nowhere = Celery("nowhere", set_as_current=False)
    nowhere.config_from_object("django.conf:settings", namespace="CELERY")
    nowhere.conf.broker_url = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(nudges_module, "current_app", nowhere)
    with caplog.at_level(logging.WARNING, logger="orders.nudges"):
        nudges_module.send("receive")
    assert [record.getMessage().split(":")[0] for record in caplog.records if record.name == "orders.nudges"] == [
        "Could not nudge receive, the next sweep will"
    ]


@pytest.fixture
def sent(monkeypatch):
    """The messages that left, with the moment of each."""
    messages = []
    monkeypatch.setattr(nudges_module, "send", lambda name: messages.append((name, monotonic())))
    return messages


def until(condition, seconds=5.0):
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline
        sleep(0.005)


def test_many_nudges_in_a_row_are_few_messages_and_the_last_one_is_never_forgotten(sent):
    herald = nudges_module.Herald()
    for _ in range(200):
        herald.tell("receive")
    until(lambda: sent)
    before = monotonic()
    herald.tell("receive")
    herald.tell("approve")
    until(lambda: {name for name, at in sent if at >= before} == {"receive", "approve"})
    assert len(sent) <= 4


def test_after_an_idle_time_the_herald_starts_again(sent, monkeypatch):
    monkeypatch.setattr(nudges_module, "IDLE_SECONDS", 0.01)
    herald = nudges_module.Herald()
    herald.tell("receive")
    until(lambda: herald._thread is None)
    herald.tell("approve")
    until(lambda: [name for name, _ in sent] == ["receive", "approve"])


def test_the_tasks_carry_an_order_from_placed_to_approved(orders, nudges):
    drain_receive()
    drain_approve()
    assert states() == ["approved"] * 5
    by = set(OrderEvent.objects.exclude(name="order.placed").values_list("name", "by"))
    assert by == {("order.received", "system:receive"), ("order.approved", "system:approve")}
