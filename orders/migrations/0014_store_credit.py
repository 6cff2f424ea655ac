"""Customers have store credit, in an append-only ledger."""

import django.db.models.deletion
import inventory.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0013_placed_orders_may_be_rejected'),
    ]

    operations = [
        migrations.AlterField(
            model_name='payment',
            name='method',
            field=models.CharField(choices=[('card', 'Card'), ('invoice', 'Invoice, pay later'), ('transfer', 'Bank transfer'), ('cod', 'Cash on delivery'), ('credit', 'Store credit')], max_length=16),
        ),
        migrations.CreateModel(
            name='StoreCredit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.DecimalField(decimal_places=3, max_digits=14)),
                ('key', models.CharField(max_length=80, unique=True)),
                ('why', models.CharField(max_length=60)),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField(default=inventory.clock.now)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='store_credit', to='orders.customer')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='store_credit', to='orders.order')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['customer', 'currency'], name='store_credit_of_customer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='store_credit_moves_something')],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER store_credit_is_append_only BEFORE UPDATE OR DELETE ON orders_storecredit"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "DROP TRIGGER store_credit_is_append_only ON orders_storecredit",
        ),
    ]
