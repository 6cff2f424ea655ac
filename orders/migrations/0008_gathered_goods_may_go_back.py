"""An order whose goods are still here may go back to approved; decisions and what happened to customers are kept."""

from django.db import migrations

FORWARD = (
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
BACK = (("picked", "approved"), ("packed", "approved"))
EDGES = FORWARD + BACK


def legal(edges):
    listed = ", ".join(f"('{before}', '{after}')" for before, after in edges)
    return f"""
CREATE OR REPLACE FUNCTION order_edge_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN ({listed}) THEN
        RAISE EXCEPTION 'an order cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


KEEP = """
CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON orders_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policy_append_only BEFORE UPDATE OR DELETE ON orders_approvalpolicy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER customer_event_append_only BEFORE UPDATE OR DELETE ON orders_customerevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
LET_GO = """
DROP TRIGGER customer_event_append_only ON orders_customerevent;
DROP TRIGGER policy_append_only ON orders_approvalpolicy;
DROP TRIGGER decision_append_only ON orders_decision;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_trust_changes_and_transactions")]
    operations = [migrations.RunSQL(legal(EDGES) + KEEP, LET_GO + legal(FORWARD))]
