"""A carrier known by its table alone: prices from the table, labels numbered by the shop, news by webhook."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fulfillment.carriers.carrier import Collection, Package, Purchase, Rate, Scan
from fulfillment.carriers.pricing import RateTable, rates
from fulfillment.carriers.signed import read_signed


@dataclass(frozen=True)
class TableCarrier:
    """The adapter, for one account. Buying asks nobody: the number follows from the key."""

    table: RateTable
    secret: str = ""
    prefix: str = "TR"

    def rate(self, package: Package) -> list[Rate]:
        """As the table says."""
        return rates(self.table, package)

    def buy(self, package: Package, rate: Rate) -> Purchase:
        """The same key has the same number."""
        digest = hashlib.sha256(f"{self.table.account}:{package.key}".encode()).digest()
        return Purchase(
            key=package.key,
            tracking_number=f"{self.prefix}{int.from_bytes(digest[:8]) % 10**14:014d}",
            service=rate.service,
            cost=rate.price,
            currency=rate.currency,
            bought_at=package.ready_at,
            arrives_at=rate.arrives_at,
        )

    def void(self, tracking_number: str, *, reference: str) -> str:
        """Nobody else knows of it."""
        return "Not used"

    def sold(self, *, since: datetime) -> list[Purchase]:
        """Nothing is sold that the shop does not know of."""
        return []

    def track(self, tracking_numbers: Sequence[str], *, now: datetime) -> dict[str, list[Scan]]:
        """It cannot be asked; it tells by webhook."""
        return {}

    def manifest(self, purchases: Sequence[tuple[str, str]]) -> Collection:
        """The printed list is all it gets."""
        return Collection()

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> list[Scan]:
        """Signed with the account's secret."""
        return read_signed(body, headers, self.secret)
