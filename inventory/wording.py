"""What people read: words that wait for their language, and numbers as it groups and points them.

Programs get plain ones.
"""

from decimal import Decimal

from django.utils.formats import get_format
from django.utils.functional import Promise

Words = str | Promise  # the latter is translated when it is shown
ENGLISH = (",", ".")


def grouped(value: int | float | Decimal, digits: int | None = None) -> str:
    """1,284 and 1.284; with `digits` rounded to so many: 12.50 and 12,50."""
    return localized(f"{value:,}" if digits is None else f"{value:,.{digits}f}")


def localized(text: str) -> str:
    """An English number as the reader's language groups and points it."""
    group, point = get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR")
    return text if (group, point) == ENGLISH else text.translate({ord(","): group, ord("."): point})
