"""How the invariants of hand-overs and webhooks are broken, each by SQL that breaks it and no other."""

ONE_DELIVERED = """(SELECT o.id FROM orders_order o JOIN fulfillment_shipment s ON s.order_id = o.id
    WHERE o.state = 'delivered' GROUP BY o.id HAVING count(*) = 1 ORDER BY o.id LIMIT 1)"""

HANDOVER_BREACHES = (
    ("handed-over", "DELETE FROM fulfillment_handover WHERE id = (SELECT min(id) FROM fulfillment_handover)"),
    (
        "handover-has-a-way-out",
        "UPDATE fulfillment_shipment SET taken_on = NOT taken_on"
        " WHERE id = (SELECT min(shipment_id) FROM fulfillment_handover)",
    ),
    (
        "webhooks-told",
        f"""INSERT INTO orders_webhookendpoint (channel_id, name, url, events, secret, previous_secret, active,
        cursor_xid, cursor_id, since_xid, since_id, failures, stopped_why, created_at, created_by)
        SELECT channel_id, 'x', 'https://example.com', '{{order.*}}', '', '', true, 9e15, 0, 0, 0, 0, '', now(), 'x'
        FROM orders_order WHERE id = {ONE_DELIVERED}""",
    ),
    (
        "webhooks-in-turn",
        f"""WITH made AS (INSERT INTO orders_webhookendpoint (channel_id, name, url, events, secret, previous_secret,
        active, cursor_xid, cursor_id, since_xid, since_id, failures, stopped_why, created_at, created_by)
        SELECT channel_id, 'x', 'https://example.com', '{{x.y}}', '', '', true, 0, 0, 0, 0, 0, '', now(), 'x'
        FROM orders_order WHERE id = {ONE_DELIVERED} RETURNING id)
        INSERT INTO orders_webhookdelivery (endpoint_id, event_id, order_id, seq, status, attempts, answer)
        SELECT made.id, e.id, e.order_id, e.seq, 'delivered', 1, '' FROM made, orders_orderevent e LIMIT 1""",
    ),
)
