"""Feedback over the API: the channel's surveys with what was answered, and what stands out in the shop."""

import re
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.models import Answer, Finding, Survey
from orders.api.answers import moment
from orders.api.endpoint import Endpoint, refusing
from orders.api.pages import Pages
from orders.api.requests import Strict, checked
from orders.authentication import caller
from orders.flow import STAGES
from orders.models import Order

VERBS = [(stage.verb, stage.state.label) for stage in STAGES]
SCORE = "1 to 5."


class SurveyPages(Pages):
    """Newest invitation first."""

    ordering = "-id"
    position = re.compile(r"\d{1,18}", re.ASCII)


class SurveyQuerySerializer(Strict):
    """Which surveys."""

    answered = serializers.BooleanField(required=False, allow_null=True, help_text="With an answer, or without.")
    order = serializers.IntegerField(min_value=1, required=False, help_text="The survey of this order number.")
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=100)


class LineAnswerSerializer(serializers.Serializer[Any]):
    """What was said of one line."""

    sku = serializers.CharField()
    right_item = serializers.BooleanField()
    right_quantity = serializers.BooleanField()
    undamaged = serializers.BooleanField()


class AnswerSerializer(serializers.Serializer[Any]):
    """What the customer said, as it is now: they may change it until the survey closes."""

    csat = serializers.IntegerField(help_text=SCORE)
    nps = serializers.IntegerField(allow_null=True, help_text="0 to 10.")
    stages = serializers.DictField(child=serializers.IntegerField(), help_text=f"{SCORE} By stage: `place`, `pack`, …")
    lines = LineAnswerSerializer(many=True)
    comment = serializers.CharField(allow_blank=True)
    may_call = serializers.BooleanField(allow_null=True)
    answered_at = serializers.DateTimeField()


class SurveySerializer(serializers.Serializer[Any]):
    """One invitation."""

    order = serializers.IntegerField(help_text="The order's number.")
    external_id = serializers.CharField()
    invited_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    question_set = serializers.IntegerField(help_text="Version; 0: the program's own.")
    answer = AnswerSerializer(allow_null=True)


class SurveyPageSerializer(serializers.Serializer[Any]):
    """A page of them."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SurveySerializer(many=True)


class SurveysView(Endpoint):
    """`/api/v1/surveys/`"""

    scopes: ClassVar = {"GET": "feedback:read"}

    @extend_schema(
        operation_id="surveys_list",
        summary="List surveys",
        description="The channel's invitations with what was answered, newest first.",
        parameters=[SurveyQuerySerializer],
        responses={200: SurveyPageSerializer, **refusing(400)},
        tags=["feedback"],
    )
    def get(self, request: Request) -> Response:
        """A page of them, in four queries."""
        query = checked(SurveyQuerySerializer, request.query_params)
        rows = Survey.objects.filter(order__channel=caller(request).channel)
        rows = rows.select_related("order", "question_set", "answer").prefetch_related("answer__lines__order_line")
        if query.get("answered") is not None:
            rows = rows.filter(answer__isnull=not query["answered"])
        if "order" in query:
            rows = rows.filter(order__number=query["order"])
        pages = SurveyPages()
        found = pages.paginate_queryset(rows, request, view=self) or []
        return pages.get_paginated_response([_survey(row) for row in found])


class FindingSerializer(serializers.Serializer[Any]):
    """A share that is worse than what it is compared with, beyond chance: the two intervals do not overlap."""

    key = serializers.CharField(help_text="Stays the same while the share moves.")
    stage = serializers.ChoiceField(choices=VERBS)
    sentence = serializers.CharField()
    about = serializers.DictField(child=serializers.CharField(), help_text="What it is about, as `sku` or `carrier`.")
    cases = serializers.IntegerField()
    sample = serializers.IntegerField()
    low = serializers.FloatField(help_text="Of Wilson's interval of 95 %, as a fraction.")
    high = serializers.FloatField()
    compared_with = serializers.CharField()
    other_cases = serializers.IntegerField(allow_null=True, help_text="Null where a share is accepted.")
    other_sample = serializers.IntegerField(allow_null=True)
    limit = serializers.FloatField(help_text="The upper end of what it is compared with.")
    orders_affected = serializers.IntegerField()
    cost = serializers.IntegerField(help_text="Affected orders times how bad it is for one of them.")
    orders = serializers.ListField(child=serializers.IntegerField(), help_text="The channel's own among the newest.")
    first_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()


class FindingListSerializer(serializers.Serializer[Any]):
    """All of them, the dearest first."""

    results = FindingSerializer(many=True)


class FindingsView(Endpoint):
    """`/api/v1/findings/`"""

    scopes: ClassVar = {"GET": "feedback:read"}

    @extend_schema(
        operation_id="findings_list",
        summary="List findings",
        description="What stands out now in the orders of the whole shop; of the orders behind it, the channel's own.",
        responses={200: FindingListSerializer, **refusing()},
        tags=["feedback"],
    )
    def get(self, request: Request) -> Response:
        """All that stand, in two queries."""
        rows = sorted(Finding.objects.filter(gone_at=None), key=lambda row: (-row.cost, row.key))
        ids = {order_id for row in rows for order_id in row.order_ids}
        mine: QuerySet[Order, tuple[int, int]] = Order.objects.filter(
            pk__in=ids, channel=caller(request).channel
        ).values_list("pk", "number")
        numbers = dict(mine)
        return Response({"results": [_finding(row, numbers) for row in rows]})


def _survey(row: Survey) -> dict[str, Any]:
    answer = getattr(row, "answer", None)
    return {
        "order": row.order.number,
        "external_id": row.order.external_id,
        "invited_at": moment(row.invited_at),
        "closes_at": moment(row.closes_at),
        "question_set": row.question_set.version if row.question_set else 0,
        "answer": _answer(answer) if answer else None,
    }


def _answer(row: Answer) -> dict[str, Any]:
    lines = [
        {
            "sku": line.order_line.sku,
            **{name: getattr(line, name) for name in ("right_item", "right_quantity", "undamaged")},
        }
        for line in row.lines.all()
    ]
    told = {name: getattr(row, name) for name in ("csat", "nps", "stages", "comment", "may_call")}
    return told | {"lines": lines, "answered_at": moment(row.answered_at)}


def _finding(row: Finding, numbers: dict[int, int]) -> dict[str, Any]:
    same = (
        "key",
        "stage",
        "sentence",
        "cases",
        "sample",
        "low",
        "high",
        "compared_with",
        "other_cases",
        "other_sample",
    )
    return {
        **{name: getattr(row, name) for name in same},
        "about": row.narrowed,
        "limit": row.limit,
        "orders_affected": row.orders,
        "cost": row.cost,
        "orders": [numbers[order_id] for order_id in row.order_ids if order_id in numbers],
        "first_at": moment(row.first_at),
        "seen_at": moment(row.seen_at),
    }
