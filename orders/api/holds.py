"""Holds over the API: what a fraud service or a person's own tool releases."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.answers import shown_order
from orders.api.endpoint import Endpoint, refusing
from orders.api.orders import own_order
from orders.api.requests import ReleaseRequestSerializer, checked
from orders.api.schema import OrderSerializer
from orders.authentication import caller
from orders.services import release_hold


class ReleaseView(Endpoint):
    """`/api/v1/orders/{number}/release/`"""

    scopes: ClassVar = {"POST": "orders:approve"}

    @extend_schema(
        operation_id="orders_release",
        summary="Release an order from a hold",
        description="Ends the open hold with this reason; when it was the last one, the order goes on at once. "
        "Releasing what is not held changes nothing and answers 200.",
        request=ReleaseRequestSerializer,
        responses={
            200: OpenApiResponse(OrderSerializer, description="The order as it is now."),
            **refusing(400, 404, 413, 415),
        },
        tags=["orders"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Let go of one hold."""
        given = checked(ReleaseRequestSerializer, request.data)
        order = own_order(request, number)
        for hold in order.holds.filter(reason=given["reason"], released_at=None):
            release_hold(hold.pk, by=caller(request).name)
        return Response(shown_order(own_order(request, number)))
