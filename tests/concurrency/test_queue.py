"""Workers share the queue without stepping on each other, and whatever is done twice has the effect of once."""

from functools import partial
from time import sleep

import pytest
from django.db import transaction

from fulfillment.models import Label, Shipment
from fulfillment.stages.ship import ship
from inventory.models import StockMovement
from orders import services
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.models import Order, OrderEvent, Payment
from orders.queue import claim, drain_in_batches
from orders.stages.receive import receive
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_never_claim_the_same_order(at_once):
    make_stock(make_product(), 100)
    made = {make_order().pk for _ in range(30)}

    def claim_and_keep() -> list[int]:
        with transaction.atomic():
            claimed = claim(State.PLACED, 10)
            sleep(0.3)  # keep the locks until every worker has asked
            return claimed

    claims = at_once([claim_and_keep] * 4)
    taken = [order_id for claimed in claims for order_id in claimed]
    assert len(taken) == len(set(taken))
    assert set(taken) <= made


def test_many_workers_drain_a_stage_with_one_event_per_order(at_once):
    make_stock(make_product(), 100)
    orders = [make_order() for _ in range(40)]
    work = partial(
        drain_in_batches, partial(claim, State.PLACED), partial(receive, by="system:receive"), failed=services.postpone
    )
    done = at_once([work] * 4)
    assert sum(done) == 40
    assert Order.objects.filter(state=State.RECEIVED).count() == 40
    assert OrderEvent.objects.filter(name="order.received").count() == len(orders)


def test_a_shipment_shipped_by_many_at_once_has_one_label_one_capture_and_leaves_the_shelf_once(at_once):
    shipment = Shipment.objects.get(order=make_order(state="packed"))
    results = at_once([partial(ship, shipment.pk, by=f"worker:{number}") for number in range(8)])
    refused = [result for result in results if isinstance(result, NotAllowedNow)]
    assert len(refused) == 7
    assert Label.objects.count() == 1
    assert StockMovement.objects.filter(kind="ship").values_list("quantity", flat=True).get() == -1
    assert OrderEvent.objects.filter(name="payment.captured").count() == 1
    assert Payment.objects.get().captured == 10


@pytest.mark.parametrize("turn", range(10))
def test_an_order_is_cancelled_or_shipped_but_never_both(at_once, turn):
    order = make_order(state="packed")
    shipment = Shipment.objects.get(order=order)
    acts = [partial(ship, shipment.pk, by="worker"), partial(services.cancel, order.pk, reason="x", by="sam")]
    results = at_once(acts[:: 1 if turn % 2 else -1])
    assert sum(isinstance(result, Exception) for result in results) == 1
    state, left = Order.objects.get().state, StockMovement.objects.filter(kind="ship").count()
    assert (state, left, Payment.objects.get().captured) in {("cancelled", 0, 0), ("shipped", 1, 10)}
    assert Label.objects.count() in ({1} if state == "shipped" else {0, 1})  # bought in vain, but on record
