"""The tables of the stock room and its catalogue."""

from inventory.models.catalogue import BundleComponent, Product, ProductFamily, TaxClass, TaxRate
from inventory.models.counts import Count, CountLine
from inventory.models.deliveries import DeliveryReceipt, ExpectedDelivery, ExpectedLine
from inventory.models.stock import (
    BinMove,
    FurtherBin,
    LostPromise,
    Reservation,
    SafetyStock,
    Stock,
    StockHold,
    StockMovement,
)
from inventory.models.warehouses import Bin, Lane, Warehouse, WarehouseLayout

__all__ = [
    "Bin",
    "BinMove",
    "BundleComponent",
    "Count",
    "CountLine",
    "DeliveryReceipt",
    "ExpectedDelivery",
    "ExpectedLine",
    "FurtherBin",
    "Lane",
    "LostPromise",
    "Product",
    "ProductFamily",
    "Reservation",
    "SafetyStock",
    "Stock",
    "StockHold",
    "StockMovement",
    "TaxClass",
    "TaxRate",
    "Warehouse",
    "WarehouseLayout",
]
