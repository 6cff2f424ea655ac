"""What pages need and programs do not: cookies, sign-in, a language, messages, a policy for scripts.

Requests to `/api/v1/` bring a key and no cookie, and get JSON: they pass these by, which saves a tenth of their time.
"""

from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.defaults import page_not_found
from django_htmx.middleware import HtmxMiddleware

from ordermgmt.people import language
from ordermgmt.views.dead_ends import wrong_way
from orders.languages import of_page

PROGRAMS = "/api/v1/"
MACHINE = "/api/"  # with the schema, which is English as the API is
MASTER_DATA = "admin"
WRONG_WAY = 405


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


class LanguageOfPages:
    """The browser's language, until the view knows better; the thread gets back the one that it had.

    A page of the shop's people is in the language they chose (`staff_page`; here for the admin, which has its own
    guard), a customer's in that of the order.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """On with the next one, in the language; whoever keeps the page must tell languages apart."""
        if request.path_info.startswith(MACHINE):
            answer: HttpResponse = self.get_response(request)
            return answer
        with translation.override(of_page(request)):
            response: HttpResponse = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        patch_vary_headers(response, ["Accept-Language"])
        return response

    def process_view(self, request: HttpRequest, *about: Any) -> None:
        """The address is known, and with it whether this is the admin."""
        if request.resolver_match and request.resolver_match.app_name == MASTER_DATA:
            translation.activate(language(request))


class MessagesOfPages(PagesOnly, MessageMiddleware):
    """What a page tells the next one."""


class PartsOfPages(PagesOnly, HtmxMiddleware):
    """Whether a page or only a part of it is asked for."""


class WrongWays:
    """A page for whoever opens an address that only takes a form, as after signing in or going back."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """On with the next one, whose 405 has no words."""
        response: HttpResponse = self.get_response(request)
        is_page = response.status_code == WRONG_WAY and not request.path_info.startswith(MACHINE)
        return wrong_way(request, response) if is_page else response


class MissingOfDevelopment:
    """While `DEBUG`: what a page names and is not there looks as it will; an unknown address still lists the known."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """On with the next one."""
        response: HttpResponse = self.get_response(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The shop's own page, where the view found nothing."""
        return page_not_found(request, exception) if isinstance(exception, Http404) else None
