"""What later apps have noticed about a customer: kept in the trust history for whoever decides about the next order."""

from typing import Any

from orders.models import Customer, CustomerEvent

NOTICED = "customer.noticed"


def notice(customer_id: int, signal: str, *, order: int, by: str, **facts: Any) -> None:
    """Write a signal, such as `empty_box`, with the number of its order and what speaks for it; no person's words."""
    customer = Customer.objects.get(pk=customer_id)
    row = customer.merged_into or customer
    CustomerEvent.objects.create(customer=row, name=NOTICED, by=by, data={"signal": signal, "order": order, **facts})
