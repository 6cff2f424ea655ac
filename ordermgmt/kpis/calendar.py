"""Campaigns and incidents on a time axis, and what they say to who points at them."""

from datetime import date

from django.utils.translation import gettext as _

from kpis.models import Campaign, Incident
from ordermgmt.kpis.charts import Axis, Span
from ordermgmt.kpis.choice import Choice
from ordermgmt.phrases import day_and_month, short_date

MOST = 40


def axis(choice: Choice) -> Axis:
    """The time axis of the window with all that stands out on it; in two queries."""
    return Axis(choice.steps(), spans(choice.first, choice.last))


def spans(first: date, last: date) -> list[Span]:
    """What the shop did and what went wrong between two days, the first one first."""
    within = {"starts_on__lt": last, "ends_on__gte": first}
    found = [
        *(_span(row, _("Campaign"), "campaign") for row in Campaign.objects.filter(**within).defer("customers")[:MOST]),
        *(_span(row, _("Incident"), "incident") for row in Incident.objects.filter(**within)[:MOST]),
    ]
    return sorted(found, key=lambda span: (span.first, span.title))


def _span(row: Campaign | Incident, kind: str, tone: str) -> Span:
    days = _("{first} to {last}").format(first=day_and_month(row.starts_on), last=short_date(row.ends_on))
    return Span(row.starts_on, row.ends_on, f"{kind}: {row.name}, {days}", tone)
