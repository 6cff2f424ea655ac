"""Refusals of the stock room; each carries the facts."""

from collections.abc import Mapping


class InventoryError(Exception):
    """Something the stock room refuses."""


class NotEnoughStock(InventoryError):
    """`missing` maps each SKU that falls short to the units still available."""

    def __init__(self, missing: Mapping[str, int]) -> None:
        self.missing = dict(missing)
        left = ", ".join(f"{sku} ({units} left)" for sku, units in sorted(self.missing.items()))
        super().__init__(f"Not enough stock: {left}")
