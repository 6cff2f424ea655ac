"""Sentences that the program writes and keeps: English in the database, in the reader's language on a page.

Whoever writes one says `gettext_noop("Merged into #{number}").format(…)`, or works `in_english()` where the words are
another's, as a refusal's. `retold()` finds the message that such a sentence was made of, and its facts, and says it
again. What people wrote, and what no message fits, stays as it is.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path

from babel.messages.mofile import read_mo
from django.conf import settings
from django.utils.dateformat import format as written
from django.utils.translation import get_language, gettext, ngettext, override, pgettext, to_locale

from inventory.wording import localized

PLACEHOLDER = re.compile(r"\{(\w+)\}|%\((\w+)\)[sd]")
AMOUNT = re.compile(r"\d[\d,]*(\.\d+)?( [A-Z]{3})?")
LETTER = re.compile(r"[^\W\d_]")
FEWEST_LETTERS = 3  # of its own that a message needs, not to fit anything; one that is counted fits numbers only
MANY_LETTERS = 12  # with fewer its facts are names, amounts or the program's, and no sentences of others
LONGEST_NAME = 3  # words
SMALL_WORD = re.compile(r"\b[a-z]{2,}\b")
REMEMBERED = 4_096
AS_THEY_ARE = ("column", "columns", "cell", "code", "codes", "sku", "barcode")  # are in no language
JOINTS = ("; ", " and ", ", ", ". ")
DAYS = (("%a %d %b", "D j M"), ("%a %d %b, %H:%M", "D j M, H:i"))  # as they are kept, and the formats of pages
YEARS = range(2000, 2028)  # every weekday falls on every day


@dataclass(frozen=True)
class Form:
    """One form of a message with facts; `plural` is empty where it has none. Its English is `text`."""

    singular: str
    plural: str
    text: str

    @property
    def own(self) -> str:
        """Its own words, with a mark for each fact."""
        return PLACEHOLDER.sub("\0", self.text)

    @cached_property
    def piece(self) -> str:
        """The longest of its own words in a row, which stands in each of its sentences."""
        return max(self.own.split("\0"), key=len)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What its sentences look like."""
        names: list[str] = []
        found = ""
        for place, part in enumerate(PLACEHOLDER.split(self.text)):
            if place % 3 == 0:
                found += re.escape(part)
            elif part:
                found += f"(?P={part})" if part in names else f"(?P<{part}>{self._fact})"
                names.append(part)
        return re.compile(found, re.DOTALL)

    @property
    def _fact(self) -> str:
        """One alone that is counted is a number."""
        return r"\d[\d,]*" if self.plural and self.own.count("\0") == 1 else ".+?"

    def retold(self, sentence: str) -> str:
        """The sentence in the language that is active; empty when it is none of this message."""
        match = self.pattern.fullmatch(sentence) if self.piece in sentence else None
        if match is None:
            return ""
        if len(LETTER.findall(self.own)) < MANY_LETTERS and any(map(_is_foreign, match.groups())):
            return ""
        facts = {name: fact if name in AS_THEY_ARE else retold(fact) for name, fact in match.groupdict().items()}
        counts = [int(fact.replace(",", "")) for fact in match.groups() if fact.replace(",", "").isdigit()]
        if self.plural and not counts:
            return ""
        said = ngettext(self.singular, self.plural, counts[0]) if self.plural else gettext(self.singular)
        return PLACEHOLDER.sub(lambda place: facts.get(place[1] or place[2], place[0]), said)


def _is_foreign(fact: str) -> bool:
    """Whether it is a sentence, and none of the program's."""
    return len(SMALL_WORD.findall(fact)) > 1 and retold(fact) == fact


def in_english() -> override:
    """The language of everything that is kept."""
    return override("en")


def retold(text: str) -> str:
    """What the program kept, in the language that is active; the text as it is where no message fits."""
    language = get_language() or "en"
    return text if not text or language.startswith("en") else _known(text, language) or text


@lru_cache(maxsize=REMEMBERED)
def _known(text: str, language: str) -> str:
    """The sentence again; empty when it is none of the program's."""
    whole, forms = _messages(language)
    if text in whole:
        return gettext(text)
    if AMOUNT.fullmatch(text):
        return localized(text)
    said = _joined(text, language) or next(filter(None, (form.retold(text) for form in forms)), "")
    return said or _named(text, language) or _day(text) or _of_other_case(text, language)


def _joined(text: str, language: str) -> str:
    """Sentences in a row; empty where one of them is none of the program's."""
    for joint in JOINTS:
        first, found, last = text.rpartition(joint)
        if found and (other := _known(last, language)) and (one := _known(first, language)):
            return one + (f" {gettext('and')} " if joint == " and " else joint) + other
    return ""


def _named(text: str, language: str) -> str:
    """A name or a word, and what is said of it; one of both may be another's."""
    for joint in (": ", ", "):
        first, found, last = text.partition(joint)
        if found and len(first.split()) <= LONGEST_NAME:
            is_column = joint == ": " and first.islower() and first.isidentifier()
            one, other = "" if is_column else _known(first, language), _known(last, language)
            if other or (one and joint == ": "):
                return (one or first) + joint + (other or last)
    return ""


def _day(text: str) -> str:
    """Mon 4 May, Mon 4 May, 09:00; of the year it does not say, the weekday is enough."""
    for kept, shown in DAYS:
        with suppress(ValueError):
            days = (datetime.strptime(f"{text} {year}", f"{kept} %Y").replace(tzinfo=UTC) for year in YEARS)
            found = next((day for day in days if f"{day:%a}" == text[:3]), None)
            return written(found, pgettext("date", shown)) if found else ""
    return ""


def _of_other_case(text: str, language: str) -> str:
    """What is begun in small letters within a sentence, and large as one of its own."""
    if text[:1].isupper():
        small = _known(text[0].lower() + text[1:], language)
        return small[:1].upper() + small[1:]
    large = text[:1].upper() + text[1:]
    said = gettext(large) if large in _messages(language)[0] else ""
    return said[:1].lower() + said[1:]


@lru_cache
def _messages(language: str) -> tuple[frozenset[str], list[Form]]:
    """The messages without facts, and the forms of those with, the one that says most by itself first."""
    whole, forms = set(), []
    for singular, plural in _catalogue(language):
        for text in filter(None, (singular, plural)):
            form = Form(singular, plural, text)
            if "\0" not in form.own:
                whole.add(text)
            elif len(LETTER.findall(form.own)) >= FEWEST_LETTERS and form.own.replace("\0", "") not in JOINTS:
                forms.append(form)
    return frozenset(whole), sorted(forms, key=lambda form: -len(LETTER.findall(form.own)))


def _catalogue(language: str) -> Iterator[tuple[str, str]]:
    """The English of each message, singular and plural, without those that need a context."""
    for folder in settings.LOCALE_PATHS:
        path = Path(folder, to_locale(language), "LC_MESSAGES", "django.mo")
        if path.exists():
            with path.open("rb") as file:
                for message in read_mo(file):
                    singular, plural = (message.id, "") if isinstance(message.id, str) else message.id
                    if singular and not message.context:
                        yield singular, plural
