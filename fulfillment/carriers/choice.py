"""Which offer is taken: the preferred by rule, or the cheapest that keeps the promise; and what it saves. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_noop

from fulfillment.carriers.carrier import Rate
from fulfillment.errors import CarrierError

PREFERRED = gettext_noop("preferred by rule {rule}")
PREFERRED_LATE = gettext_noop("preferred by rule {rule}, though it is late")
FASTEST = gettext_noop("the fastest: no service keeps the promise")
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Preference:
    """A rule of the shop that fits the parcel: this carrier, or this service of it."""

    name: str
    account: str
    service: str = ""
    even_if_late: bool = False
    rule_id: int | None = None

    def wants(self, rate: Rate) -> bool:
        return rate.account == self.account and self.service in ("", rate.service)


@dataclass(frozen=True)
class Subject:
    """What rules ask of a parcel and its order."""

    country: str
    weight_g: int
    value: Decimal
    skus: frozenset[str]
    tier: str
    channel: str


@dataclass(frozen=True)
class Condition:
    """When a rule fits; what is empty or None fits everything."""

    preference: Preference
    countries: frozenset[str] = frozenset()
    min_weight_g: int | None = None
    max_weight_g: int | None = None
    min_value: Decimal | None = None
    max_value: Decimal | None = None
    skus: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    channel: str = ""

    def fits(self, subject: Subject) -> bool:
        """Every condition it names is met."""
        return (
            (not self.countries or subject.country in self.countries)
            and (self.min_weight_g is None or subject.weight_g >= self.min_weight_g)
            and (self.max_weight_g is None or subject.weight_g <= self.max_weight_g)
            and (self.min_value is None or subject.value >= self.min_value)
            and (self.max_value is None or subject.value <= self.max_value)
            and (not self.skus or not self.skus.isdisjoint(subject.skus))
            and (not self.tiers or subject.tier in self.tiers)
            and self.channel in ("", subject.channel)
        )


@dataclass(frozen=True)
class Choice:
    """The chosen rate, the best of the others, what it saves against it, and why, in one sentence."""

    rate: Rate
    runner_up: Rate | None
    why: str
    on_time: bool
    rule_id: int | None = None

    @property
    def saving(self) -> Decimal:
        """What the runner-up would have cost more; negative where the promise or a rule made it dearer."""
        return self.runner_up.price - self.rate.price if self.runner_up else NOTHING


def preferred(conditions: Iterable[Condition], subject: Subject) -> Preference | None:
    """Of rules by rank, the first that fits."""
    return next((condition.preference for condition in conditions if condition.fits(subject)), None)


def choose(offers: Sequence[Rate], *, promised_at: datetime, preference: Preference | None = None) -> Choice:
    """The cheapest service that keeps the promise, of the preferred where it can; where none does, the fastest.

    Raises CarrierError without any offer.
    """
    if not offers:
        raise CarrierError(gettext_noop("No carrier offers a rate for this parcel"))
    wanted = [rate for rate in offers if preference and preference.wants(rate)]
    in_time = [rate for rate in wanted if rate.arrives_at <= promised_at]
    if preference and wanted and (in_time or preference.even_if_late):
        rate = min(in_time, key=_price) if in_time else min(wanted, key=_arrival)
        said = (
            gettext_noop("preferred by rule {rule}")
            if in_time
            else gettext_noop("preferred by rule {rule}, though it is late")
        )
        why = said.format(rule=preference.name)
        return _told(rate, offers, why, promised_at, preference.rule_id)
    in_time = [rate for rate in offers if rate.arrives_at <= promised_at]
    if in_time:
        why = gettext_noop("cheapest that keeps the promise")
        if preference:
            said = gettext_noop("cheapest that keeps the promise: the carrier of rule {rule} cannot")
            why = said.format(rule=preference.name)
        return _told(min(in_time, key=_price), offers, why, promised_at)
    return _told(min(offers, key=_arrival), offers, FASTEST, promised_at)


def _told(rate: Rate, offers: Sequence[Rate], why: str, promised_at: datetime, rule_id: int | None = None) -> Choice:
    """The runner-up is the cheapest of the others, be it late."""
    others = [other for other in offers if other is not rate]
    runner_up = min(others, key=_price, default=None)
    on_time = rate.arrives_at <= promised_at
    return Choice(rate, runner_up, f"{rate.service.capitalize()}, {why}"[:200], on_time, rule_id)


def _price(rate: Rate) -> Decimal:
    return rate.price


def _arrival(rate: Rate) -> tuple[datetime, Decimal]:
    return rate.arrives_at, rate.price
