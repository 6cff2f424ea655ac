"""Further bins never hold more than what is on hand, and lie in the stock's warehouse; bin moves are append-only."""

from django.db import migrations

# Putting goods into a bin locks their stock, so that of two who do so the second sees the first. What leaves the stock
# leaves its newest further bins when its own has not enough: the goods are gone, whatever the books said of bins.
FORWARD = """
CREATE FUNCTION refuse_crowded_bins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    p_stock inventory_stock;
BEGIN
    SELECT * INTO p_stock FROM inventory_stock WHERE id = NEW.stock_id FOR NO KEY UPDATE;
    IF NEW.bin_id = p_stock.bin_id THEN
        RAISE EXCEPTION 'bin % is the own bin of stock %', NEW.bin_id, NEW.stock_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM inventory_bin WHERE id = NEW.bin_id AND warehouse_id = p_stock.warehouse_id) THEN
        RAISE EXCEPTION 'bin % is in another warehouse than stock %', NEW.bin_id, NEW.stock_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (SELECT sum(units) FROM inventory_furtherbin WHERE stock_id = NEW.stock_id) > p_stock.on_hand THEN
        RAISE EXCEPTION 'the further bins of stock % hold more than the % on hand', NEW.stock_id, p_stock.on_hand
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER further_bin_has_room AFTER INSERT ON inventory_furtherbin
    FOR EACH ROW EXECUTE FUNCTION refuse_crowded_bins();
CREATE TRIGGER further_bin_keeps_room AFTER UPDATE ON inventory_furtherbin
    FOR EACH ROW WHEN (NEW.units > OLD.units OR NEW.bin_id <> OLD.bin_id OR NEW.stock_id <> OLD.stock_id)
    EXECUTE FUNCTION refuse_crowded_bins();

CREATE FUNCTION fit_further_bins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM inventory_furtherbin WHERE stock_id = NEW.id) THEN
        RETURN NULL;
    END IF;
    DELETE FROM inventory_furtherbin WHERE stock_id = NEW.id AND bin_id = NEW.bin_id;
    DELETE FROM inventory_furtherbin f USING (
        SELECT id, sum(units) OVER (ORDER BY id) - units AS before FROM inventory_furtherbin WHERE stock_id = NEW.id
    ) r WHERE f.id = r.id AND r.before >= NEW.on_hand;
    UPDATE inventory_furtherbin f SET units = NEW.on_hand - r.before FROM (
        SELECT id, sum(units) OVER (ORDER BY id) - units AS before FROM inventory_furtherbin WHERE stock_id = NEW.id
    ) r WHERE f.id = r.id AND f.units > NEW.on_hand - r.before;
    RETURN NULL;
END $$;
CREATE TRIGGER stock_fits_further_bins AFTER UPDATE OF on_hand, bin_id ON inventory_stock
    FOR EACH ROW WHEN (NEW.on_hand < OLD.on_hand OR NEW.bin_id IS DISTINCT FROM OLD.bin_id)
    EXECUTE FUNCTION fit_further_bins();

CREATE TRIGGER bin_move_append_only BEFORE UPDATE OR DELETE ON inventory_binmove
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER bin_move_append_only ON inventory_binmove;
DROP TRIGGER stock_fits_further_bins ON inventory_stock;
DROP FUNCTION fit_further_bins();
DROP TRIGGER further_bin_keeps_room ON inventory_furtherbin;
DROP TRIGGER further_bin_has_room ON inventory_furtherbin;
DROP FUNCTION refuse_crowded_bins();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0015_further_bins")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
