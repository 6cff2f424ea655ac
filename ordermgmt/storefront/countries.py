"""The countries of the address form, and the one that is chosen when nothing is known."""

import unicodedata
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.conf import settings
from django.utils.translation import get_language

from inventory.countries import COUNTRIES
from orders.addresses import parts_needed

OPTIONAL = ("postal_code", "region")  # in the form, unless the country's addresses have one
ENGLISH = Locale("en", "GB")


@dataclass(frozen=True)
class Country:
    """One to choose; `needs` are the parts of its addresses that not every country has, separated by spaces."""

    code: str
    name: str
    needs: str


def countries() -> tuple[Country, ...]:
    """Every country for which rules of addresses are known, by its name in the language of the page."""
    return _named(get_language() or settings.LANGUAGE_CODE)


def home_country() -> str:
    """Where the shop is, by its time zone; empty when that tells nothing."""
    return str(get_global("zone_territories").get(settings.SHOP_TIME_ZONE, ""))


@cache
def _named(language: str) -> tuple[Country, ...]:
    names = {**ENGLISH.territories, **_locale(language).territories}
    found = (Country(code, names[code], _needs(code)) for code in COUNTRIES)
    return tuple(sorted(found, key=lambda country: _plain(country.name)))


@cache
def _needs(code: str) -> str:
    needed = parts_needed(code)
    return " ".join(part for part in OPTIONAL if part in needed)


def _locale(language: str) -> Locale:
    if language == settings.LANGUAGE_CODE:
        return ENGLISH
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return ENGLISH


def _plain(name: str) -> str:
    """Without accents, which stand among the letters below them."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
