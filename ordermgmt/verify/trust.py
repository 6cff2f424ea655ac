"""Trust: what was decided is what happened, and holds are what decisions and people say."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "decided",
        "Every order that was approved or rejected has a decision that says so, since decisions are kept",
        "SELECT count(DISTINCT order_id) FROM orders_decision",
        """
        SELECT concat('order ', o.number, ': is ', o.state, ', its decisions say ', d.outcomes)
        FROM orders_order o
        JOIN (SELECT order_id, string_agg(outcome, ', ' ORDER BY id) AS outcomes, array_agg(outcome::text) AS said
              FROM orders_decision GROUP BY order_id) d ON d.order_id = o.id
        WHERE o.parent_id IS NULL
          AND (o.state = 'rejected' AND NOT 'reject' = ANY(d.said)
               OR NOT 'approve' = ANY(d.said) AND EXISTS (
                   SELECT FROM orders_orderevent e WHERE e.order_id = o.id AND e.name = 'order.approved'))
        """,
    ),
    Invariant(
        "holds-of-decisions",
        "Every hold of a decision belongs to its order and names a check that failed",
        "SELECT count(*) FROM orders_hold WHERE decision_id IS NOT NULL",
        """
        SELECT concat('order ', o.number, ', hold ', h.reason, ': its decision says nothing of it')
        FROM orders_hold h JOIN orders_order o ON o.id = h.order_id JOIN orders_decision d ON d.id = h.decision_id
        WHERE d.order_id <> h.order_id OR NOT EXISTS (
            SELECT FROM jsonb_array_elements(d.checks) c
            WHERE c->>'name' = h.reason AND NOT (c->>'passed')::boolean)
        """,
    ),
    Invariant(
        "two-people",
        "No hold was released by the one person who had agreed before, and only a person overrules a check",
        "SELECT count(*) FROM orders_hold WHERE released_at IS NOT NULL",
        """
        SELECT concat('order ', o.number, ', hold ', h.reason, ': released by ', h.released_by)
        FROM orders_hold h JOIN orders_order o ON o.id = h.order_id
        WHERE h.released_at IS NOT NULL AND o.state NOT IN ('rejected', 'cancelled')
          AND h.seconded_by <> '' AND h.seconded_by = h.released_by
           OR h.overrules AND (h.released_at IS NULL OR h.decision_id IS NULL OR h.released_by LIKE 'system%%')
        """,
    ),
    Invariant(
        "shipment-holds-counted",
        "Every shipment counts the holds that are open on it, and none is open on one that was stopped",
        "SELECT count(*) FROM fulfillment_shipment",
        """
        SELECT concat('order ', o.number, ', shipment ', s.number, ', which is ', s.state, ': counts ', s.open_holds,
                      ' open holds, there are ', coalesce(h.holds, 0))
        FROM fulfillment_shipment s JOIN orders_order o ON o.id = s.order_id
        LEFT JOIN (SELECT shipment_id, count(*) AS holds FROM fulfillment_shipmenthold WHERE released_at IS NULL
                   GROUP BY shipment_id) h ON h.shipment_id = s.id
        WHERE s.open_holds <> coalesce(h.holds, 0) OR s.state = 'cancelled' AND s.open_holds > 0
        """,
    ),
    Invariant(
        "policies",
        "The policies of every channel count from version 1 without a gap",
        "SELECT count(*) FROM orders_channel",
        """
        SELECT concat('channel ', c.code, ': ', count(*), ' versions, the newest is ', max(p.version))
        FROM orders_approvalpolicy p JOIN orders_channel c ON c.id = p.channel_id
        GROUP BY c.id HAVING count(*) <> max(p.version) OR min(p.version) <> 1
        """,
    ),
)
