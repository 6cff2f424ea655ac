"""Outgoing webhooks over the API: a channel's endpoints, or those of the key's warehouse, and what was sent there."""

import re
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.answers import moment
from orders.api.endpoint import Endpoint, refusing
from orders.api.pages import Pages
from orders.api.requests import checked
from orders.api.webhook_shapes import (
    ChangeEndpointSerializer,
    EndpointsSerializer,
    MakeEndpointSerializer,
    NewEndpointSerializer,
    RedeliverSerializer,
    SecretSerializer,
    WaitingSerializer,
    WebhookDeliveryPageSerializer,
    WebhookDeliveryQuerySerializer,
    WebhookEndpointSerializer,
)
from orders.authentication import caller
from orders.models import WebhookDelivery, WebhookEndpoint
from orders.webhooks import managing

SCOPE = "webhooks:write"
TAGS = ["webhooks"]


class DeliveryPages(Pages):
    """Newest first."""

    ordering = "-id"
    position = re.compile(r"\d{1,18}", re.ASCII)


def own_endpoints(request: Request) -> QuerySet[WebhookEndpoint]:
    """Of the key's warehouse if it is of one, else of its channel."""
    key = caller(request).key
    if key.warehouse_id is not None:
        return WebhookEndpoint.objects.filter(warehouse=key.warehouse_id)
    return WebhookEndpoint.objects.filter(channel=key.channel_id)


def own_endpoint(request: Request, endpoint_id: int) -> WebhookEndpoint:
    """404 when there is none that the key may see."""
    return get_object_or_404(own_endpoints(request), pk=endpoint_id)


def shown_endpoint(row: WebhookEndpoint) -> dict[str, Any]:
    """One endpoint, without its secret."""
    return {
        "id": row.pk,
        "name": row.name,
        "url": row.url,
        "events": row.events,
        "active": row.active,
        "failing_since": moment(row.failing_since) if row.failing_since else None,
        "stopped_why": row.stopped_why,
        "waiting": row.deliveries.filter(status=WebhookDelivery.Status.WAITING).count(),
    }


def shown_delivery(row: WebhookDelivery) -> dict[str, Any]:
    """One delivery, read with its event and order."""
    return {
        "id": row.pk,
        "event": f"evt_{row.event_id}",
        "name": row.event.name,
        "order": row.order.number,
        "seq": row.seq,
        "status": str(row.status),
        "attempts": row.attempts,
        "due_at": moment(row.due_at) if row.due_at else None,
        "tried_at": moment(row.tried_at) if row.tried_at else None,
        "code": row.code,
        "answer": row.answer,
    }


class WebhooksView(Endpoint):
    """`/api/v1/webhooks/`"""

    scopes: ClassVar = {"GET": SCOPE, "POST": SCOPE}

    @extend_schema(
        operation_id="webhooks_list",
        summary="List webhook endpoints",
        responses={200: EndpointsSerializer, **refusing()},
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """All of them."""
        return Response({"results": [shown_endpoint(row) for row in own_endpoints(request)]})

    @extend_schema(
        operation_id="webhooks_make",
        summary="Make a webhook endpoint",
        description="It is told of what happens from now on: each event at least once, signed by Standard Webhooks, "
        "and the events of one order in their order. The answer has the secret, which nobody can read again.",
        request=MakeEndpointSerializer,
        responses={201: NewEndpointSerializer, **refusing(400, 413, 415, 422)},
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Of the channel, or of the key's warehouse."""
        given, key = checked(MakeEndpointSerializer, request.data), caller(request).key
        owner = key.warehouse or key.channel
        row, secret = managing.make_endpoint(owner, by=caller(request).name, **given)
        return Response({**shown_endpoint(row), "secret": secret}, status=201)


class OneWebhookView(Endpoint):
    """`/api/v1/webhooks/{id}/`"""

    scopes: ClassVar = {"GET": SCOPE, "PUT": SCOPE, "DELETE": SCOPE}

    @extend_schema(
        operation_id="webhooks_get",
        summary="Read a webhook endpoint",
        responses={200: WebhookEndpointSerializer, **refusing(404)},
        tags=TAGS,
    )
    def get(self, request: Request, endpoint_id: int) -> Response:
        """As it is now."""
        return Response(shown_endpoint(own_endpoint(request, endpoint_id)))

    @extend_schema(
        operation_id="webhooks_change",
        summary="Change a webhook endpoint",
        request=ChangeEndpointSerializer,
        responses={200: WebhookEndpointSerializer, **refusing(400, 404, 413, 415, 422)},
        tags=TAGS,
    )
    def put(self, request: Request, endpoint_id: int) -> Response:
        """Its address and events."""
        row = own_endpoint(request, endpoint_id)
        managing.change_endpoint(row.pk, **checked(ChangeEndpointSerializer, request.data))
        return Response(shown_endpoint(own_endpoint(request, endpoint_id)))

    @extend_schema(
        operation_id="webhooks_stop",
        summary="Stop a webhook endpoint",
        description="Nothing more is sent. What happens meanwhile is told after `start/`.",
        responses={200: WebhookEndpointSerializer, **refusing(404)},
        tags=TAGS,
    )
    def delete(self, request: Request, endpoint_id: int) -> Response:
        """It stays on record."""
        managing.stop_endpoint(own_endpoint(request, endpoint_id).pk, by=caller(request).name)
        return Response(shown_endpoint(own_endpoint(request, endpoint_id)))


class StartWebhookView(Endpoint):
    """`/api/v1/webhooks/{id}/start/`"""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(
        operation_id="webhooks_start",
        summary="Start a stopped webhook endpoint",
        description="Goes on where it was stopped; nothing of what happened meanwhile is left out.",
        request=None,
        responses={200: WebhookEndpointSerializer, **refusing(404)},
        tags=TAGS,
    )
    def post(self, request: Request, endpoint_id: int) -> Response:
        """Go on."""
        managing.start_endpoint(own_endpoint(request, endpoint_id).pk)
        return Response(shown_endpoint(own_endpoint(request, endpoint_id)))


class RotateWebhookView(Endpoint):
    """`/api/v1/webhooks/{id}/rotate/`"""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(
        operation_id="webhooks_rotate",
        summary="Get a new secret",
        description="The one before signs too for 24 hours: `webhook-signature` then has two signatures.",
        request=None,
        responses={200: SecretSerializer, **refusing(404)},
        tags=TAGS,
    )
    def post(self, request: Request, endpoint_id: int) -> Response:
        """Shown once."""
        return Response({"secret": managing.rotate_secret(own_endpoint(request, endpoint_id).pk)})


class DeliveriesLogView(Endpoint):
    """`/api/v1/webhooks/{id}/deliveries/`"""

    scopes: ClassVar = {"GET": SCOPE}

    @extend_schema(
        operation_id="webhooks_deliveries",
        summary="List what was sent and waits",
        parameters=[WebhookDeliveryQuerySerializer],
        responses={200: WebhookDeliveryPageSerializer, **refusing(400, 404)},
        tags=TAGS,
    )
    def get(self, request: Request, endpoint_id: int) -> Response:
        """Newest first."""
        query = checked(WebhookDeliveryQuerySerializer, request.query_params)
        rows = own_endpoint(request, endpoint_id).deliveries.select_related("event", "order")
        if "status" in query:
            rows = rows.filter(status=query["status"])
        pages = DeliveryPages()
        page = pages.paginate_queryset(rows, request, view=self) or []
        return pages.get_paginated_response([shown_delivery(row) for row in page])


class RedeliverView(Endpoint):
    """`/api/v1/webhooks/{id}/redeliver/`"""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(
        operation_id="webhooks_redeliver",
        summary="Send again",
        description="One delivery, or all whose events happened since a moment, under the same `webhook-id`.",
        request=RedeliverSerializer,
        responses={200: WaitingSerializer, **refusing(400, 404, 413, 415)},
        tags=TAGS,
    )
    def post(self, request: Request, endpoint_id: int) -> Response:
        """They are due at once."""
        row, given = own_endpoint(request, endpoint_id), checked(RedeliverSerializer, request.data)
        sent = managing.redeliver(row.pk, since=given.get("since"), delivery_id=given.get("delivery"))
        return Response({"waiting": sent})
