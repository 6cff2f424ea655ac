"""The one interface to carriers: what they are asked, what they answer. Nothing here touches the database.

An adapter may be slow and may fail: `CarrierError` says that it is safe to ask again, `CarrierRefused` that asking
again for the same is pointless. Buying twice with one key is buying once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

Size = tuple[int, int, int]  # outer length, width, height in millimetres


@dataclass(frozen=True)
class Place:
    """One end of the way. Country by ISO 3166; the time zone is known of warehouses only."""

    country: str
    postal_code: str = ""
    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    phone: str = ""
    email: str = ""
    time_zone: str = "UTC"


@dataclass(frozen=True)
class Content:
    """Units of one product in a parcel, as customs wants them; `value` is of one unit."""

    sku: str
    name: str
    quantity: int
    weight_g: int
    value: Decimal
    hs_code: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Package:
    """One parcel to send. `key` names it for the carrier; `day` is how long one of the carrier's days lasts."""

    key: str
    weight_g: int
    size_mm: Size
    origin: Place
    destination: Place
    ready_at: datetime
    day: timedelta = timedelta(days=1)
    currency: str = "GBP"
    contents: tuple[Content, ...] = ()

    @property
    def crosses_a_border(self) -> bool:
        return self.origin.country != self.destination.country


@dataclass(frozen=True)
class Rate:
    """What one service of one account asks for a parcel, and when it would arrive.

    `reference` is the carrier's own name for the offer, `version` that of the table it was read from.
    """

    account: str
    service: str
    price: Decimal
    currency: str
    arrives_at: datetime
    days: int
    reference: str = ""
    version: int = 0
    parts: tuple[tuple[str, Decimal], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For the quote that is kept."""
        return {
            "carrier": self.account,
            "service": self.service,
            "price": str(self.price),
            "currency": self.currency,
            "arrives_at": self.arrives_at.isoformat(),
            "days": self.days,
            "version": self.version,
            "parts": [[name, str(amount)] for name, amount in self.parts],
        }


@dataclass(frozen=True)
class Purchase:
    """A label the carrier has sold for `key`; `reference` is its own name for it."""

    key: str
    tracking_number: str
    service: str
    cost: Decimal
    currency: str
    bought_at: datetime
    arrives_at: datetime
    reference: str = ""
    document_url: str = ""


@dataclass(frozen=True)
class Scan:
    """One thing the carrier saw; `key` is its own name for the message, `raw` the message as it came."""

    key: str
    status: str
    description: str
    at: datetime
    tracking_number: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Collection:
    """What the carrier says to a list of parcels it takes along."""

    reference: str = ""
    document_url: str = ""


class Carrier(Protocol):
    """What the shop asks of a carrier, for one account."""

    def rate(self, package: Package) -> list[Rate]:
        """Every service that takes the parcel, with its price and arrival."""

    def buy(self, package: Package, rate: Rate) -> Purchase:
        """The label for `package.key`; one that was sold for this key before is the answer again."""

    def void(self, tracking_number: str, *, reference: str) -> str:
        """Give a label back; says in a few words what the carrier answered. Voiding again changes nothing."""

    def sold(self, *, since: datetime) -> list[Purchase]:
        """What the carrier has sold and not taken back since then, to find what we do not know of."""

    def track(self, tracking_numbers: Sequence[str], *, now: datetime) -> dict[str, list[Scan]]:
        """News by tracking number; what the carrier does not tell when asked is left out."""

    def manifest(self, purchases: Sequence[tuple[str, str]]) -> Collection:
        """Tell the carrier what it takes along, as (tracking number, reference)."""

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> list[Scan]:
        """The news in a message, once its signature is right; raises `WebhookRefused`."""
