"""What breaks the invariants of pick work, each alone; for `test_verify.py`."""

LINE_TO_PICK = """(SELECT min(l.id) FROM fulfillment_shipmentline l JOIN fulfillment_shipment s ON s.id = l.shipment_id
    JOIN orders_order o ON o.id = s.order_id WHERE s.state = 'approved' AND o.state = 'approved')"""

# (invariant, the SQL that breaks it and no other)
PICKING_BREACHES = (
    (
        "picked-as-scanned",
        "UPDATE fulfillment_scan SET units = units + 1 WHERE id ="
        " (SELECT id FROM fulfillment_scan WHERE units > 0 AND task_id IS NOT NULL LIMIT 1)",
    ),
    (
        "picked-by-task",
        f"UPDATE fulfillment_shipmentline SET picked = 1 WHERE id = {LINE_TO_PICK}",
    ),
    (
        "asked-by-task",
        f"UPDATE fulfillment_picktask SET quantity = quantity + 1 WHERE shipment_line_id = {LINE_TO_PICK}",
    ),
    (
        "lists-end-with-their-work",
        f"""UPDATE fulfillment_picklist SET state = 'stopped', finished_at = now() WHERE id =
        (SELECT min(pick_list_id) FROM fulfillment_picktask WHERE shipment_line_id = {LINE_TO_PICK})""",
    ),
    ("totes", "DELETE FROM fulfillment_toteslot"),
)
