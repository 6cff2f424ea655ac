"""Claims over the API: opened for units of an order, settled or refused."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fulfillment.claims import Told, open_claim, refuse_claim, settle_claim
from fulfillment.errors import FulfillmentError
from fulfillment.models import Claim
from orders.api.answers import moment
from orders.api.endpoint import Endpoint, refusing
from orders.api.orders import own_order
from orders.api.requests import MOST_LINES, MOST_UNITS, MoneyField, Strict, checked
from orders.authentication import caller
from orders.money import plain


class ClaimLineSerializer(Strict):
    """Units of one line."""

    line = serializers.IntegerField(min_value=1, help_text="Its place in the order, from 1.")
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)


class ClaimRequestSerializer(Strict):
    """What did not arrive as it should."""

    key = serializers.CharField(max_length=50, help_text="Your own name for it; the same key is one claim.")
    kind = serializers.ChoiceField(choices=Claim.Kind.choices)
    against = serializers.ChoiceField(choices=Claim.Against.choices, default=Claim.Against.SHOP)
    note = serializers.CharField(max_length=500, default="", allow_blank=True)
    lines = ClaimLineSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]


class ClaimEndSerializer(Strict):
    """How a claim ends: an `outcome` to settle it (`amount` is what a carrier paid), or only a note to refuse it."""

    outcome = serializers.ChoiceField(choices=Claim.Outcome.choices, required=False)
    amount = MoneyField(required=False)
    note = serializers.CharField(max_length=500, default="", allow_blank=True)


class ClaimSerializer(serializers.Serializer[Any]):
    """A claim and how it stands."""

    id = serializers.IntegerField()
    order = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Claim.Kind.choices)
    against = serializers.ChoiceField(choices=Claim.Against.choices)
    state = serializers.ChoiceField(choices=Claim.State.choices)
    outcome = serializers.CharField()
    opened_at = serializers.DateTimeField()
    refund = MoneyField()
    reshipment = serializers.IntegerField(allow_null=True, help_text="The number of the order that sends it again.")
    lines = ClaimLineSerializer(many=True)


def shown_claim(row: Claim) -> dict[str, Any]:
    """One claim for a program."""
    lines = row.lines.select_related("order_line")
    return {
        "id": row.pk,
        "order": row.order.number,
        "kind": row.kind,
        "against": row.against,
        "state": row.state,
        "outcome": row.outcome,
        "opened_at": moment(row.opened_at),
        "refund": plain(row.refund, row.order.currency),
        "reshipment": row.reshipment.number if row.reshipment else None,
        "lines": [{"line": line.order_line.position, "quantity": line.quantity} for line in lines],
    }


class ClaimsView(Endpoint):
    """`/api/v1/orders/{number}/claims/`"""

    scopes: ClassVar = {"GET": "orders:read", "POST": "orders:write"}
    refusals: ClassVar = {FulfillmentError: 409}

    @extend_schema(
        operation_id="claims_list",
        summary="List the claims of an order",
        responses={200: ClaimSerializer(many=True), **refusing(404)},
        tags=["returns"],
    )
    def get(self, request: Request, number: int) -> Response:
        """All of them, oldest first."""
        rows = own_order(request, number).claims.select_related("order", "reshipment")
        return Response([shown_claim(row) for row in rows])

    @extend_schema(
        operation_id="claims_open",
        summary="Open a claim",
        description="Once per order and key. One claim is open per line and party; 409 `claim_refused` otherwise.",
        request=ClaimRequestSerializer,
        responses={200: ClaimSerializer, **refusing(400, 404, 409, 413, 415)},
        tags=["returns"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Open it."""
        given, order = checked(ClaimRequestSerializer, request.data), own_order(request, number)
        places = dict(order.lines.values_list("position", "pk"))
        units = {places.get(row["line"], 0): row["quantity"] for row in given["lines"]}
        told = Told(against=given["against"], note=given["note"])
        key = f"api:{order.number}:{given['key']}"
        row = open_claim(order.pk, kind=given["kind"], units=units, key=key, by=caller(request).name, told=told)
        return Response(shown_claim(_own(request, number, row.pk)))


class ClaimEndView(Endpoint):
    """`/api/v1/orders/{number}/claims/{claim}/end/`"""

    scopes: ClassVar = {"POST": "orders:write"}
    refusals: ClassVar = {FulfillmentError: 409}

    @extend_schema(
        operation_id="claims_end",
        summary="Settle or refuse a claim",
        description="With an `outcome` it is settled, without one refused. Ending it the same way again answers 200.",
        request=ClaimEndSerializer,
        responses={
            200: OpenApiResponse(ClaimSerializer, description="The claim as it is now."),
            **refusing(400, 404, 409, 413, 415),
        },
        tags=["returns"],
    )
    def post(self, request: Request, number: int, claim: int) -> Response:
        """End it."""
        given, by = checked(ClaimEndSerializer, request.data), caller(request).name
        row = _own(request, number, claim)
        if "outcome" in given:
            amount = given.get("amount")
            settle_claim(row.pk, outcome=given["outcome"], note=given["note"], amount=amount, by=by)
        else:
            refuse_claim(row.pk, note=given["note"], by=by)
        return Response(shown_claim(_own(request, number, claim)))


def _own(request: Request, number: int, claim: int) -> Claim:
    rows = Claim.objects.select_related("order", "reshipment").filter(order=own_order(request, number))
    return get_object_or_404(rows, pk=claim)
