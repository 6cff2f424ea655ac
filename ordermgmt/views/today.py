"""Today: the river, what needs a person, the four figures."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from ordermgmt.access import sees_money, staff_page
from ordermgmt.board import board
from ordermgmt.mentions import mentions_of
from ordermgmt.tiles import tiles

NOTHING_NEW = 204


@require_safe
@vary_on_headers("HX-Request")
@staff_page
def today(request: HttpRequest) -> HttpResponse:
    """The page; or, asked by itself, its living part, and nothing when that is as the browser has it."""
    living = render_to_string("ordermgmt/_board.html", {"board": board(), "sees_money": sees_money(request)}, request)
    seen = hashlib.sha256(living.encode()).hexdigest()[:16]
    if not request.headers.get("HX-Request"):
        return render(
            request,
            "ordermgmt/today.html",
            {"living": living, "seen": seen, "tiles": tiles(), "mentions": mentions_of(request.user)},
        )
    if request.GET.get("seen") == seen:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "ordermgmt/_live.html", {"living": living, "seen": seen})
