"""What units of an order are worth when they come back or never arrived, and giving it back. The order is held.

A line's money is shared over its units so that the parts sum exactly (`orders.balance.worth`); the shipping is shared
over the lines by largest remainder first. Units that were paid back for before are counted, whatever the cause.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from fulfillment.models import Claim, ClaimLine, ReturnLine
from fulfillment.return_flow import COMING, ReturnState
from orders.balance import NOTHING, from_oldest, worth
from orders.models import Order, OrderLine, Payment
from orders.money import split
from orders.payments.standing import credit_given
from orders.services import refund, refund_units

Units = Iterable[tuple[OrderLine, int]]
EXPECTED = (ReturnState.REQUESTED, *COMING)


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
    """Of a line, the units of returns that were settled and those that a claim has credited."""
    settled = ReturnLine.objects.filter(order_line=line, return_record__state=ReturnState.SETTLED)
    return _sum(settled, "received") + _sum(_claimed(line, Claim.Outcome.REFUND), "quantity")


def units_returned(line: OrderLine) -> int:
    """Of a line, the units that came back."""
    return _sum(ReturnLine.objects.filter(order_line=line), "received")


def units_spoken_for(line: OrderLine) -> int:
    """Of a line, the units that came back or are announced, and those that a claim has paid for or sent again."""
    announced = ReturnLine.objects.filter(order_line=line, return_record__state__in=EXPECTED)
    claimed = _sum(_claimed(line, Claim.Outcome.REFUND, Claim.Outcome.RESHIP), "quantity")
    return units_returned(line) + _sum(announced, "quantity") + claimed


def units_disputed(line: OrderLine) -> int:
    """Of a line, the units of claims against the shop that are still open."""
    rows = ClaimLine.objects.filter(order_line=line, claim__state=Claim.State.OPEN)
    return _sum(rows.filter(claim__against=Claim.Against.SHOP), "quantity")


def pay_back(order: Order, amount: Decimal, *, prefix: str, reason: str, by: str) -> Decimal:
    """Refund from what was captured, oldest payment first, once for `prefix`; how much that was.

    What was not paid yet is not refunded: it is owed no longer.
    """
    payments = list(order.payments.select_for_update(no_key=True).order_by("id"))
    # What was given as credit was paid for by this money, too.
    most = min(amount, money_here(payments) - credit_given(order))
    parts = from_oldest(most, [row.captured - row.refunded - row.charged_back for row in payments])
    for payment, part in zip(payments, parts, strict=True):
        if part:
            refund(payment, order=order, amount=part, reason=reason[:120], key=f"{prefix}{payment.pk}", by=by)
    return sum(parts, NOTHING)


def money_here(payments: Iterable[Payment]) -> Decimal:
    """What was taken and has not gone back."""
    return sum((row.captured - row.refunded - row.charged_back for row in payments), NOTHING)


def _claimed(line: OrderLine, *outcomes: str) -> QuerySet[ClaimLine]:
    return ClaimLine.objects.filter(order_line=line, claim__outcome__in=outcomes)


def _sum(rows: QuerySet[Any], column: str) -> int:
    found: int = rows.aggregate(sum=Sum(column))["sum"] or 0
    return found


def _shipping_shares(order: Order) -> dict[int, Decimal]:
    """What each line bears of the shipping, tax included; sums exactly to what was paid for it."""
    paid = order.shipping_total if order.prices_include_tax else order.shipping_total + order.shipping_tax
    lines = [line for line in order.lines.all() if line.quantity]
    weights = [line.total for line in lines]
    shares = split(paid, weights, order.currency) if lines else []
    return {line.pk: share for line, share in zip(lines, shares, strict=True)}
