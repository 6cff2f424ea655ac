"""Refusals of the stock room; each carries the facts."""

from collections.abc import Mapping


class InventoryError(Exception):
    """Something the stock room refuses; `code` never changes once released."""

    code = "inventory_refused"


class NotPromised(InventoryError):
    """`kept` maps each reservation key to the units that are promised under it here."""

    code = "not_promised"

    def __init__(self, kept: Mapping[str, int]) -> None:
        self.kept = dict(kept)
        super().__init__(f"Promised otherwise: {', '.join(f'{key} ({units})' for key, units in sorted(kept.items()))}")


class NotEnoughStock(InventoryError):
    """`missing` maps each SKU that falls short to the units still available."""

    code = "out_of_stock"

    def __init__(self, missing: Mapping[str, int]) -> None:
        self.missing = dict(missing)
        left = ", ".join(f"{sku} ({units} left)" for sku, units in sorted(self.missing.items()))
        super().__init__(f"Not enough stock: {left}")
