"""Invariants of claims and of what comes back."""

from ordermgmt.verify.report import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "returned",
        "No more units of a line came back, or were credited by claims, than left",
        "SELECT count(*) FROM fulfillment_returnline",
        """
        SELECT concat('order ', o.number, ', ', l.sku, ': ', paid.units, ' came back or credited, ',
                      coalesce(sent.units, 0), ' left')
        FROM (SELECT order_line_id, sum(units) AS units FROM (
                  SELECT order_line_id, received AS units FROM fulfillment_returnline
                  UNION ALL
                  SELECT cl.order_line_id, cl.quantity FROM fulfillment_claimline cl
                  JOIN fulfillment_claim c ON c.id = cl.claim_id WHERE c.outcome = 'refund'
              ) x GROUP BY 1) paid
        JOIN orders_orderline l ON l.id = paid.order_line_id JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN (SELECT line.order_line_id, sum(line.quantity) AS units
                   FROM fulfillment_shipmentline line JOIN fulfillment_shipment s ON s.id = line.shipment_id
                   WHERE s.state IN ('shipped', 'delivered') GROUP BY 1) sent ON sent.order_line_id = l.id
        WHERE paid.units > coalesce(sent.units, 0)
        """,
    ),
    Invariant(
        "claims-open",
        "A claim's lines are open as long as it is, and no line is in two open claims against the same party",
        "SELECT count(*) FROM fulfillment_claim",
        """
        SELECT concat('claim ', c.id, ', line ', l.order_line_id, ': ', c.state, ', but its line says "',
                      l.open_against, '"')
        FROM fulfillment_claim c JOIN fulfillment_claimline l ON l.claim_id = c.id
        WHERE l.open_against <> CASE c.state WHEN 'open' THEN c.against ELSE '' END
        UNION ALL
        SELECT concat('line ', l.order_line_id, ': in ', count(*), ' open claims against ', c.against)
        FROM fulfillment_claim c JOIN fulfillment_claimline l ON l.claim_id = c.id
        WHERE c.state = 'open' GROUP BY l.order_line_id, c.against HAVING count(*) > 1
        """,
    ),
    Invariant(
        "claims-money",
        "What a claim has paid back is within what it credited, and nothing else credits anything",
        "SELECT count(*) FROM fulfillment_claim",
        """
        SELECT concat('claim ', c.id, ': credited ', c.refund, ' as ', c.outcome, ', paid back ', coalesce(r.amount, 0))
        FROM fulfillment_claim c
        LEFT JOIN (SELECT split_part(key, ':', 2)::bigint AS claim_id, sum(amount) AS amount
                   FROM orders_refund WHERE key LIKE 'claim:%%' GROUP BY 1) r ON r.claim_id = c.id
        WHERE coalesce(r.amount, 0) > c.refund OR (c.outcome <> 'refund' AND c.refund <> 0)
        """,
    ),
    Invariant(
        "sent-again",
        "What a claim sends again costs nothing and is a child of its order",
        "SELECT count(*) FROM fulfillment_claim WHERE reshipment_id IS NOT NULL",
        """
        SELECT concat('claim ', c.id, ': order ', n.number, ' costs ', n.total, ', parent ', n.parent_id)
        FROM fulfillment_claim c JOIN orders_order n ON n.id = c.reshipment_id
        WHERE n.total <> 0 OR n.parent_id IS DISTINCT FROM c.order_id OR n.parent_relation <> 'reshipment'
        """,
    ),
    Invariant(
        "inspected",
        "Of a return that was inspected every unit that came was looked at, and of no other more came than announced",
        "SELECT count(*) FROM fulfillment_return",
        """
        SELECT concat('return ', r.id, ', line ', l.id, ': ', l.received, ' came, ', coalesce(u.units, 0), ' looked at')
        FROM fulfillment_return r JOIN fulfillment_returnline l ON l.return_record_id = r.id
        LEFT JOIN (SELECT line_id, count(*) AS units FROM fulfillment_returnunit GROUP BY 1) u ON u.line_id = l.id
        WHERE coalesce(u.units, 0) > l.received
           OR (coalesce(u.units, 0) < l.received
               AND EXISTS (SELECT 1 FROM orders_orderevent e WHERE e.order_id = r.order_id
                           AND e.name = 'return.inspected' AND e.data->>'rma' LIKE concat('R%%-', r.number)))
        """,
    ),
    Invariant(
        "returns-forward",
        "Every return on the road is as far as the furthest news of its parcel, and arrived only if these say so",
        "SELECT count(*) FROM fulfillment_return",
        """
        SELECT concat('return ', r.id, ': is ', r.way, ', its news end ', coalesce(told.status, 'nowhere'))
        FROM fulfillment_return r
        LEFT JOIN LATERAL (SELECT s.status FROM fulfillment_returnscan s WHERE s.return_record_id = r.id
                           ORDER BY array_position(%(statuses)s::text[], s.status::text) DESC LIMIT 1) told ON true
        WHERE r.parcel_id IS NULL
          AND (r.way <> coalesce(told.status, '') OR (r.arrived_at IS NOT NULL) <> (r.way = 'delivered'))
        """,
    ),
    Invariant(
        "returns-money",
        "What a return has paid back is within its refund, and its credit was given exactly",
        "SELECT count(*) FROM fulfillment_return",
        """
        SELECT concat('return ', r.id, ': refund ', r.refund, ', paid back ', coalesce(p.amount, 0), ', credit ',
                      r.credit, ', given ', coalesce(c.amount, 0))
        FROM fulfillment_return r
        LEFT JOIN (SELECT split_part(key, ':', 2)::bigint AS return_id, sum(amount) AS amount
                   FROM orders_refund WHERE key LIKE 'return:%%' GROUP BY 1) p ON p.return_id = r.id
        LEFT JOIN (SELECT split_part(key, ':', 2)::bigint AS return_id, sum(amount) AS amount
                   FROM orders_storecredit WHERE key LIKE 'return:%%' GROUP BY 1) c ON c.return_id = r.id
        WHERE coalesce(p.amount, 0) > r.refund OR coalesce(c.amount, 0) <> r.credit
        """,
    ),
    Invariant(
        "store-credit",
        "Nobody has spent more store credit than they were given, and what was spent is a payment",
        "SELECT count(*) FROM orders_storecredit",
        """
        SELECT concat('customer ', who, ': ', sum(amount), ' ', currency, ' left')
        FROM (SELECT coalesce(u.merged_into_id, u.id) AS who, c.currency, c.amount
              FROM orders_storecredit c JOIN orders_customer u ON u.id = c.customer_id) x
        GROUP BY who, currency HAVING sum(amount) < 0
        UNION ALL
        SELECT concat('credit ', c.key, ': spent ', -c.amount, ', paid ', p.captured)
        FROM orders_storecredit c
        LEFT JOIN orders_payment p ON p.order_id = c.order_id AND p.reference = c.key AND p.method = 'credit'
        WHERE c.amount < 0 AND c.amount + coalesce(p.captured, 0) <> 0
        """,
    ),
)
