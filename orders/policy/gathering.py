"""The facts of one order, read in eight statements; in seven for who has no other order."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from inventory import clock
from inventory import services as stock
from orders.customers.blocking import blocked_by
from orders.customers.standing import NONE_YET, payment_history_of
from orders.flow import EXITS
from orders.models import Order, OrderLine, Payment
from orders.payments.standing import pledged
from orders.policy.facts import Facts

LATER = (Payment.Method.INVOICE, Payment.Method.CASH_ON_DELIVERY)
MOST_LOOKED_AT = 500  # of the customer's earlier orders, the newest first
DAY, WEEK = timedelta(days=1), timedelta(days=7)
Beside = tuple[int, bool, list[int], int | None, bool]
# What the customer's earlier orders say of this one: how many there are, whether one went to the same place, when the
# last ones were placed, and when the same goods were ordered for the same total; and whether there is any other order,
# later ones too. What was called off counts only as placed.
BESIDE = """
WITH me AS (
    SELECT o.*, (SELECT array_agg(concat(l.sku, '=', l.quantity) ORDER BY l.sku, l.quantity)
                 FROM orders_orderline l WHERE l.order_id = o.id) AS goods
    FROM orders_order o WHERE o.id = %(order)s
), earlier AS MATERIALIZED (
    SELECT o.id, o.total = me.total AND o.currency = me.currency AS costs_the_same, o.state = ANY(%(exits)s) AS is_off,
           floor(extract(epoch FROM me.placed_at - o.placed_at) / 60)::int AS minutes,
           (lower(o.shipping_address->>'line1'), upper(replace(o.shipping_address->>'postal_code', ' ', '')),
            o.shipping_address->>'country') IS NOT DISTINCT FROM
           (lower(me.shipping_address->>'line1'), upper(replace(me.shipping_address->>'postal_code', ' ', '')),
            me.shipping_address->>'country') AS goes_there
    FROM me JOIN orders_order o ON o.customer_id = me.customer_id AND o.placed_at <= me.placed_at
    WHERE o.id <> me.id AND (o.placed_at < me.placed_at OR o.id < me.id)
    ORDER BY o.placed_at DESC LIMIT %(most)s
)
SELECT count(*) FILTER (WHERE NOT is_off),
       coalesce(bool_or(goes_there) FILTER (WHERE NOT is_off), false),
       coalesce(array_agg(minutes ORDER BY minutes) FILTER (WHERE minutes <= %(day)s), '{}'),
       (SELECT min(e.minutes) FROM earlier e, me
        WHERE e.costs_the_same AND NOT e.is_off AND e.minutes <= %(week)s AND me.goods =
              (SELECT array_agg(concat(l.sku, '=', l.quantity) ORDER BY l.sku, l.quantity)
               FROM orders_orderline l WHERE l.order_id = e.id)),
       EXISTS (SELECT FROM orders_order o, me WHERE o.customer_id = me.customer_id AND o.id <> me.id)
FROM earlier
"""


def facts_of(order: Order) -> Facts:
    """What the policy wants to know of a held order, now."""
    payments = [row for row in order.payments.all() if row.voided_at is None]
    earlier, went_there, recent, same, is_known = _beside(order)
    past = payment_history_of(order.customer_id, before=clock.now(), excluding=order.pk) if is_known else NONE_YET
    spent = past.spending.get(order.currency)
    billing, shipping = order.billing_address, order.shipping_address
    return Facts(
        total=order.total,
        currency=order.currency,
        pledged=pledged(payments),
        pays_later=any(row.method in LATER for row in payments),
        earlier_orders=earlier,
        blocked=order.customer.blocked,
        countries=(billing.get("country", ""), shipping.get("country", "")),
        unpromised=_unpromised(list(order.lines.all())),
        first_order_limit=order.channel.first_order_limit,
        version=order.version,
        tier=order.customer.standing,
        listed=tuple(sorted({str(entry.kind) for entry in blocked_by(order)})),
        usual_total=spent.usual if spent else None,
        usual_of=spent.orders if spent else 0,
        paid_on_time=past.paid_on_time,
        paid_late=past.paid_late,
        overdue=past.overdue_now,
        charge_backs=past.charged_back,
        postcodes_differ=_postcode(billing) != _postcode(shipping),
        address_is_new=earlier > 0 and not went_there,
        warnings=tuple(f"{row['field']} {row['code']}" for row in order.warnings),
        recent_minutes=tuple(recent),
        same_minutes=same,
    )


def _beside(order: Order) -> Beside:
    asked: dict[str, Any] = {
        "order": order.pk,
        "exits": [state.value for state in EXITS],
        "most": MOST_LOOKED_AT,
        "day": DAY // timedelta(minutes=1),
        "week": WEEK // timedelta(minutes=1),
    }
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, asked)
        found: Beside = cursor.fetchone()
    return found


def _unpromised(lines: Sequence[OrderLine]) -> tuple[str, ...]:
    """SKUs whose promise is missing, or rests on goods that have not arrived yet for this order's turn."""
    by_key = {line.reservation_key: line for line in lines}
    covered = Counter[str]()
    for turn in stock.turns(by_key):
        covered[turn.key] += turn.covered
    return tuple(line.sku for key, line in by_key.items() if covered[key] < line.quantity)


def _postcode(address: dict[str, str]) -> str:
    return address.get("postal_code", "").replace(" ", "").upper()
