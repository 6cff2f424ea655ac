"""What stands in the cells of a list: for the eye, and plain for a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from inventory.wording import grouped
from ordermgmt import phrases
from orders.money import rounded, shown

Plain = str | int | Decimal


@dataclass(frozen=True)
class Cell:
    """`plain` is what a file has of it. `tone` makes a tag of it, `since` an age, `href` the link of its row.

    `is_code`: its link is a number or a code, not a name. `is_faint`: it says why there is nothing.
    """

    text: str
    plain: Plain
    tone: str | None = None
    since: datetime | None = None
    href: str = ""
    beside: tuple["Cell", ...] = ()
    below: str = ""
    is_code: bool = True
    is_faint: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether the eye finds nothing in it."""
        return not (self.text or self.since)


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it makes of a row, where a narrow screen puts it, and whether it shows unasked.

    `sort` is the field that its rows can be ordered by, where an index allows that; `sort_in_tab`: under a tab alone.
    `prepare` reads what its cells need beside the rows, for many rows at once. `named`: on a narrow screen, where no
    headings stand, its own stands before what it says. `needs` are permissions of which it takes one; none: whoever
    may read the list.
    """

    name: str
    label: str | Promise
    cell: Callable[[Any], Cell]
    place: str = "only-wide"
    is_number: bool = False
    shown: bool = True
    sort: str = ""
    sort_in_tab: bool = False
    prepare: Callable[[Sequence[Any]], None] | None = None
    named: bool = False
    needs: Sequence[str] = ()


def said(text: object) -> Cell:
    """Words."""
    words = "" if text is None else str(text)
    return Cell(words, words)


def nothing(why: object) -> Cell:
    """Why there is nothing yet; in a file there is nothing."""
    return Cell(str(why), "", is_faint=True)


def link(text: str, href: str, *, below: str = "", is_code: bool = True) -> Cell:
    """The name of the row, which leads to its page."""
    return Cell(text, text.removeprefix("#"), href=href, below=below, is_code=is_code)


def tag(label: object, tone: str = "", *beside: Cell, below: str = "") -> Cell:
    """A state, with others beside it."""
    plain = ", ".join([str(label), *(cell.text for cell in beside)])
    return Cell(str(label), plain, tone=tone, beside=beside, below=below)


def money(amount: Decimal, currency: str) -> Cell:
    """£1,234.50, and 1234.50 in a file."""
    return Cell(shown(amount, currency), rounded(amount, currency))


def count(units: int | None) -> Cell:
    """1,284"""
    return said("") if units is None else Cell(grouped(units), units)


def metres(length: float | None) -> Cell:
    """A length in metres: 1,284 m, and 1284 in a file."""
    if length is None:
        return said("")
    return Cell(_("{length} m").format(length=grouped(round(length))), round(length))


def on(moment: date | datetime | None) -> Cell:
    """A day in few words; in a file the moment in the shop's zone."""
    if moment is None:
        return said("")
    exact = timezone.localtime(moment).replace(microsecond=0) if isinstance(moment, datetime) else moment
    return Cell(phrases.day(moment), exact.isoformat())


def since(moment: datetime | None) -> Cell:
    """How long ago; in a file the moment."""
    if moment is None:
        return said("")
    return Cell("", timezone.localtime(moment).replace(microsecond=0).isoformat(), since=moment)
