"""Handing over to carriers is a right of its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0018_returns_are_followed")]

    operations = [
        migrations.AlterModelOptions(
            "shipment",
            {
                "ordering": ["order_id", "number"],
                "permissions": [
                    ("pack_shipment", "Can pack at the station"),
                    ("ship_shipment", "Can hand over to carriers"),
                ],
            },
        ),
    ]
