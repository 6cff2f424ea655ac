"""What buying would choose for parcels now: their standing quotes, or the offers of the carriers priced by tables.

Carriers that have to be asked over the network are asked when a label is bought, or for one shipment on request.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch

from fulfillment.carriers.accounts import active_accounts, rules
from fulfillment.carriers.choice import Choice, Condition, choose, preferred
from fulfillment.carriers.packages import GOODS_ROWS, package_of, subject_of
from fulfillment.carriers.quoting import key_of, offers_for, short
from fulfillment.errors import CarrierError
from fulfillment.models import CarrierAccount, Parcel, RateQuote, Shipment
from inventory import clock

Service = tuple[str, str]  # the account's code and the service's
CARRIERS_ASKED = {CarrierAccount.Adapter.EASYPOST}
# What has to be at hand of a shipment's parcels: `previews()` then takes a fixed number of queries.
PARCELS = (
    *("parcels__carton", "parcels__label", "parcels__voided_labels"),
    Prefetch("parcels__items", GOODS_ROWS),
)


@dataclass(frozen=True)
class Preview:
    """The service for one parcel, of the account with this code; `runner_up` is as a quote keeps it.

    `trouble`: nobody takes it, and why.
    """

    parcel: Parcel
    account: str = ""
    carrier: str = ""
    service: str = ""
    price: Decimal = Decimal(0)
    currency: str = ""
    arrives_at: datetime | None = None
    on_time: bool = True
    why: str = ""
    runner_up: Mapping[str, str] = field(default_factory=dict)
    saving: Decimal = Decimal(0)
    trouble: str = ""


@dataclass(frozen=True)
class Market:
    """Who is asked: accounts by code, the shop's rules, and who is asked only on buying, by name."""

    accounts: Mapping[str, CarrierAccount]
    conditions: Sequence[Condition]
    asked_later: Sequence[str] = ()


def market(*, at_once: bool = True) -> Market:
    """All active accounts; `at_once`: only those whose prices are known here."""
    accounts = active_accounts()
    later = [account for account in accounts if at_once and account.adapter in CARRIERS_ASKED]
    known = {account.code: account for account in accounts if account not in later}
    return Market(known, rules(), [account.name for account in later])


def previews(shipments: Iterable[Shipment], asked: Market) -> dict[int, list[Preview]]:
    """By shipment, one for each parcel without a label. Order, customer, channel, warehouse and PARCELS are at hand."""
    open_ = {row.pk: [parcel for parcel in row.parcels.all() if not hasattr(parcel, "label")] for row in shipments}
    kept = RateQuote.objects.filter(parcel__in=[parcel.pk for rows in open_.values() for parcel in rows])
    quotes: dict[str, list[RateQuote]] = {}
    for quote in kept.select_related("account"):
        quotes.setdefault(quote.key, []).append(quote)
    return {
        row.pk: [
            preview(parcel, row, asked, quotes.get(key_of(parcel, row.order.version), [])) for parcel in open_[row.pk]
        ]
        for row in shipments
    }


def preview(parcel: Parcel, shipment: Shipment, asked: Market, quotes: Sequence[RateQuote] = ()) -> Preview:
    """Of one parcel; `quotes` are those of its purchase: one that stands is bought, what was refused is not asked."""
    standing = [quote for quote in quotes if quote.state != RateQuote.State.REFUSED]
    if standing:
        return _kept(parcel, standing[0])
    refused = {(quote.account.code, quote.service) for quote in quotes}
    try:
        choice = choice_of(parcel, shipment, asked, refused=refused)
    except CarrierError as error:
        return Preview(parcel, trouble=str(error))
    rate = choice.rate
    return Preview(
        parcel=parcel,
        account=rate.account,
        carrier=asked.accounts[rate.account].name,
        service=rate.service,
        price=rate.price,
        currency=rate.currency,
        arrives_at=rate.arrives_at,
        on_time=choice.on_time,
        why=choice.why,
        runner_up=short(choice.runner_up) if choice.runner_up else {},
        saving=choice.saving,
    )


def choice_of(parcel: Parcel, shipment: Shipment, asked: Market, *, refused: Iterable[Service] = ()) -> Choice:
    """What would be chosen, without keeping it. Raises CarrierError when nobody offers a rate."""
    package = package_of(parcel, shipment, key=f"look:{parcel.pk}", at=clock.now())
    barred = set(refused)
    offers = [rate for rate in offers_for(package, asked.accounts) if (rate.account, rate.service) not in barred]
    preference = preferred(asked.conditions, subject_of(parcel, shipment.order))
    return choose(offers, promised_at=shipment.order.promised_at, preference=preference)


def _kept(parcel: Parcel, quote: RateQuote) -> Preview:
    return Preview(
        parcel=parcel,
        account=quote.account.code,
        carrier=quote.account.name,
        service=quote.service,
        price=quote.price,
        currency=quote.currency,
        arrives_at=quote.arrives_at,
        on_time=quote.on_time,
        why=quote.why,
        runner_up=quote.runner_up,
        saving=quote.saving,
    )
