"""Holding one shipment on the order's page, and letting it go."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fulfillment.holds import hold_shipment, release_shipment
from fulfillment.models import Shipment, ShipmentHold
from ordermgmt.access import staff_action
from ordermgmt.acting import attempt
from ordermgmt.forms import HoldForm
from ordermgmt.views.orders import show_order

UNFIT = 422


@require_POST
@staff_action
def hold(request: HttpRequest, number: int, shipment: int) -> HttpResponse:
    """Let it wait while the rest of the order goes on."""
    row = get_object_or_404(Shipment.objects.select_related("order"), order__number=number, number=shipment)
    form = HoldForm(request.POST, prefix=f"hold-{shipment}")
    if not form.is_valid():
        return show_order(request, number, status=UNFIT, faulty_hold=form)
    act = partial(hold_shipment, row.pk, by=request.user.get_username(), **form.terms())
    attempt(request, act, told=_("Shipment {code} is held. The rest of the order goes on.").format(code=row.code))
    return redirect("order", number=number)


@require_POST
@staff_action
def release(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Put the shipment back into its queue."""
    row = get_object_or_404(ShipmentHold.objects.select_related("shipment__order"), pk=hold_id)
    release_shipment(row.pk, by=request.user.get_username())
    messages.success(request, _("The hold of shipment {code} is released.").format(code=row.shipment.code))
    return redirect("order", number=row.shipment.order.number)
