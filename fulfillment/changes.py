"""Changing an order with its shipments: what is not gathered is rewritten, what is gathered goes back first.

An order's shipments are never edited: they are stopped, and new ones are opened for what is wanted now, in the same
transaction. So a pick list in somebody's hand is either still right or says that it is stopped.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from django.db.models import Sum
from django.utils.translation import gettext_noop

from fulfillment.flow import OPEN
from fulfillment.handover.following import follow
from fulfillment.holds import hand_up_holds
from fulfillment.lists import finish_pick_lists
from fulfillment.models import Label, Shipment
from fulfillment.services import open_for
from inventory import clock
from orders.changes import cancelling, merging, proposals, splitting
from orders.changes.operations import from_json
from orders.changes.preview import Preview
from orders.changes.standing import actions_of, check_way, goods_of
from orders.changes.ways import MOVES_GOODS, Action, Goods
from orders.flow import GATHERED, State
from orders.history import advanced, record
from orders.models import ChangeSet, Order
from orders.queue import held

REOPENS = MOVES_GOODS | {Action.ADDRESS}
STOPPED_FIELDS = ["state", "state_since", "due_at", "attempts"]


def apply_change(change_id: int, *, by: str, seen: str = "", put_back: bool = False) -> Preview:
    """Apply an open change all or nothing, shipments and all; `put_back` confirms that gathered goods go back.

    Raises ChangeEnded, ChangeStale, NoWay, NotEnoughStock or what pricing refuses.
    """
    with held(ChangeSet.objects.values_list("order_id", flat=True).get(pk=change_id)) as order:
        change = proposals.open_change(order, change_id)
        with _reopened(order, actions_of(from_json(change.operations)), by=by, put_back=put_back):
            return proposals.apply(order, change, by=by, seen=seen)


def cancel_units(order_id: int, units: Mapping[int, int], *, reason: str, by: str, put_back: bool = False) -> Order:
    """Call units of lines off, by the line's place from 1; stock and money go back once. With the last: all of it."""
    with held(order_id) as order:
        if len(units) and splitting.is_all(order, units):
            return cancelling.cancel_units(order, units, reason=reason, by=by)
        with _reopened(order, {Action.CANCEL_UNITS}, by=by, put_back=put_back):
            return cancelling.cancel_units(order, units, reason=reason, by=by)


def split_order(order_id: int, units: Mapping[int, int], *, reason: str, by: str, put_back: bool = False) -> Order:
    """Let these units go on as an order of their own; returns it."""
    with held(order_id) as order, _reopened(order, {Action.SPLIT}, by=by, put_back=put_back):
        return splitting.split(order, units, reason=reason, by=by)


def merge_orders(survivor_id: int, other_id: int, *, reason: str, by: str, put_back: bool = False) -> Order:
    """Let one order take in all of another, which is called off; nothing of either has left."""
    with ExitStack() as locks:
        rows = {pk: locks.enter_context(held(pk)) for pk in sorted({survivor_id, other_id})}
        survivor, other = rows[survivor_id], rows[other_id]
        merging.check(survivor, other)
        for row in (other, survivor):
            locks.enter_context(_reopened(row, {Action.MERGE}, by=by, put_back=put_back))
        return merging.merge(survivor, other, reason=reason, by=by)


@contextmanager
def _reopened(order: Order, actions: Collection[Action], *, by: str, put_back: bool = False) -> Iterator[None]:
    """Stop the open shipments of a held order if the block changes what they are for, and open new ones after it."""
    found = check_way(order, set(actions), put_back=put_back)
    stops = found.put_back or (bool(REOPENS & set(actions)) and goods_of(order) is Goods.TO_PICK)
    if stops:
        take_back(order, by=by)
    yield
    if stops and order.state == State.APPROVED:
        open_for(order, by=by)


def take_back(order: Order, *, by: str) -> None:
    """Stop every open shipment of a held order; what was gathered goes back on the shelf, where it still counts."""
    for shipment in order.shipments.select_for_update(no_key=True).filter(state__in=OPEN).order_by("pk"):
        shipment.order = order
        _stop(shipment, by=by)
    if order.state in GATHERED:
        order.put_back()
        advanced(order, by=by, due_in=None, why=gettext_noop("Put back on the shelf: the order is changed"))


def _stop(shipment: Shipment, *, by: str) -> None:
    """A label that was bought is kept with its parcel, which goes nowhere."""
    labels = list(Label.objects.filter(parcel__shipment=shipment).values_list("tracking_number", flat=True))
    back = shipment.lines.aggregate(sum=Sum("picked"))["sum"] or 0
    hand_up_holds(shipment, by=by)
    shipment.cancel()
    shipment.state_since, shipment.due_at, shipment.attempts = clock.now(), None, 0
    shipment.save(update_fields=STOPPED_FIELDS)
    finish_pick_lists(shipment)
    follow(shipment, by=by)
    told = {"shipment": shipment.code, "warehouse": shipment.warehouse.name, "back": back}
    record(shipment.order, "shipment.cancelled", by=by, **told, **({"labels": labels} if labels else {}))
