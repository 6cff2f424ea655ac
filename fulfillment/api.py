"""The warehouse over the API: what a third party (or a script playing staff) sees and confirms, and what comes back."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fulfillment.errors import CarrierError, FulfillmentError, NotReturnable
from fulfillment.flow import SHIPMENT_STATES
from fulfillment.models import Shipment
from fulfillment.returns.reasons import reason_named
from fulfillment.returns.receiving import receive_return
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from orders.api.answers import moment, shown_shipment
from orders.api.endpoint import Endpoint, refusing
from orders.api.orders import own_order
from orders.api.pages import Pages
from orders.api.requests import MOST_LINES, MOST_UNITS, AddressRequestSerializer, MoneyField, Strict, checked
from orders.api.schema import PageSerializer
from orders.api.shipment_schema import ShipmentSerializer
from orders.authentication import caller
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.money import plain
from orders.problems import Problem

CODE = re.compile(r"(\d{1,18})-(\d{1,4})", re.ASCII)


class ShipmentPages(Pages):
    """Oldest first: the order in which the work came."""

    ordering = "id"
    position = re.compile(r"\d{1,18}", re.ASCII)


class ShipmentQuerySerializer(Strict):
    """Which shipments."""

    warehouse = serializers.CharField(max_length=16, required=False, help_text="Its code.")
    state = serializers.ChoiceField(choices=SHIPMENT_STATES, required=False)
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=100)


class ShipmentLineSerializer(serializers.Serializer[Any]):
    """Units of one product to send."""

    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    picked = serializers.IntegerField()


class WorkSerializer(ShipmentSerializer):
    """A shipment with what a warehouse needs to send it."""

    order = serializers.IntegerField(help_text="The order's number.")
    held = serializers.BooleanField(help_text="Whether it, or its order, has to wait: no step of it is taken now.")
    shipping_address = AddressRequestSerializer()
    lines = ShipmentLineSerializer(many=True)


class WorkPageSerializer(PageSerializer):
    """A page of shipments."""

    results = WorkSerializer(many=True)


class ReturnLineRequestSerializer(Strict):
    """Units that came back."""

    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)


class ReturnRequestSerializer(Strict):
    """A parcel that came back."""

    key = serializers.CharField(max_length=60, help_text="Your own name for it; the same key is booked once per order.")
    reason = serializers.CharField(max_length=24, help_text="A code of `return-reasons/`.")
    lines = ReturnLineRequestSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]

    def validate_reason(self, code: str) -> str:
        """One that the shop offers."""
        try:
            return reason_named(code).code
        except NotReturnable as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal


class ReturnSerializer(serializers.Serializer[Any]):
    """A return on record."""

    order = serializers.IntegerField()
    key = serializers.CharField()
    reason = serializers.CharField()
    received_at = serializers.DateTimeField()
    refund = MoneyField(help_text="What the units were worth.")
    lines = ReturnLineRequestSerializer(many=True)


def own_work(request: Request) -> QuerySet[Shipment]:
    """Shipments that the key may see, with all that is shown of them: of its warehouse if it is of one."""
    shipments = Shipment.objects.select_related("order", "warehouse")
    if (warehouse_id := caller(request).warehouse_id) is not None:
        shipments = shipments.filter(warehouse=warehouse_id)
    return shipments.prefetch_related("lines__order_line", "parcels__label")


def own_shipment(request: Request, code: str) -> Shipment:
    """The one of them called `code` (order number, dash, shipment number); 404 when there is none."""
    parts = CODE.fullmatch(code)
    if parts is None:
        raise Http404
    return get_object_or_404(own_work(request), order__number=int(parts[1]), number=int(parts[2]))


def shown_work(shipment: Shipment) -> dict[str, Any]:
    """One shipment for a warehouse."""
    return {
        **shown_shipment(shipment),
        "order": shipment.order.number,
        "held": bool(shipment.open_holds or shipment.order.open_holds),
        "shipping_address": shipment.order.shipping_address,
        "lines": [
            {
                "sku": line.order_line.sku,
                "name": line.order_line.name,
                "quantity": line.quantity,
                "picked": line.picked,
            }
            for line in shipment.lines.all()
        ],
    }


class ShipmentsView(Endpoint):
    """`/api/v1/shipments/`"""

    scopes: ClassVar = {"GET": "fulfillment:write"}

    @extend_schema(
        operation_id="shipments_list",
        summary="List shipments",
        description="The work of the warehouses, oldest first, of all channels; with a key of one warehouse only its "
        "own.",
        parameters=[ShipmentQuerySerializer],
        responses={200: WorkPageSerializer, **refusing(400)},
        tags=["shipments"],
    )
    def get(self, request: Request) -> Response:
        """A page of shipments."""
        query = checked(ShipmentQuerySerializer, request.query_params)
        shipments = own_work(request)
        if "warehouse" in query:
            shipments = shipments.filter(warehouse__code=query["warehouse"])
        if "state" in query:
            shipments = shipments.filter(state=query["state"])
        pages = ShipmentPages()
        rows = pages.paginate_queryset(shipments, request, view=self) or []
        return pages.get_paginated_response([shown_work(row) for row in rows])


def confirmed(request: Request, code: str, advance: Callable[..., Shipment], *, into: State) -> Response:
    """Advance the shipment by one stage. What was confirmed before is not done again and answers the same."""
    shipment = own_shipment(request, code)
    try:
        advance(shipment.pk, by=caller(request).name)
    except NotAllowedNow:
        reached = [state for state, _ in SHIPMENT_STATES]
        now = own_shipment(request, code).state
        if now == State.CANCELLED or reached.index(now) < reached.index(into):
            raise
    return Response(shown_work(own_shipment(request, code)))


def confirmation(word: str) -> Callable[[Any], Any]:
    """The documentation of one confirmation."""
    return extend_schema(
        operation_id=f"shipments_{word}",
        summary=f"Confirm that a shipment is {word}",
        description="Takes no body. Confirming again changes nothing and answers 200.",
        request=None,
        responses={
            200: OpenApiResponse(WorkSerializer, description="The shipment as it is now."),
            **refusing(404, 409),
        },
        tags=["shipments"],
    )


class ConfirmView(Endpoint):
    """What the confirmations share."""

    scopes: ClassVar = {"POST": "fulfillment:write"}
    refusals: ClassVar = {CarrierError: 503, FulfillmentError: 409}


class PickedView(ConfirmView):
    """`/api/v1/shipments/{code}/picked/`"""

    @confirmation("picked")
    def post(self, request: Request, code: str) -> Response:
        """Stage 4: every unit is gathered."""
        return confirmed(request, code, pick, into=State.PICKED)


class ShippedView(ConfirmView):
    """`/api/v1/shipments/{code}/shipped/`"""

    @confirmation("shipped")
    def post(self, request: Request, code: str) -> Response:
        """Stage 6: the parcels are with the carrier."""
        return confirmed(request, code, ship, into=State.SHIPPED)


class ReturnsView(Endpoint):
    """`/api/v1/orders/{number}/returns/`"""

    scopes: ClassVar = {"POST": "orders:write"}
    refusals: ClassVar = {FulfillmentError: 409}

    @extend_schema(
        operation_id="orders_return",
        summary="Report what came back",
        description="Books the units into stock, unless they are damaged, and refunds what was paid for them; "
        "once per order and key.",
        request=ReturnRequestSerializer,
        responses={
            200: OpenApiResponse(ReturnSerializer, description="The return on record."),
            **refusing(400, 404, 409, 413, 415, 422),
        },
        tags=["orders"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Take units back."""
        given = checked(ReturnRequestSerializer, request.data)
        units: Counter[str] = Counter()
        for line in given["lines"]:
            units[line["sku"]] += line["quantity"]
        order = own_order(request, number)
        key = f"{order.number}:{given['key']}"
        back = receive_return(order.pk, lines=units, reason=given["reason"], key=key, by=caller(request).name)
        booked: Counter[str] = Counter()
        for row in back.lines.select_related("order_line"):
            booked[row.order_line.sku] += row.quantity
        if (back.reason, booked) != (given["reason"], units):
            raise Problem(422, "return_key_reused", "This key belongs to another return of the same order.")
        return Response(
            {
                "order": order.number,
                "key": given["key"],
                "reason": str(back.reason),
                "received_at": moment(back.received_at or back.requested_at),
                "refund": plain(back.refund, order.currency),
                "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in sorted(booked.items())],
            }
        )
