"""Holds of shipments over the API: what a warehouse stops, and lets go."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from fulfillment.api import WorkSerializer, own_shipment, shown_work
from fulfillment.holds import hold_shipment, release_shipment
from orders.api.endpoint import Endpoint, refusing
from orders.api.holds import PlaceHoldRequestSerializer, ReleaseRequestSerializer
from orders.api.requests import checked
from orders.authentication import caller

AS_IT_IS = OpenApiResponse(WorkSerializer, description="The shipment as it is now.")


class ShipmentHoldsView(Endpoint):
    """`/api/v1/shipments/{code}/holds/`"""

    scopes: ClassVar = {"POST": "fulfillment:write"}

    @extend_schema(
        operation_id="shipments_hold",
        summary="Hold a shipment",
        description="It waits while the rest of its order goes on, until it is released or until its date. The same "
        "hold again answers 200; one of an open name with another note or date is refused with 409 `hold_open`.",
        request=PlaceHoldRequestSerializer,
        responses={200: AS_IT_IS, **refusing(400, 404, 409, 413, 415)},
        tags=["shipments"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Stop it where it is."""
        given = checked(PlaceHoldRequestSerializer, request.data)
        why = {"reason": given["reason"], "note": given["note"], "until": given.get("until")}
        hold_shipment(own_shipment(request, code).pk, by=caller(request).name, **why)
        return Response(shown_work(own_shipment(request, code)))


class ShipmentReleaseView(Endpoint):
    """`/api/v1/shipments/{code}/release/`"""

    scopes: ClassVar = {"POST": "fulfillment:write"}

    @extend_schema(
        operation_id="shipments_release",
        summary="Release a shipment from a hold",
        description="Ends the open hold of the shipment with this reason. Releasing what is not held changes nothing "
        "and answers 200; so does a hold of somebody else with a key of one warehouse. A hold of its order is released "
        "there.",
        request=ReleaseRequestSerializer,
        responses={200: AS_IT_IS, **refusing(400, 404, 413, 415)},
        tags=["shipments"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Let go of one hold."""
        given = checked(ReleaseRequestSerializer, request.data)
        rows = own_shipment(request, code).holds.filter(reason=given["reason"], released_at=None)
        if caller(request).warehouse_id is not None:  # whoever runs a warehouse lets go what they stopped themselves
            rows = rows.filter(by=caller(request).name)
        for row in rows:
            release_shipment(row.pk, by=caller(request).name, note=given["note"])
        return Response(shown_work(own_shipment(request, code)))
