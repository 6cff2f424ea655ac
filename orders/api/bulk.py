"""Many orders in one request: what a marketplace's feed or an import sends."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.drafts import BulkRequestSerializer
from orders.api.endpoint import Endpoint, refusing
from orders.api.requests import OrderRequestSerializer, checked
from orders.api.schema import BulkSerializer
from orders.api.wanted import wanted_by
from orders.authentication import caller
from orders.order_request import OrderRequest
from orders.problems import refusal
from orders.stages.place import Placed, place_many

CHUNK = 100  # orders in one transaction


class BulkView(Endpoint):
    """`/api/v1/orders/bulk/`"""

    scopes: ClassVar = {"POST": "orders:write"}

    @extend_schema(
        operation_id="orders_place_many",
        summary="Place up to 500 orders",
        description="Each order succeeds or is refused on its own, and needs an `external_id`: sending the same "
        "orders again finds those that are there (status 200) and places the rest, so a lost answer costs nothing. "
        "Orders are written in transactions of 100; `results` stand in the order of `orders`.",
        request=BulkRequestSerializer,
        responses={200: BulkSerializer, **refusing(400, 413, 415)},
        tags=["orders"],
    )
    def post(self, request: Request) -> Response:
        """What became of each."""
        bodies = checked(BulkRequestSerializer, request.data)["orders"]
        results: list[dict[str, Any]] = []
        for start in range(0, len(bodies), CHUNK):
            results += self._place(request, bodies[start : start + CHUNK])
        statuses = [result["status"] for result in results]
        counts = {"placed": statuses.count(201), "known": statuses.count(200)}
        return Response({**counts, "refused": len(results) - sum(counts.values()), "results": results})

    def _place(self, request: Request, bodies: Sequence[Any]) -> list[dict[str, Any]]:
        wanted = [_wanted(request, body) for body in bodies]
        orders = [row for row in wanted if isinstance(row, OrderRequest)]
        outcomes = iter(place_many(orders, channel=caller(request).channel, by=caller(request).name) if orders else ())
        placed = [next(outcomes) if isinstance(row, OrderRequest) else row for row in wanted]
        return [_shown(body, outcome) for body, outcome in zip(bodies, placed, strict=True)]


def _wanted(request: Request, body: Any) -> OrderRequest | Exception:
    try:
        given = checked(OrderRequestSerializer, body)
        if "external_id" not in given:
            raise ValidationError({"external_id": ["Needed here: it makes sending again safe."]}, "required")
        return wanted_by(caller(request), given, key="")
    except Exception as error:
        if refusal(error) is None:
            raise
        return error


def _shown(body: Any, outcome: Placed | Exception) -> dict[str, Any]:
    external_id = body.get("external_id") if isinstance(body, Mapping) else None
    if isinstance(outcome, Placed):
        return {"external_id": external_id, "status": 201 if outcome.created else 200, "number": outcome.number}
    refused = refusal(outcome)
    problem = refused.data if refused else {}
    return {"external_id": external_id, "status": problem["status"], "problem": problem}
