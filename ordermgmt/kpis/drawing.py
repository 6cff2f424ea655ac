"""A chart as the template draws it: places, words and addresses, no numbers to think about.

Across, a place is a share of 100 of the ground, so that a chart fits every screen; down, it is pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor, log10

from django.utils.translation import gettext_lazy

WIDTH, HEIGHT = 100.0, 260.0
TOP, BOTTOM = 16.0, 34.0
GUTTER = 52.0  # pixels for the words of an axis, beside the ground
TICKS = 4
UNITS = {"days": gettext_lazy("days"), "orders": gettext_lazy("orders"), "units": gettext_lazy("units")}


@dataclass(frozen=True)
class Tick:
    """A word at an axis; `at` is where along it, `tone` says on which screens there is no room for it."""

    at: float
    label: str
    tone: str = ""


@dataclass(frozen=True)
class Bar:
    """A box that may lead somewhere; `tone` is a class."""

    x: float
    y: float
    width: float
    height: float
    title: str
    address: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Dot:
    """A point of a line."""

    x: float
    y: float
    title: str
    address: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """The `d` of a path."""

    path: str
    tone: str


@dataclass(frozen=True)
class Row:
    """A bar that lies behind its name and value; `share` is its length of 100, `tone` a class."""

    name: str
    value: str
    share: float
    title: str
    address: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Key:
    """What a tone stands for."""

    tone: str
    label: str


@dataclass(frozen=True)
class Drawing:
    """All of a chart. `title` and `desc` are for who cannot see it; the numbers stand in a table beside it.

    With `bars` and `rows` the rows are for screens on which the names of the bars have no room.
    """

    title: str
    desc: str
    unit: str
    x_ticks: Sequence[Tick] = ()
    y_ticks: Sequence[Tick] = ()
    bands: Sequence[Bar] = ()
    bars: Sequence[Bar] = ()
    lines: Sequence[Line] = ()
    dots: Sequence[Dot] = ()
    keys: Sequence[Key] = ()
    right_ticks: Sequence[Tick] = ()
    rows: Sequence[Row] = ()
    height: float = field(default=HEIGHT, init=False)
    width: float = field(default=WIDTH, init=False)
    gutter: float = field(default=GUTTER, init=False)

    @property
    def is_blank(self) -> bool:
        """A course over time without a single point on it."""
        return bool(self.lines) and not self.dots

    @property
    def bottom(self) -> float:
        """Where the ground lies."""
        return self.height - BOTTOM

    @property
    def ground(self) -> float:
        """How high the drawn part is."""
        return self.bottom - TOP

    @property
    def name_at(self) -> float:
        """Where words at the left end."""
        return self.gutter - 8

    @property
    def unit_shown(self) -> str:
        """At the axis; a percent sign says it already."""
        return str(UNITS.get(self.unit, ""))

    @property
    def baseline(self) -> float:
        """Of the words below it."""
        return self.height - BOTTOM / 2 + 2

    @property
    def unit_at(self) -> float:
        """Below these words, so that it meets none of them."""
        return self.height - 3


@dataclass(frozen=True)
class Scale:
    """From values to places: `low` at the ground, `high` at the top."""

    low: float
    high: float
    step: float

    def y(self, value: float) -> float:
        """How far down."""
        return round(HEIGHT - BOTTOM - (value - self.low) / (self.high - self.low) * (HEIGHT - BOTTOM - TOP), 1)

    def ticks(self) -> list[float]:
        """Round values from the ground to the top."""
        count = round((self.high - self.low) / self.step)
        return [round(self.low + place * self.step, 10) for place in range(count + 1)]


def scale(values: Sequence[float], *, from_zero: bool = True, most: float | None = None) -> Scale:
    """A scale of round steps that holds all values; `most` is what they cannot exceed, such as 100 %."""
    high = max(values, default=0.0)
    low = 0.0 if from_zero else min(values, default=0.0)
    if high <= low:
        low, high = (0.0, high or 1.0) if from_zero else (low * 0.9, high or 1.0)
        low = min(low, high - 1e-9)
    step = _round_step((high - low) / TICKS)
    bottom, top = floor(low / step + 1e-9) * step, -floor(-high / step + 1e-9) * step
    if most is not None and bottom < most:
        top = min(top, most)
        bottom = min(bottom, top - step)
    return Scale(max(bottom, 0.0), top, step)


def _round_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, at least `rough`."""
    power = 10.0 ** floor(log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999999)
