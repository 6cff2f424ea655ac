"""The tables of the order desk."""

from orders.models.channels import ApiKey, Channel, IdempotencyKey, ShippingMethod, SourcingRule
from orders.models.customers import Customer
from orders.models.history import Hold, OrderEvent
from orders.models.order import Allocation, Order, OrderLine
from orders.models.payments import Payment, Refund

__all__ = [
    "Allocation",
    "ApiKey",
    "Channel",
    "Customer",
    "Hold",
    "IdempotencyKey",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Payment",
    "Refund",
    "ShippingMethod",
    "SourcingRule",
]
