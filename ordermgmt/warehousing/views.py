"""How the warehouse works: one page of its rules, and a form for each of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fulfillment.models import InsertRule, PickingPolicy, Trolley
from inventory.models import Warehouse
from ordermgmt.access import leader_action
from ordermgmt.views.stock.refusals import UNFIT
from ordermgmt.warehousing.forms import InsertForm, PolicyForm, TrolleyForm
from ordermgmt.warehousing.sentences import of_insert, of_policy, of_trolley


@require_safe
@leader_action
def setup(request: HttpRequest) -> HttpResponse:
    """Every rule with what it does; in three queries."""
    places = Warehouse.objects.filter(mode=Warehouse.Mode.MANUAL).select_related("picking_policy__trolley")
    context = {
        "places": [(place, of_policy(getattr(place, "picking_policy", None))) for place in places],
        "trolleys": [(row, of_trolley(row)) for row in Trolley.objects.all()],
        "inserts": [
            (row, of_insert(row))
            for row in InsertRule.objects.select_related("channel").order_by("-active", "priority", "id")
        ],
    }
    return render(request, "warehousing/setup.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@leader_action
def policy(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """Who shares a walk in one warehouse of the shop's people."""
    place = get_object_or_404(Warehouse, pk=warehouse_id, mode=Warehouse.Mode.MANUAL)
    row = PickingPolicy.objects.filter(warehouse=place).first() or PickingPolicy(warehouse=place)
    form = PolicyForm(_typed(request), instance=row)
    if form.is_bound and form.is_valid():
        messages.success(request, f"{place.name}: {of_policy(form.save())}")
        return redirect("warehouse-setup")
    return _show(request, form, _("Picking in {name}").format(name=place.name), of_policy(row if row.pk else None))


@require_http_methods(["GET", "HEAD", "POST"])
@leader_action
def trolley(request: HttpRequest, trolley_id: int | None = None) -> HttpResponse:
    """One kind of trolley, or without an id a new one."""
    row = get_object_or_404(Trolley, pk=trolley_id) if trolley_id else Trolley()
    form = TrolleyForm(_typed(request), instance=row)
    if form.is_bound and form.is_valid():
        kept = form.save()
        messages.success(request, f"{kept}: {of_trolley(kept)}")
        return redirect("warehouse-setup")
    return _show(request, form, _("Change a trolley") if trolley_id else _("Add a trolley"), "")


@require_http_methods(["GET", "HEAD", "POST"])
@leader_action
def insert(request: HttpRequest, rule_id: int | None = None) -> HttpResponse:
    """One thing that is added to parcels, or without an id a new one."""
    row = get_object_or_404(InsertRule.objects.select_related("channel"), pk=rule_id) if rule_id else InsertRule()
    does = of_insert(row) if rule_id else ""
    form = InsertForm(_typed(request), instance=row)
    if form.is_bound and form.is_valid():
        kept = form.kept()
        messages.success(request, f"{kept}: {of_insert(kept)}")
        return redirect("warehouse-setup")
    return _show(request, form, _("Change what is added") if rule_id else _("Add something to parcels"), does)


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _show(request: HttpRequest, form: Any, title: str, does: str) -> HttpResponse:
    context = {"form": form, "title": title, "does": does}
    return render(request, "warehousing/rule_form.html", context, status=UNFIT if form.is_bound else 200)
