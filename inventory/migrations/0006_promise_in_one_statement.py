"""The stock room's three statements, kept in the database so that they are planned once per connection."""

from django.db import migrations

# How each function is planned: once, and by its indexes. A plan that was made while a table was nearly empty would
# read all of it, and be kept when the table has grown.
PLANNED = """
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
"""

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
# Wants and supplies walk side by side, product by product: each want takes from the first supply that has something
# left, then from the next. One short line leaves nothing taken; then the short products come back with the units left.
# Locked first, then read by a new statement, so that what others committed while we waited is seen.
PROMISE = """
CREATE FUNCTION inventory_promise(
    p_keys text[], p_products bigint[], p_quantities bigint[], p_channel text, p_priority int, p_at timestamptz)
RETURNS TABLE (product_id bigint, free bigint)
LANGUAGE plpgsql {PLANNED} AS $$
#variable_conflict use_column
DECLARE
    want record;
    wanted bigint;
    units bigint;
    at int := 1;  -- the supply that is taken from now
    stocks bigint[];
    goods bigint[];
    room bigint[];
    taken_for bigint[] := '{}';  -- the place of the want
    taken_stocks bigint[] := '{}';
    taken_units bigint[] := '{}';
    short boolean := false;
BEGIN
    PERFORM FROM inventory_stock s WHERE s.product_id = ANY(p_products) ORDER BY s.id FOR NO KEY UPDATE;
    SELECT array_agg(s.stock_id), array_agg(s.product_id), array_agg(s.free) INTO stocks, goods, room
    FROM (SELECT * FROM inventory_supply(p_products, p_channel) x WHERE x.free > 0
          ORDER BY x.product_id, x.tier, x.priority, x.stock_id) s;
    FOR want IN
        SELECT w.* FROM unnest(p_keys, p_products, p_quantities)
             WITH ORDINALITY AS w(key, product_id, quantity, position) ORDER BY w.product_id, w.position
    LOOP
        wanted := want.quantity;
        WHILE goods[at] < want.product_id LOOP
            at := at + 1;
        END LOOP;
        WHILE wanted > 0 AND goods[at] = want.product_id LOOP
            units := least(wanted, room[at]);
            taken_for := taken_for || want.position;
            taken_stocks := taken_stocks || stocks[at];
            taken_units := taken_units || units;
            wanted := wanted - units;
            room[at] := room[at] - units;
            IF room[at] = 0 THEN
                at := at + 1;
            END IF;
        END LOOP;
        short := short OR wanted > 0;
    END LOOP;
    IF short THEN
        RETURN QUERY
        SELECT w.product_id, coalesce(s.free, 0)::bigint
        FROM (SELECT u.product_id, sum(u.quantity) AS quantity
              FROM unnest(p_products, p_quantities) u(product_id, quantity) GROUP BY u.product_id) w
        LEFT JOIN (SELECT x.product_id, sum(x.free) AS free
                   FROM inventory_supply(p_products, p_channel) x GROUP BY x.product_id) s USING (product_id)
        WHERE w.quantity > coalesce(s.free, 0);
        RETURN;
    END IF;
    -- The same stock may have been taken from twice, on hand and as a backorder.
    INSERT INTO inventory_reservation (key, stock_id, quantity, priority, at)
    SELECT p_keys[t.place], t.stock_id, sum(t.units), p_priority, p_at
    FROM unnest(taken_for, taken_stocks, taken_units) t(place, stock_id, units)
    GROUP BY p_keys[t.place], t.stock_id ORDER BY min(t.place), t.stock_id;
    UPDATE inventory_stock s SET reserved = s.reserved + t.units
    FROM (SELECT u.stock_id, sum(u.units) AS units FROM unnest(taken_stocks, taken_units) u(stock_id, units)
          GROUP BY u.stock_id) t
    WHERE s.id = t.stock_id;
END $$;
"""
RELEASE = """
CREATE FUNCTION inventory_release(p_keys text[]) RETURNS bigint
LANGUAGE plpgsql {PLANNED} AS $$
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
    operations = [migrations.RunSQL((SUPPLY + PROMISE + RELEASE).replace("{PLANNED}", PLANNED), BACKWARD)]
