"""A language for tests: every message in brackets and with accents, so that what no catalogue can reach stands out."""

import re
from collections.abc import Iterator
from gettext import NullTranslations
from html.parser import HTMLParser

from django.utils.translation.trans_real import CONTEXT_SEPARATOR

BEGIN, END = "⟦", "⟧"
ACCENTS = str.maketrans("aeiouycnsAEIOUYCNS", "áéíóúýçñšÁÉÍÓÚÝÇÑŠ")
PLACEHOLDER = re.compile(r"(%\(\w+\)[sd]|%[sd]|\{[\w!:.+,]*\}|<[^>]+>|&\w+;)")
LEFT_OPEN = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
WORD = re.compile(r"[^\W\d_]*[^\W\d_A-Z][^\W\d_]+|[^\W\d_]+[^\W\d_A-Z][^\W\d_]*")  # not of capitals alone, as codes are
ATTRIBUTES = ("title", "placeholder", "aria-label", "alt", "content", "data-confirm")
DRAWN = {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "width", "height", "d", "points", "viewbox"}
COUNTED = {"value", "min", "max", "step", "low", "high", "optimum"}  # of elements that hold a number
WITH_A_COMMA = re.compile(r"\d,\d")
SILENT = {"script", "style", "code", "kbd", "svg", "datalist"}


class Pseudo(NullTranslations):
    """Answers in place of a catalogue; dates and numbers stay those of the language it is put in for."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def to_language(self) -> str:
        """The language it stands in for."""
        return self.language

    def gettext(self, message: str) -> str:
        """The message, changed but for its placeholders."""
        text = message.rpartition(CONTEXT_SEPARATOR)[2]
        if message.startswith(f"date{CONTEXT_SEPARATOR}"):
            return text  # a format, not words
        parts = PLACEHOLDER.split(text)
        return BEGIN + "".join(part if place % 2 else part.translate(ACCENTS) for place, part in enumerate(parts)) + END

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The same of the form that English takes."""
        return self.gettext(singular if number == 1 else plural)


class Visible(HTMLParser):
    """The texts of a page that people see or hear, without what is written in a language of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if (
            tag in SILENT
            or (self.silent and tag == self.silent[0])
            or ("lang" in known and tag not in ("html", "input"))
        ):
            self.silent.append(tag)
        if not self.silent and tag != "meta":
            self.texts += [known[name] or "" for name in ATTRIBUTES if name in known]
            if tag == "input" and known.get("type") in ("submit", "button"):
                self.texts.append(known.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag == self.silent[-1]:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts.append(data)


class Numbers(HTMLParser):
    """The attributes that programs read as numbers, and that were written for people: 12,5 in place of 12.5."""

    def __init__(self) -> None:
        super().__init__()
        self.misread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        of_numbers = tag in ("progress", "meter") or (tag == "input" and known.get("type") in ("number", "range"))
        read = DRAWN | (COUNTED if of_numbers else set()) | {name for name in known if name.startswith("data-")}
        self.misread += [
            f'<{tag} {name}="{value}">' for name, value in attrs if name in read and WITH_A_COMMA.search(value or "")
        ]


def misread(page: str) -> list[str]:
    """What a browser cannot read of a page because it is written as the language writes numbers."""
    parser = Numbers()
    parser.feed(page)
    return parser.misread


def untranslated(page: str, data: set[str]) -> Iterator[str]:
    """What is seen and stands in no brackets, but for `data`: whole texts, or words of names and codes."""
    parser = Visible()
    parser.feed(page)
    for text in parser.texts:
        for part in outside(" ".join(text.split())):
            if part.strip(" .,:;()“”#–·+×") not in data and any(word not in data for word in WORD.findall(part)):
                yield text.strip()
                break


def outside(text: str) -> Iterator[str]:
    """The parts of a text that are in no brackets; brackets may stand in brackets, and be cut off at the end."""
    depth, start = 0, text.find(END) + 1 if END in text and BEGIN not in text.partition(END)[0] else 0
    for place, letter in enumerate(text[start:], start):
        if letter == BEGIN:
            if depth == 0:
                yield text[start:place]
            depth += 1
        elif letter == END:  # begun in a text before this one, if not here
            depth = max(depth - 1, 0)
            start = place + 1
    if depth == 0:
        yield text[start:]
