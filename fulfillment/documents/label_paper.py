"""What labels of 100 by 150 mm share: the paper, rules, an address as large as there is room for, bars at the foot."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from fulfillment.documents.barcodes import code_128
from fulfillment.documents.typesetting import BOLD, ELLIPSIS, INK, SOFT, Style, put, wrapped

WIDTH, HEIGHT, MARGIN = 100 * mm, 150 * mm, 6 * mm
INNER = WIDTH - 2 * MARGIN
# The largest that has room for the whole address; each part of it may take three lines.
SIZES, LEADING, MOST = (15.0, 13.0, 11.0, 9.0, 7.5), 1.25, 3


def draw_address(
    canvas: Canvas,
    address: Sequence[str],
    top: float,
    *,
    room: float,
    title: str = "",
    x: float = MARGIN,
    width: float = INNER,
    sizes: Sequence[float] = SIZES,
) -> None:
    """Below `top`; its first and last lines, the name and the country, are bold."""
    for size in sizes:
        lines = [
            (line, BOLD if part in (0, len(address) - 1) else "")
            for part, text in enumerate(address)
            for line in wrapped(text, BOLD, size, width, MOST)
        ]
        is_whole = not any(line.endswith(ELLIPSIS) for line, _ in lines)
        if is_whole and len(lines) * size * LEADING <= room - 10 * mm:
            break
    put(canvas, title or _("Ship to"), (x, top - 3 * mm), Style(size=8, color=SOFT), width)
    y = top - 5 * mm
    for line, font in lines:
        y -= size * LEADING
        put(canvas, line, (x, y), Style(font, size) if font else Style(size=size), width)


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
