"""Changing an order: the form, the preview, and what is done about it."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fulfillment.changes import apply_change
from inventory.errors import Refused
from ordermgmt.access import editor_action
from ordermgmt.acting import attempt, unchanged
from ordermgmt.changes.card import may_be_changed
from ordermgmt.changes.forms import EditForm
from ordermgmt.changes.goods import found_by
from ordermgmt.changes.page import preview_page
from orders.changes import proposals
from orders.changes.reading import draft_of
from orders.changes.standing import goods_of
from orders.changes.ways import Action, way
from orders.errors import ChangeStale
from orders.flow import State
from orders.models import ChangeSet, Order

UNFIT = 422


@require_http_methods(["GET", "HEAD", "POST"])
@editor_action
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """The order to be typed over; what differs becomes a proposal."""
    order = order_of(number)
    open_one = order.change_sets.filter(status=ChangeSet.Status.OPEN).first()
    if open_one:
        return redirect("order-change-preview", number=number, change_id=open_one.pk)
    draft = draft_of(order)
    if request.method != "POST":
        return _show(request, EditForm(order=order, draft=draft))
    form = EditForm(request.POST, order=order, draft=draft)
    if not form.is_valid():
        return _show(request, form, status=UNFIT)
    try:
        reason, by = form.cleaned_data["reason"], request.user.get_username()
        change = proposals.propose(order.pk, form.operations(), reason=reason, by=by)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, form, status=UNFIT)
    return redirect("order-change-preview", number=number, change_id=change.pk)


@require_safe
@editor_action
def products(request: HttpRequest, number: int) -> HttpResponse:
    """What can be added, for the words typed so far."""
    found = found_by(request.GET.get("find", "").replace("\0", "")[:100], order_of(number))
    return render(request, "changes/_found.html", {"found": found, "asked": request.GET.get("find", "").strip()})


@require_safe
@editor_action
def look(request: HttpRequest, number: int, change_id: int) -> HttpResponse:
    """What the change would do now; of one that has ended, what it did."""
    return _preview(request, change_of(number, change_id))


@require_POST
@editor_action
def apply(request: HttpRequest, number: int, change_id: int) -> HttpResponse:
    """Do it, if it still comes to what was looked at."""
    change, by = change_of(number, change_id), request.user.get_username()
    try:
        did = apply_change(
            change.pk, by=by, seen=request.POST.get("seen", ""), put_back=request.POST.get("put_back") == "on"
        )
    except ChangeStale as refusal:
        messages.error(request, unchanged(refusal))
        return _preview(request, change_of(number, change_id), status=409)
    except Refused as refusal:
        messages.error(request, unchanged(refusal))
        return redirect("order-change-preview", number=number, change_id=change_id)
    messages.success(request, _("The order is changed. {money}").format(money=did.money))
    return redirect("order", number=number)


@require_POST
@editor_action
def discard(request: HttpRequest, number: int, change_id: int) -> HttpResponse:
    """Let the proposal go."""
    act = partial(proposals.discard, change_of(number, change_id).pk, by=request.user.get_username())
    attempt(request, act, told=_("The change is discarded; the order is as it was."))
    return redirect("order", number=number)


def order_of(number: int) -> Order:
    """The order with its channel and customer, or 404."""
    return get_object_or_404(Order.objects.select_related("channel", "customer"), number=number)


def change_of(number: int, change_id: int) -> ChangeSet:
    """A change of this order, or 404."""
    return get_object_or_404(ChangeSet.objects.select_related("order__customer"), order__number=number, pk=change_id)


def _preview(request: HttpRequest, change: ChangeSet, *, status: int = 200) -> HttpResponse:
    context = {"page": preview_page(change), "change": change, "order": change.order}
    return render(request, "changes/change_detail.html", context, status=status)


def _show(request: HttpRequest, form: EditForm, *, status: int = 200) -> HttpResponse:
    """The form, or where nothing can be changed why."""
    goods = goods_of(form.order)
    context = {
        "form": form,
        "order": form.order,
        "way": way(Action.GOODS, State(form.order.state), goods),
        "opens": may_be_changed(form.order, goods),
    }
    return render(request, "changes/change_form.html", context, status=status)
