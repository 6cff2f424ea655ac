"""What labels of 100 by 150 mm share: the paper, rules, an address as large as there is room for, bars at the foot."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from fulfillment.documents.barcodes import code_128
from fulfillment.documents.typesetting import BOLD, ELLIPSIS, INK, SOFT, Style, put, wrapped

WIDTH, HEIGHT, MARGIN = 100 * mm, 150 * mm, 6 * mm
INNER = WIDTH - 2 * MARGIN
# The largest that has room for the whole address; each part of it may take three lines.
SIZES, LEADING, MOST = (15.0, 13.0, 11.0, 9.0, 7.5), 1.25, 3


@dataclass(frozen=True)
class Field:
    """Where an address stands: below `top`, in so much room, in the largest of `sizes` that fits."""

    top: float
    room: float
    x: float = MARGIN
    width: float = INNER
    sizes: Sequence[float] = SIZES


def draw_address(canvas: Canvas, address: Sequence[str], field: Field, *, title: str = "") -> None:
    """Its first and last lines, the name and the country, are bold."""
    for size in field.sizes:
        lines = [
            (line, BOLD if part in (0, len(address) - 1) else "")
            for part, text in enumerate(address)
            for line in wrapped(text, BOLD, size, field.width, MOST)
        ]
        is_whole = not any(line.endswith(ELLIPSIS) for line, _ in lines)
        if is_whole and len(lines) * size * LEADING <= field.room - 10 * mm:
            break
    put(canvas, title or _("Ship to"), (field.x, field.top - 3 * mm), Style(size=8, color=SOFT), field.width)
    y = field.top - 5 * mm
    for line, font in lines:
        y -= size * LEADING
        put(canvas, line, (field.x, y), Style(font, size) if font else Style(size=size), field.width)


def draw_bars(
    canvas: Canvas,
    code: str,
    *,
    y: float = 6 * mm,
    height: float = 17 * mm,
    middle: float = WIDTH / 2,
    width: float = WIDTH - 4 * mm,
) -> None:
    """Code 128 around the middle, across the label unless told, and below it the code for people, at `y`."""
    bars = code_128(code, width=width, height=height)
    canvas.setFillColor(INK)
    bars.drawOn(canvas, middle - bars.width / 2, y + 7 * mm)
    canvas.setFont(BOLD, 13)
    canvas.drawCentredString(middle, y, code)


def draw_rule(canvas: Canvas, y: float) -> None:
    """From margin to margin."""
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1)
    canvas.line(MARGIN, y, WIDTH - MARGIN, y)
