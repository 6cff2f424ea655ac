"""The radar over the API: a channel's own orders that do not move and should."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ordermgmt.radar.page import WORDS
from ordermgmt.radar.stuck import Cause, stuck
from orders.api.answers import moment
from orders.api.endpoint import Endpoint, refusing
from orders.authentication import caller
from orders.flow import STAGES
from orders.models import Order


class StuckSerializer(serializers.Serializer[Any]):
    """One order that does not move."""

    number = serializers.IntegerField()
    external_id = serializers.CharField()
    state = serializers.ChoiceField(choices=[stage.state.value for stage in STAGES])
    cause = serializers.ChoiceField(choices=[(cause.value, str(WORDS[cause][2])) for cause in Cause])
    since = serializers.DateTimeField(help_text="When the cause began.")
    detail = serializers.CharField(help_text="A sentence for people.")
    holds = serializers.ListField(child=serializers.CharField(), help_text="Reasons of its open holds.")


class StuckListSerializer(serializers.Serializer[Any]):
    """All of them, the longest stuck first."""

    results = StuckSerializer(many=True)


class StuckView(Endpoint):
    """`/api/v1/stuck/`"""

    scopes: ClassVar = {"GET": "orders:read"}

    @extend_schema(
        operation_id="orders_stuck",
        summary="List stuck orders",
        description="The channel's orders that stand longer than their stage allows, failed, or wait for somebody.",
        responses={200: StuckListSerializer, **refusing()},
        tags=["orders"],
    )
    def get(self, request: Request) -> Response:
        """The channel's stuck orders."""
        rows = stuck()
        mine = Order.objects.filter(channel=caller(request).channel, number__in=[row.number for row in rows])
        names = dict(mine.values_list("number", "external_id"))
        told = [
            {
                "number": row.number,
                "external_id": names[row.number],
                "state": row.state.value,
                "cause": row.cause.value,
                "since": moment(row.since),
                "detail": "A step failed five times." if row.cause is Cause.FAILED else row.sentence,
                "holds": [hold.reason for hold in row.holds],
            }
            for row in rows
            if row.number in names
        ]
        return Response({"results": told})
