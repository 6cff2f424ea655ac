"""The storefront's own pages: frames without data, which the scripts in `static/js/shop/` fill from the API."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from ordermgmt.storefront.channel import publishable_key, shop_channel
from ordermgmt.storefront.countries import countries, home_country
from ordermgmt.storefront.credit import COOKIE, credit_of
from orders.languages import of_buyer


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """What there is to buy, and the basket."""
    return render(request, "shop/catalogue.html", _shop(request))


@require_safe
def checkout(request: HttpRequest) -> HttpResponse:
    """Where it goes and how it is paid."""
    shop = _shop(request)
    form = {"countries": countries(), "home": home_country(), "example": settings.DEBUG, "card": settings.DEMO_PAYMENTS}
    credit = credit_of(request.COOKIES[COOKIE], shop["currency"]) if COOKIE in request.COOKIES else None
    return render(request, "shop/checkout.html", {**shop, **form, "credit": credit})


def _shop(request: HttpRequest) -> dict[str, Any]:
    """What the scripts must know before they can ask the API."""
    channel = shop_channel()
    translation.activate(of_buyer(request, channel))
    return {"key": publishable_key(channel), "currency": channel.currency}
