"""The pack station: what waits, one shipment on the bench, and what its page asks the shop."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from rest_framework import serializers

from fulfillment.api import CODE
from fulfillment.errors import NotPackedRight
from fulfillment.models import Scan, Shipment
from fulfillment.packwork.finishing import finish_packing
from fulfillment.packwork.verifying import Act, on_the_bench, verify_units
from inventory.models import Warehouse
from inventory.retelling import retold
from ordermgmt.access import MAY_PACK, packer_action, refuse_elsewhere
from ordermgmt.packing.bench import MOST, Bench, bench, drawn_apart, state_of, waiting
from ordermgmt.packing.forms import BoxForm, PackForm
from ordermgmt.station.answers import body, station
from orders.api.requests import MOST_UNITS, Strict, checked
from orders.errors import NotAllowedNow
from orders.flow import State

MOST_SCANS = 500
ACTIONS = (Scan.Action.ITEM, Scan.Action.CONFIRM, Scan.Action.CORRECT)


class PackScanSerializer(Strict):
    """One act at the bench."""

    id = serializers.UUIDField()
    action = serializers.ChoiceField(choices=ACTIONS)
    at = serializers.DateTimeField()
    code = serializers.CharField(max_length=120, allow_blank=True, default="")
    line = serializers.IntegerField(required=False, allow_null=True)
    units = serializers.IntegerField(min_value=1, max_value=MOST_UNITS, default=1)
    reason = serializers.CharField(max_length=40, allow_blank=True, default="")


class PackScansSerializer(Strict):
    """Acts in the order in which they were done."""

    scans = PackScanSerializer(many=True, allow_empty=False, max_length=MOST_SCANS)  # type: ignore[call-arg]


@require_safe
@packer_action
def pack_queue(request: HttpRequest) -> HttpResponse:
    """What is picked and waits, most urgent first."""
    code = request.GET.get("warehouse", "")
    places = Warehouse.objects.filter(mode=Warehouse.Mode.MANUAL, active=True).values_list("code", "name")
    return render(
        request, "station/pack_queue.html", {"rows": waiting(code)[:MOST], "warehouses": list(places), "at": code}
    )


@require_safe
@packer_action
def find(request: HttpRequest) -> HttpResponse:
    """What was scanned on a tote or slip: a shipment's code, or an order's number with one shipment to pack."""
    code = request.GET.get("code", "").strip().removeprefix("#")
    if CODE.fullmatch(code):
        return redirect("pack-station", code)
    if code.isascii() and code.isdecimal() and len(code) < 19:
        found = [row.code for row in waiting().filter(order__number=int(code))] if code else []
        if len(found) == 1:
            return redirect("pack-station", found[0])
    messages.error(request, _("Nothing to pack is known by {code}.").format(code=code[:40] or "this"))
    return redirect("pack-queue")


@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
@packer_action
def pack_station(request: HttpRequest, code: str) -> HttpResponse:
    """One shipment: verify, box, weigh; posted, it is packed."""
    shipment = _by_code(code)
    if shipment.state != State.PICKED:
        messages.error(
            request,
            _("{code} is {get_state_display}: there is nothing to pack.").format(
                code=shipment.code, get_state_display=shipment.get_state_display().lower()
            ),
        )
        return redirect("pack-queue")
    if request.method == "POST":
        refuse_elsewhere(request, shipment.warehouse_id)
    page = bench(shipment)
    data = request.POST if request.method == "POST" else None
    boxes, form = [BoxForm(data, box) for box in page.boxes], PackForm(data, list(page.inserts))
    faults: list[str] = []
    if data is not None and form.is_valid() and all([box.is_valid() for box in boxes]):
        faults = _packed(shipment, form, boxes, by=request.user.get_username())
        if not faults:
            messages.success(request, _("{code} is packed.").format(code=shipment.code))
            return redirect("pack-queue")
    return _shown(request, page, boxes, form, faults)


@require_safe
@packer_action
def box(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """How one box is filled, where the bench has no room for its drawing."""
    shipment = _by_code(code)
    layers = drawn_apart(shipment, number) if shipment.state == State.PICKED else ()
    if not layers:
        raise Http404
    return render(request, "station/box.html", {"shipment": shipment, "number": number, "layers": layers})


@require_POST
@station(MAY_PACK)
def scans(request: HttpRequest, code: str) -> dict[str, Any]:
    """Acts in order, a verdict for each, and the lines as they are now."""
    shipment = _by_code(code)
    given = checked(PackScansSerializer, body(request))
    refuse_elsewhere(request, shipment.warehouse_id)
    acts = [Act(**{"line": None, **row}) for row in given["scans"]]
    found = verify_units(shipment.pk, acts, by=request.user.get_username())
    told = [{"id": str(row.pk), "verdict": row.verdict, "said": retold(row.said), "line": row.line_id} for row in found]
    return {"verdicts": told, "lines": state_of(on_the_bench(shipment))}


def _by_code(code: str) -> Shipment:
    """The shipment called so; 404 when there is none."""
    parts = CODE.fullmatch(code)
    if parts is None:
        raise Http404
    shipments = Shipment.objects.select_related("order__customer", "warehouse")
    return get_object_or_404(shipments, order__number=int(parts[1]), number=int(parts[2]))


def _packed(shipment: Shipment, form: PackForm, boxes: list[BoxForm], *, by: str) -> list[str]:
    """What is wrong, or nothing once it is packed."""
    try:
        finish_packing(shipment.pk, form.work(boxes), by=by)
    except NotPackedRight as refused:
        return refused.faults
    except NotAllowedNow as refused:
        return [str(refused)]
    except Shipment.DoesNotExist:
        raise Http404 from None
    return []


def _shown(request: HttpRequest, page: Bench, boxes: list[BoxForm], form: PackForm, faults: list[str]) -> HttpResponse:
    context = {
        "page": page,
        "boxes": boxes,
        "form": form,
        "faults": faults,
        "lines": {"code": page.shipment.code, "lines": state_of(page.lines)},
    }
    return render(request, "station/pack.html", context)
