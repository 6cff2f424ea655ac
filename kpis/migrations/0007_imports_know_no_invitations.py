"""Imported answers stood as invitations of their own, so that everybody asked had answered."""

from typing import ClassVar

from django.db import migrations

FORWARD = "UPDATE kpis_orderfact SET invited_at = NULL WHERE history_id IS NOT NULL AND invited_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("kpis", "0006_what_follows_was_not_bought")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
