"""Channels and customers for people; orders and all that happened to them can be read, never edited."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, QuerySet
from django.http import HttpRequest

from inventory.admin import Editable, ReadOnly
from inventory.models import SafetyStock
from orders.keys import revoke_key
from orders.models import (
    Allocation,
    ApiKey,
    Channel,
    Customer,
    Hold,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    Refund,
    ShippingMethod,
    SourcingRule,
)


@admin.register(Channel)
class ChannelAdmin(Editable):
    list_display = ("code", "name", "currency", "prices_include_tax", "first_order_limit")


@admin.register(ShippingMethod)
class ShippingMethodAdmin(Editable):
    list_display = ("code", "name", "currency", "price", "free_from", "days", "active")
    list_filter = ("currency", "active")
    search_fields = ("code", "name")


@admin.register(SourcingRule)
class SourcingRuleAdmin(Editable):
    list_display = ("rank", "kind", "warehouse", "channel")
    list_filter = ("channel",)
    list_select_related = ("warehouse", "channel")


@admin.register(SafetyStock)
class SafetyStockAdmin(Editable):
    """Stands here because the stock room knows channels by their code only."""

    list_display = ("stock", "channel", "quantity")
    list_filter = ("channel",)
    list_select_related = ("stock",)
    search_fields = ("stock__product__sku", "channel")
    raw_id_fields = ("stock",)

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """A channel is chosen, so that no misspelt code keeps nothing from nobody."""
        if db_field.name == "channel":
            return forms.ChoiceField(choices=[(row.code, row.name) for row in Channel.objects.all()])
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Customer)
class CustomerAdmin(Editable):
    """Tiers, blocks and duplicates are decided on the customer's own page."""

    list_display = ("name", "email", "phone", "tier", "blocked")
    list_filter = ("blocked", "tier")
    search_fields = ("name", "email", "phone")
    fields = ("name", "email", "phone")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    """The digest is left out: it is of no use to people."""

    list_display = ("name", "prefix", "channel", "warehouse", "scopes", "created_at", "expires_at", "revoked_at")
    list_select_related = ("channel", "warehouse")
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke the selected keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Take keys back, from this moment on."""
        for key in queryset:
            revoke_key(key.pk)
        self.message_user(request, f"Revoked: {', '.join(key.name for key in queryset)}")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever may delete keys may take them back."""
        return request.user.has_perm("orders.delete_apikey")


@admin.register(Order)
class OrderAdmin(ReadOnly):
    list_display = ("number", "customer", "state", "channel", "total", "currency", "placed_at")
    list_filter = ("state", "channel")
    list_select_related = ("customer", "channel")
    search_fields = ("number", "external_id", "customer__name", "customer__email")
    show_full_result_count = False


@admin.register(OrderLine)
class OrderLineAdmin(ReadOnly):
    list_display = ("order", "position", "sku", "name", "quantity", "total")
    list_select_related = ("order",)
    search_fields = ("sku", "order__number")
    show_full_result_count = False


@admin.register(Allocation)
class AllocationAdmin(ReadOnly):
    list_display = ("line", "warehouse", "quantity")
    list_select_related = ("line", "warehouse")


@admin.register(OrderEvent)
class OrderEventAdmin(ReadOnly):
    list_display = ("order", "seq", "name", "at", "by")
    list_select_related = ("order",)
    search_fields = ("order__number", "name")
    show_full_result_count = False


@admin.register(Hold)
class HoldAdmin(ReadOnly):
    list_display = ("order", "reason", "note", "by", "at", "released_at", "released_by")
    list_select_related = ("order",)
    list_filter = ("reason",)


@admin.register(Payment)
class PaymentAdmin(ReadOnly):
    list_display = ("order", "method", "authorised", "captured", "refunded", "voided_at")
    list_select_related = ("order",)
    search_fields = ("order__number", "reference")


@admin.register(Refund)
class RefundAdmin(ReadOnly):
    list_display = ("payment", "amount", "reason", "at")
    list_select_related = ("payment",)
