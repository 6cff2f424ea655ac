"""The accounts of the database as adapters: tables are read once a version, rules by rank."""

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module

from django.db.models import F

from fulfillment.carriers.carrier import Carrier
from fulfillment.carriers.choice import Condition, Preference
from fulfillment.carriers.fake import PlayedCarrier, faults_of
from fulfillment.carriers.pricing import Price, RateTable, Service, Surcharge, Zone
from fulfillment.carriers.standard import open_standard_account
from fulfillment.carriers.table import TableCarrier
from fulfillment.models import (
    CarrierAccount,
    CarrierService,
    CarrierSurcharge,
    CarrierZone,
    Label,
    PlayedLabel,
    ServiceRate,
    ShippingRule,
    WeightBreak,
)

Adapter = CarrierAccount.Adapter


def active_accounts() -> list[CarrierAccount]:
    """By rank. A shop that has none yet gets the standard one."""
    found = list(CarrierAccount.objects.filter(active=True))
    return found if found or CarrierAccount.objects.exists() else [open_standard_account()]


def carrier_of(account: CarrierAccount) -> Carrier:
    """The adapter that speaks for an account. Raises CarrierError where it cannot be set up."""
    return ADAPTERS[Adapter(account.adapter)](account)


def _table_carrier(account: CarrierAccount) -> Carrier:
    return TableCarrier(table_of(account), account.webhook_secret, str(account.settings.get("prefix", "TR")))


def _played_carrier(account: CarrierAccount) -> Carrier:
    faults, prefix = faults_of(account.settings), str(account.settings.get("prefix", "PW"))
    return PlayedCarrier(table_of(account), account.webhook_secret, faults, prefix)


def _easypost_carrier(account: CarrierAccount) -> Carrier:
    """Its library is an extra, and large: it is loaded only for an account that uses it."""
    module = import_module("fulfillment.carriers.easypost")
    carrier: Carrier = module.EasyPostCarrier(account.code, module.client_of(account.settings), account.webhook_secret)
    return carrier


ADAPTERS: dict[Adapter, Callable[[CarrierAccount], Carrier]] = {
    Adapter.TABLE: _table_carrier,
    Adapter.PLAYED: _played_carrier,
    Adapter.EASYPOST: _easypost_carrier,
}


def know_elsewhere(label: Label) -> bool:
    """Follow a label that somebody else bought from a carrier of the shop; False where it is none of them.

    The played carrier enters it in its book, since its number came from elsewhere.
    """
    account = next((row for row in active_accounts() if row.name == label.carrier), None)
    if not account:
        return False
    label.account = account
    label.save(update_fields=["account"])
    if account.adapter == Adapter.PLAYED:
        PlayedLabel.objects.get_or_create(
            account=account.code,
            key=f"elsewhere:{label.tracking_number}",
            defaults={
                "tracking_number": label.tracking_number,
                "service": label.service,
                "cost": label.cost,
                "sold_at": label.bought_at,
                "arrives_at": label.expected_at,
                "days": label.transit_days,
            },
        )
    return True


def table_of(account: CarrierAccount) -> RateTable:
    """What the account charges, as its tables say."""
    return _read(account.pk, account.version, account.code, account.currency)


def tables_changed(account_id: int) -> None:
    """Count a change of an account's tables: quotes name the version, and every process reads anew."""
    CarrierAccount.objects.filter(pk=account_id).update(version=F("version") + 1)


@lru_cache(maxsize=64)
def _read(account_id: int, version: int, code: str, currency: str) -> RateTable:
    prices: defaultdict[int, dict[str, Price]] = defaultdict(dict)
    breaks: defaultdict[int, list[WeightBreak]] = defaultdict(list)
    for row in WeightBreak.objects.filter(rate__service__account=account_id):
        breaks[row.rate_id].append(row)
    for rate in ServiceRate.objects.filter(service__account=account_id).select_related("zone"):
        found = tuple((step.up_to_g, step.price) for step in breaks[rate.pk])
        prices[rate.service_id][rate.zone.code] = Price(rate.transit_days, found, rate.further_price)
    services = CarrierService.objects.filter(account=account_id, active=True)
    return RateTable(
        account=code,
        currency=currency,
        zones=tuple(map(_zone, CarrierZone.objects.filter(account=account_id))),
        services=tuple(_service(row, prices[row.pk]) for row in services),
        surcharges=tuple(map(_surcharge, CarrierSurcharge.objects.filter(account=account_id))),
        version=version,
    )


def _zone(row: CarrierZone) -> Zone:
    return Zone(row.code, row.domestic, frozenset(row.origins), frozenset(row.countries), tuple(row.postal_prefixes))


def _service(row: CarrierService, prices: dict[str, Price]) -> Service:
    return Service(row.code, prices, row.dim_divisor, row.cut_off, row.works, row.max_weight_g, row.max_side_mm)


def _surcharge(row: CarrierSurcharge) -> Surcharge:
    return Surcharge(
        code=row.code,
        applies=row.applies,
        threshold=row.threshold,
        countries=frozenset(row.countries),
        prefixes=tuple(row.postal_prefixes),
        services=frozenset(row.services),
        amount=row.amount,
        share=row.share,
    )


def rules() -> list[Condition]:
    """The shop's preferences, by rank; those for accounts that are not active are left out."""
    rows = ShippingRule.objects.filter(active=True, account__active=True).select_related("account", "channel")
    return [
        Condition(
            preference=Preference(row.name, row.account.code, row.service, row.even_if_late, row.pk),
            countries=frozenset(row.countries),
            min_weight_g=row.min_weight_g,
            max_weight_g=row.max_weight_g,
            min_value=row.min_value,
            max_value=row.max_value,
            skus=frozenset(row.skus),
            tiers=frozenset(row.tiers),
            channel=row.channel.code if row.channel else "",
        )
        for row in rows
    ]
