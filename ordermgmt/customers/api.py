"""What the API does with a person in all apps at once: everything that is held of them, and erasing it."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ordermgmt.customers.erasing import erase_person, export_person
from orders.api.customers import REFUSING, answer_of, own_customer
from orders.api.endpoint import Endpoint, refusing
from orders.api.people import CustomerSerializer, EraseRequestSerializer, ExportSerializer
from orders.api.requests import checked
from orders.authentication import caller


class ExportView(Endpoint):
    """`/api/v1/customers/{customer_id}/export/`"""

    scopes: ClassVar = {"GET": "customers:write"}

    @extend_schema(
        operation_id="customers_export",
        summary="Export what is held of a person",
        description="For whoever asks what the shop knows of them: every row of all channels, as the database has it.",
        responses={200: ExportSerializer, **refusing(404)},
        tags=["customers"],
    )
    def get(self, request: Request, customer_id: int) -> Response:
        """Everything."""
        return Response(export_person(own_customer(request, customer_id).pk))


class EraseView(Endpoint):
    """`/api/v1/customers/{customer_id}/erase/`"""

    scopes: ClassVar = {"POST": "customers:write"}

    @extend_schema(
        operation_id="customers_erase",
        summary="Erase a person",
        description="Name, addresses, phone and everything people wrote go for ever; orders, amounts and figures stay. "
        "Refused while an order is under way, money is owed, or the blocked list names them. Who is erased already is "
        "not erased again: 200.",
        request=EraseRequestSerializer,
        responses={200: OpenApiResponse(CustomerSerializer, description="What is left."), **REFUSING},
        tags=["customers"],
    )
    def post(self, request: Request, customer_id: int) -> Response:
        """The person goes."""
        given = checked(EraseRequestSerializer, request.data)
        customer = own_customer(request, customer_id)
        if customer.erased_at is None and given["email"].lower() != customer.email:
            detail = serializers.ErrorDetail("This is not the customer's e-mail address.", "wrong_email")
            raise serializers.ValidationError({"email": [detail]})
        erase_person(customer.pk, by=caller(request).name)
        return answer_of(request, customer_id)
