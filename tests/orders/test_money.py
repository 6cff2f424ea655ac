"""Money is exact: in the currency's own exponent, rounded half up."""

from decimal import Decimal

import pytest
from hypothesis import strategies as st

from orders.money import rounded, shown, unit

CURRENCIES = {"EUR": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}
currencies = st.sampled_from(sorted(CURRENCIES))
steps = st.integers(min_value=0, max_value=10**9)
weights = st.lists(st.integers(min_value=0, max_value=10**6).map(Decimal), min_size=1, max_size=40).filter(any)


@pytest.mark.parametrize(("currency", "step"), CURRENCIES.items())
def test_a_currency_has_its_own_smallest_amount(currency, step):
    assert unit(currency) == step


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "EUR", "0.01"),
        ("0.0049999", "EUR", "0.00"),
        ("2.675", "EUR", "2.68"),
        ("2.665", "EUR", "2.67"),
        ("-0.005", "EUR", "-0.01"),
        ("10.5", "JPY", "11"),
        ("10.49", "JPY", "10"),
        ("1.0005", "KWD", "1.001"),
        ("1.00049", "KWD", "1.000"),
        ("7", "KWD", "7.000"),
    ],
)
def test_a_half_is_rounded_up_in_the_currencys_own_exponent(amount, currency, expected):
    assert str(rounded(Decimal(amount), currency)) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("1234.5", "GBP", "£1,234.50"), ("1234", "JPY", "JP¥1,234"), ("0.5", "KWD", "KWD0.500")],
)
def test_people_read_amounts_in_the_currencys_own_way(amount, currency, expected):
    assert shown(Decimal(amount), currency) == expected


def test_nothing_has_no_sign_whoever_asked_first():
    assert [shown(Decimal(amount), "GBP") for amount in ("-0", "0", "0.00")] == ["£0.00"] * 3
