"""Documents of a shipment over the API, as PDF."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from fulfillment.api import own_shipment
from fulfillment.documents.kinds import draw
from fulfillment.errors import FulfillmentError
from orders.api.endpoint import JSON, Endpoint, refusing

PDF = "application/pdf"


def document(name: str, summary: str) -> Callable[[Any], Any]:
    """The documentation of one document."""
    drawn = OpenApiResponse(OpenApiTypes.BINARY, description="The PDF.")
    return extend_schema(
        operation_id=f"shipments_{name}",
        summary=summary,
        description="409 `nothing_to_print` when there is nothing to print yet, or the shipment is called off.",
        responses={(200, PDF): drawn, **refusing(404, 409)},
        tags=["shipments"],
    )


class DocumentView(Endpoint):
    """What the documents share: whatever the client accepts, it gets the PDF, or a problem as JSON."""

    scopes: ClassVar = {"GET": "fulfillment:write"}
    refusals: ClassVar = {FulfillmentError: 409}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """JSON, for problems."""
        return JSON, JSON.media_type

    def drawn(self, request: Request, code: str, kind: str) -> HttpResponse:
        """The document of a shipment that the key may see."""
        pdf = draw(kind, own_shipment(request, code).pk)
        return HttpResponse(pdf, PDF, headers={"Content-Disposition": f'inline; filename="{kind}-{code}.pdf"'})


class PackingSlipView(DocumentView):
    """`/api/v1/shipments/{code}/packing-slip/`"""

    @document("packing_slip", "Print a packing slip")
    def get(self, request: Request, code: str) -> HttpResponse:
        """A4, without prices."""
        return self.drawn(request, code, "packing-slip")


class CarrierLabelsView(DocumentView):
    """`/api/v1/shipments/{code}/carrier-labels/`"""

    @document("carrier_labels", "Print the carrier's labels")
    def get(self, request: Request, code: str) -> HttpResponse:
        """One page of 100 by 150 mm for each parcel, once they are bought."""
        return self.drawn(request, code, "carrier-label")


class ProformaView(DocumentView):
    """`/api/v1/shipments/{code}/proforma/`"""

    @document("proforma", "Print the proforma invoice of an export")
    def get(self, request: Request, code: str) -> HttpResponse:
        """A4, for customs."""
        return self.drawn(request, code, "proforma")


class BoxLabelsView(DocumentView):
    """`/api/v1/shipments/{code}/box-labels/`"""

    @document("box_labels", "Print the box labels")
    def get(self, request: Request, code: str) -> HttpResponse:
        """One page of 100 by 150 mm for each parcel."""
        return self.drawn(request, code, "box-label")
