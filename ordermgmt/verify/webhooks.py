"""Webhooks: whatever an endpoint has passed in the history was written down for it, once."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "webhooks-told",
        "Every event that an endpoint asked for and has passed is delivered, waits, was given up, or is forgotten",
        "SELECT count(*) FROM orders_webhookdelivery",
        r"""
        SELECT concat('endpoint ', w.id, ': event ', e.id, ' (', e.name, ') was never written down')
        FROM orders_webhookendpoint w JOIN orders_order o ON o.channel_id = w.channel_id
        JOIN orders_orderevent e ON e.order_id = o.id
        WHERE (e.xid, e.id) <= (w.cursor_xid, w.cursor_id) AND e.name NOT LIKE 'pick.%%' AND e.name NOT LIKE 'pack.%%'
          AND (e.xid, e.id) > (w.since_xid, w.since_id) AND (w.forgotten_until IS NULL OR e.at >= w.forgotten_until)
          AND e.name LIKE ANY (SELECT replace(replace(p, '_', '\_'), '*', '%%') FROM unnest(w.events) p)
          AND NOT EXISTS (SELECT FROM orders_webhookdelivery d WHERE d.endpoint_id = w.id AND d.event_id = e.id)
        """,
    ),
    Invariant(
        "webhooks-in-turn",
        "A delivery belongs to the order of its event, and one that is delivered was answered",
        "SELECT count(*) FROM orders_webhookdelivery",
        """
        SELECT concat('delivery ', d.id, ' of event ', e.id)
        FROM orders_webhookdelivery d JOIN orders_orderevent e ON e.id = d.event_id
        WHERE d.order_id <> e.order_id OR d.seq <> e.seq
           OR d.status = 'delivered' AND (d.code NOT BETWEEN 200 AND 299 OR d.delivered_at IS NULL)
        """,
    ),
)
