"""Returns are announced, inspected and settled; those on record were settled when they came. Reasons become a tree."""

import django.db.models.deletion
import django.db.models.expressions
import django_fsm
import inventory.clock
from django.db import migrations, models

EDGES = (
    ("requested", "approved"),
    ("requested", "declined"),
    ("requested", "cancelled"),
    ("approved", "labelled"),
    ("approved", "in_transit"),
    ("approved", "received"),
    ("approved", "cancelled"),
    ("labelled", "in_transit"),
    ("labelled", "received"),
    ("labelled", "cancelled"),
    ("in_transit", "received"),
    ("received", "inspected"),
    ("inspected", "settled"),
)
LEGAL = ", ".join(f"('{before}', '{after}')" for before, after in EDGES)
CARRY_OVER = """
UPDATE fulfillment_return r SET state = 'settled', goods = r.refund, requested_at = r.received_at,
       state_since = r.received_at, number = n.number
FROM (SELECT id, row_number() OVER (PARTITION BY order_id ORDER BY id) AS number FROM fulfillment_return) n
WHERE n.id = r.id;
UPDATE fulfillment_returnline l SET received = l.quantity, reason = r.reason
FROM fulfillment_return r WHERE r.id = l.return_record_id;
"""
FORWARD = f"""
CREATE FUNCTION return_edge_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN ({LEGAL}) THEN
        RAISE EXCEPTION 'a return cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER return_edge_is_legal BEFORE UPDATE OF state ON fulfillment_return
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION return_edge_is_legal();
"""
BACKWARD = """
DROP TRIGGER return_edge_is_legal ON fulfillment_return;
DROP FUNCTION return_edge_is_legal();
"""
# code, label, whose fault, needs a photo; a reason without those is a heading of the ones that follow.
REASONS = (
    ("changed_mind", "Changed my mind"),
    ("unwanted", "No longer wanted", "customer", False),
    ("bought_by_mistake", "Bought by mistake", "customer", False),
    ("better_price", "Found a better price", "customer", False),
    ("fit", "Size, colour or style"),
    ("size_too_small", "Too small", "customer", False),
    ("size_too_large", "Too large", "customer", False),
    ("style", "Colour or style is not what I hoped for", "customer", False),
    ("fault", "Something is wrong with it"),
    ("damaged", "Arrived damaged", "carrier", True),
    ("defective", "Does not work", "shop", False),
    ("missing_parts", "Parts are missing", "shop", False),
    ("poor_quality", "Quality is not good enough", "shop", False),
    ("not_ordered", "Not what I ordered"),
    ("wrong_item", "Wrong item", "shop", False),
    ("not_as_described", "Not as described", "shop", False),
    ("too_late", "Arrived too late", "carrier", False),
)


def seed_reasons(apps, schema_editor):
    """The program's own tree, for the shop to change."""
    reason = apps.get_model("fulfillment", "ReturnReason")
    parent = None
    for position, (code, label, *rest) in enumerate(REASONS, 1):
        if not rest:
            parent = reason.objects.create(code=code, label=label, position=position)
            continue
        fault, needs_photo = rest
        told = {"label": label, "position": position, "fault": fault, "needs_photo": needs_photo}
        reason.objects.create(code=code, parent=parent, **told)


class Migration(migrations.Migration):

    dependencies = [
        ('fulfillment', '0006_claims_are_opened_and_settled'),
        ('inventory', '0013_warehouses_have_a_floor'),
        ('orders', '0014_store_credit'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReturnPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('window_days', models.PositiveSmallIntegerField(default=30, help_text='From the delivery of the line.')),
                ('approve_at_once', models.BooleanField(default=True, help_text='Otherwise a person looks first.')),
                ('restocking_percent', models.DecimalField(decimal_places=1, default=0, help_text="Kept of the goods' price when it is the customer's wish.", max_digits=4)),
                ('label_price', models.DecimalField(decimal_places=2, default=0, help_text="Kept for the label when it is the customer's wish.", max_digits=8)),
                ('allow_exchange', models.BooleanField(default=True)),
                ('allow_credit', models.BooleanField(default=True)),
                ('condition', models.CharField(default='Unused, in its original packaging.', max_length=300)),
            ],
            options={
                'verbose_name_plural': 'return policies',
            },
        ),
        migrations.CreateModel(
            name='ReturnReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=24, unique=True)),
                ('label', models.CharField(max_length=80)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('active', models.BooleanField(default=True)),
                ('fault', models.CharField(choices=[('customer', 'The customer'), ('shop', 'The shop'), ('carrier', 'The carrier')], default='customer', max_length=10)),
                ('needs_photo', models.BooleanField(default=False)),
                ('for_customers', models.BooleanField(default=True, help_text="Whether customers see it, or only the shop's people.")),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReturnUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('grade', models.CharField(choices=[('A', 'As new'), ('B', 'Used, fine'), ('C', 'Worn or broken')], max_length=1)),
                ('disposition', models.CharField(choices=[('restock', 'Back on the shelf'), ('refurbish', 'To be repaired'), ('write_off', 'Written off'), ('vendor', 'Back to the vendor')], max_length=10)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('photo', models.FileField(blank=True, max_length=120, upload_to='inspections/%Y/%m')),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField(default=inventory.clock.now)),
            ],
            options={
                'ordering': ['line', 'number'],
            },
        ),
        migrations.AlterModelOptions(
            name='return',
            options={'ordering': ['id'], 'permissions': [('handle_return', 'Can decide, receive, inspect and settle returns and claims')]},
        ),
        migrations.AddField(
            model_name='return',
            name='carrier',
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name='return',
            name='credit',
            field=models.DecimalField(decimal_places=3, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name='return',
            name='declined_why',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='return',
            name='exchange',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exchange_of', to='orders.order'),
        ),
        migrations.AddField(
            model_name='return',
            name='fee',
            field=models.DecimalField(decimal_places=3, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name='return',
            name='goods',
            field=models.DecimalField(decimal_places=3, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name='return',
            name='label_cost',
            field=models.DecimalField(decimal_places=3, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name='return',
            name='labelled_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='return',
            name='number',
            field=models.PositiveSmallIntegerField(default=0, help_text='Counts the returns of the order.'),
        ),
        migrations.AddField(
            model_name='return',
            name='requested_at',
            field=models.DateTimeField(default=inventory.clock.now),
        ),
        migrations.AddField(
            model_name='return',
            name='requested_by',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='return',
            name='resolution',
            field=models.CharField(choices=[('refund', 'Money back'), ('exchange', 'Exchange'), ('credit', 'Store credit')], default='refund', max_length=10),
        ),
        migrations.AddField(
            model_name='return',
            name='shipping',
            field=models.DecimalField(decimal_places=3, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name='return',
            name='state',
            field=django_fsm.FSMField(choices=[('requested', 'Requested'), ('approved', 'Approved'), ('declined', 'Declined'), ('labelled', 'Label sent'), ('in_transit', 'On its way back'), ('received', 'Received'), ('inspected', 'Inspected'), ('settled', 'Settled'), ('cancelled', 'Cancelled')], default='requested', max_length=12, protected=True),
        ),
        migrations.AddField(
            model_name='return',
            name='state_since',
            field=models.DateTimeField(default=inventory.clock.now),
        ),
        migrations.AddField(
            model_name='return',
            name='tracking_number',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='returnline',
            name='exchange_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.product'),
        ),
        migrations.AddField(
            model_name='returnline',
            name='note',
            field=models.CharField(blank=True, help_text='What the customer said of it.', max_length=500),
        ),
        migrations.AddField(
            model_name='returnline',
            name='photo',
            field=models.FileField(blank=True, max_length=120, upload_to='returns/%Y/%m'),
        ),
        migrations.AddField(
            model_name='returnline',
            name='reason',
            field=models.CharField(default='', max_length=24),
        ),
        migrations.AddField(
            model_name='returnline',
            name='received',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='return',
            name='reason',
            field=models.CharField(max_length=24),
        ),
        migrations.AlterField(
            model_name='return',
            name='received_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='return',
            name='refund',
            field=models.DecimalField(decimal_places=3, default=0, max_digits=14),
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='return',
            index=models.Index(condition=models.Q(('state__in', ['settled', 'declined', 'cancelled']), _negated=True), fields=['state', 'state_since'], name='return_open'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.UniqueConstraint(fields=('order', 'number'), name='one_return_per_number'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['requested', 'approved', 'declined', 'labelled', 'in_transit', 'received', 'inspected', 'settled', 'cancelled'])), name='return_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('goods', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('refund'), '+', models.F('credit')), '+', models.F('fee')), '+', models.F('label_cost')), '-', models.F('shipping')))), name='a_return_gives_what_it_is_worth'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('credit__gte', 0), ('fee__gte', 0), ('label_cost__gte', 0), ('refund__gte', 0)), name='a_return_takes_nothing'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.CheckConstraint(condition=models.Q(('received__lte', models.F('quantity'))), name='no_more_comes_than_was_announced'),
        ),
        migrations.AddField(
            model_name='returnpolicy',
            name='channel',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='return_policy', to='orders.channel'),
        ),
        migrations.AddField(
            model_name='returnpolicy',
            name='final_sale',
            field=models.ManyToManyField(blank=True, help_text='Never taken back.', related_name='+', to='inventory.product'),
        ),
        migrations.AddField(
            model_name='returnreason',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='fulfillment.returnreason'),
        ),
        migrations.AddField(
            model_name='returnunit',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units', to='fulfillment.returnline'),
        ),
        migrations.AddConstraint(
            model_name='returnpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('label_price__gte', 0), ('restocking_percent__gte', 0), ('restocking_percent__lte', 100)), name='a_return_never_costs_more_than_it_is_worth'),
        ),
        migrations.AddConstraint(
            model_name='returnunit',
            constraint=models.UniqueConstraint(fields=('line', 'number'), name='a_unit_is_inspected_once'),
        ),
        migrations.RunPython(seed_reasons, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
