"""Asking every carrier for its rates, choosing, and keeping the choice before anything is bought."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from fulfillment.carriers.accounts import active_accounts, carrier_of, rules
from fulfillment.carriers.carrier import Package, Rate
from fulfillment.carriers.choice import Choice, choose, preferred
from fulfillment.carriers.packages import package_of, subject_of
from fulfillment.errors import CarrierError
from fulfillment.models import CarrierAccount, Parcel, RateQuote, Shipment
from inventory import clock


def key_of(parcel: Parcel, version: int) -> str:
    """What the carrier knows this purchase by: another one after the order was changed, or a label given back."""
    key = f"parcel:{parcel.pk}:{version}" if version else f"parcel:{parcel.pk}"
    given_back = parcel.voided_labels.count()
    return f"{key}:again{given_back}" if given_back else key


def parcel_id_of(key: str) -> int | None:
    """The parcel that a purchase was for, if the key is one of ours."""
    parts = key.split(":")
    return int(parts[1]) if len(parts) > 1 and parts[0] == "parcel" and parts[1].isdecimal() else None


def quote_for(parcel: Parcel, shipment: Shipment, *, package: Package) -> RateQuote:
    """The standing quote for this key, or a new one from all carriers; outside any transaction of ours.

    It is written before the purchase, so that whoever tries again buys the same from the same carrier. Raises
    CarrierError when nobody offers a rate.
    """
    standing = RateQuote.objects.filter(key=package.key).exclude(state=RateQuote.State.REFUSED)
    known = standing.select_related("account").first()
    if known:
        return known
    accounts = {account.code: account for account in active_accounts()}
    refused = set(RateQuote.objects.filter(key=package.key).values_list("account__code", "service"))
    offers = [rate for rate in offers_for(package, accounts) if (rate.account, rate.service) not in refused]
    preference = preferred(rules(), subject_of(parcel, shipment.order))
    choice = choose(offers, promised_at=shipment.order.promised_at, preference=preference)
    try:
        with transaction.atomic():
            return _keep(parcel, shipment, package, choice, offers, accounts[choice.rate.account])
    except IntegrityError:  # another worker was quicker; its choice stands
        return standing.select_related("account").get()


def offers_for(package: Package, accounts: Mapping[str, CarrierAccount]) -> list[Rate]:
    """From all accounts by rank, in the currency of the first that answers.

    A carrier that is away stops nobody while another answers.
    """
    offers: list[Rate] = []
    failures: list[CarrierError] = []
    for account in accounts.values():
        try:
            offers += carrier_of(account).rate(package)
        except CarrierError as error:
            failures.append(error)
    if failures and not offers:
        raise failures[0]
    return [rate for rate in offers if rate.currency == offers[0].currency]


def rate_of(quote: RateQuote) -> Rate:
    """The chosen rate of a kept quote."""
    return Rate(
        account=quote.account.code,
        service=quote.service,
        price=quote.price,
        currency=quote.currency,
        arrives_at=quote.arrives_at,
        days=quote.days,
        reference=quote.reference,
    )


def offers_now(parcel: Parcel, shipment: Shipment) -> list[Rate]:
    """What carriers ask for a parcel now, without keeping or buying anything."""
    package = package_of(parcel, shipment, key=f"look:{parcel.pk}", at=clock.now())
    return offers_for(package, {account.code: account for account in active_accounts()})


def _keep(
    parcel: Parcel, shipment: Shipment, package: Package, choice: Choice, offers: list[Rate], account: CarrierAccount
) -> RateQuote:
    rate, other = choice.rate, choice.runner_up
    return RateQuote.objects.create(
        parcel=parcel,
        key=package.key,
        at=package.ready_at,
        promised_at=shipment.order.promised_at,
        account=account,
        service=rate.service,
        price=rate.price,
        currency=rate.currency,
        arrives_at=rate.arrives_at,
        days=rate.days,
        reference=rate.reference,
        offers=[offer.as_json() for offer in offers],
        runner_up=short(other) if other else {},
        saving=choice.saving,
        why=choice.why,
        rule_id=choice.rule_id,
        on_time=choice.on_time,
    )


def short(rate: Rate) -> dict[str, str]:
    """A rate in two words."""
    return {"service": rate.service, "price": str(rate.price), "carrier": rate.account}
