"""A carrier that is played: it sells labels from a book of its own and tells a parcel's journey, always the same one.

What it does follows from its account's name, its seed and the parcel's key, faults too, so every run can be played
again. Its book is written outside the shop's transactions: a label that was sold and never kept by the shop stays sold.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from fulfillment.carriers.carrier import Collection, Package, Purchase, Rate, Scan
from fulfillment.carriers.packages import RETURN_KEY
from fulfillment.carriers.pricing import RateTable, rates
from fulfillment.carriers.signed import read_signed
from fulfillment.errors import CarrierError, CarrierRefused
from fulfillment.models import PlayedLabel
from inventory import clock

NAME = "Parcelwing"
LATE_SHARE = 20  # one parcel in so many takes two days longer
FINE = 1_000_000
# What is said of a parcel that goes back to the shop instead.
WAY_BACK = {
    "Collected at the warehouse": gettext_noop("Handed in at a parcel shop"),
    "Out for delivery": gettext_noop("Out for delivery to the warehouse"),
    "Delivered, handed to the customer": gettext_noop("Delivered to the warehouse"),
    "Delivered, handed to a neighbour": gettext_noop("Delivered to the warehouse"),
    "Nobody was at home": gettext_noop("The warehouse was closed"),
    "Address not known": gettext_noop("The warehouse was closed"),
}


@dataclass(frozen=True)
class Faults:
    """What goes wrong, as shares of all keys: sold without an answer, refused, answered slowly; news told twice or
    backwards; how journeys end that do not end well; and how many more than usual are two days late.
    """

    seed: int = 1
    times_out: float = 0
    refuses: float = 0
    slow: float = 0
    slow_seconds: float = 0.2
    duplicates: float = 0
    reverses: float = 0
    fails_first: float = 0
    loses: float = 0
    returns: float = 0
    late: float = 0

    def happens(self, share: float, *about: object) -> bool:
        """The same answer to the same question, always."""
        return share > 0 and number_of(f"{self.seed}:{about}", FINE) < share * FINE


@dataclass(frozen=True)
class PlayedCarrier:
    """The adapter, for one account."""

    table: RateTable
    secret: str = ""
    faults: Faults = Faults()
    prefix: str = "PW"

    def rate(self, package: Package) -> list[Rate]:
        """As its table says."""
        return rates(self.table, package)

    def buy(self, package: Package, rate: Rate) -> Purchase:
        """Sell once per key. A time-out comes after the sale, and only once."""
        key = package.key
        if self.faults.happens(self.faults.slow, "slow", key):
            time.sleep(self.faults.slow_seconds)
        if self.faults.happens(self.faults.refuses, "refuses", key, rate.service):
            raise CarrierRefused(
                gettext_noop("{account} does not take this parcel by {service}").format(
                    account=self.table.account, service=rate.service
                )
            )
        row, fresh = PlayedLabel.objects.get_or_create(
            account=self.table.account,
            key=key,
            defaults={
                "tracking_number": self.number(key),
                "service": rate.service,
                "cost": rate.price,
                "sold_at": package.ready_at,
                "arrives_at": rate.arrives_at,
                "days": rate.days,
            },
        )
        if fresh and self.faults.happens(self.faults.times_out, "times out", key):
            raise CarrierError(gettext_noop("{account} did not answer in time").format(account=self.table.account))
        return self._purchase(row)

    def void(self, tracking_number: str, *, reference: str) -> str:
        """Taken back, once."""
        row = PlayedLabel.objects.filter(account=self.table.account, tracking_number=tracking_number)
        row.filter(voided_at=None).update(voided_at=clock.now())
        return "Refunded"

    def sold(self, *, since: datetime) -> list[Purchase]:
        """From its own book."""
        rows = PlayedLabel.objects.filter(account=self.table.account, sold_at__gte=since, voided_at=None)
        return [self._purchase(row) for row in rows]

    def track(self, tracking_numbers: Sequence[str], *, now: datetime) -> dict[str, list[Scan]]:
        """What has been scanned up to `now`."""
        rows = PlayedLabel.objects.filter(account=self.table.account, tracking_number__in=tracking_numbers)
        return {row.tracking_number: self._told(row, now) for row in rows}

    def manifest(self, purchases: Sequence[tuple[str, str]]) -> Collection:
        """It takes what it gets."""
        return Collection()

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> list[Scan]:
        """Signed as the table carrier's."""
        return read_signed(body, headers, self.secret)

    def number(self, key: str) -> str:
        """The tracking number of the label sold for this key."""
        return f"{self.prefix}{number_of(f'{self.table.account}:{key}', 10**14):014d}GB"

    def _purchase(self, row: PlayedLabel) -> Purchase:
        return Purchase(
            key=row.key,
            tracking_number=row.tracking_number,
            service=row.service,
            cost=row.cost,
            currency=self.table.currency,
            bought_at=row.sold_at,
            arrives_at=row.arrives_at,
        )

    def _told(self, row: PlayedLabel, now: datetime) -> list[Scan]:
        faults, number = self.faults, row.tracking_number
        days = row.days + 2 * faults.happens(faults.late, "late", number)
        scans = journey(
            number, sold_at=row.sold_at, days=days, day=(row.arrives_at - row.sold_at) / row.days, now=now,
            end=self._end(number),
        )  # fmt: skip
        if row.key.startswith(RETURN_KEY):
            scans = [replace(scan, description=WAY_BACK.get(scan.description, scan.description)) for scan in scans]
        if faults.happens(faults.duplicates, "duplicates", number):
            scans += scans
        if faults.happens(faults.reverses, "reverses", number):
            scans.reverse()
        return scans

    def _end(self, number: str) -> str:
        ends = (("lost", self.faults.loses), ("returned_to_sender", self.faults.returns))
        for end, share in ends:
            if self.faults.happens(share, end, number):
                return end
        return "delivery_failed" if self.faults.happens(self.faults.fails_first, "fails", number) else "delivered"


def journey(
    tracking_number: str, *, sold_at: datetime, days: int, day: timedelta, now: datetime, end: str = "delivered"
) -> list[Scan]:
    """What has been scanned up to `now`, oldest first, of a parcel with `days` of transit.

    `end` says how it ends: delivered, delivered at the second try (`delivery_failed`), lost or returned to sender.
    """
    late = 2 if number_of(tracking_number, LATE_SHARE) == 0 else 0
    # Within the last day, so that a parcel that is not late arrives before its promise.
    arrival = days + late - 0.1 - number_of(tracking_number + "hour", 40) / 100
    ends: dict[str, tuple[tuple[float, str, str], ...]] = {
        "delivered": ((arrival, "delivered", gettext_noop("Delivered, handed to the customer")),),
        "delivery_failed": (
            (arrival, "delivery_failed", gettext_noop("Nobody was at home")),
            (arrival + 1, "delivered", gettext_noop("Delivered, handed to a neighbour")),
        ),
        "lost": ((arrival + 3, "lost", gettext_noop("Cannot be found")),),
        "returned_to_sender": (
            (arrival, "delivery_failed", gettext_noop("Address not known")),
            (arrival + 1, "returning", gettext_noop("On its way back")),
            (arrival + 2, "returned_to_sender", gettext_noop("Handed back to the sender")),
        ),
    }
    steps = (
        (0.15, "in_transit", gettext_noop("Collected at the warehouse")),
        (arrival * 0.6, "in_transit", gettext_noop("Sorted at the depot")),
        (arrival - 0.2, "out_for_delivery", gettext_noop("Out for delivery")),
        *ends[end],
    )
    return [
        Scan(f"{tracking_number}:{place}", status, words, sold_at + offset * day, tracking_number, {"step": place})
        for place, (offset, status, words) in enumerate(steps)
        if sold_at + offset * day <= now
    ]


def buy(key: str) -> str:
    """The number of a label for a way back, which the book does not follow; the same key has the same number."""
    return f"PW{number_of(key, 10**14):014d}GB"


def faults_of(settings: Mapping[str, Any]) -> Faults:
    """From an account's settings: {"faults": {"times_out": 0.1, "seed": 3}}."""
    return Faults(**settings.get("faults", {}))


def number_of(text: str, below: int) -> int:
    """A number that follows from the text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % below
