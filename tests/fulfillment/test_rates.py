"""What a parcel costs by hand: zones, breaks, dimensional weight, surcharges, rounding, cut-off and working days."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from fulfillment.carriers.carrier import Package, Place
from fulfillment.carriers.pricing import Price, RateTable, Service, Surcharge, Zone, rates

MONDAY = datetime(2026, 5, 4, 12, tzinfo=UTC)  # 13:00 in London
LEEDS = Place("GB", "LS1 4DY", time_zone="Europe/London")
FLAT = (300, 200, 100)  # 6,000 cm³: by 5000 it is charged as 1.2 kg
CUBE = (400, 400, 400)  # 64,000 cm³: by 5000 as 12.8 kg, by 6000 as 10,667 g
D = Decimal


def breaks(*steps):
    return tuple((grams, D(price)) for grams, price in steps)


PARCEL = Service(
    "parcel",
    {
        "home": Price(2, breaks((500, "3.10"), (1000, "3.60"), (2000, "4.40"), (5000, "6.00")), D("0.55")),
        "isles": Price(4, breaks((1000, "5.20"), (5000, "9.90")), D("1.25")),
        "near": Price(5, breaks((1000, "8.00"), (5000, "14.00")), None),
        "far": Price(9, breaks((1000, "18.50")), D("4.80")),
    },
    dim_divisor=5000,
    max_g=30_000,
    max_side_mm=1200,
)
LETTER = Service("letter", {"home": Price(3, breaks((100, "1.10"), (750, "1.85")))}, max_side_mm=350)
TABLE = RateTable(
    account="hand",
    currency="GBP",
    zones=(
        Zone("isles", domestic=True, prefixes=("BT", "JE", "IV1", "KW 15")),
        Zone("home", domestic=True),
        Zone("near", origins=frozenset({"GB"}), countries=frozenset({"FR", "DE", "IE"})),
        Zone("far"),
    ),
    services=(PARCEL, LETTER),
)
FUEL = Surcharge("fuel", "always", share=D("0.125"))
LONG = Surcharge("long", "long", threshold=600, amount=D("4.50"))
HEAVY = Surcharge("heavy", "heavy", threshold=20_000, amount=D("7.25"), services=frozenset({"parcel"}))
REMOTE = Surcharge("remote", "remote", prefixes=("TR21",), countries=frozenset({"GB"}), amount=D("6.00"))
HOMES = Surcharge("homes", "residential", share=D("0.1"), amount=D("0.35"))
ALL = (FUEL, LONG, HEAVY, REMOTE, HOMES)


def package(weight_g, size=(0, 0, 0), *, to="GB", postal_code="N1 9GU", company="Firm"):
    return Package("k", weight_g, size, LEEDS, Place(to, postal_code, company=company), MONDAY)


def price(service, parcel, *extras):
    offers = {rate.service: rate.price for rate in rates(replace(TABLE, surcharges=extras), parcel)}
    return str(offers[service]) if service in offers else None


@pytest.mark.parametrize(
    ("weight_g", "size", "expected"),
    [
        (0, (0, 0, 0), "3.10"),
        (1, (0, 0, 0), "3.10"),
        (500, (0, 0, 0), "3.10"),  # exactly at a break is still below it
        (501, (0, 0, 0), "3.60"),
        (1000, (0, 0, 0), "3.60"),
        (1001, (0, 0, 0), "4.40"),
        (2000, (0, 0, 0), "4.40"),
        (2001, (0, 0, 0), "6.00"),
        (5000, (0, 0, 0), "6.00"),
        (5001, (0, 0, 0), "6.55"),  # 6.00 and one further kg begun
        (6000, (0, 0, 0), "6.55"),
        (6001, (0, 0, 0), "7.10"),
        (30_000, (0, 0, 0), "19.75"),  # 6.00 + 25 × 0.55
        (30_001, (0, 0, 0), None),  # heavier than it takes
        (300, FLAT, "4.40"),  # 1,200 g by volume
        (1200, FLAT, "4.40"),
        (2001, FLAT, "6.00"),  # the weight is more
        (300, CUBE, "10.40"),  # 12,800 g: 6.00 + 8 × 0.55
        (13_000, CUBE, "10.40"),
        (13_001, CUBE, "10.95"),
        (300, (250, 200, 100), "3.60"),  # 5,000 cm³ is 1,000 g exactly
        (300, (251, 200, 100), "4.40"),  # 1,004 g
        (300, (1200, 10, 10), "3.10"),
        (300, (1201, 10, 10), None),  # longer than it takes
    ],
)
def test_at_home_a_price_follows_weight_and_volume(weight_g, size, expected):
    assert price("parcel", package(weight_g, size)) == expected


@pytest.mark.parametrize(
    ("to", "postal_code", "weight_g", "expected"),
    [
        ("GB", "BT1 5GS", 1000, "5.20"),
        ("GB", "bt15gs", 1001, "9.90"),
        ("GB", "JE2 3AB", 5001, "11.15"),
        ("GB", "IV1 1AA", 800, "5.20"),
        ("GB", "IV2 3AA", 800, "3.60"),  # not IV1
        ("GB", "KW15 1AA", 800, "5.20"),
        ("GB", "KW1 5AA", 800, "5.20"),  # spaces say nothing
        ("GB", "B1 1AA", 800, "3.60"),
        ("GB", "", 800, "3.60"),
        ("FR", "75001", 1000, "8.00"),
        ("DE", "10115", 5000, "14.00"),
        ("IE", "D02", 5001, None),  # no price for further kg
        ("US", "10001", 1000, "18.50"),
        ("US", "10001", 3500, "32.90"),  # 18.50 + 3 × 4.80
        ("FR", "BT123", 800, "8.00"),  # a prefix at home is none abroad
    ],
)
def test_a_zone_is_the_first_that_fits(to, postal_code, weight_g, expected):
    assert price("parcel", package(weight_g, to=to, postal_code=postal_code)) == expected


@pytest.mark.parametrize(
    ("parcel", "extras", "expected"),
    [
        (package(800), [FUEL], "4.05"),  # 3.60 + 0.45
        (package(500), [FUEL], "3.49"),  # 3.10 + 0.3875, half up
        (package(1500), [FUEL], "4.95"),  # 4.40 + 0.55
        (package(800, (600, 10, 10)), [LONG], "3.60"),  # exactly at the threshold
        (package(800, (601, 10, 10)), [LONG], "8.10"),
        (package(20_000), [HEAVY], "14.25"),  # 6.00 + 15 × 0.55
        (package(20_001), [HEAVY], "22.05"),  # 14.80 + 7.25
        (package(800, postal_code="TR21 0AA"), [REMOTE], "9.60"),
        (package(800, postal_code="TR2 1AA"), [REMOTE], "9.60"),
        (package(800, postal_code="TR20 1AA"), [REMOTE], "3.60"),
        (package(800, to="FR", postal_code="TR21"), [REMOTE], "8.00"),
        (package(800, company=""), [HOMES], "4.31"),  # 3.60 + 0.35 + 0.36
        (package(800, company="Firm"), [HOMES], "3.60"),
        (package(21_000, (700, 10, 10), postal_code="TR21 0AA", company=""), ALL, "36.23"),
    ],
)
def test_surcharges_come_on_top_each_rounded_half_up(parcel, extras, expected):
    # The last: 14.80 + fuel 1.85 + long 4.50 + heavy 7.25 + remote 6.00 + homes 0.35 + 1.48 = 36.23
    assert price("parcel", parcel, *extras) == expected


@pytest.mark.parametrize(
    ("weight_g", "size", "expected"),
    [(100, (0, 0, 0), "1.10"), (101, (0, 0, 0), "1.85"), (750, (350, 1, 1), "1.85"), (751, (0, 0, 0), None)]
    + [(50, (351, 1, 1), None)],
)
def test_a_service_without_a_divisor_looks_at_the_weight_alone(weight_g, size, expected):
    assert price("letter", package(weight_g, size)) == expected


def test_a_rate_names_its_parts_and_their_table():
    (rate, *_) = rates(replace(TABLE, surcharges=(FUEL,), version=7), package(800))
    assert (rate.parts, rate.version, rate.account) == ((("base", D("3.60")), ("fuel", D("0.45"))), 7, "hand")


def test_a_currency_without_pence_is_rounded_to_its_own_unit():
    (rate, *_) = rates(replace(TABLE, currency="JPY", surcharges=(FUEL,)), package(800))
    assert str(rate.price) == "4"


@pytest.mark.parametrize(
    ("service", "at", "day", "expected"),
    [
        (Service("s", {}, works="every_day"), MONDAY, 24, MONDAY + timedelta(days=5)),
        (Service("s", {}, works="mon_fri"), MONDAY, 24, MONDAY + timedelta(days=7)),  # over a weekend
        (Service("s", {}, works="mon_sat"), MONDAY, 24, MONDAY + timedelta(days=5)),  # Saturday
        (Service("s", {}, cut_off=time(13)), MONDAY, 24, MONDAY + timedelta(days=5)),  # 13:00 there is in time
        (Service("s", {}, cut_off=time(12, 59)), MONDAY, 24, MONDAY + timedelta(days=6)),
        (Service("s", {}, works="mon_fri"), MONDAY + timedelta(days=5), 24, MONDAY + timedelta(days=14)),  # Saturday
        (Service("s", {}, works="mon_fri", cut_off=time(9)), MONDAY, 1, MONDAY + timedelta(hours=5)),  # played
    ],
)
def test_a_parcel_arrives_after_working_days_of_the_warehouse(service, at, day, expected):
    dated = replace(service, prices={"home": Price(5, breaks((1000, "1")))})
    table = replace(TABLE, services=(dated,))
    (rate,) = rates(table, replace(package(800), ready_at=at, day=timedelta(hours=day)))
    assert rate.arrives_at == expected


def test_summer_time_moves_the_moment_and_not_the_hour():
    friday = datetime(2026, 3, 27, 12, tzinfo=UTC)  # the clocks go forward on the Sunday
    service = Service("s", {"home": Price(1, breaks((1000, "1")))}, works="mon_fri")
    (rate,) = rates(replace(TABLE, services=(service,)), replace(package(800), ready_at=friday))
    assert rate.arrives_at == datetime(2026, 3, 30, 11, tzinfo=UTC)
