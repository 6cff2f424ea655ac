"""Refusals of the order desk; each has a stable `code` for the API and carries its facts."""

from collections.abc import Sequence


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
    """The state machine knows no such step from here; `blockers` say why, in words for people."""

    code = "not_allowed_now"

    def __init__(self, action: str, state: str, blockers: Sequence[str] = ()) -> None:
        self.action, self.state, self.blockers = action, state, list(blockers)
        because = f": {'; '.join(self.blockers)}" if self.blockers else ""
        super().__init__(f"Cannot {action} what is {state}{because}")


class RefundTooLarge(OrderError):
    """More would go back than was captured."""

    code = "refund_too_large"
