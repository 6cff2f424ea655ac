"""Which rows of the demo are copied how often, and how the stock room is put right afterwards; as SQL."""

from collections.abc import Mapping

STRIDE = 100_000
BUSY = 20  # copies of all orders; of the demo's, a hundred are on their way
YEARS = 3
# A copy has all finished orders that came back, and one in so many of the others: half of each, as lists are long.
ONE_IN = 5

# A number in a key, in a shipment's or return's code, in an event's data, as the copy has it.
MOVED = f"""
CREATE OR REPLACE FUNCTION pg_temp.key_of_copy(key text, n bigint) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN key ~ '^\\w+:\\d'
        THEN split_part(key, ':', 1) || ':' || split_part(key, ':', 2)::bigint + n * {STRIDE}
             || coalesce(substring(key FROM '^\\w+:\\d+(:.*)'), '')
        ELSE key || '~' || n END
$$;
CREATE OR REPLACE FUNCTION pg_temp.code_of_copy(code text, n bigint) RETURNS text LANGUAGE sql AS $$
    SELECT repeat('R', (code LIKE 'R%')::int) || ltrim(split_part(code, '-', 1), 'R')::bigint + n * {STRIDE}
           || '-' || split_part(code, '-', 2)
$$;
CREATE OR REPLACE FUNCTION pg_temp.data_of_copy(data jsonb, n bigint) RETURNS jsonb LANGUAGE sql AS $$
    SELECT CASE WHEN data ?| '{{shipment,rma,payment,transaction,claim}}' THEN data || (
        SELECT coalesce(jsonb_object_agg(name, CASE
            WHEN name IN ('shipment', 'rma') THEN to_jsonb(pg_temp.code_of_copy(data->>name, n))
            ELSE to_jsonb((data->>name)::bigint + n * {STRIDE}) END), '{{}}')
        FROM unnest('{{shipment,rma,payment,transaction,claim}}'::text[]) name WHERE data->>name ~ '^R?\\d')
    ELSE data END
$$;
"""  # noqa: S608 - constants of this module

# What waits for a person, or hangs together with other orders, is not finished.
CHOOSE = f"""
CREATE TEMP TABLE finished ON COMMIT DROP AS
SELECT o.id AS order_id, EXISTS (SELECT FROM fulfillment_return r WHERE r.order_id = o.id) AS came_back
FROM orders_order o
WHERE o.state IN ('reviewed', 'cancelled', 'rejected') AND o.parent_id IS NULL AND o.open_holds = 0
  AND (SELECT count(*) FROM orders_orderline l WHERE l.order_id = o.id) <= 6
  AND NOT EXISTS (SELECT FROM orders_order c WHERE c.parent_id = o.id)
  AND NOT EXISTS (SELECT FROM feedback_followup f WHERE f.order_id = o.id AND f.done_at IS NULL)
  AND NOT EXISTS (SELECT FROM fulfillment_claim c WHERE c.order_id = o.id AND c.state = 'open')
  AND NOT EXISTS (SELECT FROM fulfillment_return r WHERE r.order_id = o.id
                  AND r.state NOT IN ('settled', 'declined', 'cancelled'))
  AND NOT EXISTS (SELECT FROM fulfillment_toteslot x JOIN fulfillment_shipment s ON s.id = x.shipment_id
                  WHERE s.order_id = o.id);
CREATE TEMP TABLE copied ON COMMIT DROP AS
WITH last AS (
    SELECT ceil(%(orders)s / (sum(CASE WHEN came_back THEN 1 ELSE 1.0 / {ONE_IN} END)))::bigint AS n FROM finished
)
SELECT f.order_id, g.n, make_interval(secs => {YEARS} * 31536000.0 * (last.n - g.n + 1) / last.n) AS back
FROM last, generate_series(1, last.n) g(n), finished f WHERE f.came_back OR (f.order_id + g.n) %% {ONE_IN} = 0
UNION ALL
SELECT o.id, last.n + g.n, interval '0' FROM last, generate_series(1, %(busy)s) g(n), orders_order o;
ANALYZE copied;
"""  # noqa: S608 - constants of this module

BELONGS: Mapping[str, str] = {
    "orders_order": "SELECT id, id AS order_id FROM orders_order",
    "orders_customer": "SELECT customer_id AS id, id AS order_id FROM orders_order",
    "fulfillment_picklist": "SELECT DISTINCT t.pick_list_id AS id, s.order_id FROM fulfillment_picktask t"
    " JOIN fulfillment_shipmentline l ON l.id = t.shipment_line_id JOIN fulfillment_shipment s ON s.id = l.shipment_id",
    "inventory_stockmovement": "SELECT t.id, s.order_id FROM inventory_stockmovement t"
    r" JOIN of_fulfillment_shipment s ON s.id = substring(t.key FROM '^ship:(\d+):')::bigint",
    "inventory_reservation": "SELECT t.id, l.order_id FROM inventory_reservation t"
    r" JOIN of_orders_orderline l ON l.id = substring(t.key FROM '^line:(\d+)$')::bigint",
}

# For the promises of the copies as much comes in as they are of, and as much as the copies' shipments took away.
SETTLE = """
CREATE TEMP TABLE missing ON COMMIT DROP AS
SELECT s.id AS stock_id, coalesce(r.units, 0) - s.reserved AS promised, s.on_hand - coalesce(m.units, 0) AS gone
FROM inventory_stock s
LEFT JOIN (SELECT stock_id, sum(quantity) AS units FROM inventory_reservation GROUP BY 1) r ON r.stock_id = s.id
LEFT JOIN (SELECT stock_id, sum(quantity) AS units FROM inventory_stockmovement GROUP BY 1) m ON m.stock_id = s.id;
INSERT INTO inventory_stockmovement (stock_id, kind, quantity, key, by, reason, at)
SELECT stock_id, 'receive', promised + gone, 'bench:' || stock_id, 'bench', '', now()
FROM missing WHERE promised + gone <> 0;
UPDATE inventory_stock s SET on_hand = s.on_hand + m.promised, reserved = s.reserved + m.promised
FROM missing m WHERE m.stock_id = s.id AND m.promised <> 0;
"""
