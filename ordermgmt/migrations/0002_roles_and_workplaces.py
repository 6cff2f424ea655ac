"""The eight roles as groups, each with the permissions of its work; and in which warehouses somebody works."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

SEES_ALL = [
    "orders.view_customer",
    "kpis.view_target",
    "fulfillment.view_message",
    "orders.view_payment",
    "orders.view_decision",
    "feedback.view_survey",
]
MANAGES = [
    *SEES_ALL,
    "orders.change_order",
    "orders.approve_order",
    "orders.cancel_order",
    "orders.edit_order",
    "orders.refund_order",
    "orders.change_customer",
    "fulfillment.handle_return",
    "fulfillment.pick_picklist",
    "fulfillment.change_picklist",
    "fulfillment.pack_shipment",
    "fulfillment.ship_shipment",
    "inventory.change_stock",
    "kpis.change_target",
    "orders.change_channel",
    "orders.change_webhookendpoint",
]
ROLES = {
    "owner": [*MANAGES, "auth.change_user", "orders.erase_customer"],
    "manager": MANAGES,
    "approver": [
        "orders.view_customer",
        "orders.view_payment",
        "orders.view_decision",
        "fulfillment.view_message",
        "orders.change_order",
        "orders.approve_order",
        "orders.cancel_order",
        "orders.change_customer",
    ],
    "picker": ["fulfillment.pick_picklist"],
    "packer": ["fulfillment.pack_shipment"],
    "shipper": ["fulfillment.ship_shipment", "inventory.change_stock"],
    "support": [
        "orders.view_customer",
        "orders.view_payment",
        "fulfillment.view_message",
        "feedback.view_survey",
        "orders.change_order",
        "orders.edit_order",
        "orders.cancel_order",
        "orders.refund_order",
        "fulfillment.handle_return",
        "orders.change_customer",
    ],
    "analyst": [*SEES_ALL, "kpis.change_target"],
}


def make_roles(apps, schema_editor):
    """Permissions are made after all migrations otherwise; a group that is there keeps what it may."""
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for label in ("auth", "inventory", "orders", "fulfillment", "feedback", "kpis"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, verbosity=0, apps=apps, using=schema_editor.connection.alias)
        config.models_module = None
    for name, permissions in ROLES.items():
        group, fresh = Group.objects.get_or_create(name=name)
        if fresh:
            for permission in permissions:
                label, _, codename = permission.partition(".")
                group.permissions.add(Permission.objects.get(content_type__app_label=label, codename=codename))


class Migration(migrations.Migration):
    dependencies = [
        ("ordermgmt", "0001_saved_views"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("inventory", "0014_products_say_how_they_are_packed"),
        ("orders", "0018_endpoints_are_told_of_events"),
        ("fulfillment", "0019_shippers_have_a_right_of_their_own"),
        ("feedback", "0003_words_leave_the_findings"),
        ("kpis", "0005_imported_numbers_stand_apart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Workplace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="workplaces",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="workplaces", to="inventory.warehouse"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "warehouse"), name="one_workplace_per_user_and_warehouse")
                ]
            },
        ),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
