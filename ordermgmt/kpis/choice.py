"""What an address asks of a figure: which days, which cut, and what it is narrowed to."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from kpis import windows
from kpis.figures import Scope
from kpis.figures.scope import NARROWINGS

SPANS = (7, 30, 90)
DEFAULT = 30
LONGEST_WORD = 120
BY_DAY, BY_WEEK, BY_MONTH = 16, 120, 1_200  # the longest window, in days, that is shown in such steps
FEWEST_COHORTS, MOST_COHORTS = 12, 24
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Choice:
    """Everything from `first` to before `last`. `span` is how the window was named."""

    first: date
    last: date
    span: str
    by: str = ""
    only: Mapping[str, str] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """As the figures take it, not cut."""
        return Scope(windows.days(self.first, self.last), only=self.only)

    @property
    def cut_scope(self) -> Scope:
        """Taken apart by the cut."""
        return replace(self.scope, cut=self.by)

    @property
    def before(self) -> date:
        """Where the window before this one begins: as long, or the month or quarter before."""
        if self.span in ("month", "quarter"):
            return months_on(self.first, -1 if self.span == "month" else -3)
        return self.first - (self.last - self.first)

    @property
    def last_day(self) -> date:
        """The last day within."""
        return self.last - timedelta(days=1)

    def steps(self) -> list[date]:
        """The edges of days, weeks, months or years that fill the window."""
        length = (self.last - self.first).days
        if length <= BY_WEEK:
            step = timedelta(days=1) if length <= BY_DAY else WEEK
            inner = [self.first + count * step for count in range(1, -(-length // step.days))]
        else:
            inner, months = [], 1 if length <= BY_MONTH else 12
            edge = months_on(self.first.replace(day=1, month=self.first.month if months == 1 else 1), months)
            while edge < self.last:
                inner.append(edge)
                edge = months_on(edge, months)
        return [self.first, *inner, self.last]

    def months(self) -> list[date]:
        """The edges of the months that cohorts are shown by: those of the window and before it, at least twelve."""
        end = months_on(self.last_day, 1)
        covered = (end.year - self.first.year) * 12 + end.month - self.first.month
        count = min(max(covered, FEWEST_COHORTS), MOST_COHORTS)
        return [months_on(end, place - count) for place in range(count + 1)]

    def query(self, **changes: object) -> str:
        """The same with something changed; what is empty is left out."""
        span: dict[str, object] = {"from": self.first, "to": self.last}
        if self.span.isdigit():
            span = {"days": self.span}
        elif self.span == "month":
            span = {"month": f"{self.first:%Y-%m}"}
        elif self.span == "quarter":
            span = {"quarter": quarter(self.first)}
        wanted = {**span, "by": self.by, **self.only, **changes}
        return "?" + urlencode({name: value for name, value in wanted.items() if value not in ("", None)})

    def within(self, first: date, last: date, narrowed: Mapping[str, str]) -> str:
        """The query of the orders behind a mark: of these days, narrowed further."""
        return "?" + urlencode({"from": first, "to": last, **self.only, **narrowed})


def choice(asked: Mapping[str, str], *, by: str = "") -> Choice:
    """From an address; what it says that makes no sense is as if it did not. `by` is the cut when none is named."""
    only = {name: asked[name][:LONGEST_WORD] for name in NARROWINGS if name in asked and "\x00" not in asked[name]}
    first, last, span = _window(asked)
    return Choice(first, last, span, asked.get("by", by), only)


def moments(edges: Sequence[date]) -> list[datetime]:
    """The starts of these days."""
    return [windows.days(edge, edge).since for edge in edges]


def months_on(day: date, count: int) -> date:
    """The first of the month so many months later."""
    place = day.year * 12 + day.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


def quarter(day: date) -> str:
    """2026-Q4"""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _window(asked: Mapping[str, str]) -> tuple[date, date, str]:
    tomorrow = windows.today() + timedelta(days=1)
    with suppress(ValueError):
        if "month" in asked:
            first = date.fromisoformat(f"{asked['month']}-01")
            return _sane(first, months_on(first, 1), "month")
        if "quarter" in asked:
            year, _, number = asked["quarter"].partition("-Q")
            first = date(int(year), int(number) * 3 - 2, 1)
            return _sane(first, months_on(first, 3), "quarter")
        if asked.get("from"):
            first = date.fromisoformat(asked["from"])
            end = date.fromisoformat(asked["last"]) + timedelta(days=1) if asked.get("last") else None
            return _sane(first, end or date.fromisoformat(asked.get("to", str(tomorrow))), "own")
    days = asked.get("days", "")
    count = int(days) if days.isdecimal() and int(days) in SPANS else DEFAULT
    return tomorrow - timedelta(days=count), tomorrow, str(count)


def _sane(first: date, last: date, span: str) -> tuple[date, date, str]:
    if not windows.EARLIEST <= first < last <= windows.LATEST:
        raise ValueError
    return first, last, span
