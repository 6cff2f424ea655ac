"""How each person wants the dashboard: time zone and shortcuts."""

import django.db.models.deletion
import ordermgmt.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("ordermgmt", "0003_demo_shop"),
    ]

    operations = [
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('time_zone', models.CharField(blank=True, help_text="Empty: the shop's.", max_length=64, validators=[ordermgmt.models.check_zone])),
                ('shortcuts', models.BooleanField(default=True, help_text='Whether single keys do something.')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='preference', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['user_id'],
            },
        ),
    ]
