"""The history: gapless, along legal edges only, and telling the same as the rows do."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "events-gapless",
        "The events of every order count from 1 to its newest without a gap",
        "SELECT count(*) FROM orders_orderevent",
        """
        SELECT concat('order ', o.number, ': ', coalesce(e.events, 0), ' events from ', e.first, ' to ', e.last,
                      ', the order knows of ', o.event_seq)
        FROM orders_order o
        LEFT JOIN (SELECT order_id, count(*) AS events, min(seq) AS first, max(seq) AS last
                   FROM orders_orderevent GROUP BY order_id) e ON e.order_id = o.id
        WHERE (e.events, e.first, e.last) IS DISTINCT FROM (o.event_seq::bigint, 1, o.event_seq)
        """,
    ),
    Invariant(
        "state-is-history",
        "Every order is in the state its events lead to",
        "SELECT count(*) FROM orders_order",
        """
        SELECT concat('order ', o.number, ': is ', o.state, ', its events end ', coalesce(e.state, 'nowhere'))
        FROM orders_order o
        LEFT JOIN (SELECT DISTINCT ON (order_id) order_id, state FROM order_step
                   ORDER BY order_id, seq DESC) e ON e.order_id = o.id
        WHERE o.state IS DISTINCT FROM e.state
        """,
    ),
    Invariant(
        "edges",
        "Every order began as placed and went along edges of the state machine only",
        "SELECT count(*) FROM orders_orderevent WHERE name = ANY(%(order_events)s)",
        """
        SELECT concat('order ', o.number, ': from ', coalesce(step.before, 'nothing'), ' to ', step.state)
        FROM (SELECT order_id, state, lag(state) OVER (PARTITION BY order_id ORDER BY seq) AS before
              FROM order_step) step
        JOIN orders_order o ON o.id = step.order_id
        WHERE (coalesce(step.before, ''), step.state) NOT IN
              (SELECT * FROM unnest(%(order_from)s::text[], %(order_to)s::text[]))
        """,
    ),
    Invariant(
        "shipment-is-history",
        "Every shipment is in the state its events lead to",
        "SELECT count(*) FROM fulfillment_shipment",
        """
        WITH told AS (
            SELECT DISTINCT ON (order_id, code) order_id, code, state FROM shipment_step
            ORDER BY order_id, code, seq DESC
        ), known AS (
            SELECT s.order_id, concat(o.number, '-', s.number) AS code, s.state
            FROM fulfillment_shipment s JOIN orders_order o ON o.id = s.order_id
        )
        SELECT concat('shipment ', code, ': is ', coalesce(known.state, 'unknown'),
                      ', its events end ', coalesce(told.state, 'nowhere'))
        FROM known FULL JOIN told USING (order_id, code)
        WHERE known.state IS DISTINCT FROM told.state
        """,
    ),
    Invariant(
        "shipment-edges",
        "Every shipment was created and went along edges of the state machine only",
        "SELECT count(*) FROM orders_orderevent WHERE name = ANY(%(shipment_events)s)",
        """
        SELECT concat('shipment ', step.code, ': from ', coalesce(step.before, 'nothing'), ' to ', step.state)
        FROM (SELECT code, state, lag(state) OVER (PARTITION BY order_id, code ORDER BY seq) AS before
              FROM shipment_step) step
        WHERE (coalesce(step.before, ''), step.state) NOT IN
              (SELECT * FROM unnest(%(shipment_from)s::text[], %(shipment_to)s::text[]))
        """,
    ),
    Invariant(
        "holds-counted",
        "Every order counts the holds that are open on it",
        "SELECT count(*) FROM orders_order",
        """
        SELECT concat('order ', o.number, ': counts ', o.open_holds, ' open holds, there are ', coalesce(h.holds, 0))
        FROM orders_order o
        LEFT JOIN (SELECT order_id, count(*) AS holds FROM orders_hold WHERE released_at IS NULL GROUP BY order_id) h
               ON h.order_id = o.id
        WHERE o.open_holds <> coalesce(h.holds, 0)
        """,
    ),
)
