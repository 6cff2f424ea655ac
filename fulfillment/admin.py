"""Cartons for people; shipments, parcels and returns can be read, never edited."""

from django.contrib import admin

from fulfillment import carrier_admin
from fulfillment.models import (
    Carton,
    InsertRule,
    Label,
    Parcel,
    PickingPolicy,
    PickList,
    PickTask,
    Return,
    ReturnPolicy,
    ReturnReason,
    Shipment,
    TrackingEvent,
    Trolley,
)
from inventory.admin import Editable, ReadOnly

__all__ = ["carrier_admin"]  # registers the carriers' tables


@admin.register(Carton)
class CartonAdmin(Editable):
    list_display = ("name", "length_mm", "width_mm", "height_mm", "tare_g", "max_gross_g", "price", "active")
    exclude = ("counted", "counted_at")  # counted on the page Cartons, which knows the moment


@admin.register(InsertRule)
class InsertRuleAdmin(Editable):
    list_display = ("name", "kind", "occasion", "channel", "sku", "cost", "priority", "active")
    list_filter = ("kind", "occasion", "active")
    list_select_related = ("channel",)


@admin.register(Shipment)
class ShipmentAdmin(ReadOnly):
    list_display = ("code", "warehouse", "state", "created_at", "shipped_at", "delivered_at")
    list_filter = ("state", "warehouse")
    list_select_related = ("order", "warehouse")
    search_fields = ("order__number",)


@admin.register(PickList)
class PickListAdmin(ReadOnly):
    list_display = ("id", "warehouse", "created_at", "finished_at")
    list_select_related = ("warehouse",)


@admin.register(PickTask)
class PickTaskAdmin(ReadOnly):
    list_display = ("pick_list", "bin", "quantity", "picked", "picked_at", "picked_by", "scanned")
    list_select_related = ("pick_list", "bin")


@admin.register(Parcel)
class ParcelAdmin(ReadOnly):
    list_display = ("shipment", "number", "carton", "weight_g", "status", "status_at")
    list_select_related = ("shipment__order", "carton")
    search_fields = ("shipment__order__number", "label__tracking_number")


@admin.register(Label)
class LabelAdmin(ReadOnly):
    list_display = ("tracking_number", "carrier", "service", "cost", "currency", "bought_at")
    search_fields = ("tracking_number",)


@admin.register(TrackingEvent)
class TrackingEventAdmin(ReadOnly):
    list_display = ("parcel", "status", "description", "at")
    list_select_related = ("parcel",)


@admin.register(Return)
class ReturnAdmin(ReadOnly):
    list_display = ("order", "reason", "received_at", "refund")
    list_filter = ("reason",)
    list_select_related = ("order",)


@admin.register(Trolley)
class TrolleyAdmin(Editable):
    list_display = ("name", "totes", "tote_litres", "max_weight_g")


@admin.register(PickingPolicy)
class PickingPolicyAdmin(Editable):
    list_display = ("warehouse", "kind", "waves_by", "zone_aisles", "trolley")
    list_select_related = ("warehouse", "trolley")


@admin.register(ReturnReason)
class ReturnReasonAdmin(Editable):
    """The shop's tree of reasons: those without a parent are its headings."""

    list_display = ("label", "code", "parent", "position", "fault", "needs_photo", "for_customers", "active")
    list_select_related = ("parent",)
    list_filter = ("fault", "active")


@admin.register(ReturnPolicy)
class ReturnPolicyAdmin(Editable):
    """What each channel takes back."""

    list_display = ("channel", "window_days", "approve_at_once", "restocking_percent", "label_price")
    list_select_related = ("channel",)
    autocomplete_fields = ("final_sale",)
