"""A hundred thousand invented orders in four currencies: discounts, cancelled units, several payments, refunds in
random pieces. Whatever happens, all of it sums exactly, and no amount is finer than its currency.

The cases come from a seed and are pure: the functions are those that place, capture, refund and return use.
"""

import random
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

import pytest

from orders.balance import Balance, from_oldest, payment_state, worth
from orders.money import split, unit

CASES, SEEDS = 25_000, range(5)  # with every seed: 125,000
CURRENCIES = ("JPY", "EUR", "KWD", "GBP")
ZERO = Decimal(0)


@dataclass
class Line:
    """Units of a product, what they cost together, and their share of the order's discount."""

    units: int
    price: Decimal
    discount: Decimal

    @property
    def total(self):
        return self.price * self.units - self.discount


def amount(chance, step, most):
    return chance.randint(1, most) * step


def invented(chance, currency):
    """One to five lines, with a discount on the order shared by largest remainder."""
    step = unit(currency)
    lines = [Line(chance.randint(1, 9), amount(chance, step, 50_000), ZERO) for _ in range(chance.randint(1, 5))]
    whole = sum((line.total for line in lines), ZERO)
    some = chance.randint(0, int(whole / step)) * step
    off = chance.choices((ZERO, some, whole), (10, 10, 1))[0]
    shares = split(off, [line.total for line in lines], currency)
    assert sum(shares, ZERO) == off
    for line, share in zip(lines, shares, strict=True):
        line.discount = share
        assert ZERO <= share <= line.price * line.units
    return lines, whole - off


def paid_in_parts(chance, total, step):
    """One to four captures that sum to the total; some of nothing."""
    cuts = sorted(chance.randint(0, int(total / step)) * step for _ in range(chance.randint(0, 3)))
    marks = [ZERO, *cuts, total]
    return [after - before for before, after in zip(marks, marks[1:], strict=False)]


def line_by_line(chance, line, currency):
    """A line given back in random pieces, until nothing is left; each piece is what its units have cost."""
    before, pieces = 0, []
    while before < line.units:
        units = chance.randint(1, line.units - before)
        pieces.append(worth(line.total, units, before=before, of=line.units, currency=currency))
        before += units
    return pieces


def exact(amounts, step):
    return all(part >= 0 and part % step == 0 for part in amounts)


def one_case(chance):
    currency = chance.choice(CURRENCIES)
    step = unit(currency)
    lines, total = invented(chance, currency)
    captures = paid_in_parts(chance, total, step)
    assert sum(captures, ZERO) == total
    pieces = [piece for line in lines for piece in line_by_line(chance, line, currency)]
    chance.shuffle(pieces)
    assert sum(pieces, ZERO) == total, "units given back one by one bring exactly what was paid for all"
    assert exact([*captures, *pieces, *(line.total for line in lines)], step)

    kept = chance.randint(0, len(pieces))  # the rest is never given back
    refunded = [ZERO] * len(captures)
    for piece in pieces[:kept]:
        parts = from_oldest(piece, [took - back for took, back in zip(captures, refunded, strict=True)])
        assert sum(parts, ZERO) == piece
        refunded = [back + part for back, part in zip(refunded, parts, strict=True)]
    given = sum(pieces[:kept], ZERO)
    assert sum(refunded, ZERO) == given <= total
    assert all(back <= took for took, back in zip(captures, refunded, strict=True)), "never more than was paid"
    full = [back == took for took, back in zip(captures, refunded, strict=True) if took]
    assert full == sorted(full, reverse=True), "the oldest capture is empty before the next is touched"

    called_off = sum(pieces[: chance.randint(0, kept)], ZERO)  # of what goes back, what is no longer wanted
    stands = Balance(total - called_off, captured=total, refunded=given, settled=called_off)
    assert stands.taken - stands.refunded == total - given
    assert (stands.owed, stands.surplus) == (0, 0)
    return currency, payment_state(stands).value


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_goes_back_in_whatever_pieces_sums_exactly_to_what_was_paid(seed):
    chance = random.Random(seed)
    seen = {one_case(chance) for _ in range(CASES)}
    assert {currency for currency, _ in seen} == set(CURRENCIES)
    assert {state for _, state in seen} == {"none", "paid", "partly_refunded", "refunded"}


def test_the_cases_would_notice_money_that_is_rounded_piece_by_piece():
    """The negative control: units rounded each on its own lose or invent money."""
    wrong = 0
    for price in range(1, 200):
        line = Line(3, Decimal(price) / 100, Decimal("0.01"))
        naive = [(line.total / 3).quantize(Decimal("0.01"))] * 3
        told = [worth(line.total, 1, before=before, of=3, currency="GBP") for before in range(3)]
        assert list(accumulate(told))[-1] == line.total
        wrong += sum(naive) != line.total
    assert wrong == 199
