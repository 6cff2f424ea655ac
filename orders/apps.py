"""Application registry entry."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Customers, orders, payments, holds and the history: stages 1 to 3."""

    name = "orders"
