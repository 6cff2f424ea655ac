"""A basket's promise becomes an order's: given back and promised again in one statement, or not at all."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION inventory_promise_from_holds(
    p_holds text[], p_keys text[], p_products bigint[], p_quantities bigint[], p_channel text, p_priority int,
    p_at timestamptz)
RETURNS TABLE (product_id bigint, free bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    short jsonb;
    held text[] := ARRAY(SELECT 'hold:' || h.token FROM inventory_stockhold h
                         WHERE h.token = ANY(p_holds) AND h.channel = p_channel ORDER BY h.token FOR UPDATE);
BEGIN
    -- Everything that is going to be touched, lowest id first.
    PERFORM FROM inventory_stock s
    WHERE s.product_id = ANY(p_products)
       OR s.id = ANY(ARRAY(SELECT r.stock_id FROM inventory_reservation r WHERE r.key = ANY(held)))
    ORDER BY s.id FOR NO KEY UPDATE;
    BEGIN
        PERFORM inventory_release(held);
        DELETE FROM inventory_stockhold h WHERE 'hold:' || h.token = ANY(held);
        SELECT jsonb_agg(jsonb_build_array(p.product_id, p.free)) INTO short
        FROM inventory_promise(p_keys, p_products, p_quantities, p_channel, p_priority, p_at) p;
        IF short IS NOT NULL THEN
            RAISE EXCEPTION 'short' USING ERRCODE = 'OM001';
        END IF;
    EXCEPTION WHEN SQLSTATE 'OM001' THEN
        -- The basket keeps what it holds.
        RETURN QUERY SELECT (row->>0)::bigint, (row->>1)::bigint FROM jsonb_array_elements(short) AS t(row);
    END;
END $$;
"""
BACKWARD = """
DROP FUNCTION inventory_promise_from_holds(text[], text[], bigint[], bigint[], text, int, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0006_promise_in_one_statement")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
