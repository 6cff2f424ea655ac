"""Orders that wait for goods: let on when their turn has come, and promised again what got lost."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from inventory import services as stock
from inventory.errors import NotEnoughStock
from inventory.models import LostPromise, Reservation
from orders.flow import GOODS_HERE, State
from orders.history import record
from orders.models import Allocation, Order, OrderLine
from orders.queue import each_alone, held
from orders.services import BACKORDERS, place_hold, release_hold
from orders.sources import await_goods, move, settle

REASON = "stock"

# Open holds for want of stock whose orders have all they need. Until an order is approved that is every unit of every
# line; afterwards parcels may have left, and it is every unit that is still promised, when none got lost.
SERVED = """
WITH waiting AS MATERIALIZED (
    SELECT h.id AS hold_id, o.state IN ('placed', 'received') AS is_whole, o.priority, o.placed_at,
           concat('line:', l.id) AS key, l.quantity
    FROM orders_hold h JOIN orders_order o ON o.id = h.order_id JOIN orders_orderline l ON l.order_id = o.id
    WHERE h.reason = 'stock' AND h.released_at IS NULL
), promised AS (
    SELECT key, sum(quantity) AS units, sum(greatest(quantity - awaits, 0)) AS covered
    FROM inventory_turns(ARRAY(SELECT key FROM waiting)) GROUP BY key
)
SELECT w.hold_id
FROM waiting w LEFT JOIN promised p ON p.key = w.key
GROUP BY w.hold_id
HAVING bool_and(coalesce(p.covered, 0) >= CASE WHEN w.is_whole THEN w.quantity ELSE coalesce(p.units, 0) END
                AND NOT EXISTS (SELECT FROM inventory_lostpromise x WHERE x.key = w.key))
ORDER BY max(w.priority) DESC, min(w.placed_at), w.hold_id
LIMIT %s
"""
# Orders that lost promises, in turn, of which somebody has not been told yet or something might be promised now.
LOST = r"""
WITH lost AS MATERIALIZED (
    SELECT substr(key, 6)::bigint AS line_id, priority, promised_at, at
    FROM inventory_lostpromise WHERE key ~ '^line:\d+$'
)
SELECT o.id
FROM lost JOIN orders_orderline l ON l.id = lost.line_id JOIN orders_order o ON o.id = l.order_id
WHERE o.state <> ALL(%s)
   OR EXISTS (SELECT FROM inventory_stock s
              WHERE s.product_id = l.product_id AND s.on_hand + s.backorder_limit > s.reserved)
   OR NOT EXISTS (SELECT FROM orders_hold h WHERE h.order_id = o.id AND h.reason = 'stock'
                  AND (h.released_at IS NULL OR h.at >= lost.at))
GROUP BY o.id
ORDER BY max(lost.priority) DESC, min(lost.promised_at), o.id
LIMIT %s
"""


def fill_backorders(*, limit: int = 200) -> int:
    """Release the orders whose goods have come in, highest priority first, then first ordered; returns how many.

    Goods serve promises in their turn, so an order that is covered takes nothing from one that waits before it.
    """
    releasing = partial(release_hold, by=BACKORDERS)
    return each_alone(_ids(SERVED, [limit]), releasing, failed="Hold %s could not be released")


def mend_promises(*, limit: int = 200) -> int:
    """Promise again what counts, short picks and write-offs took away, first come, first served; returns the orders.

    Who cannot be served is held for a person and tried again when there is something to promise. A basket is not
    told: it finds out when it becomes an order.
    """
    LostPromise.objects.filter(key__startswith="hold:").delete()
    lost = _ids(LOST, [[state.value for state in GOODS_HERE], limit])
    return each_alone(lost, mend, failed="What order %s lost was not promised again")


def mend(order_id: int) -> bool:
    """Promise again what one order lost, all of it or line by line; else hold it. Whether nothing is lost any more.

    Each try is a transaction of its own, because stock is locked by id within one.
    """
    if _promise_again(order_id):
        return True
    lines = [_line_id(row.key) for row in _lost(order_id)]
    if len(set(lines)) > 1:
        for line_id in sorted(set(lines)):
            _promise_again(order_id, only=line_id)
    return _hold_what_is_lost(order_id)


def _promise_again(order_id: int, *, only: int | None = None) -> bool:
    with held(order_id) as order:
        lines = list(order.lines.select_related("product").filter(Q() if only is None else Q(pk=only)))
        lost = LostPromise.objects.filter(key__in=[line.reservation_key for line in lines])
        if order.state not in GOODS_HERE:
            lost.delete()  # nobody waits for them any more
        if not lost.exists():
            return True
        done = _restore(order, list(lost)) if _is_being_picked(order) else _source_again(order, lines)
        if done and order.state not in (State.PLACED, State.RECEIVED) and (awaited := await_goods(order, lines)):
            note = _("What was lost is promised again, but has not come in yet: {units} units").format(
                units=awaited.units
            )
            place_hold(order, reason=REASON, note=note, by=BACKORDERS)
        return done


def _source_again(order: Order, lines: Sequence[OrderLine]) -> bool:
    """From anywhere; before the order is received nothing is allocated, and receiving decides."""
    decision = move(order, lines)
    if decision.chosen is None:
        return False
    if order.state != State.PLACED:
        Allocation.objects.filter(line__in=lines).delete()
        record(order, "order.sourced", by=BACKORDERS, **settle(order, lines, decision))
    return True


def _restore(order: Order, lost: Sequence[LostPromise]) -> bool:
    """Only where it was: a shipment is being picked there, and what is allocated to it stands."""
    plan: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    left = Reservation.objects.filter(key__in=[row.key for row in lost])
    units = [(row.key, row.stock_id, row.quantity) for row in lost]
    for key, stock_id, quantity in [*units, *left.values_list("key", "stock_id", "quantity")]:
        plan[key][stock_id] += quantity
    try:
        stock.move_promises(plan)
    except NotEnoughStock:
        return False
    record(order, "order.sourced", by=BACKORDERS, why=_("What was lost is promised again where it was"))
    return True


def _hold_what_is_lost(order_id: int) -> bool:
    """Tell a person once for each loss; whether there was none."""
    with held(order_id) as order:
        lost = list(_lost(order_id).select_related("stock__product"))
        told = order.holds.filter(reason=REASON)
        if lost and not told.filter(Q(released_at=None) | Q(at__gte=max(row.at for row in lost))).exists():
            place_hold(order, reason=REASON, note=_note(order, lost), by=BACKORDERS)
        return not lost


def _note(order: Order, lost: Sequence[LostPromise]) -> str:
    gone = ", ".join(f"{row.quantity} × {row.stock.product.sku} ({row.reason})" for row in lost)
    picking = _is_being_picked(order)
    said = (
        _("Promised, but not there any more: {goods}. A shipment is being picked already: decide there.")
        if picking
        else _("Promised, but not there any more: {goods}. No warehouse has it for this order now.")
    )
    return said.format(goods=gone)


def _is_being_picked(order: Order) -> bool:
    return bool(order.shipments.exclude(state=State.CANCELLED).exists())


def _lost(order_id: int) -> QuerySet[LostPromise]:
    lines = OrderLine.objects.filter(order=order_id).values_list("pk", flat=True)
    return LostPromise.objects.filter(key__in=[f"line:{pk}" for pk in lines]).order_by("pk")


def _line_id(key: str) -> int:
    return int(key.removeprefix("line:"))


def _ids(question: str, facts: Sequence[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(question, facts)
        return [row[0] for row in cursor.fetchall()]
