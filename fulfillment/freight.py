"""What a parcel of a shipment will cost by its weight and volume, as the planner of cartons wants it.

Boxes are planned before a carrier is chosen, so the price is that of the service which would carry all of the goods
cheapest in time. Only tables are read: nobody outside is asked under a lock.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from fulfillment.carriers.accounts import active_accounts, rules, table_of
from fulfillment.carriers.carrier import Package, Rate
from fulfillment.carriers.choice import choose, preferred
from fulfillment.carriers.packages import asked_of, carrier_day, customer_place, warehouse_place
from fulfillment.carriers.pricing import KILOGRAM, Price, RateTable, Service, rates
from fulfillment.models import CarrierAccount, Shipment
from fulfillment.packing import Carton, Rates
from inventory import clock

PRICED = (CarrierAccount.Adapter.TABLE, CarrierAccount.Adapter.PLAYED)
NO_SIZE = (0, 0, 0)


def freight_for(shipment: Shipment, *, goods_g: int, cartons: Iterable[Carton]) -> Rates | None:
    """Prices up to the most that these cartons can be charged for; None where no table has the way."""
    known = {table.account: table for table in map(table_of, _priced_accounts())}
    sample = all_in_one(shipment, goods_g)
    offers = _offers(known.values(), sample)
    if not offers:
        return None
    chosen = choose(offers, promised_at=shipment.order.promised_at).rate
    return _of_service(known[chosen.account], chosen.service, sample, tuple(cartons))


class Forecast:
    """Who will carry what has not been packed yet: as the quote will choose, by tables and rules as they stand now."""

    def __init__(self) -> None:
        accounts = _priced_accounts()
        self._names = {account.code: account.name for account in accounts}
        self._tables = [table_of(account) for account in accounts]
        self._rules = rules()

    def service(self, shipment: Shipment, *, goods_g: int, skus: Iterable[str]) -> str:
        """Carrier and service in words; empty where no table has the way."""
        offers = _offers(self._tables, all_in_one(shipment, goods_g))
        if not offers:
            return ""
        preference = preferred(self._rules, asked_of(shipment.order, weight_g=goods_g, skus=skus))
        chosen = choose(offers, promised_at=shipment.order.promised_at, preference=preference).rate
        return f"{self._names[chosen.account]}, {chosen.service.replace('-', ' ')}"


def _priced_accounts() -> list[CarrierAccount]:
    return [account for account in active_accounts() if account.adapter in PRICED]


def _offers(tables: Collection[RateTable], sample: Package) -> list[Rate]:
    """For all of it, else for a kilogram, in one currency."""
    offers = [rate for table in tables for rate in rates(table, sample)]
    offers = offers or [rate for table in tables for rate in rates(table, replace(sample, weight_g=KILOGRAM))]
    return [rate for rate in offers if rate.currency == offers[0].currency]


def all_in_one(shipment: Shipment, goods_g: int) -> Package:
    """All the goods as one parcel without a size."""
    order = shipment.order
    return Package(
        key="",
        weight_g=max(goods_g, 1),
        size_mm=NO_SIZE,
        origin=warehouse_place(shipment.warehouse),
        destination=customer_place(order),
        ready_at=clock.now(),
        day=carrier_day(),
        currency=order.currency,
    )


def _of_service(table: RateTable, code: str, sample: Package, cartons: tuple[Carton, ...]) -> Rates | None:
    service = next(row for row in table.services if row.code == code)
    zone = table.zone(sample.origin, sample.destination)
    if zone is None:
        return None
    alone = replace(table, services=(service,))
    most_g = max((_most_billable(carton, service) for carton in cartons), default=KILOGRAM)
    prices = (
        (step, rates(alone, replace(sample, weight_g=step)))
        for step in _steps(service.prices[zone.code], alone, most_g)
    )
    breaks = tuple((step, offered[0].price) for step, offered in prices if offered)
    return Rates(breaks, service.dim_divisor) if breaks else None


def _most_billable(carton: Carton, service: Service) -> int:
    width, length, height = carton.outer
    return max(carton.max_gross_g, service.billable_g(0, (length, width, height)))


def _steps(price: Price, table: RateTable, most_g: int) -> list[int]:
    """The weights at which the price may change, up to the first that is enough."""
    steps = [step for step, _ in price.breaks]
    steps += [extra.threshold for extra in table.surcharges if extra.applies == "heavy"]
    if price.further is not None and price.breaks:
        steps += range(price.breaks[-1][0], most_g + KILOGRAM, KILOGRAM)
    return sorted({step for step in steps if step > 0})
