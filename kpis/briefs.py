"""The figures that people see first: of 30 days, of the 30 before, and in steps of three days.

To read them takes as long as the shop is large, so a worker does it once a minute and no page waits for it. Where no
worker has for a while, and after facts came or went in bulk, they are read when they are asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from inventory import clock
from kpis import windows
from kpis.figures import in_brief
from kpis.models import Brief

PERIOD, STEP = 30, 3
KEPT = ("lead_time", "picking_accuracy", "return_rate", "purchase_frequency")
GOOD_FOR = timedelta(minutes=5)
Told = dict[str, Any]


@dataclass(frozen=True)
class Lately:
    """One figure now, in the period before, and step by step through the period."""

    now: Told
    before: Told
    steps: list[Told]


def briefs() -> Mapping[str, Lately]:
    """By figure; in one query where all of them are kept."""
    now = clock.now()
    kept = Brief.objects.filter(day=windows.today(), read_at__gt=now - GOOD_FOR, read_at__lte=now)
    known = dict(kept.values_list("figure", "told"))
    return {figure: _apart(known[figure] if figure in known else _read(figure)) for figure in KEPT}


def keep_briefs() -> None:
    """Read them all for the pages of the next minutes."""
    day = windows.today()
    rows = [Brief(figure=figure, day=day, told=_read(figure), read_at=clock.now()) for figure in KEPT]
    Brief.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["figure"], update_fields=["day", "told", "read_at"]
    )


def forget_briefs() -> None:
    """So many facts came or went that what is kept misleads."""
    Brief.objects.all().delete()


def _read(figure: str) -> list[Told]:
    return in_brief(figure, [*windows.parts(2 * PERIOD, PERIOD), *windows.parts(PERIOD, STEP)])


def _apart(told: list[Told]) -> Lately:
    before, now, *steps = told
    return Lately(now, before, steps)
