"""A bill explained by the table of rates: under which weight, zone, service or surcharge it would be right. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fulfillment.billing.reading import Charged
from fulfillment.carriers.carrier import Package
from fulfillment.carriers.pricing import RateTable, price_as
from fulfillment.models import ParcelBill
from orders.money import rounded, shown

Reason = ParcelBill.Reason
Explained = tuple[Reason, str]


@dataclass(frozen=True)
class Tariff:
    """How a parcel was priced, so that it can be priced again; `cost` is what was quoted for it."""

    table: RateTable
    package: Package
    service: str
    cost: Decimal

    def at_weight(self, grams: int) -> Decimal | None:
        """What it would cost if it weighed so much."""
        return price_as(self.table, replace(self.package, weight_g=grams), self.service)


def explained(charged: Charged, tariff: Tariff) -> Explained | None:
    """The first way to read the table that comes to exactly what is billed; None where there is none."""
    return next((found for found, amount in _readings(charged, tariff) if amount == charged.billed), None)


def told_of_weight(charged: Charged, tariff: Tariff) -> str:
    """What the table asks for the weight that the carrier tells, in words; empty where it tells none."""
    asked = tariff.at_weight(charged.billed_g) if charged.billed_g is not None else None
    return f"the table asks {shown(asked, tariff.table.currency)} for that" if asked is not None else ""


def _readings(charged: Charged, tariff: Tariff) -> Iterator[tuple[Explained, Decimal | None]]:
    table, package = tariff.table, tariff.package
    if (grams := charged.billed_g) is not None and grams > package.weight_g:
        told = f"{_kg(grams)} kg billed, {_kg(package.weight_g)} kg given: {told_of_weight(charged, tariff)}"
        yield (Reason.WEIGHT, told), tariff.at_weight(grams)
    own = table.zone(package.origin, package.destination)
    for zone in table.zones:
        if own and zone.code != own.code:
            told = f"Priced as zone {zone.code}, but {package.destination.country} is in zone {own.code}"
            yield (Reason.ZONE, told), price_as(table, package, tariff.service, zone=zone.code)
    for service in table.services:
        if service.code != tariff.service:
            told = f"Priced as {service.code}, but {tariff.service} was bought"
            yield (Reason.SERVICE, told), price_as(table, package, service.code)
    for extra in table.surcharges:
        is_due = extra.has(package, tariff.service)
        why = "which the quote has already" if is_due else "which this parcel does not pay"
        amount = rounded(extra.amount + extra.share * tariff.cost, table.currency)
        told = f"The surcharge {extra.code} of {shown(amount, table.currency)} on top, {why}"
        yield (Reason.SURCHARGE, told), tariff.cost + amount


def _kg(grams: int) -> str:
    return f"{grams / 1000:,.2f}"
