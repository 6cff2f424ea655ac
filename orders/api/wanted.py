"""From a body to what the stage `place` takes, within what the caller's key may say."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from orders.api.requests import order_request
from orders.authentication import Caller
from orders.errors import PriceNotAllowed
from orders.order_request import OrderRequest


def wanted_by(caller: Caller, given: Mapping[str, Any], *, key: str) -> OrderRequest:
    """The order in a validated body; `key` stands in for a missing external id.

    Raises PriceNotAllowed when the key may not name an amount that the body names. A key that only places
    (`orders:place`) is in everybody's browser: what it says about payment and promise is not believed.
    """
    wanted = order_request(given, idempotency_key=key)
    check_amounts(caller, wanted)
    if caller.may("orders:write"):
        return wanted
    if wanted.payment.authorised or wanted.payment.captured:
        raise PriceNotAllowed("Leave authorised and captured out, or use a key with orders:write.")
    return replace(wanted, payment=replace(wanted.payment, authorised=Decimal(0)), promised_at=None, trusted=False)


def check_amounts(caller: Caller, wanted: OrderRequest) -> None:
    """Raises PriceNotAllowed when the channel says what something costs, instead of asking, and its key may not."""
    lines = any(line.unit_price is not None or line.discount for line in wanted.lines)
    names_amounts = lines or wanted.discounts or wanted.shipping_total is not None
    if names_amounts and not caller.may("orders:price"):
        raise PriceNotAllowed("Leave prices, discounts and shipping_total out, or use a key with orders:price.")
