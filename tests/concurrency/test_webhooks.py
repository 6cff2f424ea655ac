"""Many write history at once, in transactions that overlap, while it is made into deliveries: none is left out."""

from functools import partial
from random import Random
from time import sleep

import pytest
from django.db import transaction

from orders.models import OrderEvent, WebhookDelivery
from orders.services import add_note
from orders.webhooks import managing
from orders.webhooks.fanning import fan_out
from tests.factories import make_channel, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, NOTES = 6, 12


def write_notes(order_id: int, seed: int) -> int:
    dice = Random(seed)
    for number in range(NOTES):
        with transaction.atomic():
            add_note(order_id, text=f"Note {number}", by="alice")
            sleep(dice.random() / 50)  # others, who began later, commit first
    return NOTES


def read_on() -> int:
    made = 0
    for _ in range(40):
        made += fan_out()
        sleep(0.01)
    return made


def test_each_event_becomes_one_delivery_however_the_writers_overlap(at_once, settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    make_stock(make_product("MUG-1"), 100)
    orders = [make_order() for _ in range(WRITERS)]
    row, _ = managing.make_endpoint(
        make_channel(), name="x", url="http://127.0.0.1:9/", events=["order.noted"], by="alice"
    )
    writers = [partial(write_notes, order.pk, seed) for seed, order in enumerate(orders)]
    done = at_once([*writers, read_on, read_on])
    assert done[:WRITERS] == [NOTES] * WRITERS
    assert all(isinstance(made, int) for made in done[WRITERS:])
    fan_out()
    events = OrderEvent.objects.filter(name="order.noted")
    assert events.count() == WRITERS * NOTES
    told = WebhookDelivery.objects.filter(endpoint=row)
    assert sorted(told.values_list("event_id", flat=True)) == sorted(events.values_list("pk", flat=True))
