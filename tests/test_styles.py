"""Styles name sides by the direction of the text, so that a language from right to left turns the pages around.

And what only a reading aloud misses: the head of a column without a word.
"""

import re

from django.conf import settings

SIDES = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|inset)-)?(?:left|right)(?:-\w+)?\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
)
SHORTHAND = re.compile(r"(?<![\w-])(?:margin|padding|inset)\s*:\s*([^;}]+)")
EMPTY_HEAD = re.compile(r"<th[^>]*>\s*</th>")
PART = re.compile(r"[\w.-]+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^\s]+")


def test_no_style_names_left_or_right() -> None:
    found = []
    for path in (settings.BASE_DIR / "static" / "css").glob("*.css"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found += [(path.name, number, match) for match in SIDES.findall(line)]
            shorthands = map(PART.findall, SHORTHAND.findall(line))
            found += [(path.name, number, sides) for sides in shorthands if len(sides) == 4 and sides[1] != sides[3]]
    assert found == []


def test_every_column_has_a_word_at_its_head() -> None:
    pages = (settings.BASE_DIR / "templates").rglob("*.html")
    assert [page.name for page in pages if EMPTY_HEAD.search(page.read_text())] == []
