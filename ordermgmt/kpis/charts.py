"""Charts of the figures, drawn on the server: over time, as bars, as a Pareto, across."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from inventory.wording import Words, grouped
from ordermgmt.kpis.chart_words import axis_number, axis_percent, said, short, value_of
from ordermgmt.kpis.drawing import (
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Bar,
    Dot,
    Drawing,
    Key,
    Line,
    Row,
    Scale,
    Tick,
    scale,
)
from ordermgmt.phrases import day_and_month, month_of_axis, short_date

MOST_TICKS = 13
GAP = 0.28  # of a bar's place stays free
TONES = ("one", "two", "three", "four", "five")


@dataclass(frozen=True)
class Point:
    """A value on the time axis, or none, with what it says and where its orders are."""

    value: float | None
    title: str
    address: str = ""


@dataclass(frozen=True)
class Series:
    """A line, point by point."""

    label: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Column:
    """A bar with its name; `tone` is a class, `of` the size of the sample where it stands beside the bar."""

    label: Words
    value: float
    title: str
    address: str = ""
    tone: str = ""
    of: int | None = None


@dataclass(frozen=True)
class Span:
    """Days that stand out on the time axis: a campaign, an incident."""

    first: date
    last: date
    title: str
    tone: str


@dataclass(frozen=True)
class Axis:
    """The time axis: the edges of its steps, and what stands out on it."""

    edges: Sequence[date]
    spans: Sequence[Span] = ()

    @property
    def steps(self) -> int:
        """How many."""
        return len(self.edges) - 1

    @property
    def is_monthly(self) -> bool:
        """Whether a step is a month or longer."""
        return max((after - before).days for before, after in zip(self.edges, self.edges[1:], strict=False)) > 20

    def label(self, place: int) -> str:
        """Of a step: 5 May, or May ’26."""
        day = self.edges[place]
        return month_of_axis(day) if self.is_monthly else day_and_month(day)

    def words(self, place: int) -> str:
        """Of a step, in full."""
        first, last = self.edges[place], self.edges[place + 1] - timedelta(days=1)
        if last <= first:
            return short_date(first)
        return _("{first} to {last}").format(first=short_date(first), last=short_date(last))

    def ticks(self, width: float) -> list[Tick]:
        """As many words as there is room for, in the middle of their steps."""
        every = -(-self.steps // MOST_TICKS)
        return [Tick(self.x(place, width), self.label(place)) for place in range(0, self.steps, every)]

    def x(self, place: int, width: float) -> float:
        """The middle of a step."""
        return round(LEFT + (place + 0.5) * width / self.steps, 1)

    def bands(self, width: float) -> list[Bar]:
        """Where the spans lie, by the day."""
        first, whole = self.edges[0], (self.edges[-1] - self.edges[0]).days
        found = []
        for span in self.spans:
            start = max((span.first - first).days, 0)
            end = min((span.last - first).days + 1, whole)
            if end > start:
                x, wide = LEFT + start / whole * width, max((end - start) / whole * width, 2.0)
                found.append(Bar(round(x, 1), TOP, round(wide, 1), 0, span.title, tone=span.tone))
        return found


def over_time(title: str, axis: Axis, series: Sequence[Series], *, unit: str) -> Drawing:
    """Lines over the steps; each point leads to its orders. A step without a case leaves a gap."""
    values = [point.value for one in series for point in one.points if point.value is not None]
    by = scale(values, from_zero=unit != "percent", most=1.0 if unit == "percent" else None)
    width = WIDTH - LEFT - RIGHT
    lines, dots = [], []
    for one, tone in zip(series, TONES, strict=False):
        path, pen_up = "", True
        for place, point in enumerate(one.points):
            if point.value is None:
                pen_up = True
                continue
            x, y = axis.x(place, width), by.y(point.value)
            path += f"{'M' if pen_up else 'L'}{x:g} {y:g}"
            pen_up = False
            dots.append(Dot(x, y, f"{axis.words(place)}: {point.title}", point.address, tone))
        lines.append(Line(path, tone))
    return Drawing(
        title=title,
        desc=said(title, [(one.label, [point.value for point in one.points]) for one in series], unit),
        unit=unit,
        x_ticks=axis.ticks(width),
        y_ticks=_ticks(by, unit),
        bands=axis.bands(width),
        lines=lines,
        dots=dots,
        keys=[Key(tone, one.label) for one, tone in zip(series, TONES, strict=False)] if len(series) > 1 else (),
        by_time=True,
    )


def bars(title: str, columns: Sequence[Column], *, unit: str, axis: Axis | None = None) -> Drawing:
    """Bars from zero side by side; each leads to its orders."""
    by = scale([column.value for column in columns], most=1.0 if unit == "percent" else None)
    width = WIDTH - LEFT - RIGHT
    return Drawing(
        title=title,
        desc=said(title, [(str(column.label), [column.value]) for column in columns], unit),
        unit=unit,
        x_ticks=axis.ticks(width) if axis else _named(columns, width),
        y_ticks=_ticks(by, unit),
        bands=axis.bands(width) if axis else (),
        bars=_bars(columns, by, width),
        by_time=axis is not None,
    )


def pareto(title: str, columns: Sequence[Column], *, unit: str) -> Drawing:
    """Bars, the largest first, and above them the line of their running share of all."""
    ordered = sorted(columns, key=lambda column: -column.value)
    whole = sum(column.value for column in ordered) or 1.0
    by, parts, width = scale([column.value for column in ordered]), Scale(0.0, 1.0, 0.25), WIDTH - 2 * LEFT
    sofar, dots = 0.0, []
    for place, column in enumerate(ordered):
        sofar += column.value
        x = round(LEFT + (place + 0.5) * width / len(ordered), 1)
        dots.append(
            Dot(
                x,
                parts.y(sofar / whole),
                _("{sofar} up to {label}").format(sofar=f"{sofar / whole:.0%}", label=column.label),
                tone="two",
            )
        )
    path = "M" + "L".join(f"{dot.x:g} {dot.y:g}" for dot in dots) if dots else ""
    return Drawing(
        title=title,
        desc=said(title, [(str(column.label), [column.value]) for column in ordered], unit),
        unit=unit,
        x_ticks=_named(ordered, width),
        y_ticks=_ticks(by, unit),
        right_ticks=_ticks(parts, "percent"),
        bars=_bars(ordered, by, width),
        lines=[Line(path, "two")],
        dots=dots,
        keys=[Key("bar", _("Units")), Key("two", _("Running share, right axis"))],
    )


def across(title: str, columns: Sequence[Column], *, unit: str) -> Drawing:
    """Bars that lie, one below the other, for long names; each leads to its orders."""
    most = max((column.value for column in columns), default=0.0) or 1.0
    rows = [
        Row(
            str(column.label),
            _beside(column, unit),
            round(max(column.value / most * 100, 0.2), 1),
            column.title,
            column.address,
            column.tone,
        )
        for column in columns
    ]
    return Drawing(
        title=title,
        desc=said(title, [(str(column.label), [column.value]) for column in columns], unit),
        unit=unit,
        rows=rows,
    )


def _bars(columns: Sequence[Column], by: Scale, width: float) -> list[Bar]:
    place_width = width / max(len(columns), 1)
    wide = min(place_width * (1 - GAP), 64.0)
    found = []
    for place, column in enumerate(columns):
        top, ground = by.y(column.value), by.y(by.low)
        x = LEFT + (place + 0.5) * place_width - wide / 2
        high = max(ground - top, 1.5 if column.value else 0.0)
        found.append(
            Bar(
                round(x, 1),
                round(ground - high, 1),
                round(wide, 1),
                round(high, 1),
                column.title,
                column.address,
                column.tone,
            )
        )
    return found


def _named(columns: Sequence[Column], width: float) -> list[Tick]:
    every = -(-len(columns) // 14) if columns else 1
    room = int(width / max(len(columns) / every, 1) / 6.5)
    return [
        Tick(round(LEFT + (place + 0.5) * width / len(columns), 1), short(str(columns[place].label), room))
        for place in range(0, len(columns), every)
    ]


def _ticks(by: Scale, unit: str) -> list[Tick]:
    written: Callable[[float], str] = axis_percent if unit == "percent" else axis_number
    return [Tick(by.y(value), written(value)) for value in by.ticks()]


def _beside(column: Column, unit: str) -> str:
    """3.0 %, n = 180"""
    value = value_of(column.value, unit)
    return value if column.of is None else f"{value}, n = {grouped(column.of)}"
