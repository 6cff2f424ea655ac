"""Units of a line that their warehouse cannot send after all: sent from another one that has them on hand."""

from collections import Counter
from collections.abc import Collection

from django.db.models import F

from inventory import services as stock
from inventory.models import LostPromise, Reservation, Stock
from orders.models import Allocation, OrderLine
from orders.sources import Source


def reallocate(
    line: OrderLine, units: int, *, source_id: int, avoid: Collection[int] = (), prefer: Collection[int] = ()
) -> list[Source]:
    """Let up to `units` of a line of a held order be sent from elsewhere than warehouse `source_id`; returns by whom.

    Only goods that lie there unpromised count, preferred warehouses first, then by priority. The promises keep their
    turn. All stock of the product is locked, lowest id first, so that the caller may go on to write the source's down.
    """
    rows = Stock.objects.filter(product=line.product_id)
    locked = list(stock.lock_stock(rows.values_list("pk", flat=True)).select_related("warehouse"))
    key = line.reservation_key
    if LostPromise.objects.filter(key=key).exists():
        return []  # these come first; whoever mends promises sees to it
    promised = Counter(dict(Reservation.objects.filter(key=key).values_list("stock_id", "quantity")))
    here = next((row for row in locked if row.warehouse_id == source_id), None)
    left = min(units, promised[here.pk]) if here else 0
    found: list[Source] = []
    others = [row for row in locked if row.warehouse.active and row.warehouse_id not in {source_id, *avoid}]
    for row in sorted(others, key=lambda row: (row.warehouse_id not in prefer, row.warehouse.priority, row.pk)):
        share = min(left, row.on_hand - row.reserved)
        if share > 0 and here:
            left -= share
            promised[row.pk] += share
            promised[here.pk] -= share
            found.append(Source(line, row.warehouse_id, row.warehouse.name, share))
    if found:
        stock.move_promises({key: promised})
        _rewrite(line, found, source_id=source_id)
    return found


def _rewrite(line: OrderLine, found: Collection[Source], *, source_id: int) -> None:
    for row in found:
        known = Allocation.objects.filter(line=line, warehouse=row.warehouse_id)
        if not known.update(quantity=F("quantity") + row.units):
            Allocation.objects.create(line=line, warehouse_id=row.warehouse_id, quantity=row.units)
    gone = sum(row.units for row in found)
    before = Allocation.objects.get(line=line, warehouse=source_id)
    if before.quantity == gone:
        before.delete()
    else:
        Allocation.objects.filter(pk=before.pk).update(quantity=F("quantity") - gone)
