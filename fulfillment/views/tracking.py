"""Following an order: where it is, whether all of it arrived, and the look-up by number and e-mail address."""

import re
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fulfillment.arrival import claim_line, confirm_arrival
from fulfillment.errors import BadPhoto, ClaimRefused
from fulfillment.follow import follow
from fulfillment.mails.writing import sender_of
from fulfillment.models import Claim, LinkRequest
from fulfillment.photos import forget_photo, photo_kept
from fulfillment.views.privacy import customer_page
from inventory import clock
from orders.api.limits import allowed
from orders.customers.credit import credit_balance
from orders.languages import of_customer
from orders.models import Order
from orders.tokens import CREDIT, PAY, read, sign

UNFIT, TOO_MANY = 422, 429
LOOK_UPS_A_MINUTE = 8
NUMBER = re.compile(r"#?\s*(\d{1,15})", re.ASCII)
KINDS = {kind.value for kind in (Claim.Kind.MISSING, Claim.Kind.WRONG, Claim.Kind.DAMAGED)}


@customer_page
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest, token: str) -> HttpResponse:
    """Show where the order is; looking records nothing. A tap says whether a line is all right."""
    order_id = read(token, "track")
    translation.activate(of_customer(request, order_id))
    problem = ""
    if request.method == "POST":
        try:
            _take(request, order_id)
            return redirect(f"{request.path}#arrived")
        except (ClaimRefused, BadPhoto) as refusal:
            problem = str(refusal)
    page = follow(order_id)
    context = {"page": page, "problem": problem, "return_link": f"/return/{sign(order_id, 'return')}/"}
    if page.sent_again and page.sent_again.sent_again_id:
        context["again_link"] = f"/track/{sign(page.sent_again.sent_again_id, 'track')}/"
    context["credit"] = credit_balance(page.order.customer_id).get(page.order.currency)
    if context["credit"] and page.order.channel.code == settings.STOREFRONT_CHANNEL:
        context["spend_link"] = f"/shop/credit/{sign(order_id, CREDIT)}/"
    if page.owed and settings.DEMO_PAYMENTS and page.order.channel.code == settings.STOREFRONT_CHANNEL:
        context["pay_link"] = f"/shop/pay/{sign(order_id, PAY)}/"
    context["contact"] = _address_of(page.order)
    return render(request, "track/track.html", context, status=UNFIT if problem else 200)


def _address_of(order: Order) -> str:
    """Where its customer may write to; empty while the shop has set no address of its own."""
    address = sender_of(order).rpartition("<")[2].rstrip(">")
    return "" if address.endswith("@localhost") else address


def _take(request: HttpRequest, order_id: int) -> None:
    said = request.POST.get("said", "")
    line = request.POST.get("line", "")
    line_id = int(line) if line.isascii() and line.isdigit() and len(line) < 19 else None
    if said == "fine":
        confirm_arrival(order_id, line_id=line_id, by="customer")
    elif said in KINDS and line_id is not None:
        units = request.POST.get("units", "")
        count = int(units) if units.isascii() and units.isdigit() and len(units) < 9 else None
        _claim(request, order_id, line_id=line_id, kind=said, units=count, note=request.POST.get("note", ""))
    elif said == "photo" and line_id is not None and "photo" in request.FILES:
        _claim(request, order_id, line_id=line_id, kind="")
    else:
        raise ClaimRefused(_("Please choose what is wrong"))


def _claim(request: HttpRequest, order_id: int, **told: Any) -> None:
    """With the photo, if there is one; a claim that has one already keeps its own."""
    with photo_kept(request.FILES.get("photo"), folder="claims") as path:
        claim = claim_line(order_id, photo=path, **told)
    if claim.photo.name != path:
        forget_photo(path)


@customer_page
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask for the link by order number and e-mail address. Right and wrong pairs get the same answer after the same
    work: a request is kept, and a worker mails the link to the customer if there is such an order.
    """
    if request.method != "POST":
        return render(request, "track/look_up.html", {"sent": "sent" in request.GET})
    number, email = NUMBER.fullmatch(request.POST.get("number", "").strip()), request.POST.get("email", "").strip()
    if number is None or not _is_email(email):
        context = {"wrong": True, "number": request.POST.get("number", "")[:20], "email": email[:254]}
        return render(request, "track/look_up.html", context, status=UNFIT)
    if not allowed(request, "look-up", most=LOOK_UPS_A_MINUTE):
        return render(request, "track/look_up.html", {"too_many": True}, status=TOO_MANY)
    LinkRequest.objects.create(number=int(number[1]), email=email, at=clock.now())
    return redirect(f"{request.path}?sent")


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
