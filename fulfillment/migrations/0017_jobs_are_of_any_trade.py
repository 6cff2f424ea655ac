"""Printing in bulk becomes one trade of several: the job, its rows and its file keep their data under wider names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0016_waves_by_carrier")]

    operations = [
        migrations.RenameModel("PrintJob", "Job"),
        migrations.RenameModel("PrintRow", "JobRow"),
        migrations.RenameModel("PrintChunk", "JobChunk"),
        migrations.AddField("job", "terms", models.JSONField(blank=True, default=dict)),
        migrations.AlterField("job", "done", models.PositiveIntegerField(default=0, help_text="Rows that were tried.")),
        migrations.AlterField(
            "job", "faulty", models.PositiveIntegerField(default=0, help_text="Rows of these that were refused.")
        ),
        migrations.AlterField(
            "job", "kind", models.CharField(help_text="Of its trade: a document, an act, or an export.", max_length=40)
        ),
        migrations.AlterField(
            "job",
            "status",
            models.CharField(
                choices=[("waiting", "Waiting for a worker"), ("running", "Running"), ("done", "Ready"), ("failed", "Failed")],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "jobrow",
            "target_id",
            models.BigIntegerField(help_text="Of the order, shipment or what else the kind is about."),
        ),
    ]
