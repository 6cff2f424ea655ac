"""Shipments as queue: locked through their order, so that the lock order holds everywhere (order, shipment, stock)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from fulfillment.flow import LEFT
from fulfillment.models import Shipment
from inventory import clock
from orders.flow import GATHERED, State
from orders.models import Order
from orders.queue import LEASE, held

TRUSTED = (State.APPROVED, *GATHERED)


@contextmanager
def held_shipment(shipment_id: int) -> Iterator[Shipment]:
    """The shipment under its order's row lock and its own; `shipment.order` is the locked order."""
    with held(Shipment.objects.values_list("order_id", flat=True).get(pk=shipment_id)) as order:
        shipment = Shipment.objects.select_for_update(no_key=True).get(pk=shipment_id)
        shipment.order = order
        yield shipment


def claim_shipments(state: State, limit: int) -> list[int]:
    """Lock the orders of up to `limit` due shipments in `state`; orders that others hold are passed over."""
    due = Order.objects.filter(Exists(_due(state).filter(order_id=OuterRef("pk")))).order_by("pk")
    locked = list(due.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:limit])
    # Looked at again under the lock: another worker may have moved them in between.
    return list(_due(state).filter(order_id__in=locked).order_by("pk").values_list("pk", flat=True))


def lease_shipments(state: State, limit: int) -> list[int]:
    """Claim and let go of the locks, for stages that talk to a carrier; due again after the lease."""
    with transaction.atomic():
        claimed = claim_shipments(state, limit)
        Shipment.objects.filter(pk__in=claimed).update(due_at=clock.now() + LEASE)
    return claimed


def _due(state: State) -> QuerySet[Shipment]:
    """What has left is followed whatever holds it; work on what is here is for trusted orders without holds only."""
    due = Shipment.objects.filter(state=state, due_at__lte=clock.now()).exclude(order__state=State.CANCELLED)
    return due if state in LEFT else due.filter(order__open_holds=0, open_holds=0, order__state__in=TRUSTED)
