"""What units of an order are worth when they come back or never arrived, and giving it back. The order is held.

A line's money is shared over its units so that the parts sum exactly (`orders.balance.worth`); the shipping is shared
over the lines by largest remainder first. Units that were paid back for before are counted, whatever the cause.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from fulfillment.models import Claim, ClaimLine, ReturnLine
from orders.balance import NOTHING, from_oldest, worth
from orders.models import Order, OrderLine
from orders.money import split
from orders.services import refund, refund_units

Units = Iterable[tuple[OrderLine, int]]


@dataclass(frozen=True)
class Worth:
    """Money that belongs to units: what was paid for the goods, and their share of the shipping; tax included."""

    goods: Decimal
    shipping: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        return self.goods + self.shipping


def worth_of(order: Order, units: Units, *, with_shipping: bool) -> Worth:
    """Of these units, after all that were paid back for before."""
    shares = _shipping_shares(order) if with_shipping else {}
    goods = shipping = NOTHING
    for line, count in units:
        before = units_paid_back(line)
        goods += refund_units(order, line, count, back=before)
        share = shares.get(line.pk, NOTHING)
        shipping += worth(share, count, before=before, of=line.quantity, currency=order.currency)
    return Worth(goods, shipping)


def units_paid_back(line: OrderLine) -> int:
    """Of a line, the units that came back and those that a claim has credited."""
    credited = ClaimLine.objects.filter(order_line=line, claim__outcome=Claim.Outcome.REFUND)
    claimed: int = credited.aggregate(sum=Sum("quantity"))["sum"] or 0
    return units_returned(line) + claimed


def units_returned(line: OrderLine) -> int:
    """Of a line, the units that came back."""
    back: int = ReturnLine.objects.filter(order_line=line).aggregate(sum=Sum("quantity"))["sum"] or 0
    return back


def pay_back(order: Order, amount: Decimal, *, prefix: str, reason: str, by: str) -> Decimal:
    """Refund from what was captured, oldest payment first, once for `prefix`; how much that was.

    What was not paid yet is not refunded: it is owed no longer.
    """
    payments = list(order.payments.select_for_update(no_key=True).order_by("id"))
    parts = from_oldest(amount, [row.captured - row.refunded - row.charged_back for row in payments])
    for payment, part in zip(payments, parts, strict=True):
        if part:
            refund(payment, order=order, amount=part, reason=reason[:120], key=f"{prefix}{payment.pk}", by=by)
    return sum(parts, NOTHING)


def _shipping_shares(order: Order) -> dict[int, Decimal]:
    """What each line bears of the shipping, tax included; sums exactly to what was paid for it."""
    paid = order.shipping_total if order.prices_include_tax else order.shipping_total + order.shipping_tax
    lines = [line for line in order.lines.all() if line.quantity]
    weights = [line.total for line in lines]
    shares = split(paid, weights, order.currency) if lines else []
    return {line.pk: share for line, share in zip(lines, shares, strict=True)}
