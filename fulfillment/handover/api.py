"""Hand-overs over the API: a third party polls what is asked of it, accepts, rejects, stops, and confirms."""

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

from fulfillment.api import CODE
from fulfillment.carriers.standard import SERVICES as STANDARD_SERVICES
from fulfillment.errors import FulfillmentError
from fulfillment.flow import Handing
from fulfillment.handover import answering
from fulfillment.handover.confirming import Box, confirm
from fulfillment.handover.shown import hand_overs, shown_hand_over
from fulfillment.models import HandOver
from orders.api.endpoint import Endpoint, refusing
from orders.api.pages import Pages
from orders.api.requests import MOST_LINES, MOST_UNITS, AddressRequestSerializer, Strict, checked
from orders.api.schema import PageSerializer
from orders.authentication import caller

MOST_PARCELS, MOST_GRAMS = 200, 2_000_000
SERVICES = [(name, name.capitalize()) for name in STANDARD_SERVICES]


class HandOverPages(Pages):
    """Oldest first: the order in which the work came."""

    ordering = "id"
    position = re.compile(r"\d{1,18}", re.ASCII)


class HandOverQuerySerializer(Strict):
    """Which hand-overs."""

    state = serializers.ChoiceField(choices=Handing.choices, required=False)
    warehouse = serializers.CharField(max_length=16, required=False, help_text="Its code.")
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=100)


class HandOverLineSerializer(serializers.Serializer[Any]):
    """Units of one product to send."""

    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()


class HandOverSerializer(serializers.Serializer[Any]):
    """What a third party is asked to send, and how far it is."""

    shipment = serializers.CharField(help_text="Its code, also the hand-over's.")
    warehouse = serializers.CharField()
    state = serializers.ChoiceField(choices=Handing.choices)
    version = serializers.IntegerField(help_text="Grows with whatever happens to it.")
    held = serializers.BooleanField(help_text="Whether it has to wait: it cannot be accepted or confirmed now.")
    requested_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.ChoiceField(choices=HandOver.Reason.choices, allow_blank=True)
    words = serializers.CharField(allow_blank=True)
    promised_at = serializers.DateTimeField()
    shipping_method = serializers.CharField()
    gift_note = serializers.CharField(help_text="Goes into the parcel.")
    shipping_address = AddressRequestSerializer()
    lines = HandOverLineSerializer(many=True)
    tracking = serializers.ListField(child=serializers.CharField())


class HandOverPageSerializer(PageSerializer):
    """A page of hand-overs."""

    results = HandOverSerializer(many=True)


class HandOverAnswerSerializer(Strict):
    """What was looked at."""

    version = serializers.IntegerField(
        min_value=1, required=False, help_text="409 `handover_changed` when it has changed since; not asked if absent."
    )


class RejectSerializer(HandOverAnswerSerializer):
    """Why it is not sent."""

    reason = serializers.ChoiceField(choices=HandOver.Reason.choices)
    words = serializers.CharField(max_length=500, allow_blank=True, default="")


class RefuseSerializer(HandOverAnswerSerializer):
    """Why it cannot be stopped."""

    words = serializers.CharField(max_length=500)


class PickedLineSerializer(Strict):
    """What was there of one SKU."""

    sku = serializers.CharField(max_length=64)
    picked = serializers.IntegerField(min_value=0, max_value=MOST_UNITS, help_text="0 when none was there.")


class BoxedLineSerializer(Strict):
    """Units of one SKU in a parcel."""

    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)


class BoxSerializer(Strict):
    """A parcel that is on its way, with the label of the third party's own carrier."""

    contents = BoxedLineSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    weight_g = serializers.IntegerField(min_value=1, max_value=MOST_GRAMS)
    carrier = serializers.CharField(max_length=32)
    service = serializers.ChoiceField(choices=SERVICES, default="standard")
    tracking_number = serializers.CharField(max_length=40)
    cost = serializers.DecimalField(max_digits=10, decimal_places=3, min_value=0, required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", required=False, default="")
    expected_at = serializers.DateTimeField(required=False)


class ConfirmSerializer(Strict):
    """What was sent: every SKU of the shipment, and every parcel."""

    lines = PickedLineSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    parcels = BoxSerializer(many=True, allow_empty=False, max_length=MOST_PARCELS)  # type: ignore[call-arg]


def own_hand_overs(request: Request) -> QuerySet[HandOver]:
    """Those that the key may see: of its warehouse, if it is of one."""
    rows = hand_overs()
    if (warehouse_id := caller(request).warehouse_id) is not None:
        rows = rows.filter(shipment__warehouse=warehouse_id)
    return rows


def own_hand_over(request: Request, code: str) -> HandOver:
    """The one of the shipment called `code`; 404 when there is none."""
    parts = CODE.fullmatch(code)
    if parts is None:
        raise Http404
    where = {"shipment__order__number": int(parts[1]), "shipment__number": int(parts[2])}
    return get_object_or_404(own_hand_overs(request), **where)


def box_of(given: dict[str, Any]) -> Box:
    """A checked parcel as the service takes it; a SKU that is named twice counts together."""
    contents = Counter[str]()
    for line in given["contents"]:
        contents[line["sku"]] += line["quantity"]
    told = {name: given[name] for name in given if name != "contents"}
    return Box(contents=contents, **told)


class HandOversView(Endpoint):
    """`/api/v1/handovers/`"""

    scopes: ClassVar = {"GET": "fulfillment:write"}

    @extend_schema(
        operation_id="handovers_list",
        summary="List hand-overs",
        description="What third parties are asked to send, oldest first. Poll with `state=requested`, or have the "
        "events `handover.*` sent to you. A key of one warehouse sees its own only.",
        parameters=[HandOverQuerySerializer],
        responses={200: HandOverPageSerializer, **refusing(400)},
        tags=["hand-overs"],
    )
    def get(self, request: Request) -> Response:
        """A page of them."""
        query = checked(HandOverQuerySerializer, request.query_params)
        rows = own_hand_overs(request)
        if "warehouse" in query:
            rows = rows.filter(shipment__warehouse__code=query["warehouse"])
        if "state" in query:
            rows = rows.filter(state=query["state"])
        pages = HandOverPages()
        page = pages.paginate_queryset(rows, request, view=self) or []
        return pages.get_paginated_response([shown_hand_over(row) for row in page])


class AnswerView(Endpoint):
    """What the answers of a third party share."""

    scopes: ClassVar = {"GET": "fulfillment:write", "POST": "fulfillment:write"}
    refusals: ClassVar = {FulfillmentError: 409}
    takes: ClassVar[type[Strict]] = HandOverAnswerSerializer
    act: ClassVar[Callable[..., object]]

    def answer(self, request: Request, code: str) -> Response:
        """Do it and show the hand-over as it is then."""
        row = own_hand_over(request, code)
        given = checked(self.takes, request.data or {})
        type(self).act(row.shipment_id, by=caller(request).name, **given)
        return Response(shown_hand_over(own_hand_over(request, code)))


def answering_with(word: str, does: str, body: type[Strict]) -> Callable[[Any], Any]:
    """The documentation of one answer."""
    return extend_schema(
        operation_id=f"handovers_{word}",
        summary=does,
        description="The same again changes nothing and answers 200.",
        request=body,
        responses={
            200: OpenApiResponse(HandOverSerializer, description="The hand-over as it is now."),
            **refusing(400, 404, 409, 413, 415),
        },
        tags=["hand-overs"],
    )


class HandOverView(AnswerView):
    """`/api/v1/handovers/{code}/`"""

    @extend_schema(
        operation_id="handovers_get",
        summary="Read a hand-over",
        responses={200: HandOverSerializer, **refusing(404)},
        tags=["hand-overs"],
    )
    def get(self, request: Request, code: str) -> Response:
        """As it is now."""
        return Response(shown_hand_over(own_hand_over(request, code)))


class AcceptView(AnswerView):
    """`/api/v1/handovers/{code}/accept/`"""

    act: ClassVar = staticmethod(answering.accept)

    @answering_with("accept", "Accept a hand-over", HandOverAnswerSerializer)
    def post(self, request: Request, code: str) -> Response:
        """It will be sent."""
        return self.answer(request, code)


class RejectView(AnswerView):
    """`/api/v1/handovers/{code}/reject/`"""

    takes: ClassVar = RejectSerializer
    act: ClassVar = staticmethod(answering.reject)

    @answering_with("reject", "Reject a hand-over, with the reason", RejectSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Another warehouse sends it, or a person decides."""
        return self.answer(request, code)


class StopView(AnswerView):
    """`/api/v1/handovers/{code}/stop/`"""

    act: ClassVar = staticmethod(answering.stop)

    @answering_with("stop", "Stop, as the shop asked", HandOverAnswerSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Nothing is sent."""
        return self.answer(request, code)


class RefuseStopView(AnswerView):
    """`/api/v1/handovers/{code}/refuse-stop/`"""

    takes: ClassVar = RefuseSerializer
    act: ClassVar = staticmethod(answering.refuse_to_stop)

    @answering_with("refuse_stop", "Refuse to stop: it is too late", RefuseSerializer)
    def post(self, request: Request, code: str) -> Response:
        """It is sent all the same."""
        return self.answer(request, code)


class ConfirmView(AnswerView):
    """`/api/v1/handovers/{code}/confirm/`"""

    @answering_with("confirm", "Confirm per line what was sent", ConfirmSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Picked, packed and shipped; what was short is sent from elsewhere or waited for."""
        shipment_id = own_hand_over(request, code).shipment_id
        given = checked(ConfirmSerializer, request.data)
        picked = Counter[str]()
        for line in given["lines"]:
            picked[line["sku"]] += line["picked"]
        boxes = [box_of(box) for box in given["parcels"]]
        confirm(shipment_id, picked=picked, boxes=boxes, by=caller(request).name)
        return Response(shown_hand_over(own_hand_over(request, code)))
