"""Carriers over the API: their news, what they ask for a shipment, labels bought and given back, what arrived."""

from typing import Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fulfillment.api import WorkSerializer, own_shipment, shown_work
from fulfillment.carriers.buying import buy_labels, void_label
from fulfillment.carriers.quoting import offers_now
from fulfillment.confirmations import Arrived, confirm_delivery
from fulfillment.errors import CarrierError, FulfillmentError, WebhookRefused
from fulfillment.models import CarrierAccount, Shipment
from fulfillment.stages.deliver import hear_webhook
from orders.api.endpoint import Endpoint, refusing
from orders.api.orders import own_order
from orders.api.requests import MOST_UNITS, Strict, checked
from orders.authentication import caller
from orders.money import plain
from orders.problems import Problem

AS_IT_IS = OpenApiResponse(WorkSerializer, description="The shipment as it is now.")


class RateSerializer(serializers.Serializer[Any]):
    """What one service asks for one parcel."""

    parcel = serializers.IntegerField(help_text="Its number in the shipment.")
    carrier = serializers.CharField(help_text="The account's code.")
    service = serializers.CharField()
    price = serializers.CharField()
    currency = serializers.CharField()
    arrives_at = serializers.DateTimeField()


class VoidRequestSerializer(Strict):
    """Which label is not used, and why."""

    parcel = serializers.IntegerField(min_value=1, help_text="Its number in the shipment.")
    reason = serializers.CharField(max_length=200)


class ArrivedLineSerializer(Strict):
    """What came of one line."""

    line = serializers.IntegerField(min_value=1, help_text="Its place in the order, from 1.")
    received = serializers.IntegerField(min_value=0, max_value=MOST_UNITS)
    damaged = serializers.IntegerField(min_value=0, max_value=MOST_UNITS, default=0)


class ArrivedRequestSerializer(Strict):
    """What arrived; lines that are not named came as they were sent."""

    key = serializers.CharField(max_length=40, help_text="Yours: the same key is the same confirmation.")
    lines = ArrivedLineSerializer(many=True, default=list)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class ArrivedSerializer(serializers.Serializer[Any]):
    """The confirmation on record."""

    short = serializers.IntegerField(help_text="Units that did not come.")
    over = serializers.IntegerField()
    damaged = serializers.IntegerField()


class CarrierWebhookView(APIView):
    """`/api/v1/carriers/{account}/webhook/`: what a carrier tells. Its signature is all that opens it."""

    schema = None
    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request, account: str) -> Response:
        """200 for whatever is signed, also what is of no use: a carrier shall not repeat it. `parcels`: how many."""
        row = CarrierAccount.objects.filter(code=account, active=True).exclude(webhook_secret="").first()
        if row is None:
            raise Http404
        try:
            return Response({"parcels": hear_webhook(row, request.body, request.headers)})
        except WebhookRefused as refusal:
            raise Problem(400, refusal.code, str(refusal)) from None


class ShipmentRatesView(Endpoint):
    """`/api/v1/shipments/{code}/rates/`"""

    scopes: ClassVar = {"GET": "fulfillment:write"}
    refusals: ClassVar = {CarrierError: 503}

    @extend_schema(
        operation_id="shipments_rates",
        summary="Ask carriers for their rates",
        description="What every service of every active carrier asks for each parcel now. Nothing is bought.",
        responses={200: RateSerializer(many=True), **refusing(404)},
        tags=["shipments"],
    )
    def get(self, request: Request, code: str) -> Response:
        """Cheapest first, parcel by parcel."""
        shipment = _loaded(own_shipment(request, code))
        return Response(
            [
                {
                    "parcel": parcel.number,
                    "carrier": rate.account,
                    "service": rate.service,
                    "price": plain(rate.price, rate.currency),
                    "currency": rate.currency,
                    "arrives_at": rate.arrives_at,
                }
                for parcel in shipment.parcels.select_related("carton")
                for rate in sorted(offers_now(parcel, shipment), key=lambda rate: rate.price)
            ]
        )


class ShipmentLabelsView(Endpoint):
    """`/api/v1/shipments/{code}/labels/`"""

    scopes: ClassVar = {"POST": "fulfillment:write"}
    refusals: ClassVar = {CarrierError: 503, FulfillmentError: 409}

    @extend_schema(
        operation_id="shipments_buy_labels",
        summary="Buy the labels of a packed shipment",
        description="One for each parcel that has none, from the carrier that the shop's rules choose. Again changes "
        "nothing. It is shipped when it is handed over.",
        request=None,
        responses={200: AS_IT_IS, **refusing(404, 409)},
        tags=["shipments"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Buy what is missing."""
        buy_labels(_loaded(own_shipment(request, code)), by=caller(request).name)
        return Response(shown_work(own_shipment(request, code)))


class ShipmentVoidView(Endpoint):
    """`/api/v1/shipments/{code}/void-label/`"""

    scopes: ClassVar = {"POST": "fulfillment:write"}
    refusals: ClassVar = {CarrierError: 503, FulfillmentError: 409}

    @extend_schema(
        operation_id="shipments_void_label",
        summary="Give a label back",
        description="Of a parcel that has not left; another one can be bought for it.",
        request=VoidRequestSerializer,
        responses={200: AS_IT_IS, **refusing(400, 404, 409, 413, 415)},
        tags=["shipments"],
    )
    def post(self, request: Request, code: str) -> Response:
        """The carrier is told."""
        given = checked(VoidRequestSerializer, request.data)
        parcel = get_object_or_404(own_shipment(request, code).parcels, number=given["parcel"])
        void_label(parcel.pk, reason=given["reason"], by=caller(request).name)
        return Response(shown_work(own_shipment(request, code)))


class ArrivedView(Endpoint):
    """`/api/v1/orders/{number}/arrived/`"""

    scopes: ClassVar = {"POST": "orders:write"}
    refusals: ClassVar = {FulfillmentError: 409}

    @extend_schema(
        operation_id="orders_arrived",
        summary="Say what arrived, line by line",
        description="Kept once per order and key. It opens no claim.",
        request=ArrivedRequestSerializer,
        responses={200: ArrivedSerializer, **refusing(400, 404, 409, 413, 415)},
        tags=["orders"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Short, over, damaged."""
        given = checked(ArrivedRequestSerializer, request.data)
        order = own_order(request, number)
        ids = dict(enumerate(order.lines.order_by("position", "id").values_list("pk", flat=True), 1))
        wrong = [row["line"] for row in given["lines"] if row["line"] not in ids]
        if wrong:
            raise serializers.ValidationError({"lines": [f"The order has no line {wrong[0]}."]})
        arrived = {ids[row["line"]]: Arrived(row["received"], row["damaged"]) for row in given["lines"]}
        key, by = f"{order.number}:{given['key']}", caller(request).name
        kept = confirm_delivery(order.pk, arrived, key=key, by=by, note=given["note"])
        lines = list(kept.lines.all())
        sums = {name: sum(getattr(line, name) for line in lines) for name in ("short", "over", "damaged")}
        return Response(sums)


def _loaded(shipment: Shipment) -> Shipment:
    """With all that a purchase looks at."""
    return Shipment.objects.select_related("order__customer", "order__channel", "warehouse").get(pk=shipment.pk)
