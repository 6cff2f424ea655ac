"""The figures over the API, as `manage.py kpis --json` prints them, and the calendar that stands beside them."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kpis import windows
from kpis.figures import CUTS, FIGURES, report
from kpis.models import Campaign, Incident
from kpis.services import CampaignEntry, IncidentEntry, enter
from orders.api.endpoint import Endpoint, refusing
from orders.api.requests import Strict, checked
from orders.authentication import caller
from orders.flow import STAGES
from orders.problems import Problem

ALL, OWN = "kpis:read", "kpis:own"
DAYS = 30
MOST_CUSTOMERS = 100_000
MOST_SHOWN = 200
QUERY = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="The first day; 30 days before `to` if left out."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="The day after the last one; tomorrow if left out."),
    OpenApiParameter("by", OpenApiTypes.STR, enum=CUTS, description="Also take the figures apart: see `groups`."),
    OpenApiParameter("channel", OpenApiTypes.STR, description="Only the orders of the channel with this code."),
]
FORMULAS = (
    "Rates are fractions, durations days, `null` means that there is no case. The facts behind the figures are a few "
    "seconds behind the orders. The formulas are on the pages of the figures."
)


class WindowQuerySerializer(Strict):
    """Of which days, of which channel, and taken apart by what."""

    to = serializers.DateField(required=False)
    by = serializers.ChoiceField(choices=CUTS, required=False)
    channel = serializers.CharField(max_length=32, required=False)

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name in Python."""
        return {"from": serializers.DateField(required=False), **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A window has at least a day."""
        for name in ("from", "to"):
            if name in attrs and not windows.EARLIEST <= attrs[name] <= windows.LATEST:
                raise serializers.ValidationError({name: [f"This is not from {windows.EARLIEST} to {windows.LATEST}."]})
        attrs["to"] = attrs.get("to") or windows.today() + timedelta(days=1)
        attrs["from"] = attrs.get("from") or attrs["to"] - timedelta(days=DAYS)
        if attrs["from"] >= attrs["to"]:
            raise serializers.ValidationError({"from": ["This is not before `to`."]})
        return attrs


class CampaignSerializer(Strict):
    """Something the shop did to sell more."""

    name = serializers.CharField(max_length=120)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The last day.")
    kind = serializers.CharField(max_length=40, allow_blank=True, default="", help_text="E-mail, price, …")
    customers = serializers.ListField(
        child=serializers.CharField(max_length=120),
        max_length=MOST_CUSTOMERS,
        default=list,
        help_text="Whom it was meant for: ids of customers, `h:` before those of an imported history, or e-mail "
        "addresses. Empty: all.",
    )
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class IncidentSerializer(Strict):
    """Something that went wrong for more than one customer."""

    name = serializers.CharField(max_length=120)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The last day.")
    stage = serializers.ChoiceField(
        choices=[stage.verb for stage in STAGES], allow_blank=True, default="", help_text="The stage it hit, if one."
    )
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class CampaignListSerializer(serializers.Serializer[Any]):
    """The latest, newest first."""

    results = CampaignSerializer(many=True)


class IncidentListSerializer(serializers.Serializer[Any]):
    """The latest, newest first."""

    results = IncidentSerializer(many=True)


def told(request: Request, names: Collection[str]) -> dict[str, Any]:
    """The report that the query asks for. A key with `kpis:own` alone gets its channel's and no other."""
    query = checked(WindowQuerySerializer, request.query_params)
    user, channel = caller(request), query.get("channel")
    if not user.may(ALL):
        if channel not in (None, user.channel.code):
            detail = f"This key does not have the scope {ALL}, which other channels' figures need."
            raise Problem(403, "scope_missing", detail, scope=ALL)
        channel = user.channel.code
    only = {"channel": channel} if channel else {}
    return report(query["from"], query["to"], by=query.get("by", ""), only=only, names=names)


class FiguresView(Endpoint):
    """`/api/v1/kpis/`"""

    scopes: ClassVar = {"GET": (ALL, OWN)}

    @extend_schema(
        operation_id="kpis_show",
        summary="Show every figure",
        description=f"As `manage.py kpis --json`. {FORMULAS}",
        parameters=QUERY,
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, description="All of them."), **refusing(400)},
        tags=["figures"],
    )
    def get(self, request: Request) -> Response:
        """All of a window."""
        return Response(told(request, tuple(FIGURES)))


class FigureView(Endpoint):
    """`/api/v1/kpis/{figure}/`"""

    scopes: ClassVar = {"GET": (ALL, OWN)}

    @extend_schema(
        operation_id="kpis_show_one",
        summary="Show one figure",
        description=f"The same numbers as in `/kpis/`, of one figure. {FORMULAS}",
        parameters=[OpenApiParameter("figure", OpenApiTypes.STR, "path", enum=list(FIGURES)), *QUERY],
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, description="This one."), **refusing(400, 404)},
        tags=["figures"],
    )
    def get(self, request: Request, figure: str) -> Response:
        """One of a window."""
        if figure not in FIGURES:
            raise Problem(404, "not_found", f"There is no such figure. There are {', '.join(FIGURES)}.")
        return Response(told(request, (figure,)))


class CampaignsView(Endpoint):
    """`/api/v1/campaigns/`"""

    scopes: ClassVar = {"GET": (ALL, "kpis:write"), "POST": "kpis:write"}

    @extend_schema(
        operation_id="campaigns_list",
        summary="List campaigns",
        responses={200: CampaignListSerializer, **refusing()},
        tags=["figures"],
    )
    def get(self, request: Request) -> Response:
        """The latest."""
        return Response({"results": [CampaignSerializer(row).data for row in Campaign.objects.all()[:MOST_SHOWN]]})

    @extend_schema(
        operation_id="campaigns_enter",
        summary="Enter a campaign",
        description="It stands on the time axes of the figures, and its effect is measured. One of the same name and "
        "first day is replaced: 200.",
        request=CampaignSerializer,
        responses={200: CampaignSerializer, 201: CampaignSerializer, **refusing(400, 413, 415)},
        tags=["figures"],
    )
    def post(self, request: Request) -> Response:
        """Keep one."""
        given = checked(CampaignSerializer, request.data)
        row, is_new = enter(CampaignEntry(**_spanned(given)), by=caller(request).name)
        return Response(CampaignSerializer(row).data, status=201 if is_new else 200)


class IncidentsView(Endpoint):
    """`/api/v1/incidents/`"""

    scopes: ClassVar = {"GET": (ALL, "kpis:write"), "POST": "kpis:write"}

    @extend_schema(
        operation_id="incidents_list",
        summary="List incidents",
        responses={200: IncidentListSerializer, **refusing()},
        tags=["figures"],
    )
    def get(self, request: Request) -> Response:
        """The latest."""
        return Response({"results": [IncidentSerializer(row).data for row in Incident.objects.all()[:MOST_SHOWN]]})

    @extend_schema(
        operation_id="incidents_enter",
        summary="Enter an incident",
        description="It stands on the time axes of the figures. One of the same name and first day is replaced: 200.",
        request=IncidentSerializer,
        responses={200: IncidentSerializer, 201: IncidentSerializer, **refusing(400, 413, 415)},
        tags=["figures"],
    )
    def post(self, request: Request) -> Response:
        """Keep one."""
        given = checked(IncidentSerializer, request.data)
        row, is_new = enter(IncidentEntry(**_spanned(given)), by=caller(request).name)
        return Response(IncidentSerializer(row).data, status=201 if is_new else 200)


def _spanned(given: Mapping[str, Any]) -> Mapping[str, Any]:
    if given["ends_on"] < given["starts_on"]:
        raise serializers.ValidationError({"ends_on": ["This is before `starts_on`."]})
    return given
