"""The calendar of the figures for people: campaigns, incidents, targets."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from inventory.admin import Editable, ReadOnly
from kpis.models import Campaign, HistoryImport, Incident, Target


@admin.register(Campaign)
class CampaignAdmin(Editable):
    list_display = ("name", "kind", "starts_on", "ends_on", "by")
    search_fields = ("name", "kind")
    readonly_fields = ("by", "at")


@admin.register(Incident)
class IncidentAdmin(Editable):
    list_display = ("name", "stage", "starts_on", "ends_on", "by")
    list_filter = ("stage",)
    search_fields = ("name",)
    readonly_fields = ("by", "at")


@admin.register(Target)
class TargetAdmin(Editable):
    """A new target replaces the one before; what was aimed at then stays."""

    list_display = ("kpi", "value", "by", "at")
    list_filter = ("kpi",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(HistoryImport)
class HistoryImportAdmin(ReadOnly):
    list_display = ("file_name", "status", "lines", "orders_new", "orders_refused", "by", "at")
    list_filter = ("status", "kind")
