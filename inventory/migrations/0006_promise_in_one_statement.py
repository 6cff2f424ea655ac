"""The stock room's three statements, kept in the database so that they are planned once per connection."""

from django.db import migrations

# Units that a channel may still be promised, stock by stock, in the order in which they are taken: what is on hand
# anywhere (tier 0) before what may be backordered (tier 1), then by warehouse priority. `safety_stock` is left alone.
SUPPLY = """
CREATE FUNCTION inventory_supply(p_products bigint[], p_channel text)
RETURNS TABLE (stock_id bigint, product_id bigint, tier int, priority int, free bigint)
LANGUAGE sql STABLE AS $$
    SELECT s.id, s.product_id, t.tier, w.priority, t.free
    FROM inventory_stock s
    JOIN inventory_product p ON p.id = s.product_id
    JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.active AND p.requires <@ w.capabilities
    LEFT JOIN inventory_safetystock k ON k.stock_id = s.id AND k.channel = p_channel
    CROSS JOIN LATERAL (VALUES
        (0, greatest(s.on_hand - s.reserved - coalesce(k.quantity, 0), 0)::bigint),
        (1, (s.backorder_limit - greatest(s.reserved - s.on_hand, 0))::bigint)) t(tier, free)
    WHERE s.product_id = ANY(p_products)
$$;
"""
# Demand and supply of a product are laid end to end, each as half-open intervals; where a wanted interval overlaps a
# supply's interval, that many units are taken there. Lines of one product and several warehouses need no loop, and
# one short line leaves nothing taken. The rows come back short: (product, units left); none when all is promised.
# Locked first, then read by a new statement, so that what others committed while we waited is seen.
PROMISE = """
CREATE FUNCTION inventory_promise(
    p_keys text[], p_products bigint[], p_quantities bigint[], p_channel text, p_priority int, p_at timestamptz)
RETURNS TABLE (product_id bigint, free bigint)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM inventory_stock s WHERE s.product_id = ANY(p_products) ORDER BY s.id FOR NO KEY UPDATE;
    RETURN QUERY
    WITH want AS MATERIALIZED (
        SELECT w.*, sum(w.quantity) OVER (PARTITION BY w.product_id ORDER BY w.position) AS upto
        FROM unnest(p_keys, p_products, p_quantities) WITH ORDINALITY AS w(key, product_id, quantity, position)
    ), supply AS MATERIALIZED (
        SELECT s.*, sum(s.free) OVER (PARTITION BY s.product_id ORDER BY s.tier, s.priority, s.stock_id) AS upto
        FROM inventory_supply(p_products, p_channel) s
    ), short AS MATERIALIZED (
        SELECT demand.product_id, coalesce(have.free, 0)::bigint AS free
        FROM (SELECT w.product_id, sum(w.quantity) AS wanted FROM want w GROUP BY w.product_id) demand
        LEFT JOIN (SELECT s.product_id, sum(s.free) AS free FROM supply s GROUP BY s.product_id) have USING (product_id)
        WHERE demand.wanted > coalesce(have.free, 0)
    ), taken AS MATERIALIZED (
        SELECT w.key, s.stock_id, min(w.position) AS position,
               sum(least(w.upto, s.upto) - greatest(w.upto - w.quantity, s.upto - s.free)) AS quantity
        FROM want w JOIN supply s USING (product_id)
        WHERE least(w.upto, s.upto) > greatest(w.upto - w.quantity, s.upto - s.free)
          AND NOT EXISTS (SELECT FROM short)
        GROUP BY w.key, s.stock_id
    ), booked AS (
        INSERT INTO inventory_reservation (key, stock_id, quantity, priority, at)
        SELECT t.key, t.stock_id, t.quantity, p_priority, p_at FROM taken t ORDER BY t.position, t.stock_id
    ), raised AS (
        UPDATE inventory_stock s SET reserved = s.reserved + t.quantity
        FROM (SELECT t.stock_id, sum(t.quantity) AS quantity FROM taken t GROUP BY t.stock_id) t
        WHERE s.id = t.stock_id
    )
    SELECT short.product_id, short.free FROM short;
END $$;
"""
RELEASE = """
CREATE FUNCTION inventory_release(p_keys text[]) RETURNS bigint
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    units bigint;
BEGIN
    PERFORM FROM inventory_stock s
    WHERE s.id IN (SELECT r.stock_id FROM inventory_reservation r WHERE r.key = ANY(p_keys))
    ORDER BY s.id FOR NO KEY UPDATE;
    WITH gone AS (
        DELETE FROM inventory_reservation r WHERE r.key = ANY(p_keys) RETURNING r.stock_id, r.quantity
    ), lowered AS (
        UPDATE inventory_stock s SET reserved = s.reserved - g.quantity
        FROM (SELECT stock_id, sum(quantity) AS quantity FROM gone GROUP BY stock_id) g WHERE s.id = g.stock_id
    )
    SELECT coalesce(sum(quantity), 0) INTO units FROM gone;
    RETURN units;
END $$;
"""
BACKWARD = """
DROP FUNCTION inventory_release(text[]);
DROP FUNCTION inventory_promise(text[], bigint[], bigint[], text, int, timestamptz);
DROP FUNCTION inventory_supply(bigint[], text);
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0005_tax_by_class")]
    operations = [migrations.RunSQL(SUPPLY + PROMISE + RELEASE, BACKWARD)]
