"""Money is exact: in the currency's own exponent, rounded half up, and a split loses nothing."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.money import rounded, shown, split, unit

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


@settings(deadline=None)
@given(currency=currencies, count=steps, parts=weights)
def test_a_split_sums_exactly_and_no_share_is_off_by_a_whole_step(currency, count, parts):
    step = CURRENCIES[currency]
    amount = count * step
    shares = split(amount, parts, currency=currency)
    assert len(shares) == len(parts)
    assert sum(shares) == amount
    for share, part in zip(shares, parts, strict=True):
        assert share % step == 0
        assert abs(share - amount * part / sum(parts)) < step


@settings(deadline=None)
@given(currency=currencies, count=steps, parts=weights)
def test_what_weighs_nothing_gets_nothing_and_what_weighs_more_never_gets_less(currency, count, parts):
    shares = split(count * CURRENCIES[currency], parts, currency=currency)
    ranked = sorted(zip(parts, shares, strict=True))
    assert all(share == 0 for part, share in ranked if part == 0)
    step = CURRENCIES[currency]
    for (light, less), (heavy, more) in zip(ranked, ranked[1:], strict=False):
        assert less <= more if light < heavy else abs(less - more) <= step


@pytest.mark.parametrize(
    ("amount", "parts", "currency", "expected"),
    [
        ("10.00", (1, 1, 1), "EUR", ["3.34", "3.33", "3.33"]),
        ("100", (1, 1, 1), "JPY", ["34", "33", "33"]),
        ("0.010", (1, 2, 1), "KWD", ["0.003", "0.005", "0.002"]),
        ("0.01", (1, 1), "EUR", ["0.01", "0.00"]),
        ("5.00", (0, 7), "EUR", ["0.00", "5.00"]),
    ],
)
def test_the_largest_remainder_gets_the_odd_step_and_the_first_of_equals(amount, parts, currency, expected):
    shares = split(Decimal(amount), [Decimal(part) for part in parts], currency=currency)
    assert [str(share) for share in shares] == expected


def test_rounding_each_share_alone_would_lose_a_penny():
    alone = [rounded(Decimal("10.00") / 3, "EUR") for _ in range(3)]
    assert sum(alone) == Decimal("9.99")
    assert sum(split(Decimal("10.00"), [Decimal(1)] * 3, currency="EUR")) == Decimal("10.00")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("1234.5", "GBP", "£1,234.50"), ("1234", "JPY", "JP¥1,234"), ("0.5", "KWD", "KWD0.500")],
)
def test_people_read_amounts_in_the_currencys_own_way(amount, currency, expected):
    assert shown(Decimal(amount), currency) == expected
