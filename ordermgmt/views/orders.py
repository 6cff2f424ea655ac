"""The page of one order."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ordermgmt.access import (
    MAY_ACT,
    MAY_SEE_MAILS,
    sees_money,
    staff_page,
    works_in_warehouse,
)
from ordermgmt.forms import CancelForm, HoldForm, NoteForm
from ordermgmt.order_page import order_page
from ordermgmt.timeline.kinds import Wish, kind_named
from ordermgmt.timeline.reading import timeline
from ordermgmt.views.today import NOTHING_NEW
from orders.models import Order


@require_safe
@staff_page
def order_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Everything about one order, and what may be done with it now."""
    return show_order(request, number)


@require_safe
@staff_page
def order_news(request: HttpRequest, number: int) -> HttpResponse:
    """Asked by an open order page again and again: nothing while it is up to date, else a line that says so."""
    order = get_object_or_404(Order.objects.only("number", "state", "event_seq"), number=number)
    if str(order.event_seq) == request.GET.get("seen"):
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "ordermgmt/_news.html", {"order": order})


def show_order(request: HttpRequest, number: int, *, status: int = 200, **forms: object) -> HttpResponse:
    """The page, with `forms` that came back with faults in place of the empty ones."""
    try:
        shown = order_page(number, every_line="lines" in request.GET)
    except Order.DoesNotExist as error:
        raise Http404(f"There is no order {number}") from error
    context = {
        "page": shown,
        "timeline": timeline(shown.order, _wish(request)),
        "order": shown.order,
        "may_act": request.user.has_perm(MAY_ACT),
        "may_print": works_in_warehouse(request),
        "sees_money": sees_money(request),
        "hold_form": HoldForm(),
        "cancel_form": CancelForm(auto_id="cancel_%s"),
        "note_form": NoteForm(),
        **forms,
    }
    return render(request, "ordermgmt/order_detail.html", context, status=status)


def _wish(request: HttpRequest) -> Wish:
    """What of the timeline is asked for, as far as they may see it."""
    may = request.user.has_perm
    return Wish(
        kind=kind_named(request.GET.get("timeline", "")),
        whole="all" in request.GET,
        money=sees_money(request),
        mails=may(MAY_SEE_MAILS),
    )
