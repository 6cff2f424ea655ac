"""Announced returns over the API: reasons, requests, each step of the way back, and store credit."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from fulfillment.errors import CarrierError, FulfillmentError, NoSuchBin
from fulfillment.models import Return
from fulfillment.return_shapes import (
    AnnouncedSerializer,
    CreditSerializer,
    ReasonGroupSerializer,
    SpendSerializer,
    StepSerializer,
    WishSerializer,
    shown_return,
)
from fulfillment.returns.labelling import label_return
from fulfillment.returns.reasons import reason_groups
from fulfillment.returns.receiving import receive_parcel
from fulfillment.returns.requesting import (
    Wish,
    WishLine,
    approve_return,
    cancel_return,
    decline_return,
    note_sent,
    request_return,
)
from fulfillment.returns.sending_again import send_again
from fulfillment.returns.settling import Found, inspect_unit, settle_return
from orders.api.endpoint import Endpoint, refusing
from orders.api.orders import own_order
from orders.api.requests import checked
from orders.authentication import caller
from orders.customers.credit import credit_balance, spend_credit
from orders.money import plain
from orders.problems import Problem

STEPS = {
    "approve": approve_return,
    "label": label_return,
    "sent": note_sent,
    "cancel": cancel_return,
    "settle": settle_return,
}


class ReasonsView(Endpoint):
    """`/api/v1/return-reasons/`"""

    scopes: ClassVar = {"GET": "orders:read"}

    @extend_schema(
        operation_id="return_reasons_list",
        summary="List why things come back",
        responses={200: ReasonGroupSerializer(many=True)},
        tags=["returns"],
    )
    def get(self, request: Request) -> Response:
        """The shop's tree."""
        names = ("code", "label", "fault", "needs_photo")
        return Response(
            [
                {
                    "label": group.label,
                    "reasons": [{name: getattr(row, name) for name in names} for row in group.reasons],
                }
                for group in reason_groups()
            ]
        )


class ReturnRequestsView(Endpoint):
    """`/api/v1/orders/{number}/return-requests/`"""

    scopes: ClassVar = {"GET": "orders:read", "POST": "orders:write"}
    refusals: ClassVar = {FulfillmentError: 409}

    @extend_schema(
        operation_id="return_requests_list",
        summary="List the returns of an order",
        responses={200: AnnouncedSerializer(many=True), **refusing(404)},
        tags=["returns"],
    )
    def get(self, request: Request, number: int) -> Response:
        """All of them, oldest first."""
        rows = (
            own_order(request, number)
            .returns.select_related("order__channel", "exchange", "sent_again")
            .order_by("number")
        )
        return Response([shown_return(row) for row in rows])

    @extend_schema(
        operation_id="return_requests_create",
        summary="Announce a return",
        description="Once per order and key. Approved at once where the channel's policy says so; refused with 409 "
        "`not_returnable` for what the policy does not take back.",
        request=WishSerializer,
        responses={200: AnnouncedSerializer, **refusing(400, 404, 409, 413, 415, 422)},
        tags=["returns"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Announce it."""
        given, order = checked(WishSerializer, request.data), own_order(request, number)
        places = dict(order.lines.values_list("position", "pk"))
        lines = tuple(
            WishLine(
                places.get(row["line"], 0),
                row["quantity"],
                row["reason"],
                row["note"],
                exchange_sku=row["exchange_sku"],
            )
            for row in given["lines"]
        )
        wish = Wish(lines, given["resolution"])
        row = request_return(order.pk, wish=wish, key=f"api:{order.number}:{given['key']}", by=caller(request).name)
        return Response(shown_return(_own(request, number, row.number)))


class ReturnStepView(Endpoint):
    """`/api/v1/orders/{number}/return-requests/{rma}/{step}/`"""

    scopes: ClassVar = {"POST": "orders:write"}
    refusals: ClassVar = {CarrierError: 503, NoSuchBin: 400, FulfillmentError: 409}

    @extend_schema(
        operation_id="return_requests_step",
        summary="Take a return one step on",
        description="`approve`, `decline` (with `why`), `label`, `sent`, `cancel`, `receive` (`received`, or all), "
        "`inspect` (one unit: `line`, `grade`, `disposition`, and a `bin` if need be), `settle`; `send-again` (with an "
        "`address`) of a parcel that nobody could be given. A step that was taken answers 200 again.",
        request=StepSerializer,
        responses={
            200: OpenApiResponse(AnnouncedSerializer, description="The return as it is now."),
            **refusing(400, 404, 409, 413, 415),
        },
        tags=["returns"],
    )
    def post(self, request: Request, number: int, rma: int, step: str) -> Response:
        """Do it."""
        given, by = checked(StepSerializer, request.data or {}), caller(request).name
        row = _own(request, number, rma)
        if step in STEPS:
            STEPS[step](row.pk, by=by)
        elif step == "decline":
            decline_return(row.pk, why=given.get("why", ""), by=by)
        elif step == "send-again":
            if "address" not in given:
                raise Problem(400, "validation_failed", "Sending again takes an address")
            send_again(row.pk, address=dict(given["address"]), by=by)
        elif step == "receive":
            receive_parcel(row.pk, received=_received(row, given), by=by)
        else:
            _inspect(row, given, by=by)
        return Response(shown_return(_own(request, number, rma)))


class CreditView(Endpoint):
    """`/api/v1/orders/{number}/credit/`"""

    scopes: ClassVar = {"GET": "orders:read", "POST": "orders:write"}

    @extend_schema(
        operation_id="orders_credit",
        summary="Show the store credit of an order's customer",
        responses={200: CreditSerializer, **refusing(404)},
        tags=["returns"],
    )
    def get(self, request: Request, number: int) -> Response:
        """What is left, by currency."""
        return Response(_credit(own_order(request, number).customer_id))

    @extend_schema(
        operation_id="orders_spend_credit",
        summary="Pay an order with store credit",
        description="Once per order and key; 409 `credit_too_small` beyond what is left or owed.",
        request=SpendSerializer,
        responses={200: CreditSerializer, **refusing(400, 404, 409, 413, 415)},
        tags=["returns"],
    )
    def post(self, request: Request, number: int) -> Response:
        """Spend it."""
        given, order = checked(SpendSerializer, request.data), own_order(request, number)
        key = f"spend:{order.number}:{given['key']}"
        try:
            spend_credit(order.pk, amount=given["amount"], key=key, by=caller(request).name)
        except ValueError as error:
            raise Problem(400, "validation_failed", str(error)) from error
        return Response(_credit(order.customer_id))


def _own(request: Request, number: int, rma: int) -> Return:
    rows = Return.objects.select_related("order__channel", "exchange", "sent_again").filter(
        order=own_order(request, number)
    )
    return get_object_or_404(rows, number=rma)


def _received(row: Return, given: Mapping[str, Any]) -> dict[int, int] | None:
    if "received" not in given:
        return None
    places = {str(line.order_line.position): line.pk for line in row.lines.select_related("order_line")}
    if unknown := sorted(given["received"].keys() - places.keys()):
        raise Problem(400, "validation_failed", f"The return has no line {', '.join(unknown)}")
    return {places[place]: count for place, count in given["received"].items()}


def _inspect(row: Return, given: Mapping[str, Any], *, by: str) -> None:
    line = row.lines.filter(order_line__position=given.get("line", 0)).first()
    if line is None or "grade" not in given or "disposition" not in given:
        raise Problem(400, "validation_failed", "Inspecting takes a line of the return, a grade and a disposition")
    found = Found(given["grade"], given["disposition"], given["note"], bin=given["bin"])
    inspect_unit(line.pk, found=found, by=by)


def _credit(customer_id: int) -> dict[str, dict[str, str]]:
    return {"balance": {currency: plain(left, currency) for currency, left in credit_balance(customer_id).items()}}
