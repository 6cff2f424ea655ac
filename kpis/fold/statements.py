"""The facts of given orders as SELECTs, one each for orders, lines and returns, from events and the rows they name.

Whatever these read changes only together with an event of its order, so an order's facts are up to date when its
newest event is folded. `%(ids)s` are order ids. A stage that was gone through again counts from its last time.
"""

from feedback.judging import FAULT_OF_RETURN


def _breaking(condition: str) -> str:
    """The reasons of returns that break a condition of the perfect order, as a list in SQL."""
    return "({})".format(", ".join(f"'{reason}'" for reason, fault in FAULT_OF_RETURN.items() if fault[0] == condition))


SHORT = WRONG_PICK = _breaking("in_full")
DAMAGED = _breaking("undamaged")
UNDOCUMENTED = _breaking("documented")
# What a claim against the shop says of its lines, unless it was refused or came to nothing.
CLAIMED = "c.against = 'shop' AND c.state <> 'refused' AND c.outcome <> 'nothing'"
CLAIMED_WRONG_PICK = "c.kind IN ('missing', 'wrong')"
# What a customer's answer to the survey says of a line.
SAID_WRONG_PICK = "NOT (q.right_item AND q.right_quantity)"
PERSON = "position(':' in e.by) = 0 AND e.by NOT IN ('system', 'carrier', 'customer')"

# A short pick that nobody counted; and what was wrong in the tote when it was seen, by the picker or the packer.
AT_THE_SHELF = """(e.name = 'pick.short' AND e.data->>'counted' IS NULL
    OR e.name = 'pick.corrected' AND e.data->>'reason' IN ('wrong_item', 'wrong_quantity')
    OR e.name = 'pack.mismatched' AND e.data->>'line' IS NOT NULL)"""

ORDERS = f"""
WITH passed AS (
    SELECT e.order_id,
           max(e.at) FILTER (WHERE e.name = 'order.received') AS received_at,
           max(e.at) FILTER (WHERE e.name = 'order.approved') AS approved_at,
           max(e.at) FILTER (WHERE e.name = 'order.picked') AS picked_at,
           max(e.at) FILTER (WHERE e.name = 'order.packed') AS packed_at,
           max(e.at) FILTER (WHERE e.name = 'order.shipped') AS shipped_at,
           max(e.at) FILTER (WHERE e.name = 'order.delivered') AS delivered_at,
           max(e.at) FILTER (WHERE e.name = 'order.surveyed') AS surveyed_at,
           max(e.at) FILTER (WHERE e.name = 'order.reviewed') AS reviewed_at,
           max(e.at) FILTER (WHERE e.name IN ('order.cancelled', 'order.rejected')) AS cancelled_at,
           array_agg(DISTINCT split_part(e.name, '.', 2)::text) FILTER (
               WHERE {PERSON} AND split_part(e.name, '.', 1) IN ('order', 'shipment')
                 AND split_part(e.name, '.', 2) IN ('received', 'approved', 'picked', 'packed', 'shipped')) AS by_person
    FROM orders_orderevent e WHERE e.order_id = ANY(%(ids)s) GROUP BY e.order_id
), sent AS (
    SELECT s.order_id, max(s.delivered_at) AS delivered_at,
           (array_agg(w.code ORDER BY s.shipped_at DESC NULLS LAST, s.id DESC))[1] AS warehouse
    FROM fulfillment_shipment s JOIN inventory_warehouse w ON w.id = s.warehouse_id
    WHERE s.order_id = ANY(%(ids)s) AND s.state <> 'cancelled' GROUP BY s.order_id
), labelled AS (
    SELECT s.order_id, (array_agg(l.carrier ORDER BY l.id DESC))[1] AS carrier
    FROM fulfillment_shipment s JOIN fulfillment_parcel p ON p.shipment_id = s.id
    JOIN fulfillment_label l ON l.parcel_id = p.id
    WHERE s.order_id = ANY(%(ids)s) AND s.state <> 'cancelled' GROUP BY s.order_id
), back AS (
    SELECT r.order_id, bool_or(rl.reason IN {SHORT}) AS short, bool_or(rl.reason IN {DAMAGED}) AS damaged,
           bool_or(rl.reason IN {UNDOCUMENTED}) AS undocumented
    FROM fulfillment_return r JOIN fulfillment_returnline rl ON rl.return_record_id = r.id
    WHERE r.order_id = ANY(%(ids)s) AND rl.received > 0 GROUP BY r.order_id
), said AS (
    SELECT v.order_id, bool_or({SAID_WRONG_PICK}) AS short, bool_or(NOT q.undamaged) AS damaged
    FROM feedback_survey v JOIN feedback_answer a ON a.survey_id = v.id JOIN feedback_lineanswer q ON q.answer_id = a.id
    WHERE v.order_id = ANY(%(ids)s) GROUP BY v.order_id
), claimed AS (
    SELECT c.order_id, bool_or(c.kind <> 'damaged') AS short, bool_or(c.kind = 'damaged') AS damaged
    FROM fulfillment_claim c WHERE c.order_id = ANY(%(ids)s) AND {CLAIMED} GROUP BY c.order_id
), held AS (
    SELECT h.order_id, range_agg(tstzrange(h.at, greatest(h.at, h.released_at))) AS spans
    FROM orders_hold h WHERE h.order_id = ANY(%(ids)s) AND h.released_at IS NOT NULL GROUP BY h.order_id
), paid AS (
    SELECT p.order_id, sum(p.refunded) AS refunded FROM orders_payment p WHERE p.order_id = ANY(%(ids)s) GROUP BY 1
), known AS (
    SELECT o.id, c.code AS channel, o.number, o.customer_id, o.shipping_address->>'country' AS country, o.currency,
           o.total, coalesce(m.refunded, 0) AS refunded, o.placed_at, o.promised_at, p.*,
           coalesce(s.delivered_at, p.delivered_at) AS arrived_at,
           s.warehouse, l.carrier, b.short OR q.short OR n.short AS short,
           b.damaged OR q.damaged OR n.damaged AS damaged,
           b.undocumented, h.spans, o.parent_relation IN ('exchange', 'reshipment') AS follows
    FROM orders_order o JOIN orders_channel c ON c.id = o.channel_id
    JOIN passed p ON p.order_id = o.id
    LEFT JOIN sent s ON s.order_id = o.id LEFT JOIN labelled l ON l.order_id = o.id
    LEFT JOIN back b ON b.order_id = o.id LEFT JOIN said q ON q.order_id = o.id
    LEFT JOIN claimed n ON n.order_id = o.id LEFT JOIN held h ON h.order_id = o.id LEFT JOIN paid m ON m.order_id = o.id
)
SELECT k.id AS order_id, NULL::bigint AS history_id, k.channel, k.number::text AS number, '' AS digest,
       k.customer_id::text AS customer, '' AS tier, left(coalesce(k.country, ''), 2) AS country,
       coalesce(k.warehouse, '') AS warehouse, coalesce(k.carrier, '') AS carrier, k.currency, k.total, k.refunded,
       k.placed_at, k.received_at, k.approved_at, k.picked_at, k.packed_at, k.shipped_at,
       CASE WHEN k.delivered_at IS NULL THEN NULL ELSE k.arrived_at END AS delivered_at,
       k.surveyed_at, k.reviewed_at, k.cancelled_at, k.promised_at,
       coalesce((SELECT sum(extract(epoch FROM upper(span) - lower(span)))
                 FROM unnest(k.spans * tstzmultirange(tstzrange(
                     k.placed_at, greatest(k.placed_at, coalesce(k.arrived_at, 'infinity'))))) span), 0)::float8
           AS held_seconds,
       coalesce(k.approved_at < k.received_at OR k.picked_at < k.approved_at OR k.packed_at < k.picked_at
                OR k.shipped_at < k.packed_at OR k.arrived_at < k.shipped_at, false) AS contradictory,
       coalesce(k.by_person, '{{}}') AS by_person, k.follows,
       CASE WHEN k.delivered_at IS NOT NULL THEN k.arrived_at > k.promised_at END AS late,
       CASE WHEN k.delivered_at IS NOT NULL THEN coalesce(k.short, false) END AS short,
       CASE WHEN k.delivered_at IS NOT NULL THEN coalesce(k.damaged, false) END AS damaged,
       CASE WHEN k.delivered_at IS NOT NULL THEN coalesce(k.undocumented, false) END AS documents,
       v.invited_at, a.answered_at, a.csat, a.nps, '' AS comment
FROM known k LEFT JOIN feedback_survey v ON v.order_id = k.id LEFT JOIN feedback_answer a ON a.survey_id = v.id
"""

LINES = f"""
WITH sent AS (
    SELECT sl.order_line_id, sum(sl.quantity) FILTER (WHERE s.state = 'delivered') AS delivered,
           max(s.delivered_at) FILTER (WHERE s.state = 'delivered') AS delivered_at,
           (array_agg(w.code ORDER BY s.shipped_at DESC NULLS LAST, s.id DESC))[1] AS warehouse
    FROM fulfillment_shipmentline sl JOIN fulfillment_shipment s ON s.id = sl.shipment_id
    JOIN inventory_warehouse w ON w.id = s.warehouse_id
    WHERE s.order_id = ANY(%(ids)s) AND s.state <> 'cancelled' GROUP BY sl.order_line_id
), picked AS (
    SELECT sl.order_line_id,
           CASE WHEN bool_and(t.picked_at IS NOT NULL OR t.short = t.quantity) THEN max(t.picked_at) END AS at,
           bool_and(t.scanned) FILTER (WHERE t.short < t.quantity) AS scanned,
           bool_or(t.picked_at IS NOT NULL AND t.picked + t.short < t.quantity) AS short,
           (array_agg(t.picked_by ORDER BY t.picked_at DESC NULLS LAST, t.id DESC))[1] AS picker,
           (array_agg(b.aisle ORDER BY t.picked_at DESC NULLS LAST, t.id DESC))[1] AS aisle
    FROM fulfillment_picktask t JOIN fulfillment_shipmentline sl ON sl.id = t.shipment_line_id
    JOIN fulfillment_shipment s ON s.id = sl.shipment_id LEFT JOIN inventory_bin b ON b.id = t.bin_id
    WHERE s.order_id = ANY(%(ids)s) AND s.state <> 'cancelled' GROUP BY sl.order_line_id
), back AS (
    SELECT rl.order_line_id, sum(rl.received) AS units,
           bool_or(rl.reason IN {WRONG_PICK} AND rl.received > 0) AS wrong
    FROM fulfillment_returnline rl JOIN fulfillment_return r ON r.id = rl.return_record_id
    WHERE r.order_id = ANY(%(ids)s) GROUP BY rl.order_line_id
), said AS (
    SELECT q.order_line_id, bool_or({SAID_WRONG_PICK}) AS wrong
    FROM feedback_lineanswer q JOIN orders_orderline l ON l.id = q.order_line_id
    WHERE l.order_id = ANY(%(ids)s) GROUP BY q.order_line_id
), at_the_shelf AS (
    SELECT e.order_id, (e.data->>'line')::int AS position
    FROM orders_orderevent e WHERE e.order_id = ANY(%(ids)s) AND {AT_THE_SHELF} GROUP BY 1, 2
), claimed AS (
    SELECT cl.order_line_id, bool_or({CLAIMED_WRONG_PICK}) AS wrong
    FROM fulfillment_claimline cl JOIN fulfillment_claim c ON c.id = cl.claim_id
    WHERE c.order_id = ANY(%(ids)s) AND {CLAIMED} GROUP BY cl.order_line_id
)
SELECT l.order_id, l.position, l.sku, l.name, coalesce(f.name, '') AS category, l.quantity, l.unit_price,
       coalesce(s.warehouse, '') AS warehouse, coalesce(p.aisle::text, '') AS zone, coalesce(p.picker, '') AS picker,
       p.at AS picked_at, p.scanned,
       coalesce(p.short, false) OR coalesce(b.wrong, false) OR coalesce(q.wrong, false) OR coalesce(n.wrong, false)
           OR h.position IS NOT NULL AS wrong,
       s.delivered_at, coalesce(s.delivered, 0) AS delivered, coalesce(b.units, 0) AS returned
FROM orders_orderline l JOIN inventory_product i ON i.id = l.product_id
LEFT JOIN inventory_productfamily f ON f.id = i.family_id
LEFT JOIN sent s ON s.order_line_id = l.id LEFT JOIN picked p ON p.order_line_id = l.id
LEFT JOIN back b ON b.order_line_id = l.id LEFT JOIN said q ON q.order_line_id = l.id
LEFT JOIN claimed n ON n.order_line_id = l.id
LEFT JOIN at_the_shelf h ON h.order_id = l.order_id AND h.position = l.position
WHERE l.order_id = ANY(%(ids)s) AND l.quantity > 0
"""

RETURNS = """
SELECT r.order_id, l.position, rl.received AS quantity, rl.reason, r.received_at AS at
FROM fulfillment_return r JOIN fulfillment_returnline rl ON rl.return_record_id = r.id
JOIN orders_orderline l ON l.id = rl.order_line_id
WHERE r.order_id = ANY(%(ids)s) AND l.quantity > 0 AND rl.received > 0
"""
