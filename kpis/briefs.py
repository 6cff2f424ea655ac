"""The figures that people see first: of 30 days, of the 30 before, and in steps of three days.

To read them takes as long as the shop is large, so a worker does it once a minute and no page waits for it. Where no
worker has for a while, in the first minute of a day, and after facts came or went in bulk, they are read when they are
asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

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


@transaction.atomic
def keep_briefs() -> None:
    """Read them all for the pages of the next minutes; not while facts come or go in bulk."""
    if not _turn("pg_try_advisory_xact_lock"):
        return
    day, read_at = windows.today(), clock.now()
    rows = [Brief(figure=figure, day=day, told=_read(figure), read_at=read_at) for figure in KEPT]
    Brief.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["figure"], update_fields=["day", "told", "read_at"]
    )


@transaction.atomic
def forget_briefs() -> None:
    """So many facts came or went, in this transaction or before it, that what is kept misleads."""
    _turn("pg_advisory_xact_lock")
    Brief.objects.all().delete()


def _turn(take: str) -> bool:
    """Of those who keep and those who forget one at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {take}(hashtextextended('kpi briefs', 0))")
        return cursor.fetchone()[0] is not False


def _read(figure: str) -> list[Told]:
    return in_brief(figure, [*windows.parts(2 * PERIOD, PERIOD), *windows.parts(PERIOD, STEP)])


def _apart(told: list[Told]) -> Lately:
    before, now, *steps = told
    return Lately(now, before, steps)
