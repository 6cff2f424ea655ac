"""The built-in table of rates: a price by zone, service and weight, and the choice among them. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from fulfillment.errors import CarrierError

EUROPE = frozenset(  # ISO 3166 codes
    ("AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU")
    + ("IE", "IS", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK")
)
CURRENCY = "GBP"
# Per service and zone: transit days, price up to 1 kg, price of each further kilogram begun.
TABLE: dict[str, dict[str, tuple[int, Decimal, Decimal]]] = {
    "economy": {
        "home": (3, Decimal("2.90"), Decimal("0.40")),
        "europe": (6, Decimal("7.50"), Decimal("1.10")),
        "world": (12, Decimal("12.00"), Decimal("3.20")),
    },
    "standard": {
        "home": (2, Decimal("3.60"), Decimal("0.55")),
        "europe": (4, Decimal("10.20"), Decimal("1.60")),
        "world": (8, Decimal("18.50"), Decimal("4.80")),
    },
    "express": {
        "home": (1, Decimal("6.80"), Decimal("0.90")),
        "europe": (2, Decimal("19.00"), Decimal("3.10")),
        "world": (4, Decimal("36.00"), Decimal("8.50")),
    },
}
KILOGRAM = 1000


@dataclass(frozen=True)
class Rate:
    """What one service asks for one parcel, and when it would arrive."""

    service: str
    price: Decimal
    arrives_at: datetime


@dataclass(frozen=True)
class Choice:
    """The chosen rate, the best of the others, and why, in one sentence."""

    rate: Rate
    runner_up: Rate
    why: str


def zone(origin: str, destination: str) -> str:
    """`home`, `europe` or `world`, by ISO 3166 country codes."""
    if origin == destination:
        return "home"
    return "europe" if {origin, destination} <= EUROPE else "world"


def rates(*, origin: str, destination: str, weight_g: int, day: timedelta, now: datetime) -> list[Rate]:
    """Every service's price and arrival; `day` is how long a carrier's day lasts."""
    where, further = zone(origin, destination), max(0, -(-(weight_g - KILOGRAM) // KILOGRAM))
    return [
        Rate(service, first + each * further, now + days * day)
        for service, zones in TABLE.items()
        for days, first, each in [zones[where]]
    ]


def choose(offers: list[Rate], *, promised_at: datetime) -> Choice:
    """The cheapest service that keeps the promise; where none does, the fastest."""
    if len(offers) < 2:
        raise CarrierError("No carrier offers a rate for this parcel")
    in_time = sorted((rate for rate in offers if rate.arrives_at <= promised_at), key=lambda rate: rate.price)
    if in_time:
        rate, why = in_time[0], "cheapest that keeps the promise"
    else:
        rate, why = min(offers, key=lambda rate: rate.arrives_at), "the fastest: no service keeps the promise"
    others = [other for other in offers if other != rate]
    runner_up = min(others, key=lambda other: other.price)
    return Choice(rate, runner_up, f"{rate.service.capitalize()}, {why}")
