"""The list of follow-ups: who is unhappy, why, who takes care, and how it ended."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from feedback.models import FollowUp
from inventory import clock
from ordermgmt.feedback.troubles import said

SHOWN = 50
TABS = {"": _("Open"), "mine": _("Mine"), "done": _("Done")}


@dataclass(frozen=True)
class Row:
    """One follow-up; `comment` is what the customer wrote."""

    follow_up: FollowUp
    said: str
    comment: str
    late: bool


@dataclass(frozen=True)
class FollowUps:
    """The chosen tab; `count` are all of it, `rows` those that are shown."""

    tab: str
    rows: tuple[Row, ...]
    count: int

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.rows)


def follow_ups(tab: str, *, user: str) -> FollowUps:
    """The follow-ups of one tab, the first due first and the last settled first; in two queries."""
    rows = FollowUp.objects.select_related("order__customer", "order__survey_record__answer")
    if tab == "done":
        rows = rows.filter(done_at__isnull=False).order_by("-done_at")
    elif tab == "mine":
        rows = rows.filter(done_at=None, owner=user)
    else:
        rows = rows.filter(done_at=None)
    return FollowUps(tab, tuple(_row(row) for row in rows[:SHOWN]), rows.count())


def _row(row: FollowUp) -> Row:
    answer = getattr(getattr(row.order, "survey_record", None), "answer", None)
    return Row(row, said(row), answer.comment if answer else "", row.done_at is None and row.due_at <= clock.now())
