"""Calling units off, splitting and merging: one form each, and what it does is done at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fulfillment import changes
from inventory.errors import Refused
from ordermgmt.access import canceller_action, editor_action
from ordermgmt.acting import unchanged
from ordermgmt.changes.forms import MergeForm, UnitsForm
from ordermgmt.changes.goods import others_of
from ordermgmt.changes.views import UNFIT, order_of
from orders.changes.reading import draft_of
from orders.changes.standing import way_for
from orders.changes.ways import Action
from orders.flow import GATHERED
from orders.models import Order


@require_http_methods(["GET", "HEAD", "POST"])
@canceller_action
def cancel_units(request: HttpRequest, number: int) -> HttpResponse:
    """Some units are not wanted any more."""
    order = order_of(number)
    form = UnitsForm(request.POST if request.method == "POST" else None, draft=draft_of(order))
    if form.is_valid():
        act = partial(changes.cancel_units, order.pk, form.units(), **_said(form, request))
        if _done(form, act):
            messages.success(request, _("The units are called off. Their stock and money go back."))
            return redirect("order", number=number)
    return _show(request, order, form, Action.CANCEL_UNITS, "changes/cancel_form.html")


@require_http_methods(["GET", "HEAD", "POST"])
@editor_action
def split(request: HttpRequest, number: int) -> HttpResponse:
    """Some units go on as an order of their own."""
    order = order_of(number)
    form = UnitsForm(request.POST if request.method == "POST" else None, draft=draft_of(order))
    if form.is_valid():
        made: list[Order] = []
        act = partial(changes.split_order, order.pk, form.units(), **_said(form, request))
        if _done(form, lambda: made.append(act())):
            messages.success(
                request, _("Split off from order {number}. What stayed goes on there.").format(number=number)
            )
            return redirect("order", number=made[0].number)
    return _show(request, order, form, Action.SPLIT, "changes/split_form.html")


@require_http_methods(["GET", "HEAD", "POST"])
@editor_action
def merge(request: HttpRequest, number: int) -> HttpResponse:
    """Another order of the same customer is taken in."""
    order = order_of(number)
    others = others_of(order)
    form = MergeForm(request.POST if request.method == "POST" else None, others=others)
    if form.is_valid():
        act = partial(changes.merge_orders, order.pk, form.cleaned_data["other"], **_said(form, request))
        if _done(form, act):
            messages.success(request, _("Both are one order now."))
            return redirect("order", number=number)
    gathered = any(row.state in GATHERED for row in others)
    return _show(request, order, form, Action.MERGE, "changes/merge_form.html", gathered=gathered)


def _said(form: forms.Form, request: HttpRequest) -> dict[str, Any]:
    typed = form.cleaned_data
    return {"reason": typed["reason"], "put_back": typed["put_back"], "by": request.user.get_username()}


def _done(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether it was done; a refusal stands in the form, which keeps what was typed."""
    try:
        act()
    except Refused as refusal:
        form.add_error(None, unchanged(refusal))
        return False
    return True


def _show(
    request: HttpRequest, order: Order, form: forms.Form, action: Action, template: str, **more: object
) -> HttpResponse:
    context = {"order": order, "form": form, "way": way_for(order, [action]), **more}
    return render(request, template, context, status=UNFIT if form.errors else 200)
