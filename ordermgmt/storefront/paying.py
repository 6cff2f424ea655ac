"""After the order is placed: the page that plays the payment provider, and the page that says thank you.

Only these call services and selectors directly, because a browser that may see nothing cannot ask the API for them.
Their addresses are signed: whoever has one was given it.
"""

from collections.abc import Callable
from functools import wraps
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ordermgmt.storefront.channel import shop_channel
from ordermgmt.storefront.progress import Progress, progress_of
from orders.errors import OrderError
from orders.languages import of_buyer
from orders.models import Order
from orders.services import pledge
from orders.tokens import PAY, BadToken, read, sign

THANKS = "shop/thanks"
TRACK = "track"
PROVIDER = "payment:demo"
UNKNOWN, REFUSED = 404, 409

Page = Callable[[HttpRequest, Progress], HttpResponse]


def for_bearer(purpose: str) -> Callable[[Page], Callable[[HttpRequest, str], HttpResponse]]:
    """The page of the order that the token names, in the shop's time zone; told to nobody, kept by no cache."""

    def guard(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
        @wraps(page)
        def guarded(request: HttpRequest, token: str) -> HttpResponse:
            translation.activate(of_buyer(request, shop_channel()))
            with timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE)):
                try:
                    response = page(request, progress_of(read(token, purpose)))
                except BadToken:
                    response = render(request, "shop/unknown.html", status=UNKNOWN)
            response.headers["Referrer-Policy"] = "same-origin"
            response.headers["X-Robots-Tag"] = "noindex"
            return response

        return never_cache(guarded)

    return guard


@never_cache
@require_safe
def placed(request: HttpRequest, external_id: str) -> HttpResponse:
    """From the checkout to the payment. The random name that a browser gave its order is known to that browser only."""
    order = get_object_or_404(Order, channel=shop_channel(), external_id=external_id)
    there = (PAY, "shop:pay") if settings.DEMO_PAYMENTS else (THANKS, "shop:thanks")
    return redirect(there[1], sign(order.pk, there[0]))


@require_http_methods(["GET", "HEAD", "POST"])
@for_bearer(PAY)
def pay(request: HttpRequest, order: Progress) -> HttpResponse:
    """Plays the provider: its `pay` does what a webhook of a real one would, its `decline` does nothing."""
    if not settings.DEMO_PAYMENTS:
        raise Http404("Nobody plays the payment provider here.")
    if not order.owed:
        return redirect("shop:thanks", sign(order.order_id, THANKS))
    if request.method != "POST":
        return _show(request, order)
    if request.POST.get("answer") != "pay":
        return redirect(f"{request.path}?declined")
    try:
        pledge(order.order_id, amount=order.owed, reference=f"demo-{order.number}", by=PROVIDER)
    except OrderError as error:
        return _show(request, progress_of(order.order_id), refused=str(error))
    return redirect("shop:thanks", sign(order.order_id, THANKS))


@require_safe
@for_bearer(THANKS)
def thanks(request: HttpRequest, order: Progress) -> HttpResponse:
    """The order's number, how far it is, and what happens next."""
    context = {"order": order, "pay_token": settings.DEMO_PAYMENTS and sign(order.order_id, PAY)}
    context["track_token"] = sign(order.order_id, TRACK)
    return render(request, "shop/thanks.html", context)


def _show(request: HttpRequest, order: Progress, *, refused: str = "") -> HttpResponse:
    context = {"order": order, "refused": refused, "declined": "declined" in request.GET}
    return render(request, "shop/pay.html", context, status=REFUSED if refused else 200)
