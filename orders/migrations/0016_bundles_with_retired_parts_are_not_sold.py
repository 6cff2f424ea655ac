"""A bundle of which a part is no longer sold is not sold either: it could not be sent whole once the part is gone."""

from importlib import import_module

from django.db import migrations

placing = import_module("orders.migrations.0004_place_in_two_statements")
BEFORE = placing.CATALOGUE.replace("{PLANNED}", placing.PLANNED).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
SOLD = "WHERE p.sku = ANY(p_skus) AND p.active)"
SOLD_WHOLE = """WHERE p.sku = ANY(p_skus) AND p.active AND NOT EXISTS (
                SELECT FROM inventory_bundlecomponent c JOIN inventory_product part ON part.id = c.component_id
                WHERE c.bundle_id = p.id AND NOT part.active))"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0015_keys_may_be_of_one_warehouse")]
    operations = [migrations.RunSQL(BEFORE.replace(SOLD, SOLD_WHOLE), BEFORE)]
