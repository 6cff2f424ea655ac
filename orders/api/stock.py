"""The stock room over the API: what suppliers announce and bring, and corrections. Of every warehouse and channel."""

import hashlib
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.models import ExpectedDelivery, Stock, Warehouse
from inventory.services import adjust
from inventory.services.deliveries import Receipt, close_delivery, expect_delivery, receive_products
from inventory.services.ledger import shelves
from orders.api import goods
from orders.api.endpoint import Endpoint, refusing
from orders.api.idempotency import Once, answered_once
from orders.api.pages import Pages
from orders.api.requests import checked
from orders.api.schema import IDEMPOTENCY_KEY
from orders.authentication import caller
from orders.problems import Problem


class DeliveryPages(Pages):
    """Newest first."""

    ordering = "-id"
    position = re.compile(r"\d{1,18}", re.ASCII)


def all_deliveries() -> QuerySet[ExpectedDelivery]:
    """Deliveries with all that a list shows of them."""
    return ExpectedDelivery.objects.select_related("warehouse").prefetch_related("lines__stock__product")


def shown(delivery_id: int) -> dict[str, Any]:
    """One delivery as it is now; 404 when there is none."""
    return goods.shown_delivery(get_object_or_404(all_deliveries().prefetch_related("receipts"), pk=delivery_id))


def warehouse_called(code: str) -> Warehouse:
    """422 `unknown_warehouse` when there is none."""
    warehouse = Warehouse.objects.filter(code=code).first()
    if warehouse is None:
        raise Problem(422, "unknown_warehouse", f"No warehouse has the code {code}.", warehouse=code)
    return warehouse


def ledger_key(request: Request, once: Once) -> str:
    """The caller's key as the ledger has it: short, theirs alone, and known there for ever."""
    told = hashlib.sha256(once.key.encode()).hexdigest()[:32]
    return f"api:{caller(request).channel.pk}:{told}"


class DeliveriesView(Endpoint):
    """`/api/v1/deliveries/`"""

    scopes: ClassVar = {"GET": "stock:write", "POST": "stock:write"}

    @extend_schema(
        operation_id="deliveries_list",
        summary="List deliveries",
        description="What is expected and what came, newest first, of all warehouses.",
        parameters=[goods.DeliveryQuerySerializer],
        responses={200: goods.DeliveryPageSerializer, **refusing(400)},
        tags=["stock"],
    )
    def get(self, request: Request) -> Response:
        """A page of deliveries."""
        query = checked(goods.DeliveryQuerySerializer, request.query_params)
        deliveries, asked = (
            all_deliveries(),
            {"warehouse": "warehouse__code", "state": "state", "reference": "reference"},
        )
        deliveries = deliveries.filter(**{column: query[name] for name, column in asked.items() if name in query})
        pages = DeliveryPages()
        rows = pages.paginate_queryset(deliveries, request, view=self) or []
        return pages.get_paginated_response([goods.shown_delivery_row(row) for row in rows])

    @extend_schema(
        operation_id="deliveries_announce",
        summary="Announce a delivery",
        description="Until it has come or is closed, its units are told as on their way, and orders that wait for "
        "them get a date.",
        parameters=[IDEMPOTENCY_KEY],
        request=goods.DeliveryRequestSerializer,
        responses={
            201: OpenApiResponse(goods.DeliverySerializer, description="Expected; `Location` has its address."),
            **refusing(400, 409, 413, 415, 422),
        },
        tags=["stock"],
    )
    def post(self, request: Request) -> Response:
        """Something is on its way."""
        response = answered_once(request, partial(self._announce, request))
        if response.status_code == 201:
            response["Location"] = request.build_absolute_uri(reverse("api:delivery", args=[response.data["id"]]))
        return response

    def _announce(self, request: Request, once: Once) -> Response:
        given = checked(goods.DeliveryRequestSerializer, request.data)
        delivery = expect_delivery(
            warehouse_called(given["warehouse"]),
            reference=given["reference"],
            supplier=given["supplier"],
            due_on=given["due_on"],
            units=goods.units_by_product(given["lines"], of="quantity"),
            by=caller(request).name,
        )
        return Response(shown(delivery.pk), status=201)


class DeliveryView(Endpoint):
    """`/api/v1/deliveries/{id}/`"""

    scopes: ClassVar = {"GET": "stock:write"}

    @extend_schema(
        operation_id="deliveries_show",
        summary="Show a delivery",
        responses={200: goods.DeliverySerializer, **refusing(404)},
        tags=["stock"],
    )
    def get(self, request: Request, delivery_id: int) -> Response:
        """Line by line, and receipt by receipt."""
        return Response(shown(delivery_id))


class ReceiptsView(Endpoint):
    """`/api/v1/deliveries/{id}/receipts/`"""

    scopes: ClassVar = {"POST": "stock:write"}

    @extend_schema(
        operation_id="deliveries_receive",
        summary="Take in what came",
        description="A part, all or more of it; what was not expected gets a line of its own. Good units are on the "
        "shelf at once, in the `bin` that the line names or where the product belongs, and serve those who wait for "
        "them in turn.",
        parameters=[IDEMPOTENCY_KEY],
        request=goods.ReceiptRequestSerializer,
        responses={
            200: OpenApiResponse(goods.DeliverySerializer, description="The delivery as it is now."),
            **refusing(400, 404, 409, 413, 415, 422),
        },
        tags=["stock"],
    )
    def post(self, request: Request, delivery_id: int) -> Response:
        """Something has come."""
        return answered_once(request, partial(self._receive, request, delivery_id))

    def _receive(self, request: Request, delivery_id: int, once: Once) -> Response:
        delivery = get_object_or_404(ExpectedDelivery.objects.select_related("warehouse"), pk=delivery_id)
        lines = checked(goods.ReceiptRequestSerializer, request.data)["lines"]
        good, damaged = (goods.units_by_product(lines, of=name) for name in ("received", "damaged"))
        bins = goods.bins_by_product(lines, warehouse=delivery.warehouse)
        came = {id_: Receipt(units, damaged[id_], bin_id=bins.get(id_)) for id_, units in good.items()}
        receive_products(delivery_id, received=came, key=ledger_key(request, once), by=caller(request).name)
        return Response(shown(delivery_id))


class CloseDeliveryView(Endpoint):
    """`/api/v1/deliveries/{id}/close/`"""

    scopes: ClassVar = {"POST": "stock:write"}

    @extend_schema(
        operation_id="deliveries_close",
        summary="Close a delivery",
        description="What has not come is no longer awaited. Takes no body; closing again changes nothing and "
        "answers 200.",
        request=None,
        responses={
            200: OpenApiResponse(goods.DeliverySerializer, description="The delivery as it is now."),
            **refusing(404),
        },
        tags=["stock"],
    )
    def post(self, request: Request, delivery_id: int) -> Response:
        """Nothing more comes of it."""
        if shown(delivery_id)["state"] == ExpectedDelivery.State.OPEN:
            close_delivery(delivery_id, by=caller(request).name)
        return Response(shown(delivery_id))


class AdjustmentsView(Endpoint):
    """`/api/v1/stock/adjustments/`"""

    scopes: ClassVar = {"POST": "stock:write"}

    @extend_schema(
        operation_id="stock_adjust",
        summary="Correct what is on hand",
        description="Books units in or out for a reason in words. What is taken away although it was promised is "
        "lost to whoever is last in turn, and the shop looks for other stock.",
        parameters=[IDEMPOTENCY_KEY],
        request=goods.AdjustmentRequestSerializer,
        responses={
            200: OpenApiResponse(goods.AdjustmentSerializer, description="What is there now."),
            **refusing(400, 409, 413, 415, 422),
        },
        tags=["stock"],
    )
    def post(self, request: Request) -> Response:
        """More or less lies there than the books say."""
        return answered_once(request, partial(self._adjust, request))

    @transaction.atomic
    def _adjust(self, request: Request, once: Once) -> Response:
        given: Mapping[str, Any] = checked(goods.AdjustmentRequestSerializer, request.data)
        (product_id,) = goods.products_by_sku([given["sku"]]).values()
        place = shelves([product_id], warehouse_id=warehouse_called(given["warehouse"]).pk)[product_id]
        key, by = ledger_key(request, once), caller(request).name
        lost = adjust(place, given["quantity"], key=key, by=by, reason=given["reason"])
        units = sum(promise.quantity for promise in lost)
        return Response(goods.shown_adjustment(Stock.objects.get(pk=place), given, lost=units))
