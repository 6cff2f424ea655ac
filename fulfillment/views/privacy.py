"""What the customer's pages share: an answer whose address is told to nobody, in the shop's time."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from orders.models import Order
from orders.tokens import BadToken

UNKNOWN = 404


def private(response: HttpResponse) -> HttpResponse:
    """The address is the key to the page, so it is told to nobody, not even to the log of refused requests."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def customer_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that whoever has its link may see; a link that is none gets a kind answer."""

    @wraps(view)
    @never_cache
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE)):
            try:
                return private(view(request, *args, **kwargs))
            except (BadToken, Order.DoesNotExist):
                return private(render(request, "track/unknown.html", status=UNKNOWN))

    return page
