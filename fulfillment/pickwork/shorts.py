"""A short pick: the bin is counted, and the missing units come from another bin, are sent from elsewhere or waited for.

All of that at once: first other bins of the warehouse, then other warehouses. What nobody has on hand stays with this
one: the order is held for want of stock until goods come in, and then the rest is picked from a list of its own.
"""

from django.db.models import F
from django.utils.translation import gettext_noop

from fulfillment.bins import gathered_units, other_spots
from fulfillment.gathering import finish_if_gathered
from fulfillment.lists import add_to_list, finish_pick_lists, write_list
from fulfillment.models import PickList, PickTask, Scan, Shipment, ShipmentLine
from fulfillment.pickwork.taking import begin, end_if_done, shipment_of, told_of
from fulfillment.reallocation import find_elsewhere, give
from fulfillment.services import advance_shipment
from inventory import clock
from inventory import services as stock
from inventory.errors import BeingCounted
from inventory.models import Bin, Stock
from inventory.services.bins import units_in
from inventory.services.counts import open_count_of
from orders.history import record
from orders.services import place_hold

REASONS = {
    "not_found": gettext_noop("Not found"),
    "too_few": gettext_noop("Too few"),
    "damaged": gettext_noop("Damaged"),
    "wrong_goods": gettext_noop("Other goods there"),
}
NO_STOCK = "stock"


def take_short(row: Scan, task: PickTask, pick_list: PickList, *, counted: int | None) -> None:
    """Units of a held task are not there. `counted` good ones lie in the bin, those it still takes among them.

    Without a count the bin is taken for empty, and somebody is asked to count it.
    """
    shipment, line = shipment_of(task), task.shipment_line.order_line
    missing, row.reason = row.units, row.reason if row.reason in REASONS else "not_found"
    begin(pick_list)
    row.save(force_insert=True)
    bins = other_spots(task, missing)
    here = sum(units for _, units in bins)
    sources = find_elsewhere(shipment, {line: missing - here}) if here < missing else []
    awaited = missing - here - sum(source.units for source in sources)
    shelf = _count(row, task, counted=counted, awaited=awaited)
    record(
        shipment.order,
        "pick.short",
        by=row.by,
        **told_of(task),
        units=missing,
        reason=row.reason,
        counted=counted,
        awaited=awaited,
        bins=[{"bin": spot.bin.code if spot.bin else "", "units": units} for spot, units in bins],
        sources=[{"warehouse": source.warehouse, "units": source.units} for source in sources],
    )
    _shorten(task, missing, sent=missing - here - awaited)
    if bins:
        add_to_list(pick_list, [(spot.bin, task.shipment_line, units) for spot, units in bins])
    if sources:
        give(shipment, sources, by=row.by)
    if awaited:
        _await(shipment, task.shipment_line, (awaited, shelf.bin), by=row.by)
    _end(shipment, pick_list, by=row.by)


def _count(row: Scan, task: PickTask, *, counted: int | None, awaited: int) -> Stock:
    """Let the books say what lies there: what was gathered and has not left, and what the picker counted."""
    shipment, line = shipment_of(task), task.shipment_line.order_line
    places = Stock.objects.filter(product=line.product_id, warehouse=shipment.warehouse_id)
    shelf = stock.lock_stock(places.values_list("pk", flat=True)).get()
    absent = max(0, _by_the_books(shelf, task) - (counted or 0))
    stock.take_out(shelf.pk, task.bin_id, absent)
    said = gettext_noop("Short pick of {code}: {reason}")
    reason = said.format(code=shipment.code, reason=REASONS[row.reason].lower())
    lost = {line.reservation_key: awaited} if awaited else {}
    stock.miss(shelf.pk, absent, lost=lost, key=f"scan:{row.pk}", by=row.by, reason=reason)
    if counted is None:
        place = task.bin.code if task.bin else line.sku
        try:
            name = gettext_noop("Short pick: {place}").format(place=place)
            spot = (shelf.pk, task.bin_id if task.bin_id != shelf.bin_id else None)
            open_count_of(
                shipment.warehouse,
                name=name[:80],
                spots=[spot],
                by=row.by,
            )
        except BeingCounted:
            return shelf  # somebody counts it already
    return shelf


def _by_the_books(shelf: Stock, task: PickTask) -> int:
    """Units in a task's bin; those that were picked are not there any more, though they are on hand."""
    if task.bin_id not in (None, shelf.bin_id):
        return units_in(shelf, task.bin_id)
    return units_in(shelf, shelf.bin_id) - gathered_units(task.shipment_line.shipment.warehouse, shelf.product_id)


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


def _await(shipment: Shipment, line: ShipmentLine, wanted: tuple[int, Bin | None], *, by: str) -> None:
    """So many units will be fetched where the product belongs, once they are there."""
    units, place = wanted
    write_list(shipment.warehouse, [(place, line, units)], cut_off_at=None)
    said = gettext_noop("{units} × {sku} were not there at picking, and no warehouse has them.")
    note = said.format(units=units, sku=line.order_line.sku)
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
