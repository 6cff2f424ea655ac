"""The feed beside writers that commit in scrambled order; and what a reader by id would have missed."""

import random
import threading
import time
from functools import partial

import pytest
from django.db import transaction

from orders.models import OrderEvent
from orders.services import add_note
from tests.api import Api
from tests.factories import make_channel, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = "/api/v1/events/"
WRITERS, NOTES = 6, 12


class Scene:
    """Writers with short and long transactions, of two channels, and one transaction that outlasts many others."""

    def __init__(self):
        make_stock(make_product(), 100)
        channels = [make_channel("web"), make_channel("market")]
        self.orders = [make_order(channel=channels[place % 2]) for place in range(WRITERS + 2)]
        self.chance = random.Random(7)
        self.begun, self.passed, self.over = threading.Event(), threading.Event(), threading.Event()
        self.finished = []

    def write(self, place):
        chance = random.Random(place)
        assert self.begun.wait(30)
        for number in range(NOTES):
            with transaction.atomic():
                add_note(self.orders[place].pk, text=str(number), by="sam")
                time.sleep(chance.choice([0, 0, 0.001, 0.05]))
        self.finish(place)

    def write_slowly(self):
        """Take the lowest id of all, and let go only when later ones were read by id."""
        with transaction.atomic():
            add_note(self.orders[WRITERS].pk, text="slow", by="sam")
            self.begun.set()
            assert self.passed.wait(30)
        self.finish(WRITERS)

    def finish(self, place):
        self.finished.append(place)
        if len(self.finished) == WRITERS + 1:
            self.over.set()

    def read_by_id(self):
        """What many feeds do: ids greater than the last one seen."""
        own = OrderEvent.objects.filter(order__channel__code="web").order_by("id").values_list("pk", flat=True)
        seen = list(own)
        placed, last_round = len(seen), False
        while not last_round:
            last_round = self.over.is_set()
            seen += own.filter(pk__gt=seen[-1])
            if len(seen) > placed + 3:
                self.passed.set()
        return seen

    def read_the_feed(self, api):
        """By the rules: `next` becomes `after`, for ever."""
        seen, cursor, deadline = [], "", time.monotonic() + 60
        everything = WRITERS // 2 * (NOTES + 1) + 2
        while len(seen) < everything and time.monotonic() < deadline:
            answer = api.get(EVENTS, after=cursor, limit=self.chance.randint(1, 9)).json()
            seen, cursor = seen + answer["events"], answer["next"]
        assert self.over.wait(30)
        time.sleep(0.1)
        return seen + api.get(EVENTS, after=cursor).json()["events"]


def test_nothing_is_left_out_and_nothing_comes_twice_where_reading_by_id_leaves_something_out(at_once):
    scene = Scene()
    api = Api("orders:read", channel=make_channel("web"))
    acts = [scene.write_slowly, scene.read_by_id, partial(scene.read_the_feed, api)]
    acts += [partial(scene.write, place) for place in range(WRITERS)]
    _, by_id, feed, *_ = at_once(acts)
    own = OrderEvent.objects.filter(order__channel__code="web")
    assert sorted((row["order"], row["seq"]) for row in feed) == sorted(own.values_list("order__number", "seq"))
    for order in scene.orders[0::2]:
        numbers = [row["seq"] for row in feed if row["order"] == order.number]
        assert numbers == list(range(1, len(numbers) + 1))
    missed = set(own.values_list("pk", flat=True)) - set(by_id)
    assert OrderEvent.objects.get(order=scene.orders[WRITERS], name="order.noted").pk in missed
