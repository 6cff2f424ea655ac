"""What a cell of the file says: text, whole numbers, amounts and moments; a bad one says what would be good."""

import re
from datetime import datetime, time, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from kpis.windows import EARLIEST, LATEST

MOST_UNITS = 1_000_000_000
LARGEST_PRICE = Decimal("99999999999.999")
CENTS = Decimal("0.001")
DAY_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}\Z")
LATE_OFFSET = re.compile(r" ([+-]\d{2}):?(\d{2})\Z")  # 2026-01-05 09:00:00 +0200
SPELT_UTC = re.compile(r" (UTC|GMT|Z)\Z")
ODD_SIGNS = re.compile(r"[\s/-]+")
END_OF_DAY = time(23, 59, 59, 999_999)


class BadCell(ValueError):
    """The cell cannot be read; the text says what is expected, in English, to be kept."""


def text(cell: str, most: int) -> str:
    """Without spaces around it."""
    if len(cell) > most:
        raise BadCell(gettext_noop("has more than {most} characters").format(most=most))
    if "\x00" in cell:
        raise BadCell(gettext_noop("has a NUL character"))
    return cell


def whole(cell: str, least: int, most: int) -> int:
    """6, or 6.0 as spreadsheets write it."""
    try:
        value = Decimal(cell)
        if value == value.to_integral_value() and least <= value <= most:
            return int(value)
    except (InvalidOperation, ValueError):
        pass
    raise BadCell(
        gettext_noop("{cell} is not a whole number from {least} to {most}").format(
            cell=repr(cell), least=least, most=most
        )
    )


def amount(cell: str) -> Decimal:
    """A price of 0 or more, rounded half up to three decimals."""
    try:
        value = Decimal(cell)
        if value.is_finite() and 0 <= value <= LARGEST_PRICE:
            return value.quantize(CENTS, ROUND_HALF_UP)
    except InvalidOperation:
        pass
    raise BadCell(gettext_noop("{cell} is not an amount of 0 or more").format(cell=repr(cell)))


@lru_cache(maxsize=65_536)
def moment(cell: str, zone: str, *, end_of_day: bool = False) -> datetime:
    """ISO 8601 with or without an offset; without one it is in `zone`. A day alone is its start or its end."""
    try:
        value = datetime.fromisoformat(LATE_OFFSET.sub(r"\1:\2", SPELT_UTC.sub("+00:00", cell)))
    except ValueError:
        told = gettext_noop("{cell} is not a date and time such as 2026-11-23 14:05:00")
        raise BadCell(told.format(cell=repr(cell))) from None
    if end_of_day and DAY_ONLY.match(cell):
        value = datetime.combine(value, END_OF_DAY)
    # What no page could show is a mistake, such as the zero of a spreadsheet's calendar.
    if not EARLIEST.year <= value.year < LATEST.year:
        told = gettext_noop("the year {year} is not from {first} to {last}")
        raise BadCell(told.format(year=value.year, first=EARLIEST.year, last=LATEST.year - 1))
    return value if value.tzinfo else value.replace(tzinfo=_zone(zone))


def is_day(cell: str) -> bool:
    """Whether it names a day and no time of it."""
    return len(cell) <= len("2026-11-23") and DAY_ONLY.match(cell) is not None


@lru_cache(maxsize=8)
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)


@lru_cache(maxsize=4_096)
def reason(cell: str) -> str:
    """One word for one reason: `Wrong item` and `wrong-item` are `wrong_item`."""
    return ODD_SIGNS.sub("_", text(cell, 60).lower())
