"""What the views of the stations share: JSON in and out, and refusals as a sentence for the person."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from fulfillment.errors import FulfillmentError
from ordermgmt.access import needing

Rest = ParamSpec("Rest")
Answer = Callable[Concatenate[HttpRequest, Rest], dict[str, Any]]
View = Callable[Concatenate[HttpRequest, Rest], JsonResponse]


def told(status: int, said: str, code: str) -> JsonResponse:
    """A refusal."""
    return JsonResponse({"said": said, "code": code}, status=status)


def station(permission: str) -> Callable[[Answer[Rest]], View[Rest]]:
    """For those with `permission`; whoever is not signed in any more is told so, and keeps what they have not sent."""

    def guard(answer: Answer[Rest]) -> View[Rest]:
        @wraps(answer)
        def view(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> JsonResponse:
            user = request.user
            if not user.is_authenticated:
                return told(401, _("Sign in again"), "not_authenticated")
            if not (user.is_staff and user.has_perm(permission)):
                return told(403, _("This is not yours to do"), "forbidden")
            try:
                return JsonResponse(answer(request, *args, **kwargs))
            except PermissionDenied:
                return told(403, _("This is another warehouse's work"), "forbidden")
            except ValidationError:
                return told(400, _("The shop does not understand this"), "validation_failed")
            except FulfillmentError as refusal:
                return told(409, str(refusal), refusal.code)
            except Http404:
                return told(404, _("There is nothing here any more"), "not_found")

        return needing(view, permission)

    return guard


def body(request: HttpRequest) -> Any:
    """The JSON that was sent; raises ValidationError."""
    try:
        return json.loads(request.body or b"{}")
    except ValueError:
        raise ValidationError from None
