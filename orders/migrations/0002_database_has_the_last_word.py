"""History is append-only, and a state changes only along the edges the state machine knows."""

from django.db import migrations

EDGES = (
    ("placed", "received"),
    ("received", "approved"),
    ("approved", "picked"),
    ("picked", "packed"),
    ("packed", "shipped"),
    ("shipped", "delivered"),
    ("delivered", "surveyed"),
    ("surveyed", "reviewed"),
    ("received", "rejected"),
    ("placed", "cancelled"),
    ("received", "cancelled"),
    ("approved", "cancelled"),
    ("picked", "cancelled"),
    ("packed", "cancelled"),
)
LEGAL = ", ".join(f"('{before}', '{after}')" for before, after in EDGES)
FORWARD = f"""
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON orders_orderevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION order_edge_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN ({LEGAL}) THEN
        RAISE EXCEPTION 'an order cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_edge_is_legal BEFORE UPDATE OF state ON orders_order
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION order_edge_is_legal();
"""
BACKWARD = """
DROP TRIGGER order_edge_is_legal ON orders_order;
DROP FUNCTION order_edge_is_legal();
DROP TRIGGER event_append_only ON orders_orderevent;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("inventory", "0002_ledger_is_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
