"""The queue: every open row is looked at by somebody, and what is not in time is known to be stuck."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "nobody-forgotten",
        "Every order that is not at its end is due, held, or has a shipment on its way",
        "SELECT count(*) FROM orders_order WHERE state NOT IN ('reviewed', 'rejected', 'cancelled')",
        """
        SELECT concat('order ', o.number, ': is ', o.state, ', and nobody will look at it')
        FROM orders_order o
        WHERE o.state NOT IN ('reviewed', 'rejected', 'cancelled') AND o.due_at IS NULL AND o.open_holds = 0
          AND (o.state IN ('placed', 'received', 'delivered', 'surveyed') OR NOT EXISTS (
              SELECT FROM fulfillment_shipment s WHERE s.order_id = o.id AND s.state NOT IN ('delivered', 'cancelled')))
        UNION ALL
        SELECT concat('order ', o.number, ', shipment ', s.number, ': is ', s.state, ', and nobody will look at it')
        FROM fulfillment_shipment s JOIN orders_order o ON o.id = s.order_id
        JOIN inventory_warehouse w ON w.id = s.warehouse_id
        WHERE s.due_at IS NULL AND o.open_holds = 0 AND o.state <> 'cancelled'
          AND (s.state = 'shipped' OR s.state IN ('approved', 'picked', 'packed') AND w.mode = 'automatic')
        """,
    ),
    Invariant(
        "due-for-somebody",
        "No order is due where its shipments, or nobody, should move it on",
        "SELECT count(*) FROM orders_order WHERE due_at IS NOT NULL",
        """
        SELECT concat('order ', number, ': is ', state, ' and due, but no worker takes orders from there')
        FROM orders_order
        WHERE due_at IS NOT NULL AND state NOT IN ('placed', 'received', 'approved', 'delivered', 'surveyed')
        """,
    ),
    Invariant(
        "overdue-is-listed",
        "Nothing is due for longer than five minutes without being listed as stuck",
        "SELECT (SELECT count(*) FROM orders_order WHERE due_at IS NOT NULL)"
        " + (SELECT count(*) FROM fulfillment_shipment WHERE due_at IS NOT NULL)",
        """
        SELECT concat('order ', o.number, ': is ', o.state, ', due since ', late.at)
        FROM (SELECT id AS order_id, due_at AS at FROM orders_order
              UNION ALL SELECT order_id, due_at FROM fulfillment_shipment) late
        JOIN orders_order o ON o.id = late.order_id
        WHERE late.at < %(overdue)s AND o.open_holds = 0 AND o.state <> 'cancelled'
          AND o.number <> ALL(%(stuck)s::bigint[])
        """,
    ),
)
