"""`/api/v1/shipments/{code}/packed/`: a shipment is in its boxes, as planned or as whoever packed it says."""

from collections import Counter
from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fulfillment.api import ConfirmView, WorkSerializer, confirmed
from fulfillment.reported import Reported, pack_reported
from fulfillment.stages.pack import pack
from orders.api.endpoint import refusing
from orders.api.requests import MOST_LINES, MOST_UNITS, Strict, checked
from orders.flow import State

MOST_PARCELS, MOST_GRAMS, MOST_MM = 200, 2_000_000, 100_000


class ContentSerializer(Strict):
    """Units of one product in a parcel."""

    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)


class ParcelRequestSerializer(Strict):
    """One parcel."""

    contents = ContentSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    carton = serializers.CharField(
        max_length=40, default="", allow_blank=True, help_text="The name of a carton of the shop; empty for another."
    )
    size_mm = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_MM),
        min_length=3,
        max_length=3,
        required=False,
        help_text="Length, width and height from outside, where it is no carton of the shop.",
    )
    weight_g = serializers.IntegerField(
        min_value=1, max_value=MOST_GRAMS, required=False, help_text="What the scale said; by the records if absent."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A carton of the shop has the size it has."""
        if attrs["carton"] and "size_mm" in attrs:
            raise serializers.ValidationError({"size_mm": ["A carton of the shop has a size already."]})
        return attrs


class PackedRequestSerializer(Strict):
    """The parcels of the shipment."""

    parcels = ParcelRequestSerializer(
        many=True,
        required=False,
        allow_empty=False,
        max_length=MOST_PARCELS,  # type: ignore[call-arg]
        help_text="All of them, with every unit. Absent: the shop plans the boxes.",
    )


class PackedView(ConfirmView):
    """`/api/v1/shipments/{code}/packed/`"""

    @extend_schema(
        operation_id="shipments_packed",
        summary="Confirm that a shipment is packed",
        description="Without a body the boxes are those that the shop plans. Confirming again changes nothing and "
        "answers 200. Parcels that do not hold exactly the shipment, or are too heavy for their carton, are 409 "
        "`not_packed_right`.",
        request=PackedRequestSerializer,
        responses={
            200: OpenApiResponse(WorkSerializer, description="The shipment as it is now."),
            **refusing(400, 404, 409, 413, 415),
        },
        tags=["shipments"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Stage 5: every unit is in a box."""
        given = checked(PackedRequestSerializer, request.data or {})
        if "parcels" not in given:
            return confirmed(request, code, pack, into=State.PACKED)
        boxes = [_reported(row) for row in given["parcels"]]
        return confirmed(request, code, partial(pack_reported, boxes=boxes), into=State.PACKED)


def _reported(row: dict[str, Any]) -> Reported:
    """A SKU that is named twice counts together."""
    contents = Counter[str]()
    for content in row["contents"]:
        contents[content["sku"]] += content["quantity"]
    size = row.get("size_mm")
    return Reported(contents, row["carton"], tuple(size) if size else None, row.get("weight_g"))
