"""Marks of a demo were one range of ids per table; they are a list of ranges, so that own rows may lie between."""

from django.db import migrations


def into_lists(apps, schema_editor):
    for demo in apps.get_model("ordermgmt", "DemoShop").objects.all():
        demo.marks = {table: [marked] for table, marked in demo.marks.items()}
        demo.save(update_fields=["marks"])


def into_one(apps, schema_editor):
    for demo in apps.get_model("ordermgmt", "DemoShop").objects.all():
        demo.marks = {table: [ranges[0][0], ranges[-1][1]] for table, ranges in demo.marks.items()}
        demo.save(update_fields=["marks"])


class Migration(migrations.Migration):

    dependencies = [
        ('ordermgmt', '0007_the_demo_is_marked'),
    ]

    operations = [
        migrations.RunPython(into_lists, into_one),
    ]
