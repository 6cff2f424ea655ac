"""A label that was bought stays on record, whatever becomes of the shipment."""

import pytest

from fulfillment.models import Label, Shipment
from fulfillment.queue import held_shipment
from fulfillment.services import postpone
from fulfillment.stages.deliver import deliver
from fulfillment.stages.ship import buy_labels, ship
from inventory import clock
from inventory.errors import NotEnoughStock
from inventory.models import Stock
from orders import services
from orders.errors import NotAllowedNow
from orders.models import OrderEvent
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def test_a_refusal_after_the_purchase_keeps_the_label_and_the_next_try_uses_it():
    shipment = Shipment.objects.select_related("order", "warehouse").get(order=make_order(state="packed"))
    buy_labels(shipment, by="test")
    bought = Label.objects.values().get()
    Stock.objects.update(on_hand=0, backorder_limit=5)
    with pytest.raises(NotEnoughStock):
        ship(shipment.pk, by="petra")
    assert Label.objects.values().get() == bought
    Stock.objects.update(on_hand=10)
    ship(shipment.pk, by="petra")
    assert Label.objects.values().get() == bought
    assert OrderEvent.objects.get(name="shipment.shipped").data["tracking"] == [bought["tracking_number"]]


def test_nothing_is_bought_for_a_held_order():
    order = make_order(state="packed")
    services.hold(order.pk, reason="look", note="", by="sam")
    with pytest.raises(NotAllowedNow, match="it takes that no hold is open on the order"):
        ship(Shipment.objects.get().pk, by="petra")
    assert Label.objects.count() == 0


def test_a_carrier_that_answers_again_starts_the_count_of_failures_anew():
    shipment = Shipment.objects.get(order=make_order(state="shipped"))
    for _ in range(60):  # two days of failures: the rest between two tries stays an hour
        postpone(shipment.pk, ConnectionError("no answer"))
    with held_shipment(shipment.pk) as row:
        assert (row.attempts, row.due_at > clock.now()) == (60, True)
    deliver(shipment.pk, by="carrier")
    assert Shipment.objects.get().attempts == 0
