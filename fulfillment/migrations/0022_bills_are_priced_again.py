from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fulfillment', '0021_parcels_may_be_sent_again'),
    ]

    operations = [
        migrations.AlterField(
            model_name='parcelbill',
            name='reason',
            field=models.CharField(choices=[('agrees', 'As quoted'), ('dimensions', 'Dimensional weight'), ('weight', 'Heavier than ours'), ('zone', 'Other zone'), ('service', 'Other service'), ('surcharge', 'Surcharge'), ('twice', 'Billed twice'), ('unknown', 'Unknown parcel'), ('given_back', 'Label was given back'), ('currency', 'Other currency'), ('less', 'Less than quoted'), ('other', 'Not explained')], max_length=12),
        ),
    ]
