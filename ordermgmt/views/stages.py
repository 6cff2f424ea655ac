"""The board of one stage, which renews itself, and moving its orders on."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from ordermgmt.access import MAY_ACT, refuse_elsewhere, staff_page, warehouse_action
from ordermgmt.acting import attempt
from ordermgmt.attention import NEXT_STEP
from ordermgmt.lists.filters import is_number
from ordermgmt.stage_board import fingerprint, ready_shipments, stage_board
from ordermgmt.views.actions import STEPS
from ordermgmt.views.today import NOTHING_NEW
from orders.flow import STAGE_BY_STATE, State
from orders.models import Order


@require_safe
@vary_on_headers("HX-Request")
@staff_page
def stage(request: HttpRequest, state: str) -> HttpResponse:
    """The page; or, asked by itself, its living part, and nothing when no order of the stage has changed."""
    here = _state(state)
    seen, asks_again = fingerprint(here), request.headers.get("HX-Request")
    if asks_again and request.GET.get("seen") == seen:
        return HttpResponse(status=NOTHING_NEW)
    board = stage_board(here, count=int(seen.partition("-")[0]))
    may_act = request.user.has_perm(MAY_ACT)
    rights = {"may_act": may_act, "may_step": may_act or _may_step(request, here)}
    context = {"board": board, "seen": seen, **rights}
    return render(request, f"ordermgmt/{'_stage' if asks_again else 'stage_board'}.html", context)


@require_POST
@warehouse_action
def move(request: HttpRequest, state: str) -> HttpResponse:
    """Confirm one order's next step, for each of its shipments that waits for a person's word."""
    here = _state(state)
    number, step = request.POST.get("number", ""), request.POST.get("step", "")
    if not is_number(number) or step not in STEPS:
        raise Http404("There is no such order or step")
    order = get_object_or_404(Order, number=int(number))
    confirm, done, permission = STEPS[step]
    if not (request.user.has_perm(MAY_ACT) or request.user.has_perm(permission)):
        raise PermissionDenied
    by = request.user.get_username()
    ready = ready_shipments(order) if order.state == here and step == NEXT_STEP.get(here) else []
    for shipment in ready:
        refuse_elsewhere(request, shipment.warehouse_id)
    for shipment in ready:
        attempt(
            request,
            partial(confirm, shipment.pk, by=by),
            told=_("Shipment {code} is {done}.").format(code=shipment.code, done=done),
        )
    if not ready:
        messages.error(
            request,
            _("Nobody's word is waited for in #{number} any more. Nothing was changed.").format(number=order.number),
        )
    return redirect("stage", state=here)


def _may_step(request: HttpRequest, state: State) -> bool:
    """Whether the step out of this stage is their own work."""
    return state in NEXT_STEP and request.user.has_perm(STEPS[NEXT_STEP[state]][2])


def _state(name: str) -> State:
    if name not in STAGE_BY_STATE:
        raise Http404(f"There is no stage {name}")
    return State(name)
