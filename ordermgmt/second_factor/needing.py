"""Who needs a second factor, and whether they have shown it in this session."""

from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRefresh
from django_otp.middleware import OTPMiddleware

from ordermgmt.access import MAY_APPROVE, MAY_REFUND, MAY_USERS, onward
from ordermgmt.middleware import PagesOnly

NEED_IT = (MAY_APPROVE, MAY_REFUND, MAY_USERS)


class FactorsOfPages(PagesOnly, OTPMiddleware):  # type: ignore[misc]
    """Whether who is signed in has shown a second factor."""


class SecondFactorOfPages:
    """Sends those who need a second factor to the page that asks for it, wherever they go."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """On with the next one, or to the page."""
        if settings.MFA_REQUIRED and hasattr(request, "user") and not _is_open(request) and lacks_it(request):
            if request.headers.get("HX-Request"):
                return HttpResponseClientRefresh()
            return redirect(f"{reverse('second-factor')}?{urlencode({'next': onward(request)})}")
        return cast(HttpResponse, self.get_response(request))


def lacks_it(request: HttpRequest) -> bool:
    """Whether the person may do what takes a second factor, and has not shown one."""
    user = request.user
    if not isinstance(user, User) or not user.is_staff or user.is_verified():  # type: ignore[attr-defined]
        return False
    return any(map(user.has_perm, NEED_IT))


def _is_open(request: HttpRequest) -> bool:
    """Pages on the way to it and out."""
    return request.path in (reverse("second-factor"), reverse("logout"), reverse("login"), reverse("healthz"))
