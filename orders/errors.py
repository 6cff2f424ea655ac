"""Refusals of the order desk; each has a stable `code` for the API and carries its facts."""

from collections.abc import Sequence
from typing import Any


class OrderError(Exception):
    """Something the order desk refuses; `code` never changes once released."""

    code = "order_refused"


class UnknownSku(OrderError):
    """`skus` are not in the catalogue, or no longer sold."""

    code = "unknown_sku"

    def __init__(self, skus: Sequence[str]) -> None:
        self.skus = list(skus)
        super().__init__(f"Not in the catalogue: {', '.join(self.skus)}")


class WrongCurrency(OrderError):
    """The channel sells in one currency, the order names another."""

    code = "wrong_currency"

    def __init__(self, given: str, expected: str) -> None:
        self.given, self.expected = given, expected
        super().__init__(f"This channel sells in {expected}, not in {given}")


class ExternalIdTaken(OrderError):
    """The channel already sent another order under this external id."""

    code = "external_id_conflict"

    def __init__(self, external_id: str, number: int) -> None:
        self.external_id, self.number = external_id, number
        super().__init__(f"External id {external_id} belongs to order {number}, which differs from this one")


class PriceNotAllowed(OrderError):
    """Only a key with the scope `orders:price` may name unit prices."""

    code = "price_not_allowed"


class NotAllowedNow(OrderError):
    """No such step leads from the state of the order or shipment; `blockers` say what it takes, in words for people."""

    code = "not_allowed_now"

    def __init__(self, action: str, row: Any, blockers: Sequence[str] = ()) -> None:
        self.action, self.subject, self.state, self.blockers = action, str(row), str(row.state), list(blockers)
        because = f"yet: {'; '.join(self.blockers)}" if self.blockers else f"now: it is {self.state}"
        super().__init__(f"Cannot {action} {self.subject} {because}")


class CapturedTooMuch(OrderError):
    """The channel says it took more than the order costs."""

    code = "captured_too_much"


class RefundTooLarge(OrderError):
    """More would go back than was captured."""

    code = "refund_too_large"
