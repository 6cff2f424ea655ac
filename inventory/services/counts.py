"""Counting what is there: open, enter, submit, approve or discard.

Each bin of a product is counted by itself. A count is locked before its stock. Only the differences are booked, so
goods may move while people count: their sum to the stock, each to its bin.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from inventory import clock
from inventory.errors import BeingCounted, NotCounted, NotUsable, SamePerson, WrongState
from inventory.models import Count, CountLine, FurtherBin, StockMovement, Warehouse
from inventory.services.bins import put_into, take_out, units_in
from inventory.services.ledger import book
from inventory.services.locks import lock_stock
from inventory.services.shortfall import write_down

APPROVAL_UNITS = 5
APPROVAL_VALUE = Decimal(50)  # in the product's currency
Spot = tuple[int, int | None]  # a stock's id and that of a further bin of it, None for its own
UNDECIDED = (Count.State.OPEN, Count.State.SUBMITTED)


@transaction.atomic
def open_count(warehouse: Warehouse, *, name: str, stock_ids: Sequence[int], by: str) -> Count:
    """Begin to count all bins of these stocks of one warehouse, in this order; raises as `open_count_of`."""
    further = FurtherBin.objects.filter(stock__in=stock_ids).order_by("id").values_list("stock_id", "bin_id")
    spots: list[Spot] = [(stock_id, None) for stock_id in stock_ids]
    return open_count_of(warehouse, name=name, spots=[*spots, *further], by=by)


@transaction.atomic
def open_count_of(warehouse: Warehouse, *, name: str, spots: Iterable[Spot], by: str) -> Count:
    """Begin to count these bins of one warehouse, in this order. Raises BeingCounted if another count has a stock."""
    spots = list(dict.fromkeys(spots))
    wanted = list(dict.fromkeys(stock_id for stock_id, _ in spots))
    rows = {row.pk: row for row in lock_stock(wanted) if row.warehouse_id == warehouse.pk}
    if not wanted or len(rows) != len(wanted):
        raise NotUsable(_("A count names what to count, all of it in {warehouse}").format(warehouse=warehouse))
    busy = CountLine.objects.filter(stock__in=wanted, count__state__in=UNDECIDED).order_by("stock__product__sku")
    if skus := list(busy.values_list("stock__product__sku", flat=True).distinct()):
        raise BeingCounted(skus)
    count = Count.objects.create(warehouse=warehouse, name=name, opened_by=by)
    CountLine.objects.bulk_create(CountLine(count=count, stock_id=stock, bin_id=place) for stock, place in spots)
    return count


@transaction.atomic
def enter_count(line_id: int, *, counted: int, by: str) -> CountLine:
    """Keep the number counted, and what the books say at this moment. A later number replaces an earlier one."""
    if counted < 0:
        raise NotUsable(_("Nobody counts fewer than no units"))
    line = CountLine.objects.get(pk=line_id)
    _held(line.count_id, Count.State.OPEN, action=_("enter a number into"))
    line.counted, line.counted_by, line.counted_at = counted, by, clock.now()
    stock = lock_stock([line.stock_id]).get()
    if line.bin_id and line.bin_id == stock.bin_id:
        raise NotUsable(_("This bin has become the product's own: discard the count and begin another"))
    line.expected = units_in(stock, line.bin_id or stock.bin_id)
    line.save(update_fields=["counted", "counted_by", "counted_at", "expected"])
    return line


@transaction.atomic
def submit_count(count_id: int, *, by: str) -> Count:
    """End the counting. Small differences are booked at once, a large one waits for a second person."""
    count = _held(count_id, Count.State.OPEN, action="submit")
    lines = list(count.lines.select_related("stock__product"))
    if skus := dict.fromkeys(line.stock.product.sku for line in lines if line.counted is None):
        raise NotCounted(list(skus))
    count.state, count.submitted_by, count.submitted_at = Count.State.SUBMITTED, by, clock.now()
    if all(is_small(rows) for rows in by_stock(lines)):
        _book(count, by=by)
    count.save()
    return count


@transaction.atomic
def approve_count(count_id: int, *, by: str) -> Count:
    """Book a submitted count. Raises SamePerson for whoever submitted it."""
    count = _held(count_id, Count.State.SUBMITTED, action="approve")
    if count.submitted_by == by:
        raise SamePerson(by)
    _book(count, by=by)
    count.save()
    return count


@transaction.atomic
def discard_count(count_id: int, *, by: str) -> Count:
    """Drop a count that is not booked; nothing of it reaches the books."""
    count = _held(count_id, *UNDECIDED, action="discard")
    _close(count, Count.State.DISCARDED, by=by)
    count.save()
    return count


def by_stock(lines: Iterable[CountLine]) -> list[list[CountLine]]:
    """The lines of each stock, the lowest first: what is missing in one bin may be found in another."""
    found: dict[int, list[CountLine]] = {}
    for line in sorted(lines, key=lambda line: (line.stock_id, line.pk)):
        found.setdefault(line.stock_id, []).append(line)
    return list(found.values())


def is_small(lines: Sequence[CountLine]) -> bool:
    """Whether the difference of one stock needs no second person: few units, and of little value."""
    units = abs(sum(line.variance for line in lines))
    return units <= APPROVAL_UNITS and units * lines[0].stock.product.price <= APPROVAL_VALUE


def _held(count_id: int, *states: Count.State, action: str) -> Count:
    count = Count.objects.select_for_update(no_key=True).get(pk=count_id)
    if count.state not in states:
        raise WrongState(action, _("the count {count}").format(count=count), count.state)
    return count


def _book(count: Count, *, by: str) -> None:
    """Move every stock by its difference, lowest id first; raises NotEnoughStock when less than that is left."""
    lines = [line for line in count.lines.all() if line.variance]
    list(lock_stock(line.stock_id for line in lines))
    for rows in by_stock(lines):
        _book_stock(rows, reason=f"Count {count}", by=by)
    _close(count, Count.State.BOOKED, by=by)


def _book_stock(lines: Sequence[CountLine], *, reason: str, by: str) -> None:
    """What is missing leaves its bin before the stock, and what was found is put into its bin after it came in: else
    the database would empty bins that hold more than is on hand."""
    kind, key = StockMovement.Kind.COUNT, f"count:{lines[0].pk}"
    stock_id, units = lines[0].stock_id, sum(line.variance for line in lines)
    for line in lines:
        if line.bin_id and line.variance < 0:
            take_out(stock_id, line.bin_id, -line.variance)
    if units < 0:
        write_down(stock_id, -units, kind=kind, key=key, by=by, reason=reason)
    elif units:
        book(kind, {stock_id: units}, key=key, by=by, reason=reason)
    for line in lines:
        if line.bin_id and line.variance > 0:
            put_into(stock_id, line.bin_id, line.variance)


def _close(count: Count, state: Count.State, *, by: str) -> None:
    count.state, count.closed_by, count.closed_at = state, by, clock.now()
