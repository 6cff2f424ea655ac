"""Which service is taken: the cheapest that keeps the promise, the preferred by rule, else the fastest."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from fulfillment.carriers.carrier import Rate
from fulfillment.carriers.choice import Condition, Preference, Subject, choose, preferred
from fulfillment.errors import CarrierError

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def rate(account, service, price, days):
    return Rate(account, service, Decimal(price), "GBP", NOON + days * DAY, days)


OFFERS = [
    rate("wing", "economy", "2.90", 3),
    rate("wing", "standard", "3.60", 2),
    rate("north", "next", "5.10", 1),
    rate("wing", "express", "6.80", 1),
]
NORTH = Preference("North first", "north")
EXPRESS = Preference("Dear ones fast", "wing", "express")


@pytest.mark.parametrize(
    ("promised", "preference", "chosen", "why", "saving", "on_time"),
    [
        (9, None, "economy", "Economy, cheapest that keeps the promise", "0.70", True),
        (3, None, "economy", "Economy, cheapest that keeps the promise", "0.70", True),
        (2.9, None, "standard", "Standard, cheapest that keeps the promise", "-0.70", True),
        (1, None, "next", "Next, cheapest that keeps the promise", "-2.20", True),
        (0.5, None, "next", "Next, the fastest: no service keeps the promise", "-2.20", False),
        (9, NORTH, "next", "Next, preferred by rule North first", "-2.20", True),
        (9, EXPRESS, "express", "Express, preferred by rule Dear ones fast", "-3.90", True),
        (
            *(2, Preference("Slow", "wing", "economy"), "standard"),
            *("Standard, cheapest that keeps the promise: the carrier of rule Slow cannot", "-0.70", True),
        ),
        (
            *(2, Preference("Slow", "wing", "economy", even_if_late=True), "economy"),
            *("Economy, preferred by rule Slow, though it is late", "0.70", False),
        ),
        (
            *(9, Preference("Gone", "nobody"), "economy"),
            *("Economy, cheapest that keeps the promise: the carrier of rule Gone cannot", "0.70", True),
        ),
    ],
)
def test_the_choice_is_told_with_its_reason_and_saving(promised, preference, chosen, why, saving, on_time):
    choice = choose(OFFERS, promised_at=NOON + promised * DAY, preference=preference)
    assert (choice.rate.service, choice.why, str(choice.saving), choice.on_time) == (chosen, why, saving, on_time)


def test_of_equal_prices_the_first_is_taken():
    same = [rate("a", "slow", "5", 1), rate("b", "quick", "5", 1)]
    choice = choose(same, promised_at=NOON + DAY)
    assert (choice.rate.service, choice.runner_up.service) == ("slow", "quick")


def test_one_offer_has_no_runner_up_and_none_is_an_error():
    choice = choose(OFFERS[:1], promised_at=NOON)
    assert (choice.runner_up, choice.saving) == (None, 0)
    with pytest.raises(CarrierError, match="No carrier offers a rate for this parcel"):
        choose([], promised_at=NOON)


SUBJECT = Subject("FR", 2000, Decimal(80), frozenset({"MUG", "TEA"}), "A", "web")


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({}, True),
        ({"countries": frozenset({"FR", "DE"})}, True),
        ({"countries": frozenset({"GB"})}, False),
        ({"min_weight_g": 2000, "max_weight_g": 2000}, True),
        ({"min_weight_g": 2001}, False),
        ({"max_weight_g": 1999}, False),
        ({"min_value": Decimal(80), "max_value": Decimal(80)}, True),
        ({"min_value": Decimal("80.01")}, False),
        ({"max_value": Decimal("79.99")}, False),
        ({"skus": frozenset({"TEA", "PEN"})}, True),
        ({"skus": frozenset({"PEN"})}, False),
        ({"tiers": frozenset({"A"})}, True),
        ({"tiers": frozenset({"B", "C"})}, False),
        ({"channel": "web"}, True),
        ({"channel": "phone"}, False),
    ],
)
def test_a_rule_fits_when_all_it_asks_is_so(fields, fits):
    assert Condition(NORTH, **fields).fits(SUBJECT) is fits


def test_the_first_rule_that_fits_decides():
    first, second = Condition(NORTH, countries=frozenset({"GB"})), Condition(EXPRESS)
    assert preferred([first, second, Condition(NORTH)], SUBJECT) is EXPRESS
    assert preferred([first], SUBJECT) is None
