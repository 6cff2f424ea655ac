"""What pages need and programs do not: cookies, sign-in, messages, a policy for scripts.

Requests to `/api/v1/` bring a key and no cookie, and get JSON: they pass these by, which saves a tenth of their time.
"""

from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxMiddleware

PROGRAMS = "/api/v1/"


class PagesOnly:
    """Stands before a middleware and lets programs pass it by."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """On with the next one, or with this one."""
        if request.path_info.startswith(PROGRAMS):
            response: HttpResponse = self.get_response(request)
            return response
        return super().__call__(request)  # type: ignore[misc, no-any-return]


class PolicyOfPages(PagesOnly, CSPMiddleware):
    """The Content-Security-Policy."""


class SessionsOfPages(PagesOnly, SessionMiddleware):
    """Who had which cookie."""


class SignInOfPages(PagesOnly, AuthenticationMiddleware):
    """Who is signed in."""


class MessagesOfPages(PagesOnly, MessageMiddleware):
    """What a page tells the next one."""


class PartsOfPages(PagesOnly, HtmxMiddleware):
    """Whether a page or only a part of it is asked for."""
