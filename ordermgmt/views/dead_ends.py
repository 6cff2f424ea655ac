"""Where a request ends that leads nowhere: what people see then, with a way on."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import escape_leading_slashes

from ordermgmt.access import page_before
from ordermgmt.people import language

AWAY = OperationalError, InterfaceError  # the database, for a moment
SECONDS_AWAY = "5"


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away. Nobody asks who it was: that may be what failed.

    What was only looked at is tried again; after a form its page is shown, since it may have been done all the same.
    """
    is_away = isinstance(sys.exc_info()[1], AWAY)
    status = 503 if is_away else 500
    was_sent = request.method not in ("GET", "HEAD")
    context = {
        "was_sent": was_sent,
        "back": page_before(request) if was_sent else escape_leading_slashes(request.get_full_path()),
    }
    response = HttpResponse(render_to_string(f"{status}.html", context), status=status)
    if is_away:
        response.headers["Retry-After"] = SECONDS_AWAY
    add_never_cache_headers(response)
    return response


def wrong_way(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """405 of an address that only takes a form, as a page for whoever opens it in a browser; for programs as it is."""
    is_opened = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "")
    if not is_opened or request.headers.get("HX-Request"):
        return answer
    if getattr(request.user, "is_staff", False):
        translation.activate(language(request))
    page = render(request, "405.html", status=answer.status_code)
    page.headers["Allow"] = answer.headers["Allow"]
    return page
