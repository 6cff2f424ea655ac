"""A short pick: the shelf is counted, and the missing units are sent from elsewhere or waited for, at once.

A product has one bin per warehouse, so elsewhere is another warehouse. What nobody has on hand stays with this one: the
order is held for want of stock until goods come in, and then the rest is picked from a list of its own.
"""

from django.db.models import F, Sum

from fulfillment.flow import OPEN
from fulfillment.gathering import finish_if_gathered
from fulfillment.lists import finish_pick_lists, write_list
from fulfillment.models import PickList, PickTask, Scan, Shipment, ShipmentLine
from fulfillment.pickwork.taking import begin, end_if_done, shipment_of, told_of
from fulfillment.reallocation import find_elsewhere, give
from fulfillment.services import advance_shipment
from inventory import clock
from inventory import services as stock
from inventory.errors import BeingCounted
from inventory.models import Stock
from inventory.services.counts import open_count
from orders.history import record
from orders.services import place_hold

REASONS = {"not_found": "Not found", "too_few": "Too few", "damaged": "Damaged", "wrong_goods": "Other goods there"}
NO_STOCK = "stock"


def take_short(row: Scan, task: PickTask, pick_list: PickList, *, counted: int | None) -> None:
    """Units of a held task are not there. `counted` good ones still lie in the bin, beyond what this task leaves.

    Without a count the bin is taken for empty, and somebody is asked to count it.
    """
    shipment, line = shipment_of(task), task.shipment_line.order_line
    missing, row.reason = row.units, row.reason if row.reason in REASONS else "not_found"
    begin(pick_list)
    row.save(force_insert=True)
    sources = find_elsewhere(shipment, {line: missing})
    awaited = missing - sum(source.units for source in sources)
    _count(row, task, counted=counted, awaited=awaited)
    record(
        shipment.order,
        "pick.short",
        by=row.by,
        **told_of(task),
        units=missing,
        reason=row.reason,
        counted=counted,
        awaited=awaited,
        sources=[{"warehouse": source.warehouse, "units": source.units} for source in sources],
    )
    _shorten(task, missing, sent=missing - awaited)
    if sources:
        give(shipment, sources, by=row.by)
    if awaited:
        _await(shipment, task, awaited, by=row.by)
    _end(shipment, pick_list, by=row.by)


def _count(row: Scan, task: PickTask, *, counted: int | None, awaited: int) -> None:
    """Let the books say what lies there: what was gathered and has not left, and what the picker counted."""
    shipment, line = shipment_of(task), task.shipment_line.order_line
    shelf = stock.lock_stock(
        Stock.objects.filter(product=line.product_id, warehouse=shipment.warehouse_id).values_list("pk", flat=True)
    ).get()
    gathered = ShipmentLine.objects.filter(
        order_line__product=line.product_id, shipment__warehouse=shipment.warehouse_id, shipment__state__in=OPEN
    ).aggregate(sum=Sum("picked"))["sum"]
    absent = max(0, shelf.on_hand - (gathered or 0) - (counted or 0))
    reason = f"Short pick of {shipment.code}: {REASONS[row.reason].lower()}"
    lost = {line.reservation_key: awaited} if awaited else {}
    stock.miss(shelf.pk, absent, lost=lost, key=f"scan:{row.pk}", by=row.by, reason=reason)
    if counted is None:
        place = task.bin.code if task.bin else line.sku
        try:
            open_count(shipment.warehouse, name=f"Short pick: {place}"[:80], stock_ids=[shelf.pk], by=row.by)
        except BeingCounted:
            return  # somebody counts it already


def _shorten(task: PickTask, missing: int, *, sent: int) -> None:
    """The task asks for no more than was there; the line for no more than this warehouse still sends."""
    task.short += missing
    task.picked_at = clock.now() if task.left == 0 and task.picked else task.picked_at
    task.scanned = bool(task.picked) and not task.scans.filter(action=Scan.Action.CONFIRM).exists()
    task.save(update_fields=["short", "picked_at", "scanned"])
    line = ShipmentLine.objects.get(pk=task.shipment_line_id)
    if line.quantity == sent:
        line.delete()
    elif sent:
        ShipmentLine.objects.filter(pk=line.pk).update(quantity=F("quantity") - sent)


def _await(shipment: Shipment, task: PickTask, units: int, *, by: str) -> None:
    line = task.shipment_line
    write_list(shipment.warehouse, [(task.bin, line, units)], cut_off_at=None)
    note = f"{units} × {line.order_line.sku} were not there at picking, and no warehouse has them."
    place_hold(shipment.order, reason=NO_STOCK, note=note, by=by)


def _end(shipment: Shipment, pick_list: PickList, *, by: str) -> None:
    """What was all that the shipment still had to get ends with it; one that sends nothing any more is stopped."""
    if not shipment.lines.exists():
        shipment.cancel()
        finish_pick_lists(shipment)
        advance_shipment(shipment, by=by, due_in=None)
    else:
        finish_if_gathered(shipment, by=by)
    end_if_done(pick_list.pk, by=by)
