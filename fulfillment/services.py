"""Writes beside the stages 4 to 7: opening shipments, moving the order after them, taking goods back."""

from collections import Counter, defaultdict
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django_fsm import can_proceed

from fulfillment.flow import ENDED, LEFT, OPEN, order_runs
from fulfillment.handover.following import ask, follow
from fulfillment.holds import end_shipment_holds
from fulfillment.lists import finish_pick_lists, write_pick_list
from fulfillment.models import Shipment, ShipmentLine
from fulfillment.queue import held_shipment
from inventory import clock
from inventory.models import Warehouse
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.history import advanced, record
from orders.models import Allocation, Order, OrderLine
from orders.queue import TRIES, backoff, held, wake
from orders.services import hold_for_exception

REST = timedelta(hours=1)


def open_shipments(order_id: int, *, by: str) -> None:
    """Make one shipment per warehouse of an approved order, each with its pick list; then the order waits for them."""
    with held(order_id) as order:
        if order.state != State.APPROVED or order.open_holds:
            raise NotAllowedNow("pick", order, [_("no hold is open on it")] if order.open_holds else [])
        open_for(order, by=by)


def open_for(order: Order, *, by: str) -> None:
    """The same of an approved order held by the caller: what is allocated and in no shipment, by warehouse.

    A warehouse that has one shipment of the order to pick gets no second. Those that were stopped keep their numbers.
    """
    numbers = order.shipments.count()
    busy = list(order.shipments.filter(state=State.APPROVED).values_list("warehouse_id", flat=True))
    there = _units_there(order)
    by_warehouse: defaultdict[Warehouse, list[tuple[OrderLine, int]]] = defaultdict(list)
    wanted = Allocation.objects.filter(line__order=order).exclude(warehouse__in=busy)
    for row in wanted.select_related("warehouse", "line").order_by("id"):
        if (units := row.quantity - there[row.line_id, row.warehouse_id]) > 0:
            by_warehouse[row.warehouse].append((row.line, units))
    for number, (warehouse, rows) in enumerate(by_warehouse.items(), numbers + 1):
        _open(order, warehouse, rows, number=number, by=by)
    order.due_at = None
    order.save(update_fields=["due_at"])


def _units_there(order: Order) -> Counter[tuple[int, int]]:
    """Units in shipments that were not stopped, by line and warehouse."""
    rows = ShipmentLine.objects.filter(shipment__order=order).exclude(shipment__state=State.CANCELLED)
    units = Counter[tuple[int, int]]()
    for line_id, warehouse_id, count in rows.values_list("order_line_id", "shipment__warehouse_id", "quantity"):
        units[line_id, warehouse_id] += count
    return units


def _open(order: Order, warehouse: Warehouse, rows: list[tuple[OrderLine, int]], *, number: int, by: str) -> None:
    automatic = warehouse.mode == Warehouse.Mode.AUTOMATIC
    now = clock.now()
    shipment = Shipment.objects.create(
        order=order,
        warehouse=warehouse,
        number=number,
        created_at=now,
        state_since=now,
        due_at=now if automatic else None,
    )
    lines = ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, order_line=line, quantity=units) for line, units in rows
    )
    write_pick_list(warehouse, lines)
    record(order, "shipment.created", by=by, shipment=shipment.code, warehouse=warehouse.name, mode=warehouse.mode)
    if warehouse.mode == Warehouse.Mode.THIRD_PARTY:
        ask(shipment, by=by)
    if automatic:
        wake(shipment.state)


def advance_shipment(shipment: Shipment, *, by: str, due_in: timedelta | None, **data: object) -> Shipment:
    """Write that a held shipment has just entered its state, then take its order along when it was the last one."""
    shipment.state_since = clock.now()
    shipment.due_at = None if due_in is None else shipment.state_since + due_in
    shipment.attempts = 0
    shipment.save(
        update_fields=["state", "state_since", "due_at", "attempts", "shipped_at", "delivered_at"],
    )
    record(
        shipment.order,
        f"shipment.{shipment.state}",
        by=by,
        shipment=shipment.code,
        warehouse=shipment.warehouse.name,
        **data,
    )
    follow(shipment, by=by)
    if shipment.due_at:
        wake(shipment.state)
    follow_shipments(shipment.order, by=by)
    return shipment


def follow_shipments(order: Order, *, by: str) -> None:
    """Let a held order take each step that all of its shipments have taken."""
    steps = {
        State.APPROVED: order.pick,
        State.PICKED: order.pack,
        State.PACKED: order.ship,
        State.SHIPPED: order.deliver,
    }
    while (step := steps.get(State(order.state))) and can_proceed(step):
        step()
        asks_later = order.state == State.DELIVERED
        advanced(order, by=by, due_in=timedelta(seconds=settings.SURVEY_DELAY_SECONDS) if asks_later else None)


def next_due(warehouse: Warehouse) -> timedelta | None:
    """At once where machines work, never where a person or a third party confirms."""
    return timedelta(0) if warehouse.mode == Warehouse.Mode.AUTOMATIC else None


def stop_cancelled(*, by: str) -> int:
    """End the shipments of orders that were called off; returns how many."""
    called_off = Shipment.objects.filter(state__in=OPEN, order__state=State.CANCELLED)
    stopped = 0
    for shipment_id in list(called_off.values_list("pk", flat=True)):
        with held_shipment(shipment_id) as shipment:
            if shipment.state in OPEN:
                end_shipment_holds(shipment, shipment.holds.all(), by=by)
                shipment.cancel()
                finish_pick_lists(shipment)
                advance_shipment(shipment, by=by, due_in=None)
                stopped += 1
    return stopped


def postpone(shipment_id: int, error: Exception) -> None:
    """A worker failed on this shipment: try again later, and after five tries hold its order for a person.

    A shipment that has ended in the meantime, or whose order was called off, needs no other try.
    """
    with held_shipment(shipment_id) as shipment:
        if shipment.state in ENDED or not order_runs(shipment):
            return
        shipment.attempts += 1
        shipment.due_at = clock.now() + backoff(shipment.attempts)
        if shipment.attempts >= TRIES:
            hold_for_exception(shipment.order, error)
            if shipment.state in LEFT:  # asked about now and then, whatever holds the order
                shipment.due_at = clock.now() + REST
            else:  # stopped by the hold until a person lets it try again
                shipment.attempts, shipment.due_at = 0, clock.now()
        shipment.save(update_fields=["attempts", "due_at"])


def look_again(order_id: int) -> None:
    """Let the workers look at once at whatever of the order waits for its time; holds go on holding."""
    with held(order_id) as order:
        now = clock.now()
        if order.due_at:
            order.due_at = now
            order.save(update_fields=["due_at"])
            wake(order.state)
        for shipment in order.shipments.filter(due_at__isnull=False).exclude(state__in=ENDED).order_by("pk"):
            with held_shipment(shipment.pk) as due:
                due.due_at = now
                due.save(update_fields=["due_at"])
                wake(due.state)
