"""Writes beside the stages 4 to 7: opening shipments, moving the order after them, taking goods back."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django_fsm import can_proceed

from fulfillment.errors import NothingToReturn
from fulfillment.flow import ENDED, LEFT, OPEN, order_runs
from fulfillment.holds import end_shipment_holds
from fulfillment.lists import finish_pick_lists, write_pick_list
from fulfillment.models import Return, ReturnLine, Shipment, ShipmentLine
from fulfillment.queue import held_shipment
from fulfillment.returns.worth import pay_back, units_paid_back, worth_of
from inventory import clock
from inventory import services as stock
from inventory.models import Stock, StockMovement, Warehouse
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
            raise NotAllowedNow("pick", order, ["no hold is open on it"] if order.open_holds else [])
        open_for(order, by=by)


def open_for(order: Order, *, by: str) -> None:
    """The same of an approved order held by the caller, for warehouses that send nothing of it yet.

    Shipments that were stopped keep their numbers.
    """
    numbers = order.shipments.count()
    served = set(order.shipments.exclude(state=State.CANCELLED).values_list("warehouse_id", flat=True))
    by_warehouse: defaultdict[Warehouse, list[Allocation]] = defaultdict(list)
    wanted = Allocation.objects.filter(line__order=order).exclude(warehouse__in=served)
    for row in wanted.select_related("warehouse", "line").order_by("id"):
        by_warehouse[row.warehouse].append(row)
    for number, (warehouse, rows) in enumerate(by_warehouse.items(), numbers + 1):
        _open(order, warehouse, rows, number=number, by=by)
    order.due_at = None
    order.save(update_fields=["due_at"])


def _open(order: Order, warehouse: Warehouse, rows: list[Allocation], *, number: int, by: str) -> None:
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
        ShipmentLine(shipment=shipment, order_line=row.line, quantity=row.quantity) for row in rows
    )
    write_pick_list(warehouse, lines)
    record(order, "shipment.created", by=by, shipment=shipment.code, warehouse=warehouse.name, mode=warehouse.mode)
    if warehouse.mode == Warehouse.Mode.THIRD_PARTY:
        record(order, "shipment.handed_over", by=by, shipment=shipment.code, warehouse=warehouse.name)
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


def receive_return(order_id: int, *, lines: Mapping[str, int], reason: str, key: str, by: str) -> Return:
    """Take units back (SKU to units): into stock, unless damaged, and the money to the customer. Once per `key`.

    Raises NothingToReturn when more would come back than left a warehouse and is not back yet.
    """
    with held(order_id) as order:
        known = Return.objects.filter(key=key).first()
        if known and known.order_id != order.pk:
            raise NothingToReturn(f"The key {key} belongs to a return of another order")
        if known:
            return known
        units = _returnable(order, lines)
        amount = worth_of(order, units, with_shipping=False).total
        record_ = Return.objects.create(order=order, key=key, reason=reason, received_at=clock.now(), refund=amount)
        ReturnLine.objects.bulk_create(
            ReturnLine(return_record=record_, order_line=line, quantity=count) for line, count in units
        )
        if reason != Return.Reason.DAMAGED:
            _restock(record_, units, by=by)
        named = [{"sku": line.sku, "quantity": count} for line, count in units]
        record(order, "order.returned", by=by, reason=reason, lines=named, refund=str(record_.refund))
        pay_back(order, amount, prefix=f"return:{record_.pk}:", reason=reason, by=by)
        return record_


def _returnable(order: Order, wanted: Mapping[str, int]) -> list[tuple[OrderLine, int]]:
    """The lines that these units belong to; every unit left a warehouse and has not come back before."""
    sent = ShipmentLine.objects.filter(shipment__state__in=LEFT)
    chosen: list[tuple[OrderLine, int]] = []
    left = dict(wanted)
    if not left or min(left.values()) < 1:
        raise NothingToReturn("A return names at least one unit of each SKU")
    for line in order.lines.all():
        out = sent.filter(order_line=line).aggregate(sum=Sum("quantity"))["sum"] or 0
        if count := min(left.get(line.sku, 0), out - units_paid_back(line)):
            chosen.append((line, count))
            left[line.sku] -= count
    if short := {sku: count for sku, count in left.items() if count}:
        raise NothingToReturn(
            f"Not delivered, or back already: {', '.join(f'{n} × {sku}' for sku, n in short.items())}"
        )
    return chosen


def _restock(record_: Return, units: list[tuple[OrderLine, int]], *, by: str) -> None:
    """Back to the warehouse that sent the most of the line."""
    moves = []
    for line, count in units:
        sent = line.shipment_lines.filter(shipment__state__in=LEFT).order_by("-quantity", "id")
        sender = sent.values_list("shipment__warehouse_id", flat=True)[0]
        moves.append((Stock.objects.get(product_id=line.product_id, warehouse_id=sender).pk, line.pk, count))
    for place, line_id, count in sorted(moves):  # lowest stock first, as everywhere
        key = f"return:{record_.pk}:{line_id}"
        stock.move_stock(place, count, kind=StockMovement.Kind.RETURN, key=key, by=by, reason=record_.reason)
