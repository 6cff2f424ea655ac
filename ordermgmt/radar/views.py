"""The radar's page, and its clicks: each calls one service, says how it went, and comes back."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fulfillment.services import look_again
from inventory.errors import Refused
from ordermgmt.access import approver_action, staff_action, staff_page
from ordermgmt.acting import attempt
from ordermgmt.phrases import counted
from ordermgmt.radar.page import radar_page
from orders.models import Hold, Order
from orders.services import release_hold


@require_safe
@staff_page
def radar(request: HttpRequest) -> HttpResponse:
    """All that does not move and should."""
    page = radar_page(cause=request.GET.get("cause", ""), stage=request.GET.get("stage", ""))
    return render(request, "radar/radar_list.html", {"page": page})


@require_POST
@staff_action
def look(request: HttpRequest, number: int) -> HttpResponse:
    """Have the workers, and the carrier, asked about the order at once."""
    order = get_object_or_404(Order, number=number)
    return _done(request, partial(look_again, order.pk), _("The workers look at #{number} now.").format(number=number))


@require_POST
@approver_action
def release(request: HttpRequest, number: int, hold_id: int) -> HttpResponse:
    """Let go of one hold; a failed step is tried again."""
    hold = get_object_or_404(Hold, pk=hold_id, order__number=number)
    by = request.user.get_username()
    return _done(
        request,
        partial(release_hold, hold.pk, by=by),
        _("The hold {reason} of #{number} is released.").format(reason=hold.reason, number=number),
    )


@require_POST
@approver_action
def retry_failed(request: HttpRequest) -> HttpResponse:
    """Have every failed step tried again; one that cannot be released stops no other."""
    tried, refused = 0, []
    for hold in Hold.objects.filter(reason="exception", released_at=None).order_by("id"):
        try:
            release_hold(hold.pk, by=request.user.get_username())
            tried += 1
        except Refused as refusal:
            refused.append(str(refusal))
    if tried:
        messages.success(request, _("{orders} tried again.").format(orders=counted(tried, "order")))
    for told in refused:
        messages.error(request, told)
    return redirect("radar")


def _done(request: HttpRequest, act: Callable[[], object], told: str) -> HttpResponse:
    attempt(request, act, told=told)
    return redirect("radar")
