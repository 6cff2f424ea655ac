"""Charts of the figures, drawn on the server: over time, as bars, as a Pareto, across."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from inventory.wording import Words, grouped
from ordermgmt.kpis.chart_words import axis_number, axis_percent, said, short, value_of
from ordermgmt.kpis.drawing import (
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
from ordermgmt.phrases import day_and_month, month_of_axis, percent, short_date

MOST_TICKS, MOST_ON_TABLET, MOST_ON_PHONE, MOST_NAMES = 13, 7, 4, 14
NARROWEST, LETTER = 600.0, 6.2  # pixels of the smallest ground with names below it, and of a letter
GAP = 0.28  # of a bar's place stays free
WIDEST = 7.2  # of the ground
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

    def ticks(self) -> list[Tick]:
        """As many words as there is room for, in the middle of their steps; fewer of them on smaller screens."""
        places = range(0, self.steps, _every(self.steps, MOST_TICKS))
        rooms = (("not-tablet", _every(len(places), MOST_ON_TABLET)), ("not-phone", _every(len(places), MOST_ON_PHONE)))
        return [
            Tick(self.x(place), self.label(place), " ".join(tone for tone, every in rooms if count % every))
            for count, place in enumerate(places)
        ]

    def x(self, place: int) -> float:
        """The middle of a step."""
        return round((place + 0.5) * WIDTH / self.steps, 2)

    def bands(self) -> list[Bar]:
        """Where the spans lie, by the day."""
        first, whole = self.edges[0], (self.edges[-1] - self.edges[0]).days
        found = []
        for span in self.spans:
            start = max((span.first - first).days, 0)
            end = min((span.last - first).days + 1, whole)
            if end > start:
                x, wide = start / whole * WIDTH, max((end - start) / whole * WIDTH, 0.4)
                found.append(Bar(round(x, 2), TOP, round(wide, 2), 0, span.title, tone=span.tone))
        return found


def over_time(title: str, axis: Axis, series: Sequence[Series], *, unit: str) -> Drawing:
    """Lines over the steps; each point leads to its orders. A step without a case leaves a gap."""
    values = [point.value for one in series for point in one.points if point.value is not None]
    by = scale(values, from_zero=unit != "percent", most=1.0 if unit == "percent" else None)
    lines, dots = [], []
    for one, tone in zip(series, TONES, strict=False):
        path, pen_up = "", True
        for place, point in enumerate(one.points):
            if point.value is None:
                pen_up = True
                continue
            x, y = axis.x(place), by.y(point.value)
            path += f"{'M' if pen_up else 'L'}{x:g} {y:g}"
            pen_up = False
            dots.append(Dot(x, y, f"{axis.words(place)}: {point.title}", point.address, tone))
        lines.append(Line(path, tone))
    return Drawing(
        title=title,
        desc=said(title, [(one.label, [point.value for point in one.points]) for one in series], unit),
        unit=unit,
        x_ticks=axis.ticks(),
        y_ticks=_ticks(by, unit),
        bands=axis.bands(),
        lines=lines,
        dots=dots,
        keys=[Key(tone, one.label) for one, tone in zip(series, TONES, strict=False)] if len(series) > 1 else (),
    )


def bars(title: str, columns: Sequence[Column], *, unit: str, axis: Axis | None = None) -> Drawing:
    """Bars from zero side by side, or with names and little room one below the other; each leads to its orders."""
    by = scale([column.value for column in columns], most=1.0 if unit == "percent" else None)
    return Drawing(
        title=title,
        desc=said(title, [(str(column.label), [column.value]) for column in columns], unit),
        unit=unit,
        x_ticks=axis.ticks() if axis else _named(columns),
        y_ticks=_ticks(by, unit),
        bands=axis.bands() if axis else (),
        bars=_bars(columns, by),
        rows=() if axis else _rows(columns, unit),
    )


def pareto(title: str, columns: Sequence[Column], *, unit: str) -> Drawing:
    """Bars, the largest first, and above them the line of their running share of all."""
    ordered = sorted(columns, key=lambda column: -column.value)
    whole = sum(column.value for column in ordered) or 1.0
    by, parts = scale([column.value for column in ordered]), Scale(0.0, 1.0, 0.25)
    sofar, dots, rows = 0.0, [], []
    for place, (column, row) in enumerate(zip(ordered, _rows(ordered, unit), strict=True)):
        sofar += column.value
        share = percent(sofar / whole, 0)
        rows.append(replace(row, value=_("{value}, {sofar} so far").format(value=row.value, sofar=share)))
        x = round((place + 0.5) * WIDTH / len(ordered), 2)
        dots.append(
            Dot(
                x,
                parts.y(sofar / whole),
                _("{sofar} up to {label}").format(sofar=share, label=column.label),
                tone="two",
            )
        )
    path = "M" + "L".join(f"{dot.x:g} {dot.y:g}" for dot in dots) if dots else ""
    return Drawing(
        title=title,
        desc=said(title, [(str(column.label), [column.value]) for column in ordered], unit),
        unit=unit,
        x_ticks=_named(ordered),
        y_ticks=_ticks(by, unit),
        right_ticks=_ticks(parts, "percent"),
        bars=_bars(ordered, by),
        rows=rows,
        lines=[Line(path, "two")],
        dots=dots,
        keys=[Key("bar", _("Units")), Key("two", _("Running share, right axis"))],
    )


def across(title: str, columns: Sequence[Column], *, unit: str) -> Drawing:
    """Bars that lie, one below the other, for long names; each leads to its orders."""
    return Drawing(
        title=title,
        desc=said(title, [(str(column.label), [column.value]) for column in columns], unit),
        unit=unit,
        rows=_rows(columns, unit),
    )


def _rows(columns: Sequence[Column], unit: str) -> list[Row]:
    """Shares lie on a track of 100 %, anything else beside the largest."""
    most = 1.0 if unit == "percent" else max((column.value for column in columns), default=0.0) or 1.0
    return [
        Row(
            str(column.label),
            _beside(column, unit),
            round(max(column.value / most * 100, 0.2 if column.value else 0.0), 1),
            column.title,
            column.address,
            column.tone,
        )
        for column in columns
    ]


def _bars(columns: Sequence[Column], by: Scale) -> list[Bar]:
    place_width = WIDTH / max(len(columns), 1)
    wide = min(place_width * (1 - GAP), WIDEST)
    found = []
    for place, column in enumerate(columns):
        top, ground = by.y(column.value), by.y(by.low)
        x = (place + 0.5) * place_width - wide / 2
        high = max(ground - top, 1.5 if column.value else 0.0)
        found.append(
            Bar(
                round(x, 2),
                round(ground - high, 1),
                round(wide, 2),
                round(high, 1),
                column.title,
                column.address,
                column.tone,
            )
        )
    return found


def _named(columns: Sequence[Column]) -> list[Tick]:
    every = _every(len(columns), MOST_NAMES)
    room = int(NARROWEST / max(len(columns) / every, 1) / LETTER)
    return [
        Tick(round((place + 0.5) * WIDTH / len(columns), 2), short(str(columns[place].label), room))
        for place in range(0, len(columns), every)
    ]


def _every(many: int, most: int) -> int:
    """Each how-manieth is shown, so that at most so many are."""
    return max(-(-many // most), 1)


def _ticks(by: Scale, unit: str) -> list[Tick]:
    written: Callable[[float], str] = axis_percent if unit == "percent" else axis_number
    return [Tick(by.y(value), written(value)) for value in by.ticks()]


def _beside(column: Column, unit: str) -> str:
    """3.0 %, n = 180"""
    value = value_of(column.value, unit)
    return value if column.of is None else f"{value}, n = {grouped(column.of)}"
