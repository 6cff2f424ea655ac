"""Holds for baskets over the API: stock that stays the customer's while they check out."""

from datetime import timedelta
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from inventory import services as stock
from inventory.errors import NoSuchHold
from inventory.models import StockHold
from orders.api.answers import moment
from orders.api.endpoint import Endpoint, refusing
from orders.api.requests import HoldRequestSerializer, checked
from orders.api.schema import BasketHoldSerializer
from orders.authentication import caller
from orders.carts import basket_of

EITHER = ("orders:place", "orders:write")


class CartHoldsView(Endpoint):
    """`/api/v1/holds/`"""

    scopes: ClassVar = {"POST": EITHER}

    @extend_schema(
        operation_id="holds_take",
        summary="Hold the stock of a basket",
        description="Promises all that the basket wants, or nothing. It stays promised until `expires_at` at least, "
        "and is given back soon afterwards; name the token as `hold` when placing, and it becomes the order's.",
        request=HoldRequestSerializer,
        responses={201: BasketHoldSerializer, **refusing(400, 409, 413, 415, 422, 429)},
        tags=["holds"],
    )
    def post(self, request: Request) -> Response:
        """Take a hold."""
        hold = stock.take_hold(channel=caller(request).channel.code, **_wanted(request))
        return Response(_shown(hold), status=201)


class CartHoldView(Endpoint):
    """`/api/v1/holds/{token}/`"""

    scopes: ClassVar = dict.fromkeys(("GET", "PUT", "DELETE"), EITHER)
    refusals: ClassVar = {NoSuchHold: 404}

    @extend_schema(
        operation_id="holds_show",
        summary="Show a hold",
        responses={200: BasketHoldSerializer, **refusing(404, 429)},
        tags=["holds"],
    )
    def get(self, request: Request, token: str) -> Response:
        """What is promised to the basket, and until when."""
        return Response(_shown(stock.find_hold(token, channel=caller(request).channel.code)))

    @extend_schema(
        operation_id="holds_change",
        summary="Change a hold",
        description="The lines take the place of the old ones and the time begins anew, all of it or nothing: when "
        "it is refused, the old hold stands as it was.",
        request=HoldRequestSerializer,
        responses={200: BasketHoldSerializer, **refusing(400, 404, 409, 413, 415, 422, 429)},
        tags=["holds"],
    )
    def put(self, request: Request, token: str) -> Response:
        """Replace the lines."""
        hold = stock.change_hold(token, channel=caller(request).channel.code, **_wanted(request))
        return Response(_shown(hold))

    @extend_schema(
        operation_id="holds_drop",
        summary="Give a hold back",
        description="What is not there any more counts as given back.",
        responses={204: OpenApiResponse(description="Nothing is held."), **refusing(404, 429)},
        tags=["holds"],
    )
    def delete(self, request: Request, token: str) -> Response:
        """Let the stock go."""
        stock.drop_hold(token, channel=caller(request).channel.code)
        return Response(status=204)


def _wanted(request: Request) -> dict[str, Any]:
    given = checked(HoldRequestSerializer, request.data)
    basket = basket_of((line["sku"], line["quantity"]) for line in given["lines"])
    return {"basket": basket, "lasts": timedelta(minutes=given["minutes"])}


def _shown(hold: StockHold) -> dict[str, Any]:
    lines = [{"sku": sku, "quantity": units} for sku, units in stock.units_held(hold).items()]
    return {"token": hold.token, "expires_at": moment(hold.expires_at), "lines": lines}
