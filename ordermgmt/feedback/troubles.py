"""Unhappy customers among what needs a person."""

from django.utils.translation import gettext as _

from feedback.models import FollowUp
from inventory import clock
from ordermgmt.attention import SHOWN, Trouble
from ordermgmt.phrases import counted


def of_follow_up(row: FollowUp) -> Trouble:
    """An open follow-up: somebody gets back to the customer."""
    late = row.due_at <= clock.now()
    owner = _(" {owner} is on it.").format(owner=row.owner) if row.owner else ""
    late_words = _(" It is overdue.") if late else ""
    return Trouble(
        order=row.order,
        tone="bad" if late else "warn",
        why=_("Unhappy customer"),
        what=f"{said(row)}.{owner}{late_words}",
        since=row.opened_at,
        action=_("Get back"),
        anchor="follow-up",
    )


def said(row: FollowUp) -> str:
    """What the customer gave, in words."""
    parts = [_("Gave {csat} of 5").format(csat=row.csat)]
    if row.nps is not None:
        parts.append(_("recommends us {nps} of 10").format(nps=row.nps))
    if row.wrong_lines:
        parts.append(_("found {lines} wrong").format(lines=counted(row.wrong_lines, "line")))
    return ", ".join(parts)


def follow_ups_waiting() -> list[Trouble]:
    """All that are open, as far as Today shows them, the first due first; in one query."""
    rows = FollowUp.objects.filter(done_at=None).select_related("order__customer")
    return [of_follow_up(row) for row in rows[: SHOWN + 1]]
