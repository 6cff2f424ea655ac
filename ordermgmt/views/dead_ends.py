"""Where a request ends that leads nowhere: what people see then, with a way on."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

AWAY = OperationalError, InterfaceError  # the database, for a moment
SECONDS_AWAY = "5"


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away. Nothing is asked of the request: who it is may be what failed."""
    is_away = isinstance(sys.exc_info()[1], AWAY)
    status = 503 if is_away else 500
    response = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if is_away:
        response.headers["Retry-After"] = SECONDS_AWAY
    add_never_cache_headers(response)
    return response


def wrong_way(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """405 of an address that only takes a form, as a page for whoever opens it in a browser; for programs as it is."""
    if not request.accepts("text/html") or request.headers.get("HX-Request"):
        return answer
    page = render(request, "405.html", status=answer.status_code)
    page.headers["Allow"] = answer.headers["Allow"]
    return page
