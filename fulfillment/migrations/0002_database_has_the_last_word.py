"""A shipment changes its state only along the edges its state machine knows; a parcel never goes backwards."""

from django.db import migrations

EDGES = (
    ("approved", "picked"),
    ("picked", "packed"),
    ("packed", "shipped"),
    ("shipped", "delivered"),
    ("approved", "cancelled"),
    ("picked", "cancelled"),
    ("packed", "cancelled"),
)
LEGAL = ", ".join(f"('{before}', '{after}')" for before, after in EDGES)
FORWARD = f"""
CREATE FUNCTION shipment_edge_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN ({LEGAL}) THEN
        RAISE EXCEPTION 'a shipment cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shipment_edge_is_legal BEFORE UPDATE OF state ON fulfillment_shipment
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION shipment_edge_is_legal();
CREATE FUNCTION parcel_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ranks CONSTANT text[] := ARRAY['packed', 'labelled', 'in_transit', 'out_for_delivery', 'delivered'];
BEGIN
    IF array_position(ranks, NEW.status::text) < array_position(ranks, OLD.status::text) THEN
        RAISE EXCEPTION 'a parcel cannot go back from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parcel_moves_forward BEFORE UPDATE OF status ON fulfillment_parcel
    FOR EACH ROW EXECUTE FUNCTION parcel_moves_forward();
"""
BACKWARD = """
DROP TRIGGER parcel_moves_forward ON fulfillment_parcel;
DROP FUNCTION parcel_moves_forward();
DROP TRIGGER shipment_edge_is_legal ON fulfillment_shipment;
DROP FUNCTION shipment_edge_is_legal();
"""


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
