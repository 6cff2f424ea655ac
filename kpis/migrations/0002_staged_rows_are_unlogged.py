"""Rows of a file on their way in need not survive a crash: the file is taken in again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kpis", "0001_facts_histories_and_calendar")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE kpis_historyrow SET UNLOGGED", "ALTER TABLE kpis_historyrow SET LOGGED"
        )
    ]
