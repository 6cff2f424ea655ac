"""Exact money: amounts are Decimals in a currency's own exponent, rounded half up; splits lose nothing."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import format_currency, get_currency_precision


@cache
def unit(currency: str) -> Decimal:
    """The smallest amount of an ISO 4217 currency: 0.01 GBP, 1 JPY, 0.001 KWD."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` in the currency's exponent, half up."""
    return amount.quantize(unit(currency), ROUND_HALF_UP)


def split(amount: Decimal, weights: Sequence[Decimal], *, currency: str) -> list[Decimal]:
    """Share `amount` in proportion to `weights` (not negative, not all 0) by largest remainder; the sum is exact."""
    step, whole = unit(currency), sum(weights, Decimal(0))
    exact = [amount * weight / whole for weight in weights]
    shares = [value.quantize(step, ROUND_DOWN) for value in exact]
    missing = int((amount - sum(shares, Decimal(0))) / step)
    neediest = sorted(range(len(weights)), key=lambda place: (shares[place] - exact[place], place))
    for place in neediest[:missing]:
        shares[place] += step
    return shares


def plain(amount: Decimal, currency: str) -> str:
    """For machines: 1234.50, with the currency's digits."""
    return f"{rounded(amount, currency):f}"


def shown(amount: Decimal, currency: str) -> str:
    """For people: £1,234.50."""
    return format_currency(amount, currency, locale="en_GB")
