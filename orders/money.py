"""Exact money: amounts are Decimals in a currency's own exponent, rounded half up."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.utils.translation import get_language, to_locale

KNOWN_AMOUNTS = 10_000  # as they are written


@cache
def unit(currency: str) -> Decimal:
    """The smallest amount of an ISO 4217 currency: 0.01 GBP, 1 JPY, 0.001 KWD."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` in the currency's exponent, half up."""
    return amount.quantize(unit(currency), ROUND_HALF_UP)


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """`amount` in parts as `weights` are to each other, to the smallest unit, by largest remainder; sums exactly.

    Without any weight the parts are equal.
    """
    step, whole = unit(currency), sum(weights, Decimal(0))
    if not whole:
        weights, whole = [Decimal(1)] * len(weights), Decimal(len(weights))
    exact = [amount * weight / whole for weight in weights]
    parts = [part.quantize(step, ROUND_FLOOR) for part in exact]
    left = int((amount - sum(parts, Decimal(0))) / step)
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[:left]:
        parts[place] += step
    return parts


def plain(amount: Decimal, currency: str) -> str:
    """For machines: 1234.50, with the currency's digits."""
    return f"{rounded(amount, currency):f}"


def shown(amount: Decimal, currency: str) -> str:
    """For people, as their language writes it: £1,234.50."""
    return _written(amount + 0, currency, to_locale(get_language() or settings.LANGUAGE_CODE))


def kept(amount: Decimal, currency: str) -> str:
    """For the history, which is kept in one language: £1,234.50."""
    return _written(amount + 0, currency, "en_GB")


@lru_cache(KNOWN_AMOUNTS)
def _written(amount: Decimal, currency: str, locale: str) -> str:
    """A page says few amounts many times. -0 equals 0: callers add 0, or whoever came first would be remembered."""
    return format_currency(amount, currency, locale=locale)
