"""Orders that follow from another one: goods sent again for nothing, and exchanges. Placed as any other order."""

from collections.abc import Mapping

from orders.balance import NOTHING
from orders.models import Order, Payment
from orders.order_request import LineRequest, OrderRequest, PaymentRequest
from orders.stages.place import place

Lines = tuple[LineRequest, ...]


def place_linked(
    order: Order, lines: Lines, *, relation: str, name: str, by: str, address: Mapping[str, str] | None = None
) -> Order:
    """An order of the same customer to the same or another address, without shipping costs, a child of `order`.

    Once per `name`. Called before the order is locked, since placing takes the turn of names first. Raises
    NotEnoughStock, UnknownSku.
    """
    placed = place(
        OrderRequest(
            external_id=f"{order.number}-{name}",
            currency=order.currency,
            email=order.customer.email,
            name=order.customer.name,
            phone=order.customer.phone,
            shipping_address=address or order.shipping_address,
            billing_address=order.billing_address,
            lines=lines,
            payment=PaymentRequest(Payment.Method.TRANSFER),
            shipping_method=order.shipping_method,
            shipping_total=NOTHING,
            trusted=False,
        ),
        channel=order.channel,
        by=by,
    )
    Order.objects.filter(pk=placed.order_id, parent=None).update(parent=order, parent_relation=relation)
    return Order.objects.get(pk=placed.order_id)
