"""A product has stock or components, never both, whoever asks."""

from django.db import migrations

# The product's row is locked, so that of two who add one and the other at the same moment the second sees the first.
FORWARD = """
CREATE FUNCTION refuse_stock_of_bundles() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    p_product bigint := to_jsonb(NEW)->>TG_ARGV[0];
BEGIN
    PERFORM FROM inventory_product WHERE id = p_product FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM inventory_stock WHERE product_id = p_product)
       AND EXISTS (SELECT FROM inventory_bundlecomponent WHERE bundle_id = p_product) THEN
        RAISE EXCEPTION 'product % cannot have both stock and components', p_product
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER stock_of_single_products AFTER INSERT OR UPDATE OF product_id ON inventory_stock
    FOR EACH ROW EXECUTE FUNCTION refuse_stock_of_bundles('product_id');
CREATE TRIGGER bundle_without_stock AFTER INSERT OR UPDATE OF bundle_id ON inventory_bundlecomponent
    FOR EACH ROW EXECUTE FUNCTION refuse_stock_of_bundles('bundle_id');
"""
BACKWARD = """
DROP TRIGGER bundle_without_stock ON inventory_bundlecomponent;
DROP TRIGGER stock_of_single_products ON inventory_stock;
DROP FUNCTION refuse_stock_of_bundles();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0011_countries_zones_and_options_are_checked")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
