"""Stage 7: what the carrier tells, in any order and however often, only ever moves a parcel forward."""

import itertools
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from fulfillment.carriers import fake
from fulfillment.carriers.carrier import Scan
from fulfillment.carriers.packages import ask_again_in, carrier_day
from fulfillment.models import Label, Parcel, PlayedLabel, Shipment, TrackingEvent
from fulfillment.news import take_news
from fulfillment.queue import held_shipment
from fulfillment.services import open_shipments
from fulfillment.stages.deliver import deliver
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from fulfillment.tasks import drain_deliver
from inventory import clock
from orders.errors import NotAllowedNow
from orders.models import Order, OrderEvent
from tests.factories import make_carton, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
RANKS = [status.value for status in Parcel.Status]
JOURNEY = ["in_transit", "out_for_delivery", "delivered"]
SURVEY_DELAY = timedelta(days=3)


@pytest.fixture(autouse=True)
def real_days(settings):
    settings.CARRIER_DAY_SECONDS, settings.SURVEY_DELAY_SECONDS = 86_400, SURVEY_DELAY.total_seconds()


@pytest.fixture
def on_the_road():
    return Shipment.objects.get(order=make_order([("MUG-1", 2)], state="shipped"))


def scans(shipment, *words):
    """What the carrier saw, an hour apart."""
    start = shipment.shipped_at
    seen = dict(zip(JOURNEY, itertools.count(1), strict=False))
    return [Scan(f"K:{word}", word, word.title(), start + timedelta(hours=seen[word])) for word in words]


def tell(shipment, *messages):
    """The carrier's messages, each a list of scans, of the shipment's first parcel."""
    for message in messages:
        with held_shipment(shipment.pk) as held:
            take_news(held, held.parcels.order_by("number")[0], message, by="carrier")


def told():
    """(status, kept scans, events) after everything was said."""
    moved = OrderEvent.objects.filter(name__in=[f"parcel.{status}" for status in RANKS[2:]])
    events = list(moved.order_by("seq").values_list("data__status", flat=True))
    return Parcel.objects.get().status, TrackingEvent.objects.count(), events


def days_later(shipment, days):
    return clock.at(shipment.shipped_at + timedelta(days=days))


def test_a_shipment_nobody_has_seen_yet_is_asked_about_again(on_the_road):
    with days_later(on_the_road, 0.1):
        deliver(on_the_road.pk, by="carrier")
        due = clock.now() + ask_again_in(carrier_day())
    assert (Shipment.objects.get().state, Shipment.objects.get().due_at) == ("shipped", due)
    assert told() == ("labelled", 0, [])


def test_the_carrier_is_asked_six_times_a_day(settings):
    assert ask_again_in(carrier_day()) == timedelta(hours=4)
    settings.CARRIER_DAY_SECONDS = 0.6
    assert ask_again_in(carrier_day()) == timedelta(seconds=0.25)


def test_a_parcel_moves_as_it_is_seen_and_its_arrival_takes_shipment_and_order_along(on_the_road):
    with days_later(on_the_road, 0.5):
        deliver(on_the_road.pk, by="carrier")
    assert told() == ("in_transit", 1, ["in_transit"])
    assert (Order.objects.get().state, Shipment.objects.get().state) == ("shipped", "shipped")
    with days_later(on_the_road, 20):
        deliver(on_the_road.pk, by="carrier")
        now = clock.now()
    assert told() == ("delivered", 4, JOURNEY)
    shipment, order, seen = Shipment.objects.get(), Order.objects.get(), Parcel.objects.get().status_at
    assert (shipment.state, shipment.delivered_at, shipment.due_at) == ("delivered", seen, None)
    assert seen < now
    assert (order.state, order.state_since, order.due_at) == ("delivered", now, now + SURVEY_DELAY)
    newest = list(OrderEvent.objects.order_by("-seq").values_list("name", flat=True)[:2])
    assert newest == ["order.delivered", "shipment.delivered"]


def test_an_event_says_what_was_seen_and_when(on_the_road):
    tell(on_the_road, scans(on_the_road, "in_transit"))
    event = OrderEvent.objects.get(name="parcel.in_transit")
    assert (event.by, event.data) == (
        "carrier",
        {
            "shipment": on_the_road.code,
            "parcel": 1,
            "status": "in_transit",
            "description": "In_Transit",
            "seen_at": (on_the_road.shipped_at + timedelta(hours=1)).isoformat(),
        },
    )
    assert Parcel.objects.get().status_at == on_the_road.shipped_at + timedelta(hours=1)


def test_asking_twice_is_asking_once(on_the_road):
    with days_later(on_the_road, 0.5):
        for _ in range(2):
            deliver(on_the_road.pk, by="carrier")
    assert told() == ("in_transit", 1, ["in_transit"])


@pytest.mark.parametrize("order", list(itertools.permutations(JOURNEY)))
def test_news_in_any_order_end_at_the_furthest_and_never_go_back(on_the_road, order):
    tell(on_the_road, *[scans(on_the_road, word) for word in order])
    status, kept, moves = told()
    assert (status, kept) == ("delivered", 3)
    assert moves == sorted(moves, key=RANKS.index)
    assert moves[-1] == "delivered"
    assert Parcel.objects.get().status_at == on_the_road.shipped_at + timedelta(hours=3)


@pytest.mark.parametrize("order", list(itertools.permutations(JOURNEY)))
def test_one_message_in_any_order_and_with_everything_twice_is_the_same(on_the_road, order):
    message = scans(on_the_road, *order, *order)
    tell(on_the_road, message, message)
    status, kept, moves = told()
    assert (status, kept, moves) == ("delivered", 3, sorted(moves, key=RANKS.index))


def test_late_news_of_an_arrived_parcel_are_kept_and_change_nothing(on_the_road):
    with days_later(on_the_road, 20):
        deliver(on_the_road.pk, by="carrier")
    order = Order.objects.values("state", "due_at", "state_since").get()
    with days_later(on_the_road, 21):
        tell(on_the_road, scans(on_the_road, "in_transit"))
        deliver(on_the_road.pk, by="carrier")
    assert told() == ("delivered", 5, JOURNEY)
    assert Order.objects.values("state", "due_at", "state_since").get() == order
    assert (Shipment.objects.get().state, Shipment.objects.get().due_at) == ("delivered", None)


@pytest.mark.parametrize("state", ["picked", "packed"])
def test_what_has_not_left_cannot_arrive(state):
    order = make_order(state=state)
    shipment = Shipment.objects.get(order=order)
    before = (shipment.due_at, OrderEvent.objects.count())
    with pytest.raises(NotAllowedNow, match=f"Cannot deliver {order.number}-1: it has not left the warehouse"):
        deliver(shipment.pk, by="carrier")
    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.due_at, OrderEvent.objects.count()) == (state, *before)


def test_a_shipment_has_arrived_with_its_last_parcel(on_the_road):
    other = Parcel.objects.create(shipment=on_the_road, number=2, weight_g=1, status="labelled")
    fields = {"carrier": "Parcelwing", "service": "economy", "cost": 1, "currency": "GBP"}
    sent = on_the_road.shipped_at
    days = {"bought_at": sent, "expected_at": sent + timedelta(days=3)}
    Label.objects.create(parcel=other, tracking_number="PW2", **days, **fields)
    PlayedLabel.objects.create(
        account="parcelwing", key="PW2", tracking_number="PW2", service="economy", cost=1, days=3,
        sold_at=sent, arrives_at=sent + timedelta(days=3),
    )  # fmt: skip
    tell(on_the_road, scans(on_the_road, "delivered"))
    with days_later(on_the_road, 0.1):
        deliver(on_the_road.pk, by="carrier")
    assert (Shipment.objects.get().state, Order.objects.get().state) == ("shipped", "shipped")
    with days_later(on_the_road, 20):
        deliver(on_the_road.pk, by="carrier")
    assert (Shipment.objects.get().state, Order.objects.get().state) == ("delivered", "delivered")


def test_an_order_has_arrived_with_its_last_shipment():
    make_carton()
    for code, sku, priority in [("LEEDS", "MUG", 1), ("YORK", "TEA", 2)]:
        make_stock(make_product(sku), 5, warehouse=make_warehouse(code, priority=priority))
    order = make_order([("MUG", 2), ("TEA", 1)], state="approved")
    open_shipments(order.pk, by="test")
    leeds, york = Shipment.objects.order_by("number")
    for advance in (pick, pack, ship):
        advance(leeds.pk, by="test")
    with clock.at(clock.now() + timedelta(days=20)):
        deliver(leeds.pk, by="carrier")
        assert (Shipment.objects.get(pk=leeds.pk).state, Order.objects.get().state) == ("delivered", "approved")
        for advance in (pick, pack, ship):
            advance(york.pk, by="test")
        assert Order.objects.get().state == "shipped"
    with clock.at(clock.now() + timedelta(days=40)):
        deliver(york.pk, by="carrier")
    assert Order.objects.get().state == "delivered"
    assert OrderEvent.objects.filter(name="order.delivered").count() == 1


def test_a_hold_does_not_stop_what_is_on_the_road(on_the_road):
    Order.objects.update(open_holds=1)
    with days_later(on_the_road, 20):
        drain_deliver()
    assert Order.objects.get().state == "delivered"


def test_a_carrier_that_is_away_is_asked_again_later(on_the_road, monkeypatch):
    def away(*_, **__):
        raise OSError("no route to carrier")

    monkeypatch.setattr(fake.PlayedCarrier, "track", away)
    with days_later(on_the_road, 1):
        drain_deliver()
        now = clock.now()
    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.attempts, shipment.due_at) == ("shipped", 1, now + timedelta(seconds=2))
    assert told() == ("labelled", 0, [])


def test_the_database_refuses_to_move_a_parcel_backwards(on_the_road):
    for number, (before, after) in enumerate(itertools.permutations(RANKS, 2), 2):
        parcel = Parcel.objects.create(shipment=on_the_road, number=number, weight_g=1, status=before)
        rows = Parcel.objects.filter(pk=parcel.pk)
        if RANKS.index(after) > RANKS.index(before) and before != "returned_to_sender":
            assert rows.update(status=after) == 1
            continue
        message = f"a parcel cannot go back from {before} to {after}"
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            rows.update(status=after)
        assert rows.get().status == before


def test_the_database_keeps_a_scan_once(on_the_road):
    tell(on_the_road, scans(on_the_road, "in_transit"))
    scan = TrackingEvent.objects.get()
    scan.pk = None
    with pytest.raises(IntegrityError, match="key"), transaction.atomic():
        scan.save(force_insert=True)
