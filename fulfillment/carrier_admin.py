"""Carriers in the admin: accounts, their tables, the shop's rules. What was quoted, sold and billed is read only."""

from typing import Any

from django.contrib import admin
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from fulfillment.carriers.accounts import tables_changed
from fulfillment.models import (
    CarrierAccount,
    CarrierInvoice,
    CarrierService,
    CarrierSurcharge,
    CarrierZone,
    Manifest,
    ProductCustoms,
    RateQuote,
    ServiceRate,
    ShippingRule,
    VoidedLabel,
    WeightBreak,
)
from inventory.admin import Editable, ReadOnly, Rows


class Priced(Editable):
    """Whatever is saved or deleted counts as a new version of its account's tables."""

    def account_of(self, row: Any) -> int:
        """The account whose tables the row belongs to."""
        return int(row.account_id)

    def save_related(
        self, request: HttpRequest, form: "ModelForm[Any]", formsets: "list[BaseModelFormSet[Any, Any]]", change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        tables_changed(self.account_of(form.instance))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        account = self.account_of(obj)
        super().delete_model(request, obj)
        tables_changed(account)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        accounts = {self.account_of(row) for row in queryset}
        super().delete_queryset(request, queryset)
        for account in accounts:
            tables_changed(account)


class ZoneRows(Rows):
    model = CarrierZone
    extra = 0


class SurchargeRows(Rows):
    model = CarrierSurcharge
    extra = 0


class RateRows(Rows):
    model = ServiceRate
    extra = 0


class BreakRows(Rows):
    model = WeightBreak
    extra = 0


@admin.register(CarrierAccount)
class CarrierAccountAdmin(Priced):
    list_display = ("name", "code", "adapter", "active", "rank", "currency", "version")
    readonly_fields = ("version",)
    inlines = (ZoneRows, SurchargeRows)

    def account_of(self, row: Any) -> int:
        return int(row.pk)


@admin.register(CarrierService)
class CarrierServiceAdmin(Priced):
    list_display = ("account", "name", "code", "active", "dim_divisor", "cut_off", "works")
    list_filter = ("account",)
    list_select_related = ("account",)
    inlines = (RateRows,)


@admin.register(ServiceRate)
class ServiceRateAdmin(Priced):
    list_display = ("service", "zone", "transit_days", "further_price")
    list_filter = ("service__account",)
    list_select_related = ("service", "zone")
    inlines = (BreakRows,)

    def account_of(self, row: Any) -> int:
        return int(row.service.account_id)


@admin.register(ShippingRule)
class ShippingRuleAdmin(Editable):
    list_display = ("rank", "name", "account", "service", "active", "even_if_late")
    list_display_links = ("name",)
    list_select_related = ("account",)


@admin.register(ProductCustoms)
class ProductCustomsAdmin(Editable):
    list_display = ("product", "hs_code", "origin", "value")
    list_select_related = ("product",)
    autocomplete_fields = ("product",)
    search_fields = ("product__sku", "hs_code")


@admin.register(RateQuote)
class RateQuoteAdmin(ReadOnly):
    list_display = ("parcel", "account", "service", "price", "saving", "on_time", "state", "at")
    list_filter = ("state", "account", "on_time")
    list_select_related = ("parcel", "account")


@admin.register(VoidedLabel)
class VoidedLabelAdmin(ReadOnly):
    list_display = ("tracking_number", "account", "reason", "at", "by", "voided_at", "answer")
    list_select_related = ("account",)
    search_fields = ("tracking_number",)


@admin.register(Manifest)
class ManifestAdmin(ReadOnly):
    list_display = ("account", "warehouse", "day", "number", "by")
    list_select_related = ("account", "warehouse")


@admin.register(CarrierInvoice)
class CarrierInvoiceAdmin(ReadOnly):
    list_display = ("number", "account", "currency", "at", "by")
    list_select_related = ("account",)
    search_fields = ("number",)
