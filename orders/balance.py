"""What is paid of an order and what is still owed. Pure; `orders/services/money.py` feeds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.money import rounded

NOTHING = Decimal(0)


class PaymentState(models.TextChoices):
    """How an order stands with its money, in one word."""

    NONE = "none", _("Unpaid")
    AUTHORISED = "authorised", _("Authorised")
    PARTIAL = "partial", _("Partly paid")
    PAID = "paid", _("Paid")
    OVER = "over", _("Overpaid")
    PARTLY_REFUNDED = "partly_refunded", _("Partly refunded")
    REFUNDED = "refunded", _("Refunded")
    CHARGED_BACK = "charged_back", _("Charged back")


@dataclass(frozen=True)
class Balance:
    """The sums of one order, none of them negative.

    `total` is what its goods cost now, 0 once it was called off; `credited` the worth of goods that came back and
    were not paid back for. `pledged` may still be taken; `captured` counts `failing`, which a gateway could not take.
    Of what was `refunded`, `settled` went back because the total fell or too much had come.
    """

    total: Decimal
    credited: Decimal = NOTHING
    pledged: Decimal = NOTHING
    captured: Decimal = NOTHING
    failing: Decimal = NOTHING
    refunded: Decimal = NOTHING
    settled: Decimal = NOTHING
    charged_back: Decimal = NOTHING

    @property
    def due(self) -> Decimal:
        """What the order should bring."""
        return max(NOTHING, self.total - self.credited)

    @property
    def taken(self) -> Decimal:
        """What has come in, or is on its way."""
        return max(NOTHING, self.captured - self.failing)

    @property
    def owed(self) -> Decimal:
        """What the customer has still to pay; a favour that was refunded is not asked for again."""
        return max(NOTHING, self.due - max(NOTHING, self.taken - self.settled))

    @property
    def surplus(self) -> Decimal:
        """What the customer has paid beyond what the order should bring and has not got back."""
        return max(NOTHING, self.taken - self.refunded - self.charged_back - self.due)


def payment_state(balance: Balance) -> PaymentState:
    """The one word: what went wrong first, then what came in, then what is promised."""
    kept = balance.taken - balance.refunded
    if balance.charged_back:
        return PaymentState.CHARGED_BACK
    if not balance.taken:
        is_pledged = balance.pledged and balance.pledged >= balance.due
        return PaymentState.AUTHORISED if is_pledged else PaymentState.NONE
    if kept <= 0:
        return PaymentState.REFUNDED
    if balance.surplus:
        return PaymentState.OVER
    if balance.owed:
        return PaymentState.PARTIAL
    return PaymentState.PAID if kept >= balance.due else PaymentState.PARTLY_REFUNDED


def from_oldest(amount: Decimal, left: Sequence[Decimal]) -> list[Decimal]:
    """`amount` in parts, each within what is `left` in its place, the first places first.

    Sums to `amount`, or to all that is left when that is less.
    """
    parts = []
    for most in left:
        part = max(NOTHING, min(amount, most))
        parts.append(part)
        amount -= part
    return parts


def worth(paid: Decimal, units: int, *, before: int, of: int, currency: str) -> Decimal:
    """The part of `paid` that belongs to `units` of a line's `of`, when `before` units were counted already.

    However a line is divided, the parts sum exactly to what was paid for it.
    """
    first, last = (rounded(paid * count / of, currency) for count in (before, before + units))
    return last - first
