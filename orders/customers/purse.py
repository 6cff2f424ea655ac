"""The store credit that orders are paid with as they are placed: read and spent in its customer's turn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from orders.balance import NOTHING
from orders.customers.credit import credit_balance, credit_turn, refuse_too_much, spend_on_new
from orders.models import Customer
from orders.order_request import OrderRequest
from orders.placing import NewOrder


@dataclass(frozen=True)
class Purse:
    """What is left, by customer; `owners` are those who order, by their address."""

    owners: Mapping[str, int]
    left: dict[int, Decimal]

    def take(self, request: OrderRequest, total: Decimal, currency: str) -> Decimal:
        """What of an order's total is paid with credit. Raises CreditTooSmall."""
        if request.store_credit is None:
            return NOTHING
        owner = self.owners.get(request.email.lower(), 0)
        left, total = self.left.get(owner, NOTHING), max(total, NOTHING)
        amount = min(left, total) if request.store_credit.amount is None else request.store_credit.amount
        refuse_too_much(amount, left=left, owed=total, currency=currency)
        self.left[owner] = left - amount
        return amount


def open_purse(requests: Iterable[OrderRequest], currency: str) -> Purse:
    """The credit of those who want to pay with it, theirs alone until the transaction ends.

    Placing has taken the turn of their addresses before, and locks stock and orders afterwards.
    """
    emails = {row.email.lower() for row in requests if row.store_credit}
    if not emails:
        return Purse({}, {})
    rows = Customer.objects.filter(email__in=emails).values_list("email", "pk", "merged_into")
    owners = {email: survivor or pk for email, pk, survivor in rows}
    left = {}
    for owner in sorted(set(owners.values())):
        credit_turn(owner)
        left[owner] = credit_balance(owner).get(currency, NOTHING)
    return Purse(owners, left)


def empty_purse(orders: Iterable[NewOrder], *, by: str) -> None:
    """Pay these orders, which were just stored, with what was taken for them."""
    for order in orders:
        if order.credit:
            spend_on_new(order.ids.order_id, order.credit, by=by)
