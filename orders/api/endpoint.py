"""What every address of the API shares: the key's scope, strict JSON, problems, and how the schema tells of them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orders import keys
from orders.api.limits import PublicLimit
from orders.api.parsing import StrictJSONParser
from orders.authentication import Caller
from orders.problems import MEDIA_TYPE, TITLES, Problem

JSON = JSONRenderer()
ANYTHING = ("*/*", JSON.media_type)


class HasScope(BasePermission):
    """The key opens what the view names for the method, as `scopes = {"GET": "orders:read"}`; of several, any one."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True when it does; 403 `scope_missing` says which one is needed."""
        user = request.user
        if not isinstance(user, Caller):
            return False
        scopes: Mapping[str, str | tuple[str, ...]] = getattr(view, "scopes", {})
        method = "GET" if request.method == "HEAD" else str(request.method)
        named = scopes.get(method, ())
        any_of = (named,) if isinstance(named, str) else named
        if any_of and not any(map(user.may, any_of)):
            detail = f"This key does not have the scope {' or '.join(any_of)}."
            raise Problem(403, "scope_missing", detail, scope=any_of[0])
        return True  # a method the view does not know is refused as such


class Endpoint(APIView):
    """One address. `scopes` names what a key must open for each method."""

    scopes: ClassVar[Mapping[str, str | tuple[str, ...]]] = {}
    # Errors of the view's own app and their status, beside `orders.problems.REFUSALS`.
    refusals: ClassVar[Mapping[type[Exception], int]] = {}
    permission_classes = (HasScope,)
    throttle_classes = (PublicLimit,)
    parser_classes = (StrictJSONParser,)
    metadata_class = None

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """JSON, which is all there is, for whoever asks for it or for anything; DRF decides about all other wishes."""
        if request.META.get("HTTP_ACCEPT", "*/*") in ANYTHING and not request.META.get("QUERY_STRING"):
            return JSON, JSON.media_type
        return super().perform_content_negotiation(request, force)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Orders are nobody else's business: no cache on the way may keep an answer."""
        response["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)


class UnknownAddress(APIView):
    """Whatever nothing else answers below /api/."""

    schema = None
    authentication_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """404 for every method, with a key or without."""
        raise Problem(404, "not_found", "There is no such address. Each one ends with a slash; see /api/docs/.")


class BearerKey(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the API key."""

    target_class = "orders.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token; the scopes are told in words because OpenAPI has none for this kind."""
        scopes = "\n".join(f"- `{scope}`: {meaning}" for scope, meaning in keys.SCOPES.items())
        return {"type": "http", "scheme": "bearer", "description": f"A key of one channel. Its scopes:\n\n{scopes}"}


class FieldProblemSerializer(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField(help_text="Where: `lines.0.quantity`; empty for the body as a whole.")
    code = serializers.CharField(help_text="Stable: `required`, `invalid`, `min_value`, `unknown_field`, …")
    detail = serializers.CharField(help_text="A sentence for people.")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error by RFC 9457. Programs decide by `code`; people read `detail`."""

    type = serializers.CharField(help_text="The code as a URN.")
    title = serializers.CharField(help_text="The same for every occurrence of the code.")
    status = serializers.IntegerField()
    code = serializers.ChoiceField(choices=list(TITLES.items()))
    detail = serializers.CharField(help_text="What happened this time.")
    errors = FieldProblemSerializer(many=True, required=False, help_text="With `validation_failed`.")  # type: ignore[assignment]
    missing = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="With `out_of_stock`: units left by SKU."
    )
    skus = serializers.ListField(child=serializers.CharField(), required=False, help_text="With `unknown_sku`.")
    blockers = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="With `not_allowed_now`: why."
    )
    reason = serializers.CharField(required=False, help_text="With `customer_refused`: why.")
    way_out = serializers.CharField(required=False, help_text="With `no_way`: what is possible instead.")
    put_back = serializers.BooleanField(required=False, help_text="With `no_way`: whether it is, once goods went back.")
    preview = serializers.DictField(
        child=serializers.JSONField(), required=False, help_text="With `change_stale`: what it would do now."
    )


SPOKEN = {
    400: "The request does not fit its description, or a header is missing.",
    401: "No key, or one that is not valid any more.",
    403: "The key does not open this.",
    404: "Nothing here that this key may see.",
    409: "Not possible now; nothing was changed.",
    413: "The body is too large.",
    415: "The body is not `application/json`.",
    422: "Understood, but the shop does not do this.",
    429: "Too many requests with a publishable key; `Retry-After` has the seconds to wait.",
}


def refusing(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The schema of an operation's errors; every operation may also answer 401 and 403."""
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=SPOKEN[status])
        for status in sorted({401, 403, *statuses})
    }
