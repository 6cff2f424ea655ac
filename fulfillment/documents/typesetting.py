"""Words set in the documents' own font: what it cannot print is seen, what is too long is wrapped or cut.

Loads ReportLab, as all of the drawing does: see `kinds.draw()`. The font is a part of DejaVu Sans Condensed: Latin,
Greek, Cyrillic and signs (`fonts/LICENSE`).
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

PLAIN, BOLD = "Documents", "Documents-Bold"
ELLIPSIS = "…"
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
FOLDER = Path(__file__).parent / "fonts"
FACES = {
    PLAIN: TTFont(PLAIN, str(FOLDER / "DejaVuSansCondensed.ttf")),
    BOLD: TTFont(BOLD, str(FOLDER / "DejaVuSansCondensed-Bold.ttf")),
}
for face in FACES.values():
    registerFont(face)
GLYPHS = frozenset(FACES[PLAIN].face.charToGlyph) & frozenset(FACES[BOLD].face.charToGlyph)
SPACE = re.compile(r"\s+")
INK, SOFT = HexColor(0x16191D), HexColor(0x5B6470)


@dataclass(frozen=True)
class Style:
    """How words look; `right`: they end where they are put."""

    font: str = PLAIN
    size: float = 9.5
    color: Color = INK
    right: bool = False


BODY, LABEL = Style(), Style(color=SOFT)


def printable(text: str) -> str:
    """In one line, composed, and with a sign that is seen in place of each character the font does not have.

    What has no shape of its own (marks, joiners, controls) and none in the font is left out.
    """
    plain = SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    return "".join(sign if ord(sign) in GLYPHS else "" if _is_shapeless(sign) else UNPRINTABLE for sign in plain)


def width_of(text: str, font: str, size: float) -> float:
    """In points."""
    return float(stringWidth(text, font, size))


def cut(text: str, font: str, size: float, width: float) -> str:
    """The text, or as much of its beginning as fits before an ellipsis."""
    if width_of(text, font, size) <= width:
        return text
    return text[: _fitting(text, font, size, width - width_of(ELLIPSIS, font, size))].rstrip() + ELLIPSIS


def wrapped(text: str, font: str, size: float, width: float, most: int) -> list[str]:
    """At most so many lines, at least one; a word that is wider than a line is broken, the last line may be cut."""
    lines: list[str] = []
    rest = printable(text)
    while rest and len(lines) < most - 1 and width_of(rest, font, size) > width:
        line, rest = _first_line(rest, font, size, width)
        lines.append(line)
    return [*lines, cut(rest, font, size, width)] if rest or not lines else lines


def put(canvas: Canvas, text: str, at: tuple[float, float], style: Style, width: float) -> None:
    """One line on the paper, no wider than `width`."""
    canvas.setFont(style.font, style.size)
    canvas.setFillColor(style.color)
    draw = canvas.drawRightString if style.right else canvas.drawString
    draw(*at, cut(printable(text), style.font, style.size, width))


def _first_line(text: str, font: str, size: float, width: float) -> tuple[str, str]:
    fits = max(1, _fitting(text, font, size, width))
    end = text.rfind(" ", 0, fits + 1)
    if end <= 0:
        return text[:fits], text[fits:]
    return text[:end], text[end + 1 :]


def _fitting(text: str, font: str, size: float, width: float) -> int:
    """How many signs from the beginning are no wider."""
    return max(0, bisect_right(range(len(text) + 1), width, key=lambda end: width_of(text[:end], font, size)) - 1)


def _is_shapeless(sign: str) -> bool:
    return unicodedata.category(sign) in ("Mn", "Me", "Cf", "Cc")
