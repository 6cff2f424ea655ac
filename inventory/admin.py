"""Master data of the stock room for people; balances and the ledger can be read, never edited."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from inventory.models import Bin, Product, Reservation, Stock, StockMovement, Warehouse

# Generic for the type checker only; at run time it is the plain class.
if TYPE_CHECKING:
    Editable = admin.ModelAdmin[Any]
else:
    Editable = admin.ModelAdmin


class ReadOnly(Editable):
    """What the system writes: nobody adds, changes or deletes it here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Product)
class ProductAdmin(Editable):
    list_display = ("sku", "name", "price", "currency", "weight_g", "active")
    list_filter = ("active", "currency")
    search_fields = ("sku", "name", "barcode")


@admin.register(Warehouse)
class WarehouseAdmin(Editable):
    list_display = ("code", "name", "mode", "country", "priority", "active")


@admin.register(Bin)
class BinAdmin(Editable):
    list_display = ("code", "warehouse", "aisle", "bay", "level")
    list_filter = ("warehouse",)
    list_select_related = ("warehouse",)
    search_fields = ("code",)


@admin.register(Stock)
class StockAdmin(ReadOnly):
    list_display = ("product", "warehouse", "bin", "on_hand", "reserved", "backorder_limit")
    list_filter = ("warehouse",)
    list_select_related = ("product", "warehouse", "bin")
    search_fields = ("product__sku", "product__name")


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnly):
    list_display = ("at", "stock", "kind", "quantity", "by", "reason")
    list_filter = ("kind",)
    list_select_related = ("stock",)
    search_fields = ("key", "stock__product__sku")


@admin.register(Reservation)
class ReservationAdmin(ReadOnly):
    list_display = ("key", "stock", "quantity", "at")
    list_select_related = ("stock",)
    search_fields = ("key", "stock__product__sku")
