"""Refunds over the API: granted once, by amount or by what units of the order have cost."""

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.endpoint import Endpoint, refusing
from orders.api.idempotency import Once, answered_once
from orders.api.money import RefundsGrantedSerializer, shown_money
from orders.api.orders import own_order
from orders.api.payments import BOOKS, payable
from orders.api.requests import MOST_LINES, MOST_UNITS, MoneyField, Strict, checked
from orders.api.schema import IDEMPOTENCY_KEY
from orders.authentication import caller
from orders.models import Order, OrderLine
from orders.services import grant_refund


class RefundLineSerializer(Strict):
    """Units of one SKU that are given back for."""

    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)


class RefundRequestSerializer(Strict):
    """Either an amount or lines, never both."""

    amount = MoneyField(required=False, help_text="Not more than was paid and is still here.")
    lines = RefundLineSerializer(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    reason = serializers.CharField(max_length=120)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("amount" in attrs) == bool(attrs.get("lines")):
            raise serializers.ValidationError("Send either an amount or lines.", "amount_or_lines")
        return attrs


class RefundsView(Endpoint):
    """`/api/v1/orders/{number}/refunds/`"""

    scopes: ClassVar = {"POST": BOOKS}

    @extend_schema(
        operation_id="orders_refund",
        summary="Give money back",
        description="From the oldest capture on, at once in the books; what the gateway does about it stands in the "
        "transactions. Units are given back for once, with their share of discounts and tax.",
        parameters=[IDEMPOTENCY_KEY],
        request=RefundRequestSerializer,
        responses={
            201: OpenApiResponse(RefundsGrantedSerializer, description="Granted."),
            **refusing(400, 404, 409, 413, 415, 422),
        },
        tags=["payments"],
    )
    def post(self, request: Request, number: int) -> HttpResponse:
        """Grant it once for the idempotency key."""
        order = own_order(request, number)

        def work(once: Once) -> Response:
            given = checked(RefundRequestSerializer, request.data)
            granted = grant_refund(
                order.pk,
                amount=payable(given["amount"], order) if "amount" in given else None,
                lines=_units(order, given["lines"]) if "lines" in given else None,
                reason=given["reason"],
                by=caller(request).name,
                key=f"api:{once.key}",
            )
            shown, ids = shown_money(own_order(request, number)), {row.pk for row in granted}
            now = [row for row in shown["refunds"] if row["id"] in ids]
            return Response({**shown, "granted": now}, status=201)

        return answered_once(request, work)


def _units(order: Order, wanted: list[dict[str, Any]]) -> dict[int, int]:
    """By line id; a SKU that stands in several lines fills the first ones first."""
    lines = list(OrderLine.objects.filter(order=order).order_by("position"))
    units: dict[int, int] = {}
    for row in wanted:
        left = row["quantity"]
        for line in (line for line in lines if line.sku == row["sku"]):
            part = min(left, line.quantity - units.get(line.pk, 0))
            if part:
                units[line.pk] = units.get(line.pk, 0) + part
                left -= part
        if left:
            detail = serializers.ErrorDetail(f"Not so many of {row['sku']} were ordered.", "not_ordered")
            raise serializers.ValidationError({"lines": [detail]})
    return units
