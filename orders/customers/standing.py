"""How customers have ordered and paid: what tiers are computed from and what the approval policy asks.

`payment_history()` answers for any number of customers in one statement, `payment_history_of()` for one, before a
moment and without the order that is being decided. Amounts of different currencies are never added: `spending` has
one entry for each. Payments count as they were at that moment; the states of orders as they are now.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from inventory import clock
from orders.flow import EXITS, State
from orders.payments.standing import CREDITED, CREDITS, kept_of

RECENT = timedelta(days=365)
FINISHED = (State.DELIVERED, State.SURVEYED, State.REVIEWED)
FOLLOWING = ("exchange", "reshipment")  # what an order is to its parent that nobody bought
# In the order of `PaymentHistory`. A payment with a due date was in time when the whole order was paid by then; what
# came back and was not paid back for needs no payment. The median is a value that occurs: of two, the lower one.
HISTORY = f"""
WITH placed AS (
    SELECT o.id, o.customer_id, o.currency, o.total, o.placed_at, o.state = ANY(%(exits)s) AS is_off,
           o.state = ANY(%(finished)s) AS is_finished, o.placed_at >= %(recent)s AS is_recent,
           o.parent_relation = ANY(%(following)s) AS is_following
    FROM orders_order o
    WHERE o.customer_id = ANY(%(ids)s::bigint[]) AND o.placed_at < %(before)s AND o.id IS DISTINCT FROM %(without)s
), bought AS (
    SELECT customer_id, currency,
           count(*) FILTER (WHERE NOT is_off) AS orders,
           count(*) FILTER (WHERE is_finished) AS finished,
           count(*) FILTER (WHERE is_finished AND is_recent) AS recent,
           count(*) FILTER (WHERE is_off) AS called_off,
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM orders_orderevent e
               WHERE e.order_id = placed.id AND e.name = 'order.returned' AND e.at < %(before)s)) AS returned,
           min(placed_at) FILTER (WHERE NOT is_off) AS first,
           max(placed_at) FILTER (WHERE NOT is_off) AS last,
           sum(total) FILTER (WHERE NOT is_off) AS spent,
           coalesce(sum(total) FILTER (WHERE is_finished AND is_recent), 0.000) AS spent_recently,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY total) FILTER (WHERE NOT is_off) AS usual
    FROM placed WHERE NOT is_following GROUP BY customer_id, currency
), due AS (
    SELECT o.customer_id, o.is_off, p.due_at, p.captured_at, p.charged_back_at,
           p.due_at IS NOT NULL AND p.voided_at IS NULL AND o.total > 0 AS is_due,
           p.captured_at >= %(before)s IS TRUE OR {kept_of("o.id")} < o.total
               - (SELECT coalesce(sum((e.data->>'refund')::numeric), 0) FROM orders_orderevent e
                  WHERE e.order_id = o.id AND e.name = ANY(%(credited)s))
               + (SELECT coalesce(sum(r.amount), 0) FROM orders_refund r JOIN orders_payment q ON q.id = r.payment_id
                  WHERE q.order_id = o.id AND r.key ^@ ANY(%(credits)s)) AS is_open
    FROM placed o JOIN orders_payment p ON p.order_id = o.id
    WHERE p.due_at IS NOT NULL OR p.charged_back_at IS NOT NULL
), paid AS (
    SELECT customer_id,
           count(*) FILTER (WHERE is_due AND NOT is_open AND captured_at <= due_at) AS in_time,
           count(*) FILTER (WHERE is_due AND NOT is_open AND captured_at > due_at) AS late,
           count(*) FILTER (WHERE is_due AND is_open AND NOT is_off AND due_at < %(before)s) AS overdue,
           count(*) FILTER (WHERE charged_back_at < %(before)s) AS charged_back
    FROM due GROUP BY customer_id
)
SELECT customer.id, coalesce(sum(orders), 0)::int, coalesce(sum(finished), 0)::int, coalesce(sum(recent), 0)::int,
       coalesce(sum(called_off), 0)::int, coalesce(sum(returned), 0)::int, coalesce(min(in_time), 0),
       coalesce(min(late), 0), coalesce(min(overdue), 0), coalesce(min(charged_back), 0), min(first), max(last),
       coalesce(jsonb_object_agg(currency, jsonb_build_array(orders, spent, spent_recently, usual))
                FILTER (WHERE orders > 0), '{{}}')
FROM (SELECT DISTINCT unnest(%(ids)s::bigint[])) AS customer(id)
LEFT JOIN bought ON bought.customer_id = customer.id
LEFT JOIN paid ON paid.customer_id = customer.id
GROUP BY customer.id
"""


@dataclass(frozen=True)
class Spending:
    """Orders in one currency that were not called off: what they cost, and what one usually costs (the median).

    `recent` is the total of those finished ones that were placed within the last 365 days.
    """

    orders: int
    total: Decimal
    recent: Decimal
    usual: Decimal


@dataclass(frozen=True)
class PaymentHistory:
    """What is known of one customer at a moment. Orders that were called off count as `called_off` only, and what was
    sent again or exchanged is no order of theirs.

    `finished` orders have been delivered, `recent` ones are those of them placed within the last 365 days, `returned`
    ones those of which something came back. Payments with a due date were paid on time, late, or are overdue now.
    """

    orders: int = 0
    finished: int = 0
    recent: int = 0
    called_off: int = 0
    returned: int = 0
    paid_on_time: int = 0
    paid_late: int = 0
    overdue_now: int = 0
    charged_back: int = 0
    first_order_at: datetime | None = None
    last_order_at: datetime | None = None
    spending: Mapping[str, Spending] = field(default_factory=dict)

    @property
    def on_time_share(self) -> Decimal | None:
        """Of what was paid later and should be paid by now, the share that was paid in time; None without any."""
        should_be = self.paid_on_time + self.paid_late + self.overdue_now
        return Decimal(self.paid_on_time) / should_be if should_be else None

    def usual(self, currency: str) -> Decimal | None:
        """The median total of the orders in this currency; None without any. Of two in the middle, the lower one."""
        spent = self.spending.get(currency)
        return spent.usual if spent and spent.orders else None


NONE_YET = PaymentHistory()


def payment_history(
    customer_ids: Iterable[int], *, before: datetime | None = None, excluding: int | None = None
) -> dict[int, PaymentHistory]:
    """By customer id, for each of them; `before` is now unless told, `excluding` the id of an order to leave out."""
    before = before or clock.now()
    asked: dict[str, Any] = {
        "ids": list(customer_ids),
        "before": before,
        "recent": before - RECENT,
        "without": excluding,
        "exits": [state.value for state in EXITS],
        "finished": [state.value for state in FINISHED],
        "following": list(FOLLOWING),
        "credited": list(CREDITED),
        "credits": list(CREDITS),
    }
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, asked)
        return {
            customer: replace(PaymentHistory(*known), spending=_spending(by_currency))
            for customer, *known, by_currency in cursor.fetchall()
        }


def payment_history_of(customer_id: int, *, before: datetime, excluding: int | None = None) -> PaymentHistory:
    """One customer's history before `before`, without the order `excluding` that is being decided."""
    return payment_history([customer_id], before=before, excluding=excluding)[customer_id]


def _spending(by_currency: str) -> dict[str, Spending]:
    found = json.loads(by_currency, parse_float=Decimal)
    return {currency: Spending(*amounts) for currency, amounts in found.items()}
