"""What a channel asks for when it places an order, as plain values."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

NOTHING = Decimal(0)
NOT_THE_ORDER = ("hold",)  # how the stock was kept until now says nothing about what is bought


@dataclass(frozen=True)
class LineRequest:
    """Units of one SKU; without `unit_price` the catalogue's price holds. `discount` is off the whole line."""

    sku: str
    quantity: int
    unit_price: Decimal | None = None
    discount: Decimal = NOTHING


@dataclass(frozen=True)
class DiscountRequest:
    """An amount off the whole order, and what it is given for."""

    title: str
    amount: Decimal


@dataclass(frozen=True)
class PaymentRequest:
    """How the customer pays; without `authorised` the whole total is pledged by card, nothing otherwise."""

    method: str
    authorised: Decimal | None = None
    captured: Decimal = NOTHING
    reference: str = ""


@dataclass(frozen=True)
class CreditRequest:
    """Store credit of the customer that pays for the order first; without an amount as much as there is."""

    amount: Decimal | None = None


@dataclass(frozen=True)
class OrderRequest:
    """What a channel asks for. Amounts are in `currency`; addresses are flat JSON objects with a `country`.

    Without `shipping_total` the price of `shipping_method` holds, and 0 without a method. `hold` names a basket's
    promise that becomes the order's. Only what is `trusted` changes the name and phone of a customer who is known.
    """

    external_id: str
    currency: str
    email: str
    name: str
    phone: str
    shipping_address: Mapping[str, str]
    billing_address: Mapping[str, str]
    lines: tuple[LineRequest, ...]
    payment: PaymentRequest
    discounts: tuple[DiscountRequest, ...] = ()
    shipping_method: str = ""
    shipping_total: Decimal | None = None
    promised_at: datetime | None = None
    note: str = ""
    gift_note: str = ""
    hold: str = ""
    store_credit: CreditRequest | None = None
    trusted: bool = True

    def fingerprint(self) -> str:
        """The same for the same order, whoever sends it, however often, and whatever fields are new since then."""
        plain = json.dumps(_said(self), sort_keys=True, default=_said)
        return hashlib.sha256(plain.encode()).hexdigest()


def _said(value: Any) -> Any:
    """What was said, and not what was left open; nothing is an amount too, where leaving it out means another one."""
    if isinstance(value, Decimal | datetime):
        return str(value)
    kind = type(value)  # a field's default stands in its class
    return {
        name: said
        for name, said in vars(value).items()
        if (said or isinstance(said, Decimal)) and said != getattr(kind, name, None) and name not in NOT_THE_ORDER
    }
