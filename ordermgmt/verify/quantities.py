"""Quantities: no unit is lost or doubled between order, allocation, shipment, parcel and return."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "allocated",
        "Every unit of a received order is allocated to one warehouse",
        "SELECT count(*) FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id"
        " WHERE o.state NOT IN ('placed', 'rejected', 'cancelled')",
        """
        SELECT concat('order ', o.number, ', ', l.sku, ': ', l.quantity, ' ordered, ',
                      coalesce(a.units, 0), ' allocated')
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN (SELECT line_id, sum(quantity) AS units FROM orders_allocation GROUP BY line_id) a ON a.line_id = l.id
        WHERE o.state NOT IN ('placed', 'rejected', 'cancelled') AND l.quantity <> coalesce(a.units, 0)
        """,
    ),
    # An approved order may still be without shipments; once it has one, or is further on, they carry everything.
    Invariant(
        "shipped-as-allocated",
        "The shipments of an order carry what was allocated, warehouse by warehouse",
        "SELECT count(*) FROM fulfillment_shipmentline",
        """
        WITH served AS (
            SELECT o.id, o.number FROM orders_order o
            WHERE o.state IN ('picked', 'packed', 'shipped', 'delivered', 'surveyed', 'reviewed')
               OR o.state = 'approved' AND EXISTS (
                  SELECT FROM fulfillment_shipment s WHERE s.order_id = o.id AND s.state <> 'cancelled')
        ), allocated AS (
            SELECT l.order_id, a.line_id, a.warehouse_id, a.quantity
            FROM orders_allocation a JOIN orders_orderline l ON l.id = a.line_id
        ), sent AS (
            SELECT s.order_id, l.order_line_id AS line_id, s.warehouse_id, sum(l.quantity) AS quantity
            FROM fulfillment_shipmentline l JOIN fulfillment_shipment s ON s.id = l.shipment_id
            WHERE s.state <> 'cancelled' GROUP BY 1, 2, 3
        )
        SELECT concat('order ', served.number, ', line ', line_id, ': ', coalesce(allocated.quantity, 0),
                      ' allocated, ', coalesce(sent.quantity, 0), ' in shipments')
        FROM allocated FULL JOIN sent USING (order_id, line_id, warehouse_id) JOIN served ON served.id = order_id
        WHERE allocated.quantity IS DISTINCT FROM sent.quantity
        """,
    ),
    Invariant(
        "picked",
        "Every unit of a picked shipment was picked, task by task",
        "SELECT count(*) FROM fulfillment_shipmentline l JOIN fulfillment_shipment s ON s.id = l.shipment_id"
        " WHERE s.state IN ('picked', 'packed', 'shipped', 'delivered')",
        """
        SELECT concat('order ', o.number, ', line ', l.order_line_id, ': ', l.quantity, ' to pick, ', l.picked,
                      ' picked, ', coalesce(t.units, 0), ' by task')
        FROM fulfillment_shipmentline l JOIN fulfillment_shipment s ON s.id = l.shipment_id
        JOIN orders_order o ON o.id = s.order_id
        LEFT JOIN (SELECT shipment_line_id, sum(picked) AS units FROM fulfillment_picktask GROUP BY shipment_line_id) t
               ON t.shipment_line_id = l.id
        WHERE s.state IN ('picked', 'packed', 'shipped', 'delivered')
          AND (l.picked <> l.quantity OR l.quantity <> coalesce(t.units, 0))
        """,
    ),
    Invariant(
        "packed",
        "The parcels of a packed shipment hold exactly its lines",
        "SELECT count(*) FROM fulfillment_shipmentline l JOIN fulfillment_shipment s ON s.id = l.shipment_id"
        " WHERE s.state IN ('packed', 'shipped', 'delivered')",
        """
        SELECT concat('order ', o.number, ', line ', l.order_line_id, ': ', l.quantity, ' to pack, ',
                      coalesce(i.units, 0), ' in parcels')
        FROM fulfillment_shipmentline l JOIN fulfillment_shipment s ON s.id = l.shipment_id
        JOIN orders_order o ON o.id = s.order_id
        LEFT JOIN (SELECT shipment_line_id, sum(quantity) AS units FROM fulfillment_parcelitem
                   GROUP BY shipment_line_id) i ON i.shipment_line_id = l.id
        WHERE s.state IN ('packed', 'shipped', 'delivered') AND l.quantity <> coalesce(i.units, 0)
        """,
    ),
)
