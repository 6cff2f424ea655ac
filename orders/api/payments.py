"""Payments over the API: what is pledged, taken and owed; card payments told by the storefront, money that was seen."""

from decimal import Decimal
from typing import ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orders.api.answers import shown_order
from orders.api.endpoint import Endpoint, refusing
from orders.api.money import MoneyStandingSerializer, shown_money
from orders.api.orders import own_order
from orders.api.requests import PledgeRequestSerializer, checked
from orders.api.schema import OrderSerializer
from orders.authentication import caller
from orders.models import Order, Payment
from orders.money import unit
from orders.payments.webhooks import hear, parse
from orders.problems import Problem
from orders.services import pledge, receive_payment, retry_payments

BOOKS = "orders:refund"


class BookingRequestSerializer(PledgeRequestSerializer):
    """What was authorised by card after the order was placed, or what has come by bank or in cash."""

    method = serializers.ChoiceField(
        choices=Payment.Method.choices,
        default=Payment.Method.CARD,
        help_text=f"`card`: it was authorised; any other: it has come, and the key needs the scope `{BOOKS}`.",
    )


class PaymentsView(Endpoint):
    """`/api/v1/orders/{number}/payments/`"""

    scopes: ClassVar = {"GET": "orders:read", "POST": ("orders:write", BOOKS)}

    @extend_schema(
        operation_id="orders_payments",
        summary="How an order stands with its money",
        description="Each payment with what the shop decided (`authorised`, `captured`, `refunded`) and what the "
        "gateway has done about it (`transactions`).",
        responses={200: MoneyStandingSerializer, **refusing(404)},
        tags=["payments"],
    )
    def get(self, request: Request, number: int) -> Response:
        """All of it."""
        return Response(shown_money(own_order(request, number)))

    @extend_schema(
        operation_id="orders_pay",
        summary="Tell of a payment",
        description="By card: pledges `amount` for the order. Once all of its total is pledged the order no longer "
        "expires, and goes on if it waited for that. By transfer, invoice or cash: books money that has come, which "
        "may be more than is owed. The same payment again changes nothing and answers 200.",
        request=BookingRequestSerializer,
        responses={
            200: OpenApiResponse(OrderSerializer, description="The order as it is now."),
            **refusing(400, 404, 409, 413, 415, 422),
        },
        tags=["payments"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Write down what was authorised, or what has come."""
        given = checked(BookingRequestSerializer, request.data)
        order, by = own_order(request, number), caller(request)
        by_card = given["method"] == Payment.Method.CARD
        needed = "orders:write" if by_card else BOOKS
        if not by.may(needed):
            raise Problem(403, "scope_missing", f"This key does not have the scope {needed}.", scope=needed)
        amount = payable(given["amount"], order)
        if by_card:
            pledge(order.pk, amount=amount, reference=given["reference"], by=by.name)
        else:
            receive_payment(order.pk, amount=amount, method=given["method"], reference=given["reference"], by=by.name)
        return Response(shown_order(own_order(request, number)))


class RetryView(Endpoint):
    """`/api/v1/orders/{number}/payments/retry/`"""

    scopes: ClassVar = {"POST": BOOKS}

    @extend_schema(
        operation_id="orders_payments_retry",
        summary="Try failed payments again",
        description="Everything that the gateway has refused or not answered is asked again, and the hold "
        "`payment-failed` ends. 409 `nothing_to_collect` when nothing has failed.",
        request=None,
        responses={200: MoneyStandingSerializer, **refusing(404, 409)},
        tags=["payments"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Ask again."""
        retry_payments(own_order(request, number).pk, by=caller(request).name)
        return Response(shown_money(own_order(request, number)))


class WebhookView(APIView):
    """`/api/v1/gateways/{name}/webhook/`: what a payment gateway tells. Its signature is all that opens it."""

    schema = None
    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request, name: str) -> Response:
        """200 for whatever is signed, so that a gateway does not repeat what is of no use; `applied` says if it was."""
        notice = parse(name, request.body, dict(request.headers.items()))
        return Response({"applied": notice is not None and hear(name, notice)})


def payable(amount: Decimal, order: Order) -> Decimal:
    """The amount, if it can be paid in the order's currency; else 400 at its field."""
    if not amount or amount % unit(order.currency):
        detail = f"More than 0, in steps of {unit(order.currency)} {order.currency}."
        raise serializers.ValidationError({"amount": [serializers.ErrorDetail(detail, "not_payable")]})
    return amount
