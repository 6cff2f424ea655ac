"""The dock over the API: parcels scanned onto a carrier's manifest, the manifest closed, listed and printed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.module_loading import import_string
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from fulfillment.dock import closing, scanning
from fulfillment.dock.reading import on_manifest, pick_up
from fulfillment.dock.verdicts import Judged, Verdict
from fulfillment.errors import FulfillmentError
from fulfillment.models import CarrierAccount, Label, Manifest
from inventory.models import Warehouse
from orders.api.answers import moment
from orders.api.endpoint import JSON, Endpoint, refusing
from orders.api.requests import Strict, checked
from orders.authentication import caller

MOST_CODES = 100
PDF = "application/pdf"
TRACKING = serializers.ListField(child=serializers.CharField(), help_text="Tracking numbers.")


class PickUpQuerySerializer(Strict):
    """Which carrier at which warehouse."""

    warehouse = serializers.CharField(max_length=16, help_text="Its code.")
    carrier = serializers.CharField(max_length=32, help_text="The account's code.")


class ScansRequestSerializer(PickUpQuerySerializer):
    """Codes in the order they were scanned."""

    codes = serializers.ListField(
        child=serializers.CharField(max_length=100),
        min_length=1,
        max_length=MOST_CODES,
        help_text="Tracking numbers, or codes of box labels as in 10001-1-1.",
    )


class DockVerdictSerializer(serializers.Serializer[Any]):
    """What one scan found."""

    code = serializers.CharField()
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])
    right = serializers.BooleanField(help_text="It lies on the manifest now.")
    words = serializers.CharField(help_text="For people.")
    shipment = serializers.CharField(allow_null=True)
    parcel = serializers.IntegerField(allow_null=True)


class ManifestSerializer(serializers.Serializer[Any]):
    """One manifest."""

    manifest = serializers.CharField(help_text="Its code, as in M12.")
    carrier = serializers.CharField()
    warehouse = serializers.CharField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    told_at = serializers.DateTimeField(allow_null=True, help_text="When the carrier got the list.")
    trouble = serializers.CharField(help_text="What the carrier said to it instead.")
    reference = serializers.CharField(help_text="The carrier's own number of it.")
    parcels = TRACKING


class PickUpSerializer(serializers.Serializer[Any]):
    """The open manifest, and what was not scanned."""

    manifest = ManifestSerializer(allow_null=True)
    missing = TRACKING


def shown_manifest(row: Manifest) -> dict[str, Any]:
    """A manifest that was read with its account and warehouse."""
    return {
        "manifest": row.code,
        "carrier": row.account.code,
        "warehouse": row.warehouse.code,
        "opened_at": moment(row.at),
        "closed_at": moment(row.closed_at) if row.closed_at else None,
        "told_at": moment(row.told_at) if row.told_at else None,
        "trouble": row.trouble,
        "reference": row.reference,
        "parcels": [label.tracking_number for label in on_manifest(row)],
    }


class DockView(Endpoint):
    """What the dock's addresses share."""

    scopes: ClassVar = {"GET": "fulfillment:write", "POST": "fulfillment:write"}
    refusals: ClassVar = {FulfillmentError: 409}

    def places(self, request: Request) -> QuerySet[Warehouse]:
        """Those that the key may work in."""
        warehouse_id = caller(request).warehouse_id
        return Warehouse.objects.all() if warehouse_id is None else Warehouse.objects.filter(pk=warehouse_id)

    def pick_up_of(self, request: Request, given: Mapping[str, Any]) -> tuple[CarrierAccount, Warehouse]:
        """The carrier and the warehouse; 404 where there is none."""
        warehouse = get_object_or_404(self.places(request), code=given["warehouse"])
        return get_object_or_404(CarrierAccount, code=given["carrier"], active=True), warehouse

    def manifest_of(self, request: Request, manifest_id: int) -> Manifest:
        """One that the key may see."""
        rows = Manifest.objects.select_related("account", "warehouse").filter(warehouse__in=self.places(request))
        return get_object_or_404(rows, pk=manifest_id)


class PickUpView(DockView):
    """`/api/v1/dock/`"""

    @extend_schema(
        operation_id="dock_pick_up",
        summary="See what a carrier takes along",
        description="The open manifest of a carrier at a warehouse, and the tracking numbers that were not scanned.",
        parameters=[PickUpQuerySerializer],
        responses={200: PickUpSerializer, **refusing(400, 404)},
        tags=["dock"],
    )
    def get(self, request: Request) -> Response:
        """Scanned and missing."""
        at = pick_up(*self.pick_up_of(request, checked(PickUpQuerySerializer, request.query_params)))
        missing: list[Label] = list(at.missing)
        shown = shown_manifest(at.manifest) if at.manifest else None
        return Response({"manifest": shown, "missing": [label.tracking_number for label in missing]})


class DockScansView(DockView):
    """`/api/v1/dock/scans/`"""

    @extend_schema(
        operation_id="dock_scan",
        summary="Scan parcels onto the open manifest",
        description="Each code is judged by itself; only `taken` puts its parcel onto the manifest.",
        request=ScansRequestSerializer,
        responses={200: DockVerdictSerializer(many=True), **refusing(400, 404, 409, 413, 415)},
        tags=["dock"],
    )
    def post(self, request: Request) -> Response:
        """A verdict for each."""
        given = checked(ScansRequestSerializer, request.data)
        account, warehouse = self.pick_up_of(request, given)
        by = caller(request).name
        return Response(
            [_told(scanning.scan(code, account=account, warehouse=warehouse, by=by)) for code in given["codes"]]
        )


class ManifestView(DockView):
    """`/api/v1/manifests/{id}/`"""

    @extend_schema(
        operation_id="manifests_read",
        summary="Read a manifest",
        responses={200: ManifestSerializer, **refusing(404)},
        tags=["dock"],
    )
    def get(self, request: Request, manifest_id: int) -> Response:
        """Open or closed."""
        return Response(shown_manifest(self.manifest_of(request, manifest_id)))


class ManifestCloseView(DockView):
    """`/api/v1/manifests/{id}/close/`"""

    @extend_schema(
        operation_id="manifests_close",
        summary="Close a manifest: the carrier has the parcels",
        description="Its shipments go on to stage 6. The carrier is told; closing again tells it again if it was not.",
        request=None,
        responses={200: ManifestSerializer, **refusing(404, 409)},
        tags=["dock"],
    )
    def post(self, request: Request, manifest_id: int) -> Response:
        """Once."""
        row = self.manifest_of(request, manifest_id)
        closing.close(row.pk, by=caller(request).name)
        return Response(shown_manifest(self.manifest_of(request, manifest_id)))


class ManifestPdfView(DockView):
    """`/api/v1/manifests/{id}/pdf/`"""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """JSON, for problems."""
        return JSON, JSON.media_type

    @extend_schema(
        operation_id="manifests_pdf",
        summary="Print a manifest",
        responses={(200, PDF): OpenApiResponse(OpenApiTypes.BINARY, description="The PDF."), **refusing(404)},
        tags=["dock"],
    )
    def get(self, request: Request, manifest_id: int) -> HttpResponse:
        """A4, for the driver's signature."""
        row = self.manifest_of(request, manifest_id)
        drawn = import_string("fulfillment.documents.manifest.draw")(row.pk)
        return HttpResponse(drawn, PDF, headers={"Content-Disposition": f'inline; filename="manifest-{row.code}.pdf"'})


def _told(found: Judged) -> dict[str, Any]:
    return {
        "code": found.code,
        "verdict": found.verdict.value,
        "right": found.is_right,
        "words": found.words,
        "shipment": found.parcel.shipment.code if found.parcel else None,
        "parcel": found.parcel.number if found.parcel else None,
    }
