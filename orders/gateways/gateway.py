"""What the shop asks of whoever moves its money, and what it hears from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Ask:
    """One thing to do, once: `key` names it, so that asking again does nothing more.

    `payment` is the gateway's name for the pledge, `amount` in `currency`'s own exponent.
    """

    key: str
    payment: str
    amount: Decimal
    currency: str


class News(StrEnum):
    """What a gateway tells by itself."""

    AUTHORISED = "authorised"
    CAPTURED = "captured"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    VOIDED = "voided"
    CHARGED_BACK = "charged_back"
    CHARGE_BACK_WON = "charge_back_won"


@dataclass(frozen=True)
class Notice:
    """One piece of news about a `payment`; `key` is that of what was asked, where the gateway says it.

    `reference` is the gateway's name for what happened.
    """

    news: News
    payment: str
    amount: Decimal
    currency: str
    key: str = ""
    reference: str = ""


class Gateway(Protocol):
    """Each act returns the gateway's reference for it.

    Raises GatewayRefused when it will not be done, GatewayUnreachable when nobody knows whether it was: the same key
    may be asked again. `is_instant`: nothing has to be asked, what the shop books has happened elsewhere.
    """

    is_instant: bool

    def capture(self, ask: Ask) -> str:
        """Take pledged money."""
        ...

    def refund(self, ask: Ask) -> str:
        """Give taken money back."""
        ...

    def void(self, ask: Ask) -> str:
        """Let a pledge go."""
        ...

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        """The news in a webhook, or None when it is of no interest; raises WebhookNotSigned."""
        ...
