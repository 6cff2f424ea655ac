"""The stock room: the ledger, the promises, and what they must add up to."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "ledger",
        "The movements of every stock sum to what is on hand",
        "SELECT count(*) FROM inventory_stock",
        """
        SELECT concat(s.name, ': ', s.on_hand, ' on hand, the ledger says ', coalesce(m.units, 0))
        FROM place s
        LEFT JOIN (SELECT stock_id, sum(quantity) AS units FROM inventory_stockmovement GROUP BY stock_id) m
               ON m.stock_id = s.id
        WHERE s.on_hand <> coalesce(m.units, 0)
        """,
    ),
    Invariant(
        "promises",
        "The open promises of every stock sum to what is reserved",
        "SELECT count(*) FROM inventory_stock",
        """
        SELECT concat(s.name, ': ', s.reserved, ' reserved, the promises say ', coalesce(r.units, 0))
        FROM place s
        LEFT JOIN (SELECT stock_id, sum(quantity) AS units FROM inventory_reservation GROUP BY stock_id) r
               ON r.stock_id = s.id
        WHERE s.reserved <> coalesce(r.units, 0)
        """,
    ),
    Invariant(
        "never-oversold",
        "No stock is negative, or promised beyond what is on hand and may be backordered",
        "SELECT count(*) FROM inventory_stock",
        """
        SELECT concat(s.name, ': ', s.reserved, ' of ', s.on_hand, ' + ', s.backorder_limit, ' reserved')
        FROM place s
        WHERE s.on_hand < 0 OR s.reserved < 0 OR s.reserved > s.on_hand + s.backorder_limit
        """,
    ),
    Invariant(
        "further-bins",
        "Further bins lie in their stock's warehouse, are not its own, and hold no more than what is on hand",
        "SELECT count(*) FROM inventory_furtherbin",
        """
        SELECT concat(s.name, ': ', sum(f.units), ' of ', s.on_hand, ' in further bins')
        FROM inventory_furtherbin f JOIN place s ON s.id = f.stock_id JOIN inventory_bin b ON b.id = f.bin_id
        GROUP BY s.id, s.name, s.on_hand
        HAVING sum(f.units) > s.on_hand OR bool_or(b.warehouse_id <> s.warehouse_id) OR bool_or(s.bin_id = b.id)
        """,
    ),
    # Before receiving, a line's promise may lie anywhere (place 0); afterwards it lies where it is allocated. What got
    # lost is wanted there all the same, and not promised; rows of orders whose goods are gone wait to be swept.
    Invariant(
        "lines-promised",
        "Stock is promised for exactly the lines whose goods are here, where they are allocated, but for what got lost",
        "SELECT count(*) FROM orders_orderline",
        r"""
        WITH here AS (
            SELECT l.id AS line_id, l.quantity, o.id AS order_id, o.state
            FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
            WHERE o.state IN ('placed', 'received', 'approved', 'picked', 'packed')
        ), lost AS MATERIALIZED (
            SELECT substr(x.key, 6)::bigint AS line_id, s.warehouse_id, x.quantity
            FROM inventory_lostpromise x JOIN inventory_stock s ON s.id = x.stock_id WHERE x.key ~ '^line:\d+$'
        ), due AS (
            SELECT line_id, 0 AS place, quantity FROM here WHERE state = 'placed'
            UNION ALL
            SELECT here.line_id, a.warehouse_id, a.quantity
            FROM here JOIN orders_allocation a ON a.line_id = here.line_id
            WHERE here.state <> 'placed' AND NOT EXISTS (
                SELECT FROM fulfillment_shipment s WHERE s.order_id = here.order_id
                AND s.warehouse_id = a.warehouse_id AND s.state IN ('shipped', 'delivered'))
            UNION ALL
            SELECT here.line_id, CASE here.state WHEN 'placed' THEN 0 ELSE lost.warehouse_id END, -lost.quantity
            FROM here JOIN lost ON lost.line_id = here.line_id
        ), wanted AS (
            SELECT line_id, place, sum(quantity) AS quantity FROM due GROUP BY 1, 2 HAVING sum(quantity) <> 0
        ), open AS MATERIALIZED (
            SELECT substr(r.key, 6)::bigint AS line_id, s.warehouse_id, r.quantity
            FROM inventory_reservation r JOIN inventory_stock s ON s.id = r.stock_id WHERE r.key ~ '^line:\d+$'
        ), promised AS (
            SELECT open.line_id, CASE o.state WHEN 'placed' THEN 0 ELSE open.warehouse_id END AS place,
                   sum(open.quantity) AS quantity
            FROM open LEFT JOIN orders_orderline l ON l.id = open.line_id LEFT JOIN orders_order o ON o.id = l.order_id
            GROUP BY 1, 2
        )
        SELECT concat('order ', coalesce(o.number::text, 'unknown'), ', line ', line_id, ': ',
                      coalesce(promised.quantity, 0), ' promised, ', coalesce(wanted.quantity, 0), ' wanted',
                      ' in ' || w.code)
        FROM wanted FULL JOIN promised USING (line_id, place)
        LEFT JOIN orders_orderline l ON l.id = line_id LEFT JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN inventory_warehouse w ON w.id = place
        WHERE wanted.quantity IS DISTINCT FROM promised.quantity
        """,
    ),
    Invariant(
        "goods-left",
        "The ledger books out exactly the units of the shipments that left",
        "SELECT count(*) FROM fulfillment_shipment WHERE state IN ('shipped', 'delivered')",
        r"""
        WITH booked AS MATERIALIZED (
            SELECT split_part(key, ':', 2)::bigint AS shipment_id, -quantity AS units
            FROM inventory_stockmovement WHERE kind = 'ship' AND key ~ '^ship:\d+:'
        ), gone AS (
            SELECT shipment_id, sum(units) AS units FROM booked GROUP BY shipment_id
        ), sent AS (
            SELECT s.id AS shipment_id, sum(l.quantity) AS units
            FROM fulfillment_shipment s JOIN fulfillment_shipmentline l ON l.shipment_id = s.id
            WHERE s.state IN ('shipped', 'delivered') GROUP BY s.id
        )
        SELECT concat('order ', o.number, ', shipment ', shipment_id, ': ',
                      coalesce(sent.units, 0), ' sent, ', coalesce(gone.units, 0), ' booked out')
        FROM sent FULL JOIN gone USING (shipment_id)
        LEFT JOIN fulfillment_shipment s ON s.id = shipment_id LEFT JOIN orders_order o ON o.id = s.order_id
        WHERE sent.units IS DISTINCT FROM gone.units
        """,
    ),
    # A line counts what its receipts say; of that the ledger has the good units and nothing else.
    Invariant(
        "deliveries-received",
        "Every line of a delivery has received, and the ledger has booked, what its receipts say",
        "SELECT count(*) FROM inventory_expectedline",
        r"""
        WITH told AS (
            SELECT unit.key::bigint AS line_id, sum((unit.value->>0)::int) AS good, sum((unit.value->>1)::int) AS broken
            FROM inventory_deliveryreceipt r, jsonb_each(r.units) unit GROUP BY 1
        ), moved AS MATERIALIZED (
            SELECT split_part(key, ':', 2)::bigint AS receipt_id, stock_id, quantity
            FROM inventory_stockmovement WHERE kind = 'receive' AND key ~ '^receipt:\d+:'
        ), booked AS (
            SELECT coalesce(r.delivery_id, -moved.receipt_id) AS delivery_id, moved.stock_id, sum(quantity) AS units
            FROM moved LEFT JOIN inventory_deliveryreceipt r ON r.id = moved.receipt_id GROUP BY 1, 2
        ), line AS (
            SELECT l.delivery_id, l.stock_id, l.received, l.damaged,
                   coalesce(told.good, 0) AS good, coalesce(told.broken, 0) AS broken
            FROM inventory_expectedline l LEFT JOIN told ON told.line_id = l.id
        )
        SELECT concat('delivery ', coalesce(d.reference, 'unknown'), ', ', coalesce(place.name, 'unknown'), ': ',
                      coalesce(line.received, 0), ' received and ', coalesce(line.damaged, 0), ' damaged, ',
                      coalesce(line.good, 0), ' and ', coalesce(line.broken, 0), ' by receipts, ',
                      coalesce(booked.units, 0), ' booked')
        FROM line FULL JOIN booked USING (delivery_id, stock_id)
        LEFT JOIN inventory_expecteddelivery d ON d.id = delivery_id LEFT JOIN place ON place.id = stock_id
        WHERE line.received IS DISTINCT FROM line.good OR line.damaged IS DISTINCT FROM line.broken
           OR coalesce(line.received, 0) <> coalesce(booked.units, 0)
        """,
    ),
)
