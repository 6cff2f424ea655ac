"""The countries of the address form, and the one that is chosen when nothing is known."""

from functools import cache

from babel import Locale
from babel.core import get_global
from django.conf import settings

from inventory.countries import COUNTRIES


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """(code, name) of every country for which rules of addresses are known, by name."""
    names = Locale("en", "GB").territories
    return tuple(sorted(((code, names[code]) for code in COUNTRIES), key=_by_name))


def home_country() -> str:
    """Where the shop is, by its time zone; empty when that tells nothing."""
    return str(get_global("zone_territories").get(settings.SHOP_TIME_ZONE, ""))


def _by_name(row: tuple[str, str]) -> str:
    return row[1].replace("Å", "A")
