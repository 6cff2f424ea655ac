"""What a person does to an order: each view calls exactly one service or stage and says how it went."""

from collections.abc import Callable
from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from fulfillment.models import Shipment
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from ordermgmt.access import (
    MAY_ACT,
    MAY_APPROVE,
    MAY_PACK,
    MAY_PICK,
    MAY_SHIP,
    canceller_action,
    refuse_elsewhere,
    staff_action,
    warehouse_action,
)
from ordermgmt.acting import attempt
from ordermgmt.forms import CancelForm, HoldForm, NoteForm
from ordermgmt.views.orders import show_order
from orders import services
from orders.models import Hold, Order, WebhookDelivery
from orders.webhooks.managing import redeliver

STEPS = {
    "pick": (pick, "picked", MAY_PICK),
    "pack": (pack, "packed", MAY_PACK),
    "ship": (ship, gettext_lazy("handed to the carrier"), MAY_SHIP),
}
UNFIT = 422


@require_POST
@staff_action
def hold(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the order for a named reason."""
    order, form = _order(number), HoldForm(request.POST)
    if not form.is_valid():
        return show_order(request, number, status=UNFIT, hold_form=form)
    return _do(
        request,
        number,
        partial(services.hold, order.pk, **form.terms()),
        done=_("The order is held. Nothing moves until the hold is released."),
    )


@require_POST
@staff_action
def release(request: HttpRequest, number: int, hold_id: int) -> HttpResponse:
    """Let go of one hold; releasing a failed step tries it again."""
    row = get_object_or_404(Hold, pk=hold_id, order__number=number)
    if row.decision_id and not request.user.has_perm(MAY_APPROVE):
        raise PermissionDenied  # who overrules a check decides whom the shop trusts
    return _do(request, number, partial(services.release_hold, row.pk), done=_("The hold is released."))


@require_POST
@canceller_action
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Call the order off."""
    order, form = _order(number), CancelForm(request.POST, auto_id="cancel_%s")
    if not form.is_valid():
        return show_order(request, number, status=UNFIT, cancel_form=form)
    reason = form.cleaned_data["reason"]
    return _do(
        request,
        number,
        partial(services.cancel, order.pk, reason=reason),
        done=_("The order is cancelled. Stock and money go back."),
    )


@require_POST
@staff_action
def add_note(request: HttpRequest, number: int) -> HttpResponse:
    """Write a remark into the timeline."""
    order, form = _order(number), NoteForm(request.POST)
    if not form.is_valid():
        return show_order(request, number, status=UNFIT, note_form=form)
    text = form.cleaned_data["text"]
    return _do(request, number, partial(services.add_note, order.pk, text=text), done=_("The note is written down."))


@require_POST
@staff_action
def tell_again(request: HttpRequest, number: int, delivery_id: int) -> HttpResponse:
    """Call one webhook again."""
    row = get_object_or_404(WebhookDelivery, pk=delivery_id, order__number=number)
    again = partial(redeliver, row.endpoint_id, delivery_id=row.pk)
    attempt(request, again, told=_("{name} is told again.").format(name=row.endpoint.name))
    return redirect("order", number=number)


@require_POST
@warehouse_action
def advance(request: HttpRequest, number: int, shipment: int, step: str) -> HttpResponse:
    """Confirm that a shipment was picked, packed or handed over."""
    row = get_object_or_404(Shipment, order__number=number, number=shipment)
    if step not in STEPS:
        raise Http404(f"There is no step {step}")
    stage, done, permission = STEPS[step]
    if not (request.user.has_perm(MAY_ACT) or request.user.has_perm(permission)):
        raise PermissionDenied
    refuse_elsewhere(request, row.warehouse_id)
    return _do(
        request,
        number,
        partial(stage, row.pk),
        done=_("Shipment {number}-{shipment} is {done}.").format(number=number, shipment=shipment, done=done),
    )


def _do(request: HttpRequest, number: int, act: Callable[..., object], *, done: str) -> HttpResponse:
    """Act in the person's name, and back to the order."""
    attempt(request, partial(act, by=request.user.get_username()), told=done)
    return redirect("order", number=number)


def _order(number: int) -> Order:
    return get_object_or_404(Order, number=number)
