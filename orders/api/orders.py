"""Orders over the API: place, look, list, cancel. A key sees the orders of its own channel and no others."""

from functools import partial
from typing import ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.answers import COLUMNS_OF_A_ROW, address, shown_new_order, shown_order, shown_row
from orders.api.endpoint import Endpoint, refusing
from orders.api.idempotency import Once, answered_once, key_of
from orders.api.pages import OrderPages
from orders.api.requests import (
    OrderQuerySerializer,
    OrderRequestSerializer,
    checked,
)
from orders.api.schema import IDEMPOTENCY_KEY, ORDER_EXAMPLE, OrderPageSerializer, OrderSerializer
from orders.api.wanted import refuse_guessable, wanted_by
from orders.authentication import caller
from orders.models import Order, OrderEvent
from orders.placing import Answer, Keep, NewOrder, as_json
from orders.stages.place import place


def own_orders(request: Request) -> QuerySet[Order]:
    """The orders of the key's channel."""
    return Order.objects.filter(channel=caller(request).channel)


def own_order(request: Request, number: int) -> Order:
    """One of them, with its customer; 404 for every other order, so that numbers tell nothing."""
    return get_object_or_404(own_orders(request).select_related("customer"), number=number)


def _answer(once: Once, currency: str, new: NewOrder) -> Answer:
    return Answer(once.key, once.fingerprint, 201, as_json(shown_new_order(new, currency)))


class OrdersView(Endpoint):
    """`/api/v1/orders/`"""

    scopes: ClassVar = {"GET": "orders:read", "POST": ("orders:place", "orders:write")}

    @extend_schema(
        operation_id="orders_place",
        summary="Place an order",
        description="Stores the order and promises its stock, all of it or nothing. Sending the same order again, "
        "under the same key or under the same `external_id`, returns the order that is there already.",
        parameters=[IDEMPOTENCY_KEY],
        request=OrderRequestSerializer,
        responses={
            201: OpenApiResponse(OrderSerializer, description="Placed; `Location` has its address."),
            200: OpenApiResponse(OrderSerializer, description="Placed before, as it is now."),
            **refusing(400, 409, 413, 415, 422, 429),
        },
        examples=[ORDER_EXAMPLE],
        tags=["orders"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Stage 1: the customer hits buy."""
        refuse_guessable(caller(request), key_of(request))
        response = answered_once(request, partial(self._place, request), looks=True)
        if response.status_code == 201 and isinstance(response, Response):  # as it was answered before
            response["Location"] = response.data["links"]["self"]
        return response

    def _place(self, request: Request, once: Once) -> HttpResponse:
        who = caller(request)
        wanted = wanted_by(who, checked(OrderRequestSerializer, request.data), key=once.key)
        keep = Keep(once.key, partial(_answer, once, who.channel.currency))
        placed = place(wanted, channel=who.channel, by=who.name, keep=keep)
        if placed.answer:
            once.kept = True
            return HttpResponse(
                placed.answer.body,
                status=placed.answer.status,
                content_type="application/json",
                headers={"Location": address(placed.number)},
            )
        return Response(shown_order(own_order(request, placed.number)))

    @extend_schema(
        operation_id="orders_list",
        summary="List orders",
        description="The channel's own orders, newest first.",
        parameters=[OrderQuerySerializer],
        responses={200: OrderPageSerializer, **refusing(400)},
        tags=["orders"],
    )
    def get(self, request: Request) -> Response:
        """A page of light rows."""
        query = checked(OrderQuerySerializer, request.query_params)
        orders = own_orders(request).only(*COLUMNS_OF_A_ROW)
        if "state" in query:
            orders = orders.filter(state=query["state"])
        if "updated_after" in query:
            newest = OrderEvent.objects.filter(order=OuterRef("pk"), seq=OuterRef("event_seq"))
            orders = orders.filter(Exists(newest.filter(at__gt=query["updated_after"])))
        pages = OrderPages()
        rows = pages.paginate_queryset(orders, request, view=self) or []
        return pages.get_paginated_response([shown_row(row) for row in rows])


class OrderView(Endpoint):
    """`/api/v1/orders/{number}/`"""

    scopes: ClassVar = {"GET": "orders:read"}

    @extend_schema(
        operation_id="orders_show",
        summary="Show an order",
        responses={200: OrderSerializer, **refusing(404)},
        tags=["orders"],
    )
    def get(self, request: Request, number: int) -> Response:
        """The order with its lines, payments, holds, shipments and events."""
        return Response(shown_order(own_order(request, number)))
