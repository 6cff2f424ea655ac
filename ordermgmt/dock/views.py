"""The dock: choose a carrier, scan its parcels, close its manifest, print it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fulfillment.dock import closing, scanning
from fulfillment.dock.reading import PickUp, on_manifest, pick_up
from fulfillment.dock.verdicts import Judged
from fulfillment.errors import ManifestRefused
from fulfillment.models import CarrierAccount, Manifest
from inventory.models import Warehouse
from ordermgmt.access import refuse_elsewhere, shipper_action, warehouse_action
from ordermgmt.dock.pages import latest_manifests, pick_ups
from ordermgmt.documents.views import shown_pdf
from ordermgmt.phrases import counted

DRAWING = "fulfillment.documents.manifest.draw"


@require_safe
@warehouse_action
def dock(request: HttpRequest) -> HttpResponse:
    """The carriers that come here, and what they took."""
    return render(request, "dock/dock.html", {"cards": pick_ups(), "manifests": latest_manifests()})


@require_safe
@warehouse_action
def pick_up_page(request: HttpRequest, warehouse: str, account: str) -> HttpResponse:
    """One carrier: what was scanned, and what is missing."""
    return _shown(request, _pick_up(warehouse, account))


@require_POST
@shipper_action
def scan(request: HttpRequest, warehouse: str, account: str) -> HttpResponse:
    """One code, typed or scanned; answered with its verdict."""
    at = _pick_up(warehouse, account)
    refuse_elsewhere(request, at.warehouse.pk)
    try:
        judged = scanning.scan(
            request.POST.get("code", ""), account=at.account, warehouse=at.warehouse, by=request.user.get_username()
        )
    except ManifestRefused as refusal:
        messages.error(request, f"{refusal}.")
        judged = None
    return _shown(request, _pick_up(warehouse, account), judged)


@require_POST
@shipper_action
def take_off(request: HttpRequest, manifest_id: int, parcel_id: int) -> HttpResponse:
    """It stays here after all."""
    manifest = get_object_or_404(Manifest.objects.select_related("account", "warehouse"), pk=manifest_id)
    refuse_elsewhere(request, manifest.warehouse_id)
    label = get_object_or_404(manifest.labels, parcel=parcel_id)
    try:
        scanning.take_off(label.parcel_id, manifest=manifest)
        messages.success(
            request, _("{tracking_number} is off the manifest.").format(tracking_number=label.tracking_number)
        )
    except ManifestRefused as refusal:
        messages.error(request, f"{refusal}.")
    return redirect("pick-up", warehouse=manifest.warehouse.code, account=manifest.account.code)


@require_POST
@shipper_action
def close(request: HttpRequest, manifest_id: int) -> HttpResponse:
    """The carrier drives off; or tell it again what it has taken."""
    manifest = get_object_or_404(Manifest.objects.select_related("account", "warehouse"), pk=manifest_id)
    refuse_elsewhere(request, manifest.warehouse_id)
    try:
        closed = closing.close(manifest.pk, by=request.user.get_username())
    except ManifestRefused as refusal:
        messages.error(request, f"{refusal}.")
        return redirect("pick-up", warehouse=manifest.warehouse.code, account=manifest.account.code)
    if closed.trouble:
        messages.error(
            request,
            _("{code} is closed, but {name} was not told: {trouble}.").format(
                code=closed.code, name=manifest.account.name, trouble=closed.trouble
            ),
        )
    else:
        messages.success(
            request,
            _("{code} is closed: {parcels} handed over.").format(
                code=closed.code, parcels=counted(closed.parcels, "parcel")
            ),
        )
    return redirect("manifest", manifest_id=manifest.pk)


@require_safe
@warehouse_action
def manifest(request: HttpRequest, manifest_id: int) -> HttpResponse:
    """One manifest, parcel by parcel."""
    row = get_object_or_404(Manifest.objects.select_related("account", "warehouse"), pk=manifest_id)
    return render(request, "dock/manifest.html", {"manifest": row, "labels": on_manifest(row)})


@require_safe
@warehouse_action
def manifest_pdf(request: HttpRequest, manifest_id: int) -> HttpResponse:
    """For the driver's signature."""
    row = get_object_or_404(Manifest, pk=manifest_id)
    return shown_pdf(import_string(DRAWING)(row.pk), f"manifest-{row.code}.pdf")


def _pick_up(warehouse: str, account: str) -> PickUp:
    place = get_object_or_404(Warehouse, code=warehouse, mode=Warehouse.Mode.MANUAL)
    return pick_up(get_object_or_404(CarrierAccount, code=account, active=True), place)


def _shown(request: HttpRequest, at: PickUp, judged: Judged | None = None) -> HttpResponse:
    template = "dock/_pick_up.html" if request.headers.get("HX-Request") else "dock/pick_up.html"
    return render(request, template, {"at": at, "judged": judged})
