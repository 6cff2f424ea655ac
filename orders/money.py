"""Exact money: amounts are Decimals in a currency's own exponent, rounded half up."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import format_currency, get_currency_precision


@cache
def unit(currency: str) -> Decimal:
    """The smallest amount of an ISO 4217 currency: 0.01 GBP, 1 JPY, 0.001 KWD."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` in the currency's exponent, half up."""
    return amount.quantize(unit(currency), ROUND_HALF_UP)


def plain(amount: Decimal, currency: str) -> str:
    """For machines: 1234.50, with the currency's digits."""
    return f"{rounded(amount, currency):f}"


def shown(amount: Decimal, currency: str) -> str:
    """For people: £1,234.50."""
    return format_currency(amount, currency, locale="en_GB")
