"""Every rate that products had becomes a tax class of its own."""

from django.db import migrations


def name_rates(apps, schema_editor):
    Product = apps.get_model("inventory", "Product")
    TaxClass = apps.get_model("inventory", "TaxClass")
    for rate in Product.objects.filter(tax_class=None).values_list("tax_rate", flat=True).distinct().order_by():
        percent = f"{(rate * 100).normalize():f}"
        code = f"vat-{percent.replace('.', '-')}"
        row, _ = TaxClass.objects.get_or_create(code=code, defaults={"name": f"{percent} %", "rate": rate})
        Product.objects.filter(tax_class=None, tax_rate=rate).update(tax_class=row)


def name_none(apps, schema_editor):
    """Going back, the rates are still where they were."""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_catalogue_counts_and_deliveries")]
    operations = [migrations.RunPython(name_rates, name_none)]
