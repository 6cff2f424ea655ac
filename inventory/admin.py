"""Master data of the stock room for people; balances and the ledger can be read, never edited."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from inventory.models import (
    Bin,
    BundleComponent,
    Count,
    CountLine,
    DeliveryReceipt,
    ExpectedDelivery,
    ExpectedLine,
    Lane,
    LostPromise,
    Product,
    ProductFamily,
    Reservation,
    Stock,
    StockHold,
    StockMovement,
    TaxClass,
    TaxRate,
    Warehouse,
    WarehouseLayout,
)
from inventory.services import lock_stock

# Generic for the type checker only; at run time it is the plain class.
if TYPE_CHECKING:
    Editable = admin.ModelAdmin[Any]
    Rows = admin.TabularInline[Any, Any]
    StockForm = forms.ModelForm[Stock]
else:
    Editable = admin.ModelAdmin
    Rows = admin.TabularInline
    StockForm = forms.ModelForm


class ReadOnly(Editable):
    """What the system writes: nobody adds, changes or deletes it here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyRows(Rows):
    """The rows of what the system writes, on its page."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class TaxRateRows(Rows):
    model = TaxRate
    extra = 1


@admin.register(TaxClass)
class TaxClassAdmin(Editable):
    list_display = ("code", "name", "rate")
    search_fields = ("code", "name")
    inlines = (TaxRateRows,)


@admin.register(ProductFamily)
class ProductFamilyAdmin(Editable):
    list_display = ("code", "name")
    search_fields = ("code", "name")


class ComponentRows(Rows):
    model = BundleComponent
    fk_name = "bundle"
    raw_id_fields = ("component",)
    extra = 1


@admin.register(Product)
class ProductAdmin(Editable):
    list_display = ("sku", "name", "price", "currency", "tax_class", "family", "active")
    list_filter = ("active", "currency", "tax_class")
    list_select_related = ("tax_class", "family")
    search_fields = ("sku", "name", "barcode")
    raw_id_fields = ("family",)
    inlines = (ComponentRows,)


class LaneRows(Rows):
    model = Lane
    extra = 1


class LayoutRows(Rows):
    model = WarehouseLayout
    extra = 0


@admin.register(Warehouse)
class WarehouseAdmin(Editable):
    list_display = ("code", "name", "mode", "country", "priority", "active")
    inlines = (LayoutRows, LaneRows)


@admin.register(Bin)
class BinAdmin(Editable):
    list_display = ("code", "warehouse", "aisle", "bay", "level")
    list_filter = ("warehouse",)
    list_select_related = ("warehouse",)
    search_fields = ("code",)


class ShelfForm(StockForm):
    """Where a stock lies and when it is short; what lies there is the ledger's to say."""

    class Meta:
        model = Stock
        fields = ("bin", "backorder_limit", "reorder_point")

    def clean_bin(self) -> Bin | None:
        """The bin is one of the stock's own warehouse."""
        place: Bin | None = self.cleaned_data["bin"]
        if place and place.warehouse_id != self.instance.warehouse_id:
            raise ValidationError("This bin is in another warehouse.", code="other_warehouse")
        return place

    def clean_backorder_limit(self) -> int:
        """What is promised already stays promised; asked under the lock, which holds until the page is saved."""
        limit: int = self.cleaned_data["backorder_limit"]
        row = lock_stock([self.instance.pk]).get()
        if limit < (least := row.reserved - row.on_hand):
            raise ValidationError(f"{least} units are on backorder now.", code="on_backorder")
        return limit


@admin.register(Stock)
class StockAdmin(Editable):
    """Only what `ShelfForm` names is ever written, so that a page left open overwrites no balance."""

    form = ShelfForm
    fields = ("product", "warehouse", "on_hand", "reserved", "bin", "backorder_limit", "reorder_point")
    readonly_fields = ("product", "warehouse", "on_hand", "reserved")
    raw_id_fields = ("bin",)
    list_display = ("product", "warehouse", "bin", "on_hand", "reserved", "backorder_limit", "reorder_point")
    list_filter = ("warehouse",)
    list_select_related = ("product", "warehouse", "bin")
    search_fields = ("product__sku", "product__name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Stock, form: Any, change: bool) -> None:
        """Write the changed fields and no others."""
        obj.save(update_fields=form.changed_data)


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnly):
    list_display = ("at", "stock", "kind", "quantity", "by", "reason")
    list_filter = ("kind",)
    list_select_related = ("stock",)
    search_fields = ("key", "stock__product__sku")


@admin.register(Reservation)
class ReservationAdmin(ReadOnly):
    list_display = ("key", "stock", "quantity", "priority", "at")
    list_select_related = ("stock",)
    search_fields = ("key", "stock__product__sku")


@admin.register(LostPromise)
class LostPromiseAdmin(ReadOnly):
    list_display = ("at", "key", "stock", "quantity", "priority", "promised_at", "reason")
    list_select_related = ("stock",)
    search_fields = ("key", "stock__product__sku")


@admin.register(StockHold)
class StockHoldAdmin(ReadOnly):
    """The token is left out: whoever has it can change the basket."""

    list_display = ("id", "channel", "at", "expires_at")
    list_filter = ("channel",)
    exclude = ("token",)


class StockRows(ReadOnlyRows):
    """Rows that are each about one stock, named by its SKU alone: a count must not see what is on hand."""

    readonly_fields = ("sku",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what names them."""
        return super().get_queryset(request).select_related("stock__product")

    def sku(self, row: Any) -> str:
        """Whose units these are."""
        return str(row.stock.product.sku)


class CountLineRows(StockRows):
    """While people count, `expected` is not shown to anybody."""

    model = CountLine

    def get_fields(self, request: HttpRequest, obj: Count | None = None) -> tuple[str, ...]:
        """What the books said stands beside the number only after it was submitted."""
        told = ("sku", "bin", "counted", "counted_by", "counted_at")
        return told if obj is None or obj.state == Count.State.OPEN else (*told, "expected")


@admin.register(Count)
class CountAdmin(ReadOnly):
    list_display = ("name", "warehouse", "state", "opened_by", "opened_at", "submitted_by", "closed_by", "closed_at")
    list_filter = ("state", "warehouse")
    list_select_related = ("warehouse",)
    search_fields = ("name",)
    inlines = (CountLineRows,)


class ExpectedLineRows(StockRows):
    model = ExpectedLine
    fields = ("sku", "expected", "received", "damaged", "added_by")


class DeliveryReceiptRows(ReadOnlyRows):
    model = DeliveryReceipt
    fields = ("at", "by", "units")


@admin.register(ExpectedDelivery)
class ExpectedDeliveryAdmin(ReadOnly):
    list_display = ("reference", "supplier", "warehouse", "due_on", "state", "opened_by", "closed_by")
    list_filter = ("state", "warehouse")
    list_select_related = ("warehouse",)
    search_fields = ("reference", "supplier", "lines__stock__product__sku")
    inlines = (ExpectedLineRows, DeliveryReceiptRows)
