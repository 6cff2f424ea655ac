"""Taking away what was written about a person."""

from collections import Counter
from collections.abc import Iterable

from django.contrib.admin.models import LogEntry

from feedback.models import Answer, FollowUp, ImprovementItem


def forget_words(order_ids: Iterable[int]) -> None:
    """Take away what customers and people wrote about these orders, when somebody is erased; scores stay.

    Findings that quote a hold's note keep what they are about; a second one of the same gets a number.
    """
    ids = list(order_ids)
    Answer.objects.filter(survey__order__in=ids).update(comment="", may_call=None)
    FollowUp.objects.filter(order__in=ids).exclude(outcome="").update(outcome="Erased")
    known: Counter[tuple[int, str, str]] = Counter()
    items = ImprovementItem.objects.filter(order__in=ids).order_by("pk")
    for item in items:
        about, quotes, _ = item.finding.partition(": ")
        known[key := (item.order_id, item.stage, about)] += 1
        if quotes:
            ImprovementItem.objects.filter(pk=item.pk).update(finding=f"{about} ({known[key]})")
    seen = LogEntry.objects.filter(content_type__app_label="feedback", content_type__model="improvementitem")
    seen.filter(object_id__in=[str(item.pk) for item in items]).update(object_repr="Erased")
