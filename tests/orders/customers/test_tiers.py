"""Tiers: exact points, explained; and whatever is done worse never makes them better."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.customers.standing import NONE_YET, PaymentHistory, Spending
from orders.customers.tiers import Score, TierRules, rules_of, scores
from tests.books import DAY, NOON

RULES = TierRules()


def bought(orders: int = 14, *, days: int = 9, spent: str = "2400", **fields: object) -> PaymentHistory:
    """So many finished orders, the last one so many days ago."""
    amounts = Spending(orders, Decimal(spent), Decimal(spent), Decimal(spent) / max(orders, 1))
    counts = {"orders": orders, "finished": orders, "recent": orders}
    dates = {"first_order_at": NOON - 300 * DAY, "last_order_at": NOON - days * DAY}
    return replace(NONE_YET, **{**counts, **dates, "spending": {"GBP": amounts}, **fields})


def scored(history: PaymentHistory, rules: TierRules = RULES):
    return scores(history, at=NOON, rules=rules)


def points(history: PaymentHistory) -> dict[str, int]:
    return {row.name: row.points for row in scored(history).inputs}


def test_a_regular_who_pays_in_time_is_on_the_a_list():
    found = scored(bought(paid_on_time=14))
    assert (found.tier, found.points) == ("A", 100)
    assert found.sentence == "A: 14 orders in 12 months, last 9 days ago, always paid on time"
    assert found.inputs == (
        Score("recency", "9 days ago", 20, 20),
        Score("frequency", "14 orders in 12 months", 30, 30),
        Score("value", "£2,400.00 in 12 months", 20, 20),
        Score("payment", "14 of 14 bills in time", 30, 30),
        Score("overdue", "0", 0, 0),
        Score("charge-backs", "0", 0, 0),
        Score("called off", "0", 0, 0),
        Score("returns", "0 of 14 orders", 0, 0),
    )


def test_who_has_no_finished_order_has_no_tier():
    found = scored(bought(3, finished=0, recent=0))
    assert (found.tier, found.points, found.inputs) == ("", 0, ())
    assert found.sentence == "No tier yet: no order has been delivered."


def test_one_small_order_paid_by_card_is_a_c():
    found = scored(bought(1, days=0, spent="60"))
    assert (found.tier, found.points) == ("C", 49)
    assert found.sentence == "C: 1 order in 12 months, last today, paid in advance"
    assert (scored(bought(2, days=0, spent="60")).tier, scored(bought(2, days=0, spent="60")).points) == ("B", 54)


@pytest.mark.parametrize(
    ("behaviour", "tier", "total", "said"),
    [
        ({"paid_on_time": 13, "paid_late": 1}, "A", 80, "paid 1 of 14 bills late"),
        ({"paid_on_time": 1, "paid_late": 1}, "B", 60, "paid 1 of 2 bills late"),
        ({"paid_on_time": 13, "overdue_now": 1}, "C", 40, "paid 13 bills on time, 1 bill overdue"),
        ({"paid_on_time": 14, "charged_back": 1}, "C", 40, "always paid on time, 1 payment charged back"),
        ({"paid_on_time": 14, "returned": 7}, "A", 80, "always paid on time, returned 7 of 14"),
        ({"paid_on_time": 14, "called_off": 20}, "A", 90, "always paid on time"),
    ],
)
def test_how_somebody_pays_counts_more_than_what_they_buy(behaviour, tier, total, said):
    found = scored(bought(**behaviour))
    assert (found.tier, found.points) == (tier, total)
    assert found.sentence == f"{tier}: 14 orders in 12 months, last 9 days ago, {said}"


def test_amounts_of_two_currencies_are_compared_and_not_added():
    both = {"GBP": Spending(1, Decimal(600), Decimal(600), Decimal(600)), "JPY": Spending(1, *[Decimal(36_000)] * 3)}
    found = scored(bought(2, spending=both))
    (value,) = [row for row in found.inputs if row.name == "value"]
    assert value == Score("value", "£600.00 and JP¥36,000 in 12 months", 12, 20)


def test_a_shop_sets_its_own_thresholds():
    rules = rules_of({"from_a": 101, "recency": [[1, 5]], "worth": {"EUR": "2"}})
    assert (rules.from_a, rules.recency, rules.worth["EUR"], rules.worth["JPY"]) == (101, [[1, 5]], 2, 180)
    assert scored(bought(paid_on_time=14), rules).tier == "B"
    with pytest.raises(ValueError, match="There are no such tier rules: from_z"):
        rules_of({"from_z": 1})


@st.composite
def histories(draw):
    orders = draw(st.integers(1, 30))
    some = st.integers(0, 12)
    return bought(
        orders,
        days=draw(st.integers(0, 400)),
        spent=str(draw(st.integers(0, 5000))),
        **{name: draw(some) for name in ("paid_on_time", "paid_late", "overdue_now", "charged_back", "called_off")},
        returned=draw(st.integers(0, orders)),
    )


def tier(history: PaymentHistory) -> int:
    return "CBA".index(scored(history).tier)


@given(histories())
def test_a_later_payment_never_improves_the_tier(history):
    if history.paid_on_time:
        late = replace(history, paid_on_time=history.paid_on_time - 1, paid_late=history.paid_late + 1)
        assert scored(late).points <= scored(history).points
        assert tier(late) <= tier(history)
    if history.paid_late:
        never = replace(history, paid_late=history.paid_late - 1, overdue_now=history.overdue_now + 1)
        assert tier(never) <= tier(history)


@given(histories(), st.sampled_from(["overdue_now", "charged_back", "called_off", "returned"]))
def test_one_more_of_what_is_bad_never_improves_the_tier(history, bad):
    count = getattr(history, bad) + 1
    if bad != "returned" or count <= history.finished:
        worse = replace(history, **{bad: count})
        assert scored(worse).points <= scored(history).points
        assert tier(worse) <= tier(history)


@given(histories(), st.integers(1, 100))
def test_time_that_passes_never_improves_the_tier(history, days):
    later = replace(history, last_order_at=history.last_order_at - timedelta(days=days))
    assert tier(later) <= tier(history)


@given(histories())
def test_the_points_are_the_sum_of_what_is_shown(history):
    found = scored(history)
    assert found.points == sum(row.points for row in found.inputs) == sum(points(history).values())
    assert found.points <= sum(row.most for row in found.inputs) == 100
