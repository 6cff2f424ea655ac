"""A hold keeps why it was let go, and whether that overruled its check."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_people_may_be_erased")]
    operations = [
        migrations.AddField(
            model_name="hold",
            name="overrules",
            field=models.BooleanField(db_default=False, help_text="Whether its check was overruled by the release."),
        ),
        migrations.AddField(
            model_name="hold",
            name="release_note",
            field=models.CharField(blank=True, db_default="", help_text="Why it was let go.", max_length=500),
        ),
    ]
