"""Payments over the API: what the storefront's payment provider authorised after the order was placed."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.answers import shown_order
from orders.api.endpoint import Endpoint, refusing
from orders.api.orders import own_order
from orders.api.requests import PledgeRequestSerializer, checked
from orders.api.schema import OrderSerializer
from orders.authentication import caller
from orders.money import unit
from orders.services import pledge


class PaymentsView(Endpoint):
    """`/api/v1/orders/{number}/payments/`"""

    scopes: ClassVar = {"POST": "orders:write"}

    @extend_schema(
        operation_id="orders_pay",
        summary="Tell of a card payment",
        description="Pledges `amount` for the order. Once all of its total is pledged the order no longer expires, and "
        "goes on if it waited for that. The same payment again changes nothing and answers 200.",
        request=PledgeRequestSerializer,
        responses={
            200: OpenApiResponse(OrderSerializer, description="The order as it is now."),
            **refusing(400, 404, 409, 413, 415, 422),
        },
        tags=["orders"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Write down what was authorised."""
        given = checked(PledgeRequestSerializer, request.data)
        order, amount = own_order(request, number), given["amount"]
        if not amount or amount % unit(order.currency):
            detail = f"More than 0, in steps of {unit(order.currency)} {order.currency}."
            raise serializers.ValidationError({"amount": [serializers.ErrorDetail(detail, "not_payable")]})
        pledge(order.pk, amount=amount, reference=given["reference"], by=caller(request).name)
        return Response(shown_order(own_order(request, number)))
