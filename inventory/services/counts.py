"""Counting what is there: open, enter, submit, approve or discard.

A count is locked before its stock. Only the difference is booked, so goods may move while people count.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from inventory import clock
from inventory.errors import BeingCounted, NotCounted, NotUsable, SamePerson, WrongState
from inventory.models import Count, CountLine, StockMovement, Warehouse
from inventory.services.ledger import book
from inventory.services.locks import lock_stock
from inventory.services.shortfall import write_down

APPROVAL_UNITS = 5
APPROVAL_VALUE = Decimal(50)  # in the product's currency
UNDECIDED = (Count.State.OPEN, Count.State.SUBMITTED)


@transaction.atomic
def open_count(warehouse: Warehouse, *, name: str, stock_ids: Sequence[int], by: str) -> Count:
    """Begin to count these stocks of one warehouse, in this order. Raises BeingCounted if another count has one."""
    wanted = list(dict.fromkeys(stock_ids))
    rows = {row.pk: row for row in lock_stock(wanted) if row.warehouse_id == warehouse.pk}
    if not wanted or len(rows) != len(wanted):
        raise NotUsable(_("A count names what to count, all of it in {warehouse}").format(warehouse=warehouse))
    busy = CountLine.objects.filter(stock__in=wanted, count__state__in=UNDECIDED).order_by("stock__product__sku")
    if skus := list(busy.values_list("stock__product__sku", flat=True)):
        raise BeingCounted(skus)
    count = Count.objects.create(warehouse=warehouse, name=name, opened_by=by)
    CountLine.objects.bulk_create(CountLine(count=count, stock_id=stock_id) for stock_id in wanted)
    return count


@transaction.atomic
def enter_count(line_id: int, *, counted: int, by: str) -> CountLine:
    """Keep the number counted, and what the books say at this moment. A later number replaces an earlier one."""
    if counted < 0:
        raise NotUsable(_("Nobody counts fewer than no units"))
    line = CountLine.objects.get(pk=line_id)
    _held(line.count_id, Count.State.OPEN, action=_("enter a number into"))
    line.counted, line.counted_by, line.counted_at = counted, by, clock.now()
    line.expected = lock_stock([line.stock_id]).get().on_hand
    line.save(update_fields=["counted", "counted_by", "counted_at", "expected"])
    return line


@transaction.atomic
def submit_count(count_id: int, *, by: str) -> Count:
    """End the counting. Small differences are booked at once, a large one waits for a second person."""
    count = _held(count_id, Count.State.OPEN, action="submit")
    lines = list(count.lines.select_related("stock__product"))
    if skus := [line.stock.product.sku for line in lines if line.counted is None]:
        raise NotCounted(skus)
    count.state, count.submitted_by, count.submitted_at = Count.State.SUBMITTED, by, clock.now()
    if all(is_small(line) for line in lines):
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


def is_small(line: CountLine) -> bool:
    """Whether the difference needs no second person: few units, and of little value."""
    units = abs(line.variance)
    return units <= APPROVAL_UNITS and units * line.stock.product.price <= APPROVAL_VALUE


def _held(count_id: int, *states: Count.State, action: str) -> Count:
    count = Count.objects.select_for_update(no_key=True).get(pk=count_id)
    if count.state not in states:
        raise WrongState(action, _("the count {count}").format(count=count), count.state)
    return count


def _book(count: Count, *, by: str) -> None:
    """Move every stock by its difference, lowest id first; raises NotEnoughStock when less than that is left."""
    lines = [line for line in count.lines.order_by("stock_id") if line.variance]
    list(lock_stock(line.stock_id for line in lines))
    kind, reason = StockMovement.Kind.COUNT, f"Count {count}"
    for line in lines:
        if line.variance < 0:
            write_down(line.stock_id, -line.variance, kind=kind, key=f"count:{line.pk}", by=by, reason=reason)
        else:
            book(kind, {line.stock_id: line.variance}, key=f"count:{line.pk}", by=by, reason=reason)
    _close(count, Count.State.BOOKED, by=by)


def _close(count: Count, state: Count.State, *, by: str) -> None:
    count.state, count.closed_by, count.closed_at = state, by, clock.now()
