from django.db import migrations, models

# What was given back before there were gateways was given back by hand, and at once.
FORWARD = """
INSERT INTO orders_transaction
    (payment_id, refund_id, kind, amount, key, status, reference, error, attempts, created_at, done_at)
SELECT r.payment_id, r.id, 'refund', r.amount, concat('refund:', r.id), 'done', '', '', 0, r.at, r.at
FROM orders_refund r LEFT JOIN orders_transaction t ON t.refund_id = r.id WHERE t.id IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0010_people_answer_for_releases'),
    ]

    operations = [
        migrations.AlterField(
            model_name='transaction',
            name='status',
            field=models.CharField(choices=[('pending', 'Pending'), ('done', 'Done'), ('failed', 'Failed'), ('dropped', 'Given up')], default='pending', max_length=10),
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
