"""Refusals of the order desk; each has a stable `code` for the API and carries its facts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from orders.money import plain, shown


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


class NoSuchShipping(OrderError):
    """The shop has no such shipping method, or it does not go there."""

    code = "no_such_shipping"

    def __init__(self, method: str, country: str) -> None:
        self.method, self.country = method, country
        where = f" to {country}" if country else ""
        super().__init__(f"There is no shipping method {method}{where}")


class DiscountTooLarge(OrderError):
    """More would be given off than there is to pay."""

    code = "discount_too_large"


class AmountTooLarge(OrderError):
    """A price, a line or the whole order has more digits than can be kept."""

    code = "amount_too_large"


class PriceNotAllowed(OrderError):
    """Only a key with the scope `orders:price` may name prices, discounts and what shipping costs."""

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


class PledgedTooMuch(OrderError):
    """More would be pledged than is open; `amount` was given, `most` is possible."""

    code = "pledged_too_much"

    def __init__(self, amount: Decimal, most: Decimal, currency: str) -> None:
        self.amount, self.most = plain(amount, currency), plain(most, currency)
        super().__init__(f"{shown(amount, currency)} is more than the {shown(most, currency)} that are not pledged yet")


class PaymentReferenceTaken(OrderError):
    """A payment of the order has this `reference` already, with another amount (`pledged`)."""

    code = "payment_reference_conflict"

    def __init__(self, reference: str, pledged: str) -> None:
        self.reference, self.pledged = reference, pledged
        super().__init__(f"The payment {reference} is one of {pledged}")


class RefundTooLarge(OrderError):
    """More would go back than was captured."""

    code = "refund_too_large"
