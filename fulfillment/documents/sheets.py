"""A document on A4: a head with a barcode, a table that flows over pages, a tail, and the number on each page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from fulfillment.documents.barcodes import code_128
from fulfillment.documents.typesetting import BODY, BOLD, LABEL, PLAIN, SOFT, Style, printable, put, wrapped
from inventory.wording import Words

WIDTH: float
HEIGHT: float
WIDTH, HEIGHT = A4
MARGIN: float = 16 * mm
INNER = WIDTH - 2 * MARGIN
TOP, BOTTOM = HEIGHT - MARGIN, 20 * mm  # the page's number stands below the bottom
GAP: float = 3 * mm
LEADING, AIR = 12.0, 7.0
LINE, BAND = HexColor(0xC9CED6), HexColor(0xF1F3F6)
SHOP, TITLE, CODE = Style(size=10, color=SOFT), Style(BOLD, 22), Style(BOLD, 12, right=True)
ADDRESSEE, ADDRESS = Style(BOLD, 11), Style(size=11)
SMALL = Style(size=8.5, color=SOFT)
SMALL_RIGHT = Style(size=8.5, color=SOFT, right=True)
CONTINUED: float = 14 * mm  # the head of a later page
ADDRESS_WIDTH, MOST_NOTE_LINES = INNER * 0.52, 6


@dataclass(frozen=True)
class Head:
    """What stands above the table: the code also as a barcode; an address only where somebody gets the paper."""

    title: str
    code: str
    facts: Sequence[tuple[str, str]]
    address: Sequence[str] = ()


@dataclass(frozen=True)
class Column:
    """Of the table: its width is a share of the page's, its cells take at most so many lines."""

    title: Words
    share: float
    most: int = 1
    style: Style = BODY


Cells = Sequence[Sequence[str]]  # of a row: the lines of each column


def draw_sheets(head: Head, columns: Sequence[Column], rows: Sequence[Sequence[str]], tail: Sequence[str]) -> bytes:
    """The PDF. `tail` are paragraphs below the table."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    canvas.setTitle(f"{head.title} {head.code}")
    canvas.setAuthor(printable(settings.SHOP_NAME))
    set_rows = [_set(columns, row) for row in rows]
    closing = [
        line for paragraph in tail for line in (*wrapped(paragraph, PLAIN, BODY.size, INNER, MOST_NOTE_LINES), "")
    ]
    first = _head_height(head)
    pages = list(_pages(set_rows, first, len(closing) * LEADING))
    for number, page in enumerate(pages, 1):
        y = _head(canvas, head) if number == 1 else _continued(canvas, head)
        y = _table(canvas, columns, page, y) if page else y
        if number == len(pages):
            for place, line in enumerate(closing, 1):
                put(canvas, line, (MARGIN, y - GAP - place * LEADING), BODY, INNER)
        _foot(canvas, head, _("Page {number} of {pages}").format(number=number, pages=len(pages)))
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _set(columns: Sequence[Column], row: Sequence[str]) -> Cells:
    return [
        wrapped(cell, column.style.font, column.style.size, column.share * INNER - GAP, column.most)
        for column, cell in zip(columns, row, strict=True)
    ]


def _paragraphs(tail: Sequence[str]) -> list[str]:
    """Set, with an empty line after each."""
    return [line for said in tail for line in (*wrapped(said, PLAIN, BODY.size, INNER, MOST_NOTE_LINES), "")]


def _height(cells: Cells) -> float:
    return max(map(len, cells)) * LEADING + AIR


def _pages(rows: Sequence[Cells], head: float, tail: float) -> Iterator[list[Cells]]:
    """Rows by page, each whole on its page; a page without rows at the end when only the tail had no room."""
    room, page = TOP - head - BOTTOM - LEADING - AIR, list[Cells]()
    for row in rows:
        if page and _height(row) > room:
            yield page
            room, page = TOP - CONTINUED - BOTTOM - LEADING - AIR, []
        page.append(row)
        room -= _height(row)
    yield page
    if page and tail > room:
        yield []


def _head_height(head: Head) -> float:
    lines: float = max(len(head.facts) * LEADING * 1.25, len(_address(head)) * 14)
    above: float = 26 * mm
    return above + lines + GAP


def _address(head: Head) -> list[tuple[str, Style]]:
    """Its lines, each of them in one or two."""
    styles = (ADDRESSEE, *[ADDRESS] * len(head.address))
    return [
        (line, style)
        for part, style in zip(head.address, styles, strict=False)
        for line in wrapped(part, style.font, style.size, ADDRESS_WIDTH, 2)
    ]


def _head(canvas: Canvas, head: Head) -> float:
    """Shop and title on the left, barcode on the right; below them the address and the facts."""
    right = WIDTH - MARGIN
    put(canvas, settings.SHOP_NAME, (MARGIN, TOP - 9), SHOP, INNER / 2)
    put(canvas, head.title, (MARGIN, TOP - 34), TITLE, INNER / 2)
    bars = code_128(head.code, width=70 * mm, height=12 * mm)
    bars.drawOn(canvas, right - bars.width + bars.rquiet, TOP - 12 * mm)
    put(canvas, head.code, (right, TOP - 12 * mm - 14), CODE, INNER / 2)
    y = TOP - 26 * mm
    for place, (line, style) in enumerate(_address(head)):
        put(canvas, line, (MARGIN, y - place * 14), style, ADDRESS_WIDTH)
    middle = MARGIN + INNER * 0.55 if head.address else MARGIN
    for place, (label, value) in enumerate(head.facts):
        base = y - place * LEADING * 1.25
        put(canvas, label, (middle, base), LABEL, 26 * mm)
        put(canvas, value, (middle + 28 * mm, base), BODY, right - middle - 28 * mm)
    return TOP - _head_height(head)


def _continued(canvas: Canvas, head: Head) -> float:
    put(canvas, f"{head.title} {head.code}", (MARGIN, TOP - 9), Style(BOLD, 11), INNER / 2)
    put(canvas, _("continued"), (WIDTH - MARGIN, TOP - 9), SMALL_RIGHT, INNER / 2)
    return TOP - CONTINUED + LEADING


def _table(canvas: Canvas, columns: Sequence[Column], rows: Sequence[Cells], y: float) -> float:
    """Its titles in a band, and the rows below; returns where it ends."""
    band = LEADING + AIR
    canvas.setFillColor(BAND)
    canvas.rect(MARGIN, y - band, INNER, band, stroke=0, fill=1)
    titles = [replace(column, style=SMALL_RIGHT if column.style.right else SMALL) for column in columns]
    _row(canvas, titles, [[str(column.title)] for column in columns], y)
    y -= band
    for row in rows:
        _row(canvas, columns, row, y)
        y -= _height(row)
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, y, MARGIN + INNER, y)
    return y


def _row(canvas: Canvas, columns: Sequence[Column], cells: Cells, y: float) -> None:
    x = MARGIN
    for column, lines in zip(columns, cells, strict=True):
        width = column.share * INNER
        edge = x + width - GAP / 2 if column.style.right else x + GAP / 2
        for place, line in enumerate(lines, 1):
            put(canvas, line, (edge, y - AIR / 2 - place * LEADING + 3), column.style, width - GAP)
        x += width


def _foot(canvas: Canvas, head: Head, number: str) -> None:
    put(canvas, f"{head.title} {head.code}", (MARGIN, 12 * mm), SMALL, INNER / 2)
    put(canvas, number, (WIDTH - MARGIN, 12 * mm), SMALL_RIGHT, INNER / 2)
