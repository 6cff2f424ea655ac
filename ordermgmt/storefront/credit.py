"""Store credit in the checkout: a customer's signed link brings it into their browser, which then knows whose it is."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ordermgmt.storefront.channel import shop_channel
from orders.customers.credit import usable
from orders.models import Order
from orders.tokens import CREDIT, BadToken, read

COOKIE, KEPT = "shop-credit", timedelta(days=1)
EVERYTHING = Decimal("1e9")


@dataclass(frozen=True)
class Credit:
    """What a customer may spend in the shop's currency, and the token that shows that it is theirs."""

    token: str
    email: str
    name: str
    left: Decimal


@never_cache
@require_safe
def bring_credit(request: HttpRequest, token: str) -> HttpResponse:
    """Remember whose browser this is for a day, for the checkout alone, and go shopping."""
    channel = shop_channel()
    if credit_of(token, channel.currency) is None:
        return render(request, "shop/unknown.html", status=404)
    answer = redirect("shop:catalogue")
    answer.set_cookie(
        COOKIE,
        token,
        max_age=KEPT,
        path=reverse("shop:catalogue"),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def credit_of(token: str, currency: str) -> Credit | None:
    """None for a token that is none, and where nothing is left."""
    try:
        order = Order.objects.select_related("customer").get(pk=read(token, CREDIT))
    except (BadToken, Order.DoesNotExist):
        return None
    left = usable(order.customer_id, EVERYTHING, currency)
    return Credit(token, order.customer.email, order.customer.name, left) if left else None
