"""Whose turn it is when goods arrive, in one place: highest priority first, then the earliest promise, then the id."""

from django.db import migrations

# `awaits` is how many units have to come in before the whole of a promise is covered; 0: the goods on hand reach to
# it. Where everything promised is on hand nobody waits, and the queue behind a stock is not even read.
FORWARD = """
CREATE FUNCTION inventory_turns(p_keys text[])
RETURNS TABLE (key varchar, stock_id bigint, quantity int, awaits bigint)
LANGUAGE sql STABLE AS $$
    WITH mine AS MATERIALIZED (
        SELECT r.id, r.key, r.stock_id, r.quantity, s.on_hand, s.reserved > s.on_hand AS is_short
        FROM inventory_reservation r JOIN inventory_stock s ON s.id = r.stock_id
        WHERE r.key = ANY(p_keys)
    ), queue AS (
        SELECT r.id, sum(r.quantity) OVER (PARTITION BY r.stock_id ORDER BY r.priority DESC, r.at, r.id) AS upto
        FROM inventory_reservation r WHERE r.stock_id IN (SELECT m.stock_id FROM mine m WHERE m.is_short)
    )
    SELECT m.key, m.stock_id, m.quantity, greatest(coalesce(q.upto - m.on_hand, 0), 0)::bigint
    FROM mine m LEFT JOIN queue q ON q.id = m.id
    ORDER BY m.id
$$;
"""
BACKWARD = "DROP FUNCTION inventory_turns(text[]);"


class Migration(migrations.Migration):
    dependencies = [("inventory", "0008_deliveries_come_in_parts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
