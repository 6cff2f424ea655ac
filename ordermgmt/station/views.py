"""The pick station: its page, and what it asks the shop."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from fulfillment.models import PickList
from fulfillment.pick_api import ScanBatchSerializer, answered, list_by_id
from fulfillment.pickwork import giving
from fulfillment.pickwork.reading import shown_list
from fulfillment.pickwork.shorts import REASONS
from fulfillment.walks import drawn
from inventory.models import Warehouse
from ordermgmt.access import MAY_PICK, picker_action, refuse_elsewhere
from ordermgmt.station.answers import body, station
from orders.api.requests import checked


@ensure_csrf_cookie
@require_safe
@picker_action
def pick_station(request: HttpRequest) -> HttpResponse:
    """For a handheld; goes on with the list the person has in hand."""
    mine = giving.active_list(request.user.get_username())
    places = Warehouse.objects.filter(mode=Warehouse.Mode.MANUAL, active=True).values_list("code", "name")
    page = {
        "mine": with_map(mine) if mine else None,
        "warehouses": list(places),
        "reasons": {code: _(words) for code, words in REASONS.items()},
    }
    return render(request, "station/pick.html", page)


@require_POST
@station(MAY_PICK)
def next_list(request: HttpRequest) -> dict[str, Any]:
    """The most urgent list, into the person's hands."""
    given = body(request)
    code = given.get("warehouse") if isinstance(given, dict) else None
    warehouse = get_object_or_404(Warehouse, code=str(code), mode=Warehouse.Mode.MANUAL)
    refuse_elsewhere(request, warehouse.pk)
    return with_map(giving.next_list(warehouse, picker=request.user.get_username()))


@require_safe
@station(MAY_PICK)
def one_list(request: HttpRequest, list_id: int) -> dict[str, Any]:
    """As it stands."""
    return shown_list(list_by_id(list_id))


@require_POST
@station(MAY_PICK)
def scans(request: HttpRequest, list_id: int) -> dict[str, Any]:
    """Acts in order, a verdict for each."""
    given = checked(ScanBatchSerializer, body(request))
    for row in PickList.objects.filter(pk=list_id):  # of one that is gone each scan is told so
        refuse_elsewhere(request, row.warehouse_id)
    return answered(list_id, given["scans"], by=request.user.get_username())


@require_POST
@station(MAY_PICK)
def pass_list(request: HttpRequest, list_id: int, step: str) -> dict[str, Any]:
    """Pause, resume, take over, give back."""
    if step not in giving.STEPS:
        raise Http404
    refuse_elsewhere(request, list_by_id(list_id).warehouse_id)
    giving.STEPS[step](list_by_id(list_id).pk, by=request.user.get_username())
    return shown_list(list_by_id(list_id))


def with_map(pick_list: PickList) -> dict[str, Any]:
    """The list with its walk on the warehouse's map."""
    return shown_list(pick_list) | {"map": drawn(pick_list)}
