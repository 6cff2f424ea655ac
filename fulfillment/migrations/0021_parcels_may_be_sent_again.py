import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fulfillment', '0020_labels_manifests_and_bills'),
        ('orders', '0018_endpoints_are_told_of_events'),
    ]

    operations = [
        migrations.AddField(
            model_name='return',
            name='sent_again',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sent_again_for', to='orders.order'),
        ),
    ]
