"""Small charts as SVG paths, drawn on the server: numbers in, the `d` attributes of the paths out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

WIDTH = 96.0
BARS_HEIGHT, CURVE_HEIGHT = 20.0, 32.0
MARGIN = 2.0


@dataclass(frozen=True)
class Bars:
    """One bar per hour; the older half is its own path, so that it can be shown paler."""

    before: str
    now: str


@dataclass(frozen=True)
class Curve:
    """A line through the values that exist, and the ground below it."""

    line: str
    area: str


def bars(counts: Sequence[int]) -> Bars:
    """A bar chart that fills the box; the highest bar touches the top.

    Heights go with the square root, so that one busy hour leaves the quiet ones to be seen.
    """
    step, top = WIDTH / len(counts), max(*counts, 1)
    heights = [max(1.5, sqrt(count / top) * BARS_HEIGHT) if count else 0 for count in counts]
    drawn = [
        f"M{place * step:.1f} {BARS_HEIGHT:g}v{-height:.1f}h{step * 0.7:.1f}V{BARS_HEIGHT:g}z" if height else ""
        for place, height in enumerate(heights)
    ]
    middle = len(drawn) // 2
    return Bars("".join(drawn[:middle]), "".join(drawn[middle:]))


def curve(values: Sequence[float | None]) -> Curve:
    """A line from the lowest to the highest value of the box; places without a value are passed over."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return Curve("", "")
    low, high = min(value for _, value in known), max(value for _, value in known)
    span, step = (high - low) or 1.0, WIDTH / (len(values) - 1)
    inner = CURVE_HEIGHT - 2 * MARGIN
    middle = 0.5 if high == low else 0.0
    points = [
        f"{place * step:.1f} {CURVE_HEIGHT - MARGIN - ((value - low) / span + middle) * inner:.1f}"
        for place, value in known
    ]
    first, last = known[0][0] * step, known[-1][0] * step
    line = "M" + "L".join(points)
    return Curve(line, f"{line}L{last:.1f} {CURVE_HEIGHT:g}L{first:.1f} {CURVE_HEIGHT:g}z")
