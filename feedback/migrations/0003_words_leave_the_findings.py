"""Findings of old reviews quoted what customers wrote; that stands in their answers. Old bad scores were not followed up."""

from django.db import migrations

FORWARD = r"""
UPDATE feedback_improvementitem SET finding = regexp_replace(finding, '^(The customer gave [1-5] of 5): .*', '\1')
WHERE finding ~ '^The customer gave [1-5] of 5: ';
INSERT INTO feedback_followup (order_id, csat, nps, wrong_lines, owner, opened_at, due_at, done_at, done_by, outcome)
SELECT v.order_id, a.csat, a.nps, 0, '', a.answered_at, a.answered_at, a.answered_at, 'system',
       'Answered before follow-ups were kept.'
FROM feedback_answer a JOIN feedback_survey v ON v.id = a.survey_id WHERE a.csat <= 2 OR a.nps <= 6;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0002_customers_are_heard_and_findings_acted_on'),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
