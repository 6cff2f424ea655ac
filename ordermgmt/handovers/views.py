"""The page of what third parties were handed, its files, and what the shop asks of them."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fulfillment.flow import Handing
from fulfillment.handover import answering
from fulfillment.handover.files import take_in, written
from fulfillment.handover.shown import OPEN, hand_overs, waiting
from fulfillment.models import HandOver
from inventory.errors import Refused
from ordermgmt.access import MAY_ACT, plain_file, refuse_elsewhere, staff_action, staff_page
from ordermgmt.acting import attempt, unchanged

SHOWN = 200
MOST_BYTES = 2_000_000


@require_safe
@staff_page
def hand_over_list(request: HttpRequest) -> HttpResponse:
    """What waits at which third party and for how long, and what one has sent back."""
    open_ones = hand_overs().filter(shipment__state__in=("approved", "picked", "packed"))
    rows = waiting(open_ones.order_by("state_since")[:SHOWN])
    context = {"rows": rows, "late": sum(row.late for row in rows), "may_act": request.user.has_perm(MAY_ACT)}
    return render(request, "handovers/hand_over_list.html", context)


@require_safe
@staff_page
@plain_file
def hand_over_file(request: HttpRequest) -> HttpResponse:
    """The open ones as CSV."""
    answer = HttpResponse(written(hand_overs().filter(state__in=OPEN)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="hand-overs.csv"'
    return answer


@require_POST
@staff_action
def take_in_file(request: HttpRequest) -> HttpResponse:
    """Confirmations from a file: each shipment wholly or not at all."""
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > MOST_BYTES:
        messages.error(request, _("Choose a CSV file of up to 2 MB. Nothing was changed."))
        return redirect("hand-overs")
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        messages.error(request, _("The file is not UTF-8. Nothing was changed."))
        return redirect("hand-overs")
    done, faults = take_in(text, hand_overs(), by=request.user.get_username())
    if done:
        messages.success(request, _("Confirmed: {done}.").format(done=", ".join(done)))
    for fault in faults[:20]:
        messages.error(request, _("Line {line}: {rstrip}.").format(line=fault.line, rstrip=fault.text.rstrip(".")))
    if not done and not faults:
        messages.error(request, _("The file has no rows. Nothing was changed."))
    return redirect("hand-overs")


@require_POST
@staff_action
def ask(request: HttpRequest, hand_over_id: int, what: str) -> HttpResponse:
    """Ask a third party to stop, or have another warehouse send it."""
    row = get_object_or_404(HandOver.objects.select_related("shipment__order"), pk=hand_over_id)
    refuse_elsewhere(request, row.shipment.warehouse_id)
    by, code = request.user.get_username(), row.shipment.code
    if what == "stop":
        told = (
            _("{code} is to be stopped.").format(code=code)
            if row.state == Handing.ACCEPTED
            else _("{code} is stopped.").format(code=code)
        )
        attempt(request, partial(answering.ask_to_stop, row.shipment_id, why="Asked on the page", by=by), told=told)
    elif what == "elsewhere":
        _send_elsewhere(request, row, by=by)
    else:
        raise Http404
    return redirect("hand-overs")


def _send_elsewhere(request: HttpRequest, row: HandOver, *, by: str) -> None:
    try:
        found = answering.send_elsewhere(row.shipment_id, by=by)
    except Refused as refusal:
        messages.error(request, unchanged(refusal))
        return
    if found:
        messages.success(request, _("{code} is sent from elsewhere.").format(code=row.shipment.code))
    else:
        messages.warning(request, _("No other warehouse has all of it. Nothing was changed."))
