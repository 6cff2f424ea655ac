"""The filter language: `state:picking age:>2h -channel:web "Marta Silva"`, read into clauses and free words.

A clause is a name, a colon, and a value or several with commas between them, of which one must fit; `>`, `>=`, `<` or
`<=` before the value compares. A minus before the name means that it must not fit. All clauses must hold. What stands
without a colon are words to search for; quotes keep blanks and colons together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

TOKEN = re.compile(r'(?:[^\s"]|"[^"]*(?:"|$))+')
CLAUSE = re.compile(r"(-?)([A-Za-z]+):(>=|<=|>|<)?(.*)", re.DOTALL)
DURATION = re.compile(r"(\d{1,6})(m|h|d|w)", re.ASCII)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
IS = "="


class BadValue(ValueError):
    """A value that the filter cannot take; says what it would take."""


@dataclass(frozen=True)
class Clause:
    """One condition as it was typed; `sign` is =, >, >=, < or <=."""

    name: str
    values: Sequence[str]
    sign: str = IS
    negated: bool = False

    @property
    def text(self) -> str:
        """As it can be typed again."""
        sign = "" if self.sign == IS else self.sign
        return f"{'-' if self.negated else ''}{self.name}:{sign}{','.join(map(quoted, self.values))}"


@dataclass(frozen=True)
class Typed:
    """What was typed: conditions, and words that are searched for one by one."""

    clauses: Sequence[Clause] = ()
    words: Sequence[str] = ()

    @property
    def text(self) -> str:
        """As it can be typed again."""
        return " ".join([*(clause.text for clause in self.clauses), *map(quoted, self.words)])

    def without(self, clause: Clause) -> "Typed":
        """The rest."""
        return Typed([other for other in self.clauses if other != clause], self.words)

    def instead(self, clause: Clause) -> "Typed":
        """With this clause in place of all of its name."""
        return Typed([*(other for other in self.clauses if other.name != clause.name), clause], self.words)


def typed(text: str) -> Typed:
    """Read what somebody typed; every text can be read."""
    clauses, words = [], []
    for token in TOKEN.findall(text):
        found = CLAUSE.fullmatch(token)
        values = [_bare(value) for value in _split(found[4])] if found else []
        if found and any(values):
            clauses.append(Clause(found[2].lower(), tuple(filter(None, values)), found[3] or IS, found[1] == "-"))
        elif bare := _bare(token):
            words.append(bare)
    return Typed(tuple(dict.fromkeys(clauses)), tuple(words))


def duration(value: str) -> timedelta:
    """As in 90m, 2h, 3d or 1w. Raises BadValue."""
    if found := DURATION.fullmatch(value.lower()):
        return int(found[1]) * UNITS[found[2]]
    raise BadValue(_("{value} is not a time: 90m, 2h, 3d or 1w").format(value=value))


def amount(value: str) -> Decimal:
    """As in 50 or 19.99. Raises BadValue."""
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) >= 10**12:
        raise BadValue(_("{value} is not an amount: 50 or 19.99").format(value=value))
    return found


def day(value: str, *, today: date) -> date:
    """As in 2026-11-28, today, yesterday, tomorrow, or 7d for seven days ago. Raises BadValue."""
    named = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if value.lower() in named:
        return today + timedelta(days=named[value.lower()])
    if DURATION.fullmatch(value.lower()) and value[-1].lower() in "dw":
        return today - min(duration(value), timedelta(days=36_500))
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadValue(_("{value} is not a day: 2026-11-28, today, yesterday or 7d").format(value=value)) from None


def quoted(value: str) -> str:
    """In quotes where it needs them."""
    return f'"{value}"' if re.search(r"[\s:,]", value) or value.startswith("-") else value


def _split(text: str) -> list[str]:
    """At the commas outside of quotes."""
    return re.findall(r'(?:[^,"]|"[^"]*(?:"|$))+', text)


def _bare(token: str) -> str:
    return token.replace('"', "").strip()
