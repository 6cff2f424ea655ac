"""Pick work: lists, totes and scans say the same as the units that were picked."""

from ordermgmt.verify.report import Invariant

UNDONE = "t.picked + t.short < t.quantity AND s.state = 'approved'"
INVARIANTS = (
    Invariant(
        "picked-as-scanned",
        "Where people scanned, the units of a pick task are those of its scans and confirmations",
        "SELECT count(DISTINCT task_id) FROM fulfillment_scan",
        """
        SELECT concat('task ', t.id, ': ', t.picked, ' picked, ', t.short, ' short; ', c.units, ' and ', c.short,
                      ' by its scans')
        FROM (SELECT task_id, sum(CASE action WHEN 'correct' THEN -units WHEN 'item' THEN units
                                              WHEN 'confirm' THEN units ELSE 0 END) AS units,
                     sum(CASE action WHEN 'short' THEN units ELSE 0 END) AS short
              FROM fulfillment_scan WHERE station = 'pick' AND task_id IS NOT NULL GROUP BY task_id) c
        JOIN fulfillment_picktask t ON t.id = c.task_id
        WHERE c.units <> t.picked OR c.short <> t.short
        """,
    ),
    Invariant(
        "picked-by-task",
        "The units picked of a line that is still being picked are those of its tasks",
        "SELECT count(*) FROM fulfillment_shipmentline l JOIN fulfillment_shipment s ON s.id = l.shipment_id"
        " WHERE s.state = 'approved'",
        """
        SELECT concat('order ', o.number, ', line ', l.order_line_id, ': ', l.picked, ' picked, ',
                      coalesce(t.units, 0), ' by task')
        FROM fulfillment_shipmentline l JOIN fulfillment_shipment s ON s.id = l.shipment_id
        JOIN orders_order o ON o.id = s.order_id
        LEFT JOIN (SELECT shipment_line_id, sum(picked) AS units FROM fulfillment_picktask GROUP BY 1) t
               ON t.shipment_line_id = l.id
        WHERE s.state = 'approved' AND l.picked <> coalesce(t.units, 0)
        """,
    ),
    Invariant(
        "asked-by-task",
        "What is still to send of a line stands on its pick lists",
        "SELECT count(*) FROM fulfillment_shipmentline l JOIN fulfillment_shipment s ON s.id = l.shipment_id"
        " WHERE s.state = 'approved'",
        """
        SELECT concat('order ', o.number, ', line ', l.order_line_id, ': ', l.quantity, ' to send, ',
                      coalesce(t.units, 0), ' on lists')
        FROM fulfillment_shipmentline l JOIN fulfillment_shipment s ON s.id = l.shipment_id
        JOIN orders_order o ON o.id = s.order_id
        LEFT JOIN (SELECT shipment_line_id, sum(quantity - short) AS units FROM fulfillment_picktask GROUP BY 1) t
               ON t.shipment_line_id = l.id
        WHERE s.state = 'approved' AND l.quantity <> coalesce(t.units, 0)
        """,
    ),
    Invariant(
        "lists-end-with-their-work",
        "A pick list that has ended has nothing to take, and one that has not has something",
        "SELECT count(*) FROM fulfillment_picklist",
        f"""
        SELECT concat('pick list ', p.id, ': ', p.state, ' with ', coalesce(w.tasks, 0), ' tasks to do')
        FROM fulfillment_picklist p
        LEFT JOIN (SELECT t.pick_list_id, count(*) AS tasks, bool_or(o.state <> 'cancelled') AS wanted
                   FROM fulfillment_picktask t JOIN fulfillment_shipmentline l ON l.id = t.shipment_line_id
                   JOIN fulfillment_shipment s ON s.id = l.shipment_id JOIN orders_order o ON o.id = s.order_id
                   WHERE {UNDONE} GROUP BY 1) w ON w.pick_list_id = p.id
        WHERE CASE WHEN p.finished_at IS NULL THEN w.tasks IS NULL ELSE w.wanted END
        """,  # noqa: S608 - a constant of this module
    ),
    Invariant(
        "totes",
        "Every order on a shared walk has its tote there, and every tote an order of the walk",
        "SELECT count(*) FROM fulfillment_toteslot",
        """
        WITH walks AS (
            SELECT DISTINCT p.id AS list_id, l.shipment_id
            FROM fulfillment_picklist p JOIN fulfillment_picktask t ON t.pick_list_id = p.id
            JOIN fulfillment_shipmentline l ON l.id = t.shipment_line_id WHERE p.kind <> 'single'
        )
        SELECT concat('pick list ', list_id, ': shipment ', shipment_id, ' has no tote')
        FROM walks w WHERE NOT EXISTS (SELECT FROM fulfillment_toteslot x
                                       WHERE x.pick_list_id = w.list_id AND x.shipment_id = w.shipment_id)
        """,
    ),
)
