"""The tables of the order desk."""

from orders.models.approval import ApprovalPolicy, Decision
from orders.models.bounds import BoundChange
from orders.models.changes import ChangeSet
from orders.models.channels import ApiKey, Channel, IdempotencyKey, ShippingMethod, SourcingRule, languages
from orders.models.credit import StoreCredit
from orders.models.customers import Blocked, Customer, CustomerEvent, Tier
from orders.models.history import Hold, OrderEvent
from orders.models.mail_texts import MailText
from orders.models.order import Allocation, Order, OrderLine
from orders.models.payments import Payment, Refund, Reminder, Transaction
from orders.models.webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Allocation",
    "ApiKey",
    "ApprovalPolicy",
    "Blocked",
    "ChangeSet",
    "BoundChange",
    "Channel",
    "Customer",
    "CustomerEvent",
    "Decision",
    "Hold",
    "IdempotencyKey",
    "MailText",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Payment",
    "Refund",
    "Reminder",
    "ShippingMethod",
    "SourcingRule",
    "StoreCredit",
    "Tier",
    "Transaction",
    "WebhookDelivery",
    "WebhookEndpoint",
    "languages",
]
