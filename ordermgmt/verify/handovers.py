"""Hand-overs: every shipment of a third party has one, and both are equally far."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "handed-over",
        "Every shipment of a third party was handed over, and its hand-over is as far as it is",
        "SELECT count(*) FROM fulfillment_shipment s JOIN inventory_warehouse w ON w.id = s.warehouse_id"
        " WHERE w.mode = '3pl'",
        """
        SELECT concat('shipment ', o.number, '-', s.number, ' is ', s.state, ', its hand-over ',
                      coalesce(h.state, 'missing'))
        FROM fulfillment_shipment s JOIN inventory_warehouse w ON w.id = s.warehouse_id
        JOIN orders_order o ON o.id = s.order_id LEFT JOIN fulfillment_handover h ON h.shipment_id = s.id
        WHERE w.mode = '3pl' AND CASE
            WHEN s.state = 'cancelled' THEN h.state IS DISTINCT FROM 'cancelled'
            WHEN s.state IN ('shipped', 'delivered') THEN h.state IS DISTINCT FROM 'confirmed'
            WHEN s.state = 'approved' THEN h.state IS NULL OR h.state = 'confirmed'
            ELSE h.state IS NULL OR h.state NOT IN ('accepted', 'cancel_requested', 'rejected', 'cancelled') END
        """,
    ),
    Invariant(
        "handover-has-a-way-out",
        "What a third party rejected or stopped is held for a person, and it knows what it has taken on",
        "SELECT count(*) FROM fulfillment_handover WHERE state <> 'confirmed'",
        """
        SELECT concat('shipment ', o.number, '-', s.number, ': its hand-over is ', h.state, ', it has ', s.open_holds,
                      ' holds and ', CASE WHEN s.taken_on THEN 'is' ELSE 'is not' END, ' taken on')
        FROM fulfillment_handover h JOIN fulfillment_shipment s ON s.id = h.shipment_id
        JOIN orders_order o ON o.id = s.order_id
        WHERE s.state <> 'cancelled' AND o.state <> 'cancelled' AND h.state IN ('rejected', 'cancelled')
              AND s.open_holds = 0
           OR s.taken_on <> (h.state IN ('accepted', 'cancel_requested'))
        """,
    ),
)
