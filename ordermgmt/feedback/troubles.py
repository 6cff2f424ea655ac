"""Unhappy customers among what needs a person."""

from feedback.models import FollowUp
from inventory import clock
from ordermgmt.attention import SHOWN, Trouble
from ordermgmt.phrases import counted


def of_follow_up(row: FollowUp) -> Trouble:
    """An open follow-up: somebody gets back to the customer."""
    late = row.due_at <= clock.now()
    owner = f" {row.owner} takes care." if row.owner else ""
    late_words = " It is overdue." if late else ""
    return Trouble(
        order=row.order,
        tone="bad" if late else "warn",
        why="Unhappy customer",
        what=f"{said(row)}.{owner}{late_words}",
        since=row.opened_at,
        action="Get back",
        anchor="follow-up",
    )


def said(row: FollowUp) -> str:
    """What the customer gave, in words."""
    parts = [f"Gave {row.csat} of 5"]
    if row.nps is not None:
        parts.append(f"would recommend us {row.nps} of 10")
    if row.wrong_lines:
        parts.append(f"found {counted(row.wrong_lines, 'line')} wrong")
    return ", ".join(parts)


def follow_ups_waiting() -> list[Trouble]:
    """All that are open, as far as Today shows them, the first due first; in one query."""
    rows = FollowUp.objects.filter(done_at=None).select_related("order__customer")
    return [of_follow_up(row) for row in rows[: SHOWN + 1]]
