"""Emptying the shop: every table of its apps at once, but for what a migration put there."""

from itertools import chain

from django.apps import apps
from django.db import connection

APPS = ("inventory", "orders", "fulfillment", "feedback", "kpis", "ordermgmt")
SEEDED = ("fulfillment_returnreason",)


def empty_shop() -> None:
    """Users, groups and sessions stay; what the demo brought, and what came after, is gone."""
    configs = map(apps.get_app_config, APPS)
    models = chain.from_iterable(config.get_models(include_auto_created=True) for config in configs)
    tables = [model._meta.db_table for model in models if model._meta.managed]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(table for table in tables if table not in SEEDED)} RESTART IDENTITY")
