"""Application registry entry."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Products, warehouses and stock: what there is and what is promised."""

    name = "inventory"
