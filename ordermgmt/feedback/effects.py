"""Whether an action moved its figure: the value before and after, the difference with its interval, and no more.

Shares are compared by Newcombe's interval, lead times by that of medians. Nothing is claimed when the interval
contains 0, when either side has fewer than 30 cases, or while goods of the time after the start may still come back:
they would make whatever was done look good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import ImprovementAction
from feedback.statistics import (
    FEWEST_FOR_A_MEDIAN,
    Interval,
    difference_of_medians,
    difference_of_shares,
    interval_of_median,
    wilson,
)
from inventory.wording import Words, grouped, localized
from kpis import windows
from kpis.windows import Window
from ordermgmt.phrases import day_and_long_month, percent

ENOUGH = 30
LONGEST_DAYS = 90
DAY = 86_400


@dataclass(frozen=True)
class Kpi:
    """A figure that an action may move; a share of cases, or days. `up` when more is better.

    `settles` says that a case may come to light as long as goods can be sent back.
    """

    name: Words
    at: str
    up: bool
    case: str = ""
    among: str = "true"
    lines: bool = False
    settles: bool = False

    @property
    def is_share(self) -> bool:
        """Else it is a number of days per order."""
        return bool(self.case)

    def shown(self, value: float | None) -> str:
        """95.0 %, 3.2 days, or no data."""
        return (
            _("no data")
            if value is None
            else percent(value)
            if self.is_share
            else _("{value} days").format(value=grouped(value, 1))
        )

    def between(self, interval: Interval | None) -> str:
        """From 92.1 % to 96.8 %; nothing without an interval."""
        return "" if interval is None else f"{self.shown(max(interval.low, 0.0))} – {self.shown(interval.high)}"


DELIVERED = "f.delivered_at"
KPIS: Mapping[str, Kpi] = {
    "on_time": Kpi(gettext_lazy("On time"), DELIVERED, True, "NOT f.late", "f.late IS NOT NULL"),
    "perfect_order": Kpi(
        gettext_lazy("Perfect orders"),
        DELIVERED,
        True,
        "f.late IS NOT TRUE AND NOT (f.short OR f.damaged OR f.documents)",
        settles=True,
    ),
    "damaged": Kpi(gettext_lazy("Arrived damaged"), DELIVERED, False, "f.damaged", settles=True),
    "return_rate": Kpi(
        gettext_lazy("Lines sent back"),
        "l.delivered_at",
        False,
        "l.returned > 0",
        "l.delivered > 0",
        lines=True,
        settles=True,
    ),
    "picking_accuracy": Kpi(
        gettext_lazy("Lines picked right"), "l.picked_at", True, "NOT l.wrong", lines=True, settles=True
    ),
    "csat": Kpi(
        gettext_lazy("Satisfied (4 or 5 of 5)"),
        "f.answered_at",
        True,
        "f.csat >= 4",
        "f.csat IS NOT NULL",
    ),
    "held": Kpi(
        gettext_lazy("Orders held"),
        "f.placed_at",
        False,
        "EXISTS (SELECT FROM orders_hold h WHERE h.order_id = f.order_id{held})",
        "f.order_id IS NOT NULL",
    ),
    "lead_time": Kpi(gettext_lazy("Lead time"), DELIVERED, False, among="NOT f.contradictory"),
}
# Where a figure can be narrowed to what a finding is about.
OF_ORDERS = {"carrier": "f.carrier", "region": "f.country", "warehouse": "f.warehouse"}
OF_LINES = {**OF_ORDERS, "warehouse": "l.warehouse", "sku": "l.sku", "picker": "l.picker", "zone": "l.zone"}
KPI_OF_FINDING = {
    "return_reason": "return_rate",
    "returned": "return_rate",
    "late": "on_time",
    "wrong_line": "picking_accuracy",
    "wrong_place": "picking_accuracy",
    "wrong_goods": "picking_accuracy",
    "damaged": "damaged",
    "rated": "csat",
    "held": "held",
    "slow": "lead_time",
}


@dataclass(frozen=True)
class Side:
    """The figure in one window."""

    value: float | None
    sample: int
    cases: int = 0
    values: tuple[float, ...] = ()

    @property
    def interval(self) -> Interval | None:
        """Of the value, at 95 %; None where there are too few cases for one."""
        if self.values:
            return interval_of_median(self.values) if len(self.values) >= FEWEST_FOR_A_MEDIAN else None
        return wilson(self.cases, self.sample) if self.sample else None


@dataclass(frozen=True)
class Effect:
    """Before and after; `gap` is their difference, None while a side has no case that could carry one.

    `settles_on` is the day from which on something can be said, while it has not come.
    """

    kpi: Kpi
    before: Side
    after: Side | None
    gap: Interval | None
    settles_on: date | None = None

    @property
    def is_shown(self) -> bool:
        """The data carry that something changed."""
        large = (
            self.after is not None and self.settles_on is None and min(self.before.sample, self.after.sample) >= ENOUGH
        )
        return large and self.gap is not None and self.gap.excludes_zero()

    @property
    def verdict(self) -> str:
        """One of: not started, not shown yet, better, worse."""
        if self.after is None:
            return _("not started")
        return {"good": _("better"), "bad": _("worse")}.get(self.tone, _("not shown yet"))

    @property
    def tone(self) -> str:
        """good or bad where the data carry that something changed, else nothing."""
        if not self.is_shown or self.gap is None:
            return ""
        return "good" if (self.gap.value > 0) == self.kpi.up else "bad"

    @property
    def why(self) -> str:
        """The interval, or what is missing."""
        if self.after is None:
            return ""
        if self.settles_on is not None:
            day = day_and_long_month(self.settles_on)
            return _("goods of these days may still come back; the first of it is certain on {day}").format(day=day)
        few = min(self.before.sample, self.after.sample)
        if few < ENOUGH:
            return _("{few} cases on one side; it takes {enough}").format(few=few, enough=ENOUGH)
        if self.gap is None:
            return _("nothing to compare")
        unit, digits, words = (100, 1, _("points")) if self.kpi.is_share else (1, 2, _("days"))
        value, low, high = (localized(f"{end * unit:+.{digits}f}").replace("-", "−") for end in self.gap.ends)
        return _("{value} {words}, 95 %: {low} to {high}").format(value=value, words=words, low=low, high=high)


def effect(action: ImprovementAction) -> Effect:
    """The figure for as long before the start as after it, at most 90 days; not started: the last 90 days alone.

    Where cases come to light late, the days after the start count that nothing can come back of any more.
    """
    kpi, today = KPIS[action.kpi], windows.today()
    start = action.started_on
    if start is None or start > today:
        first = today - timedelta(days=LONGEST_DAYS - 1)
        return Effect(kpi, _side(kpi, windows.days(first, today + timedelta(days=1)), action.narrowed), None, None)
    open_for = timedelta(days=settings.RETURN_WINDOW_DAYS if kpi.settles else 0)
    known, end = today + timedelta(days=1) - open_for, today + timedelta(days=1)
    span = timedelta(days=min(((known if known > start else end) - start).days, LONGEST_DAYS))
    before = _side(kpi, windows.days(start - span, start), action.narrowed)
    after = _side(kpi, windows.days(start, start + span), action.narrowed)
    return Effect(kpi, before, after, _gap(kpi, before, after), None if known > start else start + open_for)


def applied(kpi: Kpi, narrowed: Mapping[str, str]) -> dict[str, str]:
    """What of it the figure can be narrowed to: a hold's reason where it counts holds, a product where it has lines."""
    known = {*(OF_LINES if kpi.lines else OF_ORDERS), *(["reason"] if "{held}" in kpi.case else [])}
    return {name: value for name, value in narrowed.items() if name in known}


def _gap(kpi: Kpi, before: Side, after: Side) -> Interval | None:
    if min(before.sample, after.sample) < ENOUGH:
        return None
    if kpi.is_share:
        return difference_of_shares(after.cases, after.sample, before.cases, before.sample)
    return difference_of_medians(after.values, before.values)


def _side(kpi: Kpi, window: Window, narrowed: Mapping[str, str]) -> Side:
    """What the facts say of one window, narrowed as far as the figure can be."""
    only = applied(kpi, narrowed)
    values: dict[str, Any] = {"since": window.since, "until": window.until, **only}
    source = "kpis_linefact l JOIN kpis_orderfact f ON f.id = l.fact_id" if kpi.lines else "kpis_orderfact f"
    held = " AND h.reason = %(reason)s" if "reason" in only else ""
    columns = OF_LINES if kpi.lines else OF_ORDERS
    where = "".join(f" AND {columns[name]} = %({name})s" for name in only if name in columns)
    span = f"{kpi.at} >= %(since)s AND {kpi.at} < %(until)s AND {kpi.among}{where}"
    with connection.cursor() as cursor:
        if kpi.is_share:
            case = kpi.case.format(held=held)
            cursor.execute(f"SELECT count(*) FILTER (WHERE {case}), count(*) FROM {source} WHERE {span}", values)
            cases, sample = cursor.fetchone()
            return Side(cases / sample if sample else None, sample, cases)
        cursor.execute(f"SELECT date_part('epoch', f.delivered_at - f.placed_at) FROM {source} WHERE {span}", values)
        days = tuple(row[0] / DAY for row in cursor.fetchall())
    return Side(median(days) if days else None, len(days), values=days)
