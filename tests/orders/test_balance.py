"""How an order stands with its money: pure sums, every state of them."""

from decimal import Decimal

import pytest

from orders.balance import Balance, from_oldest, payment_state, worth


def balance(total, **sums):
    return Balance(Decimal(total), **{name: Decimal(value) for name, value in sums.items()})


@pytest.mark.parametrize(
    ("sums", "state", "owed", "surplus"),
    [
        ({}, "none", 100, 0),
        ({"pledged": 40}, "none", 100, 0),
        ({"pledged": 100}, "authorised", 100, 0),
        ({"captured": 40}, "partial", 60, 0),
        ({"captured": 40, "pledged": 60}, "partial", 60, 0),
        ({"captured": 100}, "paid", 0, 0),
        ({"captured": 120}, "over", 0, 20),
        ({"captured": 120, "refunded": 20, "settled": 20}, "paid", 0, 0),
        ({"captured": 120, "refunded": 20}, "paid", 0, 0),
        ({"captured": 100, "refunded": 10}, "partly_refunded", 0, 0),  # a favour is not asked for again
        ({"captured": 100, "refunded": 100}, "refunded", 0, 0),
        ({"captured": 100, "failing": 100}, "none", 100, 0),
        ({"captured": 200, "failing": 100}, "paid", 0, 0),
        ({"credited": 20}, "none", 80, 0),
        ({"credited": 20, "captured": 80}, "paid", 0, 0),
        ({"credited": 20, "captured": 100}, "over", 0, 20),
        ({"captured": 100, "charged_back": 100}, "charged_back", 0, 0),
        ({"captured": 140, "charged_back": 40}, "charged_back", 0, 0),
    ],
)
def test_an_order_of_100_stands_with_its_money(sums, state, owed, surplus):
    stands = balance(100, **sums)
    assert (payment_state(stands).value, stands.owed, stands.surplus) == (state, owed, surplus)


def test_when_the_total_fell_what_went_back_is_settled_and_may_be_owed_again():
    fallen = balance(80, captured=100, refunded=20, settled=20)
    assert (payment_state(fallen).value, fallen.owed, fallen.surplus) == ("paid", 0, 0)
    risen = balance(100, captured=100, refunded=20, settled=20)
    assert (payment_state(risen).value, risen.owed, risen.surplus) == ("partial", 20, 0)


def test_an_order_that_was_called_off_keeps_nothing():
    late = balance(0, captured=100)
    assert (payment_state(late).value, late.owed, late.surplus) == ("over", 0, 100)
    assert payment_state(balance(0, captured=100, refunded=100)).value == "refunded"
    assert payment_state(balance(0)).value == "none"


@pytest.mark.parametrize(
    ("amount", "left", "parts"),
    [
        (15, [10, 10, 10], [10, 5, 0]),
        (30, [10, 10, 10], [10, 10, 10]),
        (31, [10, 10, 10], [10, 10, 10]),
        (5, [0, 3, -1, 9], [0, 3, 0, 2]),
        (0, [10], [0]),
        (5, [], []),
    ],
)
def test_money_goes_back_from_the_oldest(amount, left, parts):
    assert from_oldest(Decimal(amount), [Decimal(most) for most in left]) == parts


def test_a_third_of_ten_pounds_is_never_lost():
    parts = [worth(Decimal("10.00"), 1, before=before, of=3, currency="GBP") for before in range(3)]
    assert parts == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
