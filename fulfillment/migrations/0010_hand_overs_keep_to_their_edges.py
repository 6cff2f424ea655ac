"""A hand-over goes only along the edges its state machine knows; shipments that third parties have already get one."""

from django.db import migrations

EDGES = (
    ("requested", "accepted"),
    ("requested", "rejected"),
    ("accepted", "rejected"),
    ("rejected", "requested"),
    ("cancelled", "requested"),
    ("accepted", "cancel_requested"),
    ("cancel_requested", "accepted"),
    ("requested", "cancelled"),
    ("accepted", "cancelled"),
    ("rejected", "cancelled"),
    ("cancel_requested", "cancelled"),
    ("requested", "confirmed"),
    ("accepted", "confirmed"),
    ("cancel_requested", "confirmed"),
)
LEGAL = ", ".join(f"('{before}', '{after}')" for before, after in EDGES)
TAKE_OVER = """
INSERT INTO fulfillment_handover (shipment_id, state, state_since, requested_at, answered_at, reason, words, version)
SELECT s.id,
       CASE WHEN s.state IN ('shipped', 'delivered') THEN 'confirmed'
            WHEN s.state = 'cancelled' THEN 'cancelled'
            WHEN s.state = 'approved' THEN 'requested' ELSE 'accepted' END,
       s.state_since, s.created_at,
       CASE WHEN s.state NOT IN ('approved', 'cancelled') THEN s.state_since END, '', '', 1
FROM fulfillment_shipment s JOIN inventory_warehouse w ON w.id = s.warehouse_id
WHERE w.mode = '3pl';
UPDATE fulfillment_shipment s SET taken_on = true
FROM fulfillment_handover h WHERE h.shipment_id = s.id AND h.state = 'accepted';
"""
FORWARD = f"""
CREATE FUNCTION handover_edge_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN ({LEGAL}) THEN
        RAISE EXCEPTION 'a hand-over cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER handover_edge_is_legal BEFORE UPDATE OF state ON fulfillment_handover
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION handover_edge_is_legal();
"""
BACKWARD = """
DROP TRIGGER handover_edge_is_legal ON fulfillment_handover;
DROP FUNCTION handover_edge_is_legal();
"""


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0009_third_parties_get_hand_overs")]
    operations = [
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
