"""Customers over the API: a key sees those who ordered in its channel. Export and erasure are `ordermgmt`'s."""

import re
from typing import ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.answers import COLUMNS_OF_A_ROW
from orders.api.endpoint import Endpoint, refusing
from orders.api.pages import Pages
from orders.api.people import (
    BlockedPageSerializer,
    BlockedSerializer,
    BlockRequestSerializer,
    CustomerPageSerializer,
    CustomerQuerySerializer,
    CustomerSerializer,
    MergeRequestSerializer,
    TierRequestSerializer,
    shown_customer,
    shown_entry,
    shown_row,
)
from orders.api.requests import checked
from orders.authentication import caller
from orders.customers.blocking import block, unblock
from orders.customers.merging import merge
from orders.customers.scoring import override_tier
from orders.customers.standing import payment_history
from orders.models import Blocked, Customer, Order

MOST_ORDERS = 100
REFUSING = refusing(400, 404, 409, 413, 415)


class IdPages(Pages):
    """Newest first."""

    ordering = "-id"
    position = re.compile(r"\d{1,18}", re.ASCII)


def own_customers(request: Request) -> QuerySet[Customer]:
    """Those who ordered in the key's channel; a duplicate's orders are its survivor's."""
    orders = Order.objects.filter(customer=OuterRef("pk"), channel=caller(request).channel)
    return Customer.objects.filter(Exists(orders), merged_into=None)


def own_customer(request: Request, customer_id: int) -> Customer:
    """404 for every other customer, so that ids tell nothing."""
    return get_object_or_404(own_customers(request), pk=customer_id)


def answer_of(request: Request, customer_id: int) -> Response:
    """The customer as they are now."""
    row = own_customer(request, customer_id)
    orders = Order.objects.filter(customer=row, channel=caller(request).channel).only(*COLUMNS_OF_A_ROW)
    history = payment_history([row.pk])[row.pk]
    return Response(shown_customer(row, history, orders.order_by("-number")[:MOST_ORDERS]))


class CustomersView(Endpoint):
    """`/api/v1/customers/`"""

    scopes: ClassVar = {"GET": "customers:read"}

    @extend_schema(
        operation_id="customers_list",
        summary="List customers",
        description="Who ordered in the channel, newest first.",
        parameters=[CustomerQuerySerializer],
        responses={200: CustomerPageSerializer, **refusing(400)},
        tags=["customers"],
    )
    def get(self, request: Request) -> Response:
        """A page of customers."""
        query = checked(CustomerQuerySerializer, request.query_params)
        customers = own_customers(request).filter(erased_at=None)
        if "email" in query:
            customers = customers.filter(email=query["email"].lower())
        if "tier" in query:
            customers = customers.filter(Q(tier_override=query["tier"]) | Q(tier_override="", tier=query["tier"]))
        pages = IdPages()
        rows = pages.paginate_queryset(customers, request, view=self) or []
        return pages.get_paginated_response([shown_row(row) for row in rows])


class CustomerView(Endpoint):
    """`/api/v1/customers/{customer_id}/`"""

    scopes: ClassVar = {"GET": "customers:read"}

    @extend_schema(
        operation_id="customers_show",
        summary="Show a customer",
        description="Their tier with all it was computed from, how they pay, and their orders in the channel.",
        responses={200: CustomerSerializer, **refusing(404)},
        tags=["customers"],
    )
    def get(self, request: Request, customer_id: int) -> Response:
        """One customer."""
        return answer_of(request, customer_id)


class TierView(Endpoint):
    """`/api/v1/customers/{customer_id}/tier/`"""

    scopes: ClassVar = {"POST": "customers:write"}

    @extend_schema(
        operation_id="customers_set_tier",
        summary="Override the tier",
        description="What is set here counts instead of the computed tier, until an empty one is set. The same again "
        "changes nothing and answers 200.",
        request=TierRequestSerializer,
        responses={200: CustomerSerializer, **REFUSING},
        tags=["customers"],
    )
    def post(self, request: Request, customer_id: int) -> Response:
        """A person's word."""
        given = checked(TierRequestSerializer, request.data)
        customer = own_customer(request, customer_id)
        override_tier(customer.pk, tier=given["tier"], reason=given["reason"], by=caller(request).name)
        return answer_of(request, customer_id)


class MergeView(Endpoint):
    """`/api/v1/customers/{customer_id}/merge/`"""

    scopes: ClassVar = {"POST": "customers:write"}

    @extend_schema(
        operation_id="customers_merge",
        summary="Merge a duplicate",
        description="All orders of the duplicate become this customer's, and so do later ones under its e-mail "
        "address. It cannot be undone. The same again changes nothing and answers 200.",
        request=MergeRequestSerializer,
        responses={200: CustomerSerializer, **REFUSING},
        tags=["customers"],
    )
    def post(self, request: Request, customer_id: int) -> Response:
        """Make two customers one."""
        given = checked(MergeRequestSerializer, request.data)
        survivor = own_customer(request, customer_id)
        known = own_customers(request) | Customer.objects.filter(merged_into=survivor)
        duplicate = get_object_or_404(known, pk=given["duplicate"])
        merge(survivor.pk, duplicate_id=duplicate.pk, by=caller(request).name)
        return answer_of(request, customer_id)


class BlockedListView(Endpoint):
    """`/api/v1/blocked/`"""

    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:write"}

    @extend_schema(
        operation_id="blocked_list",
        summary="List whom the shop does not serve",
        description="The blocked list of the whole shop, newest first.",
        responses={200: BlockedPageSerializer, **refusing(400)},
        tags=["customers"],
    )
    def get(self, request: Request) -> Response:
        """A page of the list."""
        pages = IdPages()
        rows = pages.paginate_queryset(Blocked.objects.all(), request, view=self) or []
        return pages.get_paginated_response([shown_entry(row) for row in rows])

    @extend_schema(
        operation_id="blocked_add",
        summary="Block a mark",
        description="Orders that bear it are not approved. What is on the list already stays as it is.",
        request=BlockRequestSerializer,
        responses={
            200: OpenApiResponse(BlockedSerializer, description="The entry."),
            **refusing(400, 413, 415),
        },
        tags=["customers"],
    )
    def post(self, request: Request) -> Response:
        """Put a mark on the list."""
        given = checked(BlockRequestSerializer, request.data)
        try:
            entry = block(given["kind"], given["value"], reason=given["reason"], by=caller(request).name)
        except ValueError as fault:
            raise serializers.ValidationError({"value": [serializers.ErrorDetail(str(fault), "invalid")]}) from fault
        return Response(shown_entry(entry))


class BlockedView(Endpoint):
    """`/api/v1/blocked/{entry_id}/`"""

    scopes: ClassVar = {"DELETE": "customers:write"}

    @extend_schema(
        operation_id="blocked_remove",
        summary="Take a mark off the blocked list",
        description="One that is not there changes nothing and answers 204.",
        responses={204: None, **refusing()},
        tags=["customers"],
    )
    def delete(self, request: Request, entry_id: int) -> Response:
        """Serve them again."""
        unblock(entry_id)
        return Response(status=204)
