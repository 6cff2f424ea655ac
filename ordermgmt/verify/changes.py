"""Changes: what history tells of lines and sums is what the order says now."""

from ordermgmt.verify.report import Invariant

# Every event that makes an order another one, and what it tells of each line.
CHANGED = "'order.changed', 'order.units_cancelled', 'order.split', 'order.merged'"
TOLD = f"""
    SELECT e.order_id, e.seq, (t->>'line')::int AS position, (t->>'before')::int AS before, (t->>'after')::int AS after
    FROM orders_orderevent e CROSS JOIN LATERAL jsonb_array_elements(e.data->'lines') t
    WHERE e.name IN ({CHANGED}, 'order.split_off')
"""

INVARIANTS = (
    Invariant(
        "lines-told",
        "What was ordered of a line is what is still wanted and what was called off, as history tells",
        "SELECT count(*) FROM orders_orderline WHERE cancelled > 0",
        f"""
        WITH told AS ({TOLD}), sums AS (
            SELECT order_id, position, sum(greatest(before - after, 0)) AS less,
                   sum(greatest(after - before, 0)) AS more, (array_agg(before ORDER BY seq))[1] AS first
            FROM told GROUP BY 1, 2
        )
        SELECT concat('order ', o.number, ', line ', l.position, ': ', l.quantity, ' wanted and ', l.cancelled,
                      ' called off, history tells ', s.first + s.more, ' and ', coalesce(s.less, 0))
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN sums s ON s.order_id = l.order_id AND s.position = l.position
        WHERE l.cancelled <> coalesce(s.less, 0) OR l.quantity + l.cancelled <> s.first + s.more
        """,
    ),
    Invariant(
        "changes-counted",
        "Every order counts the changes that history tells, and costs what the last of them came to",
        f"SELECT count(*) FROM orders_orderevent WHERE name IN ({CHANGED})",
        f"""
        SELECT concat('order ', o.number, ': version ', o.version, ' after ', coalesce(e.changes, 0), ' changes,',
                      ' costs ', o.total, ', the last one came to ', e.after)
        FROM orders_order o
        LEFT JOIN (SELECT order_id, count(*) AS changes,
                          (array_agg((data->>'after')::numeric ORDER BY seq DESC))[1] AS after
                   FROM orders_orderevent WHERE name IN ({CHANGED}) GROUP BY order_id) e ON e.order_id = o.id
        WHERE o.version <> coalesce(e.changes, 0) OR o.total <> e.after
        """,
    ),
    Invariant(
        "changes-applied",
        "Every applied change is told once and came to what was previewed, and no other is told",
        "SELECT count(*) FROM orders_changeset",
        """
        SELECT concat('change ', coalesce(c.id::text, e.change), ': ', coalesce(c.status, 'unknown'), ', told ',
                      coalesce(e.times, 0), ' times')
        FROM orders_changeset c
        FULL JOIN (SELECT order_id, data->>'change' AS change, count(*) AS times,
                          max((data->>'after')::numeric) AS after
                   FROM orders_orderevent WHERE name = 'order.changed' GROUP BY 1, 2) e
               ON e.change = c.id::text AND e.order_id = c.order_id
        WHERE coalesce(e.times, 0) <> CASE c.status WHEN 'applied' THEN 1 ELSE 0 END
           OR c.status = 'applied' AND (c.preview->'after'->>'total')::numeric IS DISTINCT FROM e.after
        """,
    ),
    Invariant(
        "pledges-moved",
        "What a split takes from one order's pledge it gives to another's",
        "SELECT count(*) FROM orders_payment",
        """
        WITH moved AS (
            SELECT least(o.number, (e.data->>'other')::bigint) AS one,
                   greatest(o.number, (e.data->>'other')::bigint) AS two, (e.data->>'amount')::numeric AS amount
            FROM orders_orderevent e JOIN orders_order o ON o.id = e.order_id WHERE e.name = 'payment.moved'
        )
        SELECT concat('orders ', one, ' and ', two, ': ', sum(amount), ' of the pledge is nowhere or twice')
        FROM moved GROUP BY one, two HAVING sum(amount) <> 0
        """,
    ),
)
