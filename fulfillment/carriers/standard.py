"""What a shop ships with before it has agreed anything with a carrier: one played carrier and its table of rates."""

from decimal import Decimal

from django.db import transaction

from fulfillment.models import (
    CarrierAccount,
    CarrierService,
    CarrierZone,
    ServiceRate,
    WeightBreak,
)

EUROPE = (  # ISO 3166 codes
    *("AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU"),
    *("IE", "IS", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
)
ZONES: dict[str, dict[str, object]] = {
    "home": {"domestic": True},
    "europe": {"origins": list(EUROPE), "countries": list(EUROPE)},
    "world": {},
}
# Per service and zone: transit days, price up to 1 kg, price of each further kilogram begun.
SERVICES: dict[str, dict[str, tuple[int, str, str]]] = {
    "economy": {"home": (3, "2.90", "0.40"), "europe": (6, "7.50", "1.10"), "world": (12, "12.00", "3.20")},
    "standard": {"home": (2, "3.60", "0.55"), "europe": (4, "10.20", "1.60"), "world": (8, "18.50", "4.80")},
    "express": {"home": (1, "6.80", "0.90"), "europe": (2, "19.00", "3.10"), "world": (4, "36.00", "8.50")},
}
DIVISORS = {"economy": None, "standard": 6000, "express": 5000}


@transaction.atomic
def open_standard_account() -> CarrierAccount:
    """The account with its tables, made once: whoever comes second finds it whole."""
    account, fresh = CarrierAccount.objects.get_or_create(
        code="parcelwing", defaults={"name": "Parcelwing", "adapter": CarrierAccount.Adapter.PLAYED}
    )
    if fresh:
        write_tables(account, ZONES, SERVICES, divisors=DIVISORS)
    return account


def write_tables(
    account: CarrierAccount,
    zones: dict[str, dict[str, object]],
    services: dict[str, dict[str, tuple[int, str, str]]],
    *,
    divisors: dict[str, int | None],
    works: str = CarrierService.Works.EVERY_DAY,
) -> dict[str, CarrierService]:
    """Zones and services of a new account, in this order; returns the services by code."""
    places = CarrierZone.objects.bulk_create(
        CarrierZone(account=account, code=code, rank=rank, **fields)
        for rank, (code, fields) in enumerate(zones.items())
    )
    products = CarrierService.objects.bulk_create(
        CarrierService(
            account=account, code=code, name=code.capitalize(), rank=rank, dim_divisor=divisors[code], works=works
        )
        for rank, code in enumerate(services)
    )
    found = [
        (service, zone, services[service.code][zone.code])
        for service in products
        for zone in places
        if zone.code in services[service.code]
    ]
    rows = ServiceRate.objects.bulk_create(
        ServiceRate(service=service, zone=zone, transit_days=days, further_price=Decimal(further))
        for service, zone, (days, _, further) in found
    )
    WeightBreak.objects.bulk_create(
        WeightBreak(rate=row, up_to_g=1000, price=Decimal(price))
        for row, (_, _, (_, price, _)) in zip(rows, found, strict=True)
    )
    return {service.code: service for service in products}
