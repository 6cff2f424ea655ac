"""Baskets that are not orders yet: what they name, in the stock room's terms."""

from collections.abc import Iterable

from inventory.models import Product
from inventory.supply import on_sale
from orders.errors import UnknownSku


def basket_of(lines: Iterable[tuple[str, int]]) -> dict[Product, int]:
    """Units by product, for lines of (SKU, quantity); raises UnknownSku for what is not sold."""
    units: dict[str, int] = {}
    for sku, quantity in lines:
        units[sku] = units.get(sku, 0) + quantity
    products = {row.sku: row for row in on_sale().filter(sku__in=units)}
    if unknown := sorted(units.keys() - products.keys()):
        raise UnknownSku(unknown)
    return {products[sku]: quantity for sku, quantity in units.items()}
