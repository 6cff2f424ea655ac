"""The table of rates: zones, weight and dimensional-weight breaks, surcharges, cut-off and transit days. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from fulfillment.carriers.carrier import Package, Place, Rate, Size
from orders.money import rounded

KILOGRAM = 1000
WORKING_DAYS = {"mon_fri": 5, "mon_sat": 6, "every_day": 7}
DAY = timedelta(days=1)
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Zone:
    """Where parcels cost alike; what is empty fits everything."""

    code: str
    domestic: bool = False
    origins: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()

    def has(self, origin: Place, destination: Place) -> bool:
        """Whether a parcel between these places is charged by this zone."""
        return (
            (not self.domestic or origin.country == destination.country)
            and (not self.origins or origin.country in self.origins)
            and (not self.countries or destination.country in self.countries)
            and (not self.prefixes or begins(destination.postal_code, self.prefixes))
        )


@dataclass(frozen=True)
class Price:
    """A price up to each weight in grams, ascending, and for each kg begun beyond the last; None: not taken."""

    days: int
    breaks: tuple[tuple[int, Decimal], ...]
    further: Decimal | None = None

    def of(self, billable_g: int) -> Decimal | None:
        """The base price of so many grams."""
        for most, price in self.breaks:
            if billable_g <= most:
                return price
        if self.further is None or not self.breaks:
            return None
        most, price = self.breaks[-1]
        return price + self.further * -(-(billable_g - most) // KILOGRAM)


@dataclass(frozen=True)
class Service:
    """One product of a carrier. `works` names the days on which it moves; limits of None are none."""

    code: str
    prices: dict[str, Price]
    dim_divisor: int | None = None
    cut_off: time | None = None
    works: str = "every_day"
    max_g: int | None = None
    max_side_mm: int | None = None

    def takes(self, package: Package) -> bool:
        """Whether it is neither too heavy nor too long."""
        heavy = self.max_g is not None and package.weight_g > self.max_g
        return not heavy and (self.max_side_mm is None or max(package.size_mm) <= self.max_side_mm)

    def billable_g(self, weight_g: int, size_mm: Size) -> int:
        """Grams that are charged for: the weight or, if more, the volume by the divisor (cm³ per kg)."""
        if self.dim_divisor is None:
            return weight_g
        length, width, height = size_mm
        return max(weight_g, -(-length * width * height // self.dim_divisor))


@dataclass(frozen=True)
class Surcharge:
    """What comes on top where `applies` says so: an amount, or a share of the base price."""

    code: str
    applies: str
    threshold: int = 0
    countries: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    services: frozenset[str] = frozenset()
    amount: Decimal = NOTHING
    share: Decimal = NOTHING

    def has(self, package: Package, service: str) -> bool:
        """Whether this parcel pays it."""
        to = package.destination
        if (self.services and service not in self.services) or (self.countries and to.country not in self.countries):
            return False
        return {
            "always": True,
            "long": max(package.size_mm) > self.threshold,
            "heavy": package.weight_g > self.threshold,
            "remote": begins(to.postal_code, self.prefixes),
            "residential": not to.company.strip(),
        }[self.applies]


@dataclass(frozen=True)
class RateTable:
    """All that an account charges; the first zone that fits holds."""

    account: str
    currency: str
    zones: tuple[Zone, ...]
    services: tuple[Service, ...]
    surcharges: tuple[Surcharge, ...] = ()
    version: int = 0

    def zone(self, origin: Place, destination: Place) -> Zone | None:
        """Where the parcel goes, in the words of the table."""
        return next((zone for zone in self.zones if zone.has(origin, destination)), None)


def rates(table: RateTable, package: Package) -> list[Rate]:
    """Every service that takes the parcel, in the order of the table."""
    zone = table.zone(package.origin, package.destination)
    offers = (_rate(table, service, zone, package) for service in table.services if zone and service.takes(package))
    return [offer for offer in offers if offer]


def price_as(table: RateTable, package: Package, service: str, *, zone: str = "") -> Decimal | None:
    """What one service asks for a parcel, in another zone than its own if one is named; None where it is not taken."""
    named = next((row for row in table.zones if row.code == zone), None)
    zone_of = named or table.zone(package.origin, package.destination)
    found = next((row for row in table.services if row.code == service), None)
    rate = _rate(table, found, zone_of, package) if found and zone_of else None
    return rate.price if rate else None


def _rate(table: RateTable, service: Service, zone: Zone, package: Package) -> Rate | None:
    price = service.prices.get(zone.code)
    base = price.of(service.billable_g(package.weight_g, package.size_mm)) if price else None
    if price is None or base is None:
        return None
    parts = [("base", rounded(base, table.currency))]
    extras = [extra for extra in table.surcharges if extra.has(package, service.code)]
    parts += [(extra.code, rounded(extra.amount + extra.share * base, table.currency)) for extra in extras]
    return Rate(
        account=table.account,
        service=service.code,
        price=sum((amount for _, amount in parts), NOTHING),
        currency=table.currency,
        arrives_at=arrival(service, price.days, package),
        days=price.days,
        version=table.version,
        parts=tuple(parts),
    )


def arrival(service: Service, days: int, package: Package) -> datetime:
    """So many working days after the hand-over, at its time of day on the warehouse's clock.

    What is ready after the cut-off, or on a day without work, leaves on the next working day. A carrier whose days are
    played shorter than 24 hours knows no calendar.
    """
    if package.day != DAY:
        return package.ready_at + days * package.day
    here = package.ready_at.astimezone(ZoneInfo(package.origin.time_zone))
    late = service.cut_off is not None and here.time() > service.cut_off
    leaves = _working(here + DAY if late else here, service.works)
    for _ in range(days):
        leaves = _working(leaves + DAY, service.works)
    return leaves.astimezone(package.ready_at.tzinfo)


def _working(moment: datetime, works: str) -> datetime:
    """The same time on that day or, if nobody works then, on the next day somebody does."""
    while moment.weekday() >= WORKING_DAYS[works]:
        moment += DAY
    return moment


def begins(postal_code: str, prefixes: Iterable[str]) -> bool:
    """Whether a postcode, however it is spaced, begins like one of these."""
    plain = postal_code.replace(" ", "").upper()
    return any(plain.startswith(prefix.replace(" ", "").upper()) for prefix in prefixes)
