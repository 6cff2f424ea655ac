"""Shipments and parcels: one label each, never backwards, and the order exactly as far as its shipments."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "labels",
        "Every parcel of a shipment that left has one label, and none has a label before it was packed or two of them",
        "SELECT count(*) FROM fulfillment_parcel",
        """
        SELECT concat('order ', o.number, ', parcel ', p.id, ' of a shipment that is ', s.state, ': ',
                      count(l.id), ' labels')
        FROM fulfillment_parcel p JOIN fulfillment_shipment s ON s.id = p.shipment_id
        JOIN orders_order o ON o.id = s.order_id LEFT JOIN fulfillment_label l ON l.parcel_id = p.id
        GROUP BY o.number, p.id, s.state
        HAVING count(l.id) > 1 OR count(l.id) <> CASE s.state WHEN 'shipped' THEN 1 WHEN 'delivered' THEN 1
                                                 WHEN 'packed' THEN count(l.id) WHEN 'cancelled' THEN count(l.id)
                                                 ELSE 0 END
        """,
    ),
    Invariant(
        "tracking-numbers",
        "No tracking number was given twice",
        "SELECT count(*) FROM fulfillment_label",
        """
        SELECT concat(tracking_number, ': ', count(*), ' times')
        FROM fulfillment_label GROUP BY carrier, tracking_number HAVING count(*) > 1
        """,
    ),
    Invariant(
        "parcels-forward",
        "Every parcel moved forward only, and is where its last move brought it",
        "SELECT count(*) FROM fulfillment_parcel",
        """
        WITH moves AS (
            SELECT order_id, data->>'shipment' AS code, data->>'parcel' AS parcel, seq, data->>'status' AS status,
                   array_position(%(statuses)s::text[], data->>'status') AS rank
            FROM orders_orderevent
            WHERE name = 'parcel.moved' OR name = 'parcel.' || (data->>'status') AND name <> 'parcel.labelled'
        ), steps AS (
            SELECT *, lag(rank) OVER parcel AS before, lead(seq) OVER parcel IS NULL AS newest
            FROM moves WINDOW parcel AS (PARTITION BY order_id, code, parcel ORDER BY seq)
        )
        SELECT concat('shipment ', code, ', parcel ', parcel, ': went back to ', status)
        FROM steps WHERE rank IS NULL OR rank <= before
        UNION ALL
        SELECT concat('shipment ', o.number, '-', s.number, ', parcel ', p.number, ': is ', p.status,
                      ', its moves end ', coalesce(steps.status, 'nowhere'))
        FROM fulfillment_parcel p JOIN fulfillment_shipment s ON s.id = p.shipment_id
        JOIN orders_order o ON o.id = s.order_id
        LEFT JOIN steps ON steps.newest AND steps.order_id = o.id AND steps.code = concat(o.number, '-', s.number)
                       AND steps.parcel = p.number::text
        WHERE p.status IS DISTINCT FROM steps.status
          AND NOT (steps.status IS NULL AND p.status IN ('packed', 'labelled'))
        """,
    ),
    Invariant(
        "parcels-within-their-carton",
        "No parcel weighs more than its carton bears, unless a packer gave a reason",
        "SELECT count(*) FROM fulfillment_parcel WHERE carton_id IS NOT NULL",
        """
        SELECT concat('order ', o.number, ', parcel ', p.id, ': ', greatest(p.weight_g, p.expected_g), ' g in ', c.name,
                      ', which bears ', c.max_gross_g, ' g')
        FROM fulfillment_parcel p JOIN fulfillment_carton c ON c.id = p.carton_id
        JOIN fulfillment_shipment s ON s.id = p.shipment_id JOIN orders_order o ON o.id = s.order_id
        WHERE greatest(p.weight_g, p.expected_g) > c.max_gross_g AND NOT EXISTS (
            SELECT FROM orders_orderevent e WHERE e.order_id = o.id AND e.name = 'pack.overridden'
            AND e.data->>'shipment' = concat(o.number, '-', s.number))
        """,
    ),
    Invariant(
        "labels-known",
        "An hour after a played carrier sold a label, it is on its parcel or return, or given back",
        "SELECT count(*) FROM fulfillment_playedlabel",
        """
        SELECT concat('label ', b.tracking_number, ' of ', b.account, ': sold for ', b.key, ' and not known')
        FROM fulfillment_playedlabel b
        WHERE b.sold_at < %(hour_ago)s
          AND NOT EXISTS (SELECT FROM fulfillment_label l WHERE l.tracking_number = b.tracking_number)
          AND NOT EXISTS (SELECT FROM fulfillment_voidedlabel v WHERE v.tracking_number = b.tracking_number)
          AND NOT EXISTS (SELECT FROM fulfillment_return r WHERE r.tracking_number = b.tracking_number)
        """,
    ),
    Invariant(
        "labels-bought-once",
        "No label is both used and given back, and what was bought by a quote is one or the other",
        "SELECT count(*) FROM fulfillment_label",
        """
        SELECT concat('label ', l.tracking_number, ': used, and given back') FROM fulfillment_label l
        JOIN fulfillment_voidedlabel v ON v.tracking_number = l.tracking_number
        UNION ALL
        SELECT concat('parcel ', q.parcel_id, ': a quote says bought, and there is no label')
        FROM fulfillment_ratequote q WHERE q.state = 'bought'
          AND NOT EXISTS (SELECT FROM fulfillment_label l WHERE l.parcel_id = q.parcel_id)
          AND NOT EXISTS (SELECT FROM fulfillment_voidedlabel v WHERE v.parcel_id = q.parcel_id)
        """,
    ),
    Invariant(
        "manifests-fit",
        "Every parcel on a manifest goes with its carrier and from its warehouse, and an open one counts its parcels",
        "SELECT count(*) FROM fulfillment_label",
        """
        SELECT concat('manifest M', m.id, ': parcel ', l.tracking_number, ' is of another carrier or warehouse')
        FROM fulfillment_manifest m JOIN fulfillment_label l ON l.manifest_id = m.id
        JOIN fulfillment_parcel p ON p.id = l.parcel_id JOIN fulfillment_shipment s ON s.id = p.shipment_id
        WHERE l.account_id IS DISTINCT FROM m.account_id OR s.warehouse_id <> m.warehouse_id
        UNION ALL
        SELECT concat('manifest M', m.id, ': counts ', m.parcels, ' of ', count(l.id))
        FROM fulfillment_manifest m LEFT JOIN fulfillment_label l ON l.manifest_id = m.id
        WHERE m.closed_at IS NULL GROUP BY m.id HAVING m.parcels <> count(l.id)
        """,
    ),
    Invariant(
        "order-follows-shipments",
        "Every order is exactly as far as the last of its shipments",
        "SELECT count(*) FROM fulfillment_shipment",
        """
        SELECT concat('order ', o.number, ': is ', o.state, ', its shipments are ', string_agg(s.state, ', '))
        FROM orders_order o JOIN fulfillment_shipment s ON s.order_id = o.id AND s.state <> 'cancelled'
        WHERE o.state NOT IN ('cancelled', 'rejected')
        GROUP BY o.id
        HAVING min(array_position(%(road)s::text[], s.state::text)) <>
               least(array_position(%(road)s::text[], o.state::text), array_position(%(road)s::text[], 'delivered'))
            OR array_position(%(road)s::text[], o.state::text) IS NULL
        """,
    ),
    Invariant(
        "cancelled-stops",
        "A minute after an order was called off, none of its shipments is open",
        "SELECT count(*) FROM orders_order WHERE state = 'cancelled'",
        """
        SELECT concat('order ', o.number, ': called off, shipment ', s.number, ' is still ', s.state)
        FROM orders_order o JOIN fulfillment_shipment s ON s.order_id = o.id
        WHERE o.state IN ('cancelled', 'rejected') AND s.state <> 'cancelled' AND o.state_since < %(minute_ago)s
        """,
    ),
)
