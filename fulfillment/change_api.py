"""Changes that reach into the warehouse, over the API: apply, call off, split, merge."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fulfillment.changes import apply_change, cancel_units, merge_orders, split_order
from orders.api.answers import shown_order
from orders.api.changes import ChangeSetSerializer, own_change, shown_change
from orders.api.endpoint import Endpoint, refusing
from orders.api.idempotency import Once, answered_once
from orders.api.orders import own_order, own_orders
from orders.api.requests import MOST_LINES, MOST_UNITS, Strict, checked
from orders.api.schema import IDEMPOTENCY_KEY, OrderSerializer
from orders.authentication import caller
from orders.models import Order
from orders.problems import Problem
from orders.services import cancel

PUT_BACK = "Confirms that gathered goods go back on the shelf."


class ApplyRequestSerializer(Strict):
    """What was looked at, and what is confirmed."""

    seen = serializers.CharField(max_length=80, required=False, default="", help_text="`mark` of the preview.")
    put_back = serializers.BooleanField(default=False, help_text=PUT_BACK)


class UnitsSerializer(Strict):
    """Units of one line."""

    line = serializers.IntegerField(min_value=1, help_text="Its place in the order's `lines`, from 1.")
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)


class CancelUnitsRequestSerializer(Strict):
    """Why, and which units; all of the order without `lines`."""

    reason = serializers.CharField(max_length=200)
    lines = UnitsSerializer(many=True, required=False, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    put_back = serializers.BooleanField(default=False, help_text=PUT_BACK)


class SplitRequestSerializer(Strict):
    """Which units go on as an order of their own."""

    reason = serializers.CharField(max_length=200)
    lines = UnitsSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    put_back = serializers.BooleanField(default=False, help_text=PUT_BACK)


class MergeOrderRequestSerializer(Strict):
    """Which order is taken in."""

    reason = serializers.CharField(max_length=200)
    other = serializers.IntegerField(min_value=1, help_text="Its number; it is called off.")
    put_back = serializers.BooleanField(default=False, help_text=PUT_BACK)


def units_of(lines: list[Mapping[str, int]]) -> dict[int, int]:
    """Units by line; a line that is named twice counts together."""
    units: dict[int, int] = {}
    for row in lines:
        units[row["line"]] = units.get(row["line"], 0) + row["quantity"]
    return units


class ApplyView(Endpoint):
    """`/api/v1/orders/{number}/changes/{id}/apply/`"""

    scopes: ClassVar = {"POST": "orders:edit"}

    @extend_schema(
        operation_id="changes_apply",
        summary="Apply a proposed change",
        description="All of it or nothing: lines, stock, shipments and money. 409 `change_stale` with the new "
        "`preview` when it would come to other money than was looked at.",
        request=ApplyRequestSerializer,
        responses={200: ChangeSetSerializer, **refusing(400, 404, 409, 413, 415, 422)},
        tags=["changes"],
    )
    def post(self, request: Request, number: int, change_id: int) -> Response:
        """Do it."""
        given: Mapping[str, Any] = checked(ApplyRequestSerializer, request.data or {})
        change = own_change(request, number, change_id)
        apply_change(change.pk, by=caller(request).name, seen=given["seen"], put_back=given["put_back"])
        return Response(shown_change(own_change(request, number, change_id)))


class CancelView(Endpoint):
    """`/api/v1/orders/{number}/cancel/`"""

    scopes: ClassVar = {"POST": ("orders:write", "orders:edit")}

    @extend_schema(
        operation_id="orders_cancel",
        summary="Cancel an order, or units of it",
        description="Possible until something has left a warehouse. Promised stock and pledged money go back. "
        "With `lines` only these units are called off, which needs the scope `orders:edit` and an `Idempotency-Key`. "
        "Cancelling a cancelled order changes nothing and answers 200.",
        request=CancelUnitsRequestSerializer,
        responses={200: OrderSerializer, **refusing(400, 404, 409, 413, 415, 422)},
        tags=["orders"],
    )
    def post(self, request: Request, number: int) -> HttpResponse:
        """Call the order off, or a part of it."""
        given, order = checked(CancelUnitsRequestSerializer, request.data), own_order(request, number)
        if "lines" in given:
            if not caller(request).may("orders:edit"):
                raise Problem(403, "scope_missing", "Calling units off takes the scope orders:edit.")
            return answered_once(request, partial(self._cancel_units, request, order, given))
        if not caller(request).may("orders:write"):
            detail = "Calling a whole order off takes the scope orders:write."
            raise Problem(403, "scope_missing", detail, scope="orders:write")
        cancel(order.pk, reason=given["reason"], by=caller(request).name)
        return Response(shown_order(own_order(request, number)))

    def _cancel_units(self, request: Request, order: Order, given: Mapping[str, Any], once: Once) -> Response:
        units, by = units_of(given["lines"]), caller(request).name
        cancel_units(order.pk, units, reason=given["reason"], by=by, put_back=given["put_back"])
        return Response(shown_order(own_order(request, order.number)))


class SplitView(Endpoint):
    """`/api/v1/orders/{number}/split/`"""

    scopes: ClassVar = {"POST": "orders:edit"}

    @extend_schema(
        operation_id="orders_split",
        summary="Split an order",
        description="The named units go on as an order of their own, with their promises, price and pledged money. "
        "Shipping stays with the first.",
        parameters=[IDEMPOTENCY_KEY],
        request=SplitRequestSerializer,
        responses={
            201: OpenApiResponse(OrderSerializer, description="The new order."),
            **refusing(400, 404, 409, 413, 415, 422),
        },
        tags=["changes"],
    )
    def post(self, request: Request, number: int) -> HttpResponse:
        """Two orders from one."""
        return answered_once(request, partial(self._split, request, own_order(request, number)))

    def _split(self, request: Request, order: Order, once: Once) -> Response:
        given, by = checked(SplitRequestSerializer, request.data), caller(request).name
        units = units_of(given["lines"])
        new = split_order(order.pk, units, reason=given["reason"], by=by, put_back=given["put_back"])
        return Response(shown_order(own_order(request, new.number)), status=201)


class MergeView(Endpoint):
    """`/api/v1/orders/{number}/merge/`"""

    scopes: ClassVar = {"POST": "orders:edit"}

    @extend_schema(
        operation_id="orders_merge",
        summary="Merge another order into this one",
        description="Same customer, address and currency; neither has left. The other one is called off without "
        "giving anything back.",
        request=MergeOrderRequestSerializer,
        responses={200: OrderSerializer, **refusing(400, 404, 409, 413, 415)},
        tags=["changes"],
    )
    def post(self, request: Request, number: int) -> Response:
        """One order from two."""
        given, by = checked(MergeOrderRequestSerializer, request.data), caller(request).name
        order, other = own_order(request, number), get_object_or_404(own_orders(request), number=given["other"])
        merge_orders(order.pk, other.pk, reason=given["reason"], by=by, put_back=given["put_back"])
        return Response(shown_order(own_order(request, number)))
