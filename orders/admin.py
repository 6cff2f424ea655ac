"""Channels and customers for people; orders and all that happened to them can be read, never edited."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from inventory.admin import Editable, ReadOnly
from orders.keys import revoke_key
from orders.models import Allocation, ApiKey, Channel, Customer, Hold, Order, OrderEvent, OrderLine, Payment, Refund


@admin.register(Channel)
class ChannelAdmin(Editable):
    list_display = ("code", "name", "currency", "prices_include_tax", "first_order_limit")


@admin.register(Customer)
class CustomerAdmin(Editable):
    list_display = ("name", "email", "phone", "blocked")
    list_filter = ("blocked",)
    search_fields = ("name", "email", "phone")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    """The digest is left out: it is of no use to people."""

    list_display = ("name", "prefix", "channel", "scopes", "created_at", "expires_at", "revoked_at")
    list_select_related = ("channel",)
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
