"""What a parcel costs by hand, and which service is taken: the cheapest that keeps the promise."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from fulfillment.carriers.rates import Rate, choose, rates, zone
from fulfillment.errors import CarrierError

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def offers(destination="GB", weight_g=800, *, day=DAY):
    return rates(origin="GB", destination=destination, weight_g=weight_g, day=day, now=NOON)


def prices(destination, weight_g):
    return {offer.service: str(offer.price) for offer in offers(destination, weight_g)}


@pytest.mark.parametrize(
    ("origin", "destination", "expected"),
    [
        ("GB", "GB", "home"),
        ("US", "US", "home"),
        ("GB", "FR", "europe"),
        ("FR", "GB", "europe"),
        ("DE", "CH", "europe"),
        ("GB", "US", "world"),
        ("US", "GB", "world"),
        ("US", "FR", "world"),
        ("GB", "", "world"),
    ],
)
def test_a_zone_depends_on_both_ends(origin, destination, expected):
    assert zone(origin, destination) == expected


@pytest.mark.parametrize(
    ("destination", "weight_g", "expected"),
    [
        ("GB", 0, {"economy": "2.90", "standard": "3.60", "express": "6.80"}),
        ("GB", 1000, {"economy": "2.90", "standard": "3.60", "express": "6.80"}),
        ("GB", 1001, {"economy": "3.30", "standard": "4.15", "express": "7.70"}),
        ("GB", 2000, {"economy": "3.30", "standard": "4.15", "express": "7.70"}),
        ("GB", 2001, {"economy": "3.70", "standard": "4.70", "express": "8.60"}),
        ("FR", 3500, {"economy": "10.80", "standard": "15.00", "express": "28.30"}),
        ("US", 10_000, {"economy": "40.80", "standard": "61.70", "express": "112.50"}),
    ],
)
def test_a_price_is_the_first_kilogram_and_each_further_one_begun(destination, weight_g, expected):
    assert prices(destination, weight_g) == expected


@pytest.mark.parametrize(
    ("destination", "days"),
    [
        ("GB", {"economy": 3, "standard": 2, "express": 1}),
        ("FR", {"economy": 6, "standard": 4, "express": 2}),
        ("US", {"economy": 12, "standard": 8, "express": 4}),
    ],
)
def test_a_service_takes_as_many_of_the_carriers_days_as_the_table_says(destination, days):
    assert {row.service: row.arrives_at for row in offers(destination)} == {
        service: NOON + count * DAY for service, count in days.items()
    }
    short = timedelta(seconds=2)
    assert {row.service: row.arrives_at for row in offers(destination, day=short)} == {
        service: NOON + count * short for service, count in days.items()
    }


@pytest.mark.parametrize(
    ("promised_in", "service", "runner_up"),
    [
        (timedelta(days=30), "economy", "standard"),
        (timedelta(days=3), "economy", "standard"),
        (timedelta(days=3, seconds=-1), "standard", "economy"),
        (timedelta(days=2), "standard", "economy"),
        (timedelta(days=1), "express", "economy"),
    ],
)
def test_the_cheapest_that_keeps_the_promise_is_taken(promised_in, service, runner_up):
    choice = choose(offers(), promised_at=NOON + promised_in)
    assert (choice.rate.service, choice.runner_up.service) == (service, runner_up)
    assert choice.why == f"{service.capitalize()}, cheapest that keeps the promise"


@pytest.mark.parametrize("promised_in", [timedelta(hours=23), timedelta(0), timedelta(days=-9)])
def test_the_fastest_is_taken_when_none_keeps_the_promise(promised_in):
    choice = choose(offers(), promised_at=NOON + promised_in)
    assert (choice.rate.service, choice.runner_up.service) == ("express", "economy")
    assert choice.why == "Express, the fastest: no service keeps the promise"


def test_of_equal_prices_the_first_in_the_table_is_taken():
    same = [Rate(name, Decimal(5), NOON) for name in ("slow", "quick")]
    choice = choose(same, promised_at=NOON)
    assert (choice.rate.service, choice.runner_up.service) == ("slow", "quick")


@pytest.mark.parametrize("count", [0, 1])
def test_without_a_choice_there_is_no_rate(count):
    with pytest.raises(CarrierError, match="No carrier offers a rate for this parcel"):
        choose(offers()[:count], promised_at=NOON)
