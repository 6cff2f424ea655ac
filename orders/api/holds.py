"""Holds over the API: what a fraud service or a person's own tool places, releases and rejects."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventory import clock
from orders.api.answers import shown_order
from orders.api.endpoint import Endpoint, refusing
from orders.api.orders import own_order
from orders.api.requests import MomentField, Strict, checked
from orders.api.schema import OrderSerializer
from orders.authentication import caller
from orders.services import hold, release_hold
from orders.stages.approve import refuse

AS_IT_IS = OpenApiResponse(OrderSerializer, description="The order as it is now.")
SECONDED = OpenApiResponse(OrderSerializer, description="Kept; the hold ends when a second person or key agrees.")


class PlaceHoldRequestSerializer(Strict):
    """Why an order has to wait."""

    reason = serializers.SlugField(max_length=40, help_text="Its name; one hold of a name is open at a time.")
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
    until = MomentField(required=False, help_text="Released by itself then.")

    def validate_until(self, value: Any) -> Any:
        """Not in the past."""
        if value <= clock.now():
            raise serializers.ValidationError("This moment has passed.", "in_the_past")
        return value


class ReleaseRequestSerializer(Strict):
    """Which hold ends, and why."""

    reason = serializers.SlugField(max_length=40, help_text="As in the order's `holds`.")
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class RejectRequestSerializer(Strict):
    """Why an order is not trusted."""

    reason = serializers.CharField(max_length=200)


class HoldsView(Endpoint):
    """`/api/v1/orders/{number}/holds/`"""

    scopes: ClassVar = {"POST": "orders:approve"}

    @extend_schema(
        operation_id="orders_hold",
        summary="Hold an order",
        description="Nothing of the order moves until the hold is released, or until its date. The same hold "
        "again answers 200; one of an open name with another note or date is refused with 409 `hold_open`.",
        request=PlaceHoldRequestSerializer,
        responses={200: AS_IT_IS, **refusing(400, 404, 409, 413, 415)},
        tags=["orders"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Stop it where it is."""
        given = checked(PlaceHoldRequestSerializer, request.data)
        order = own_order(request, number)
        why = {"reason": given["reason"], "note": given["note"], "until": given.get("until")}
        hold(order.pk, by=caller(request).name, **why)
        return Response(shown_order(own_order(request, number)))


class ReleaseView(Endpoint):
    """`/api/v1/orders/{number}/release/`"""

    scopes: ClassVar = {"POST": "orders:approve"}

    @extend_schema(
        operation_id="orders_release",
        summary="Release an order from a hold",
        description="Ends the open hold with this reason; when it was the last one, the order goes on at once. "
        "Releasing what is not held changes nothing and answers 200. Where the channel's policy wants two people, the "
        "first call is kept and answers 202; the same key again is refused with 409 `needs_second_person`, and another "
        "key, or a person of the shop, ends the hold.",
        request=ReleaseRequestSerializer,
        responses={200: AS_IT_IS, 202: SECONDED, **refusing(400, 404, 409, 413, 415)},
        tags=["orders"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Let go of one hold."""
        given = checked(ReleaseRequestSerializer, request.data)
        order = own_order(request, number)
        open_ = order.holds.filter(reason=given["reason"], released_at=None)
        for row in open_:
            release_hold(row.pk, by=caller(request).name, note=given["note"])
        return Response(shown_order(own_order(request, number)), status=202 if open_.all().exists() else 200)


class RejectView(Endpoint):
    """`/api/v1/orders/{number}/reject/`"""

    scopes: ClassVar = {"POST": "orders:approve"}

    @extend_schema(
        operation_id="orders_reject",
        summary="Reject an order",
        description="Possible until the order is approved. Promised stock and money go back; the decision is kept.",
        request=RejectRequestSerializer,
        responses={200: AS_IT_IS, **refusing(400, 404, 409, 413, 415)},
        tags=["orders"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Do not trust it."""
        given = checked(RejectRequestSerializer, request.data)
        refuse(own_order(request, number).pk, reason=given["reason"], by=caller(request).name)
        return Response(shown_order(own_order(request, number)))
