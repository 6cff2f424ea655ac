"""The list of open pick lists and the page of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from fulfillment.models import PickList
from ordermgmt.access import staff_page, works_in_warehouse
from ordermgmt.picking.pages import one_list, open_lists


@require_safe
@staff_page
def pick_lists(request: HttpRequest) -> HttpResponse:
    """What waits to be picked."""
    return render(request, "picking/pick_list_list.html", {"page": open_lists(request.GET.get("warehouse", ""))})


@require_safe
@staff_page
def pick_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """One walk: bins in order, and the map."""
    row = get_object_or_404(PickList.objects.select_related("warehouse"), pk=list_id)
    context = {"page": one_list(row), "may_print": works_in_warehouse(request)}
    return render(request, "picking/pick_list_detail.html", context)
