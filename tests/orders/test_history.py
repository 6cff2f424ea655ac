"""History has no gap, and a reader that goes on from its cursor misses nothing and sees nothing twice."""

import random
import threading
import time
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from orders import services
from orders.errors import NotAllowedNow
from orders.history import events_since
from orders.models import Order, OrderEvent
from orders.stages.receive import receive
from tests.factories import make_order, make_product, make_stock

START = (0, 0)
real_connections = pytest.mark.django_db(transaction=True)


def in_thread(act):
    """Run `act` in a thread with a connection of its own."""

    def run():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@contextmanager
def open_elsewhere(act):
    """Another connection has done `act` and commits only when the block ends."""
    done, go = threading.Event(), threading.Event()

    def work():
        with transaction.atomic():
            act()
            done.set()
            go.wait(30)

    thread = in_thread(work)
    assert done.wait(30)
    try:
        yield
    finally:
        go.set()
        thread.join(30)


def note(order, text="x"):
    services.add_note(order.pk, text=text, by="sam")


def texts(events):
    return [event.data["text"] for event in events if event.name == "order.noted"]


def read_on(cursor, limit=1000):
    """The next events and the cursor behind them."""
    events = list(events_since(cursor, limit=limit))
    return events, (events[-1].xid, events[-1].pk) if events else cursor


def read_until(cursor, count):
    """Read on until `count` events came. Other databases of the same server may hold the horizon back a while."""
    seen, deadline = [], time.monotonic() + 60
    while len(seen) < count and time.monotonic() < deadline:
        events, cursor = read_on(cursor)
        seen += events
        time.sleep(0.02)
    return seen, cursor


@pytest.fixture
def two_orders():
    make_stock(make_product(), 10)
    orders = [make_order(), make_order()]
    _, cursor = read_until(START, 2)
    return orders, cursor


@pytest.mark.django_db
def test_a_whole_journey_is_numbered_without_a_gap():
    order = make_order(state="reviewed")
    numbers = list(order.events.order_by("id").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert Order.objects.get().event_seq == len(numbers)


@pytest.mark.django_db
def test_a_refused_step_leaves_no_gap():
    order = make_order(state="received")
    for _ in range(3):
        with pytest.raises(NotAllowedNow):
            receive(order.pk, by="test")
    note(order)
    assert list(order.events.values_list("seq", "name")) == [
        (1, "order.placed"),
        (2, "order.received"),
        (3, "order.noted"),
    ]


@pytest.mark.django_db
def test_a_number_is_given_once():
    order = make_order()
    with pytest.raises(IntegrityError, match="one_event_per_order_and_seq"), transaction.atomic():
        OrderEvent.objects.create(order=order, seq=1, name="order.noted", by="sam")
    assert order.events.count() == 1


@real_connections
def test_many_writers_at_once_number_one_orders_events_without_a_gap():
    order = make_order()
    threads = [in_thread(lambda number=number: note(order, str(number))) for number in range(20)]
    for thread in threads:
        thread.join(30)
    assert list(order.events.values_list("seq", flat=True)) == list(range(1, 22))
    assert Order.objects.get().event_seq == 21


@real_connections
def test_events_come_in_the_order_of_their_transactions_and_page_by_page():
    order = make_order()
    for number in range(5):
        note(order, str(number))
    seen, cursor = read_until(START, 6)
    assert [event.seq for event in seen] == [1, 2, 3, 4, 5, 6]
    assert read_on(cursor) == ([], cursor)
    pages, cursor = [], START
    for _ in range(4):
        page, cursor = read_on(cursor, limit=2)
        pages.append([event.seq for event in page])
    assert pages == [[1, 2], [3, 4], [5, 6], []]


@real_connections
def test_a_page_may_end_in_the_middle_of_a_transaction():
    order = make_order()
    with transaction.atomic():
        for number in range(3):
            note(order, str(number))
    assert len(set(order.events.exclude(seq=1).values_list("xid", flat=True))) == 1
    read_until(START, 4)
    first, cursor = read_on(START, limit=2)
    rest, _ = read_on(cursor)
    assert [event.seq for event in (*first, *rest)] == [1, 2, 3, 4]


@real_connections
def test_nothing_is_read_past_a_transaction_that_is_still_open(two_orders):
    (slow, quick), cursor = two_orders
    with open_elsewhere(lambda: note(slow, "slow")):
        note(quick, "quick")
        assert texts(OrderEvent.objects.all()) == ["quick"]
        assert read_on(cursor) == ([], cursor)
    seen, cursor = read_until(cursor, 2)
    assert texts(seen) == ["slow", "quick"]
    assert read_on(cursor) == ([], cursor)


@real_connections
def test_reading_by_id_greater_than_last_seen_would_miss_one(two_orders):
    (slow, quick), cursor = two_orders
    last_id = OrderEvent.objects.latest("id").pk
    with open_elsewhere(lambda: note(slow, "slow")):
        note(quick, "quick")
        naive = list(OrderEvent.objects.filter(pk__gt=last_id).order_by("pk"))
        last_id = naive[-1].pk
    naive += OrderEvent.objects.filter(pk__gt=last_id).order_by("pk")
    assert texts(naive) == ["quick"]
    assert texts(read_until(cursor, 2)[0]) == ["slow", "quick"]


@real_connections
def test_reading_by_transaction_without_the_horizon_would_miss_one(two_orders):
    (slow, quick), cursor = two_orders
    with open_elsewhere(lambda: note(slow, "slow")):
        note(quick, "quick")
        naive = list(OrderEvent.objects.filter(xid__gt=cursor[0]).order_by("xid", "pk"))
    naive += OrderEvent.objects.filter(xid__gt=naive[-1].xid).order_by("xid", "pk")
    assert texts(naive) == ["quick"]
    assert texts(read_until(cursor, 2)[0]) == ["slow", "quick"]


@real_connections
def test_a_reader_inside_its_own_writing_transaction_does_not_run_ahead_of_it(two_orders):
    (order, _), cursor = two_orders
    with transaction.atomic():
        note(order, "mine")
        assert read_on(cursor) == ([], cursor)
    assert texts(read_until(cursor, 1)[0]) == ["mine"]


@real_connections
def test_what_was_rolled_back_is_never_read(two_orders):
    (order, other), cursor = two_orders
    with transaction.atomic():
        note(order, "undone")
        transaction.set_rollback(True)
    note(other, "done")
    assert texts(read_until(cursor, 1)[0]) == ["done"]


@real_connections
def test_a_reader_beside_many_slow_writers_sees_each_event_once():
    make_stock(make_product(), 10)
    orders, chance = [make_order() for _ in range(6)], random.Random(4)
    naps = [[chance.random() / 50 for _ in range(10)] for _ in orders]

    def write(place):
        for number, nap in enumerate(naps[place]):
            with transaction.atomic():
                note(orders[place], f"{place}-{number}")
                time.sleep(nap)

    threads = [in_thread(lambda place=place: write(place)) for place in range(6)]
    seen, cursor = [], START
    while any(thread.is_alive() for thread in threads):
        events, cursor = read_on(cursor, limit=3)
        seen += events
    seen += read_until(cursor, 66 - len(seen))[0]
    assert len(seen) == 66
    assert {event.pk for event in seen} == set(OrderEvent.objects.values_list("pk", flat=True))
    for order in orders:
        assert [event.seq for event in seen if event.order_id == order.pk] == list(range(1, 12))
