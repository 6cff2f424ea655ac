"""The list of open pick lists, the page of one, and what is done with a list as a whole."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from fulfillment.models import PickList
from fulfillment.pickwork import giving
from fulfillment.pickwork.planning import plan_work
from inventory.models import Warehouse
from inventory.wording import grouped
from ordermgmt.access import MAY_LEAD, leader_action, picker_action, refuse_elsewhere, staff_page, works_in_warehouse
from ordermgmt.acting import attempt
from ordermgmt.phrases import listed
from ordermgmt.picking import sharing
from ordermgmt.picking.pages import one_list, open_lists


@require_safe
@staff_page
def picking(request: HttpRequest) -> HttpResponse:
    """What waits to be picked."""
    return render(request, "picking/pick_list_list.html", {"page": open_lists(request.GET.get("warehouse", ""))})


@require_safe
@staff_page
def pick_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """One walk: bins in order, and the map."""
    row = get_object_or_404(PickList.objects.select_related("warehouse"), pk=list_id)
    can_be_given = row.state == PickList.State.OPEN and request.user.has_perm(MAY_LEAD)
    pickers = sharing.pickers([row.warehouse_id]) if can_be_given else []
    context = {"page": one_list(row), "may_print": works_in_warehouse(request), "pickers": pickers}
    return render(request, "picking/pick_list_detail.html", context)


@require_POST
@leader_action
def plan(request: HttpRequest) -> HttpResponse:
    """Plan what waits in every warehouse of the shop's people, by its policy."""
    places = Warehouse.objects.filter(mode=Warehouse.Mode.MANUAL, picking_policy__isnull=False)
    by = request.user.get_username()
    planned = [(place.name, len(plan_work(place, by=by))) for place in places]
    if walks := sum(count for _name, count in planned):
        told = ngettext("{walks} shared walk planned in {places}.", "{walks} shared walks planned in {places}.", walks)
        where = listed([name for name, count in planned if count])
        messages.success(request, told.format(walks=grouped(walks), places=where))
    else:
        messages.info(request, _("Nothing that could share a walk."))
    return redirect("picking")


@require_POST
@leader_action
def assign(request: HttpRequest, list_id: int) -> HttpResponse:
    """Give a free list to somebody."""
    row, by = get_object_or_404(PickList, pk=list_id), request.user.get_username()
    refuse_elsewhere(request, row.warehouse_id)
    picker = request.POST.get("picker", "").strip()[:80] or by
    attempt(
        request,
        partial(sharing.assign, row.pk, picker=picker, by=by),
        told=_("The list is {picker}'s now.").format(picker=picker),
    )
    return redirect("pick-list", row.pk)


@require_POST
@picker_action
def pass_list(request: HttpRequest, list_id: int, step: str) -> HttpResponse:
    """Take over, pause, resume, give back."""
    row = get_object_or_404(PickList, pk=list_id)
    if step not in giving.STEPS:
        raise Http404
    refuse_elsewhere(request, row.warehouse_id)
    act = partial(giving.STEPS[step], row.pk, by=request.user.get_username())
    attempt(request, act, told=_("Done."))
    return redirect("pick-list", row.pk)
