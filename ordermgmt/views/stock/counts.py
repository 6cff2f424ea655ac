"""Counting what is there: the list, a new count, its blind sheet, and the decision about its variances."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory import clock
from inventory.errors import InventoryError
from inventory.models import Count, Warehouse
from inventory.services import counts as service
from ordermgmt.access import MAY_MOVE, refuse_elsewhere, staff_page, stock_action
from ordermgmt.phrases import counted, day
from ordermgmt.stock.count_forms import CountForm, SheetForm
from ordermgmt.stock.counts import CountPage, aisles_of, count_list, count_page
from ordermgmt.views.stock.refusals import UNFIT, refuse, tried


@require_safe
@staff_page
def counts(request: HttpRequest) -> HttpResponse:
    """All that wait for somebody, and those that ended last."""
    context = {"page": count_list(), "may_move": request.user.has_perm(MAY_MOVE)}
    return render(request, "stock/count_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@stock_action
def new(request: HttpRequest) -> HttpResponse:
    """Begin one in `?warehouse=`, by its code; without one, in the first."""
    warehouses = list(Warehouse.objects.filter(active=True))
    if not warehouses:
        raise Http404("There is no warehouse to count in")
    chosen = next((row for row in warehouses if row.code == request.GET.get("warehouse")), warehouses[0])
    form = _count_form(request, chosen)
    context = {"form": form, "warehouse": chosen, "warehouses": warehouses}
    if not form.is_bound:
        return render(request, "stock/count_form.html", context)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            count = service.open_count_of(
                chosen, name=typed["name"], spots=typed["spots"], by=request.user.get_username()
            )
        except InventoryError as refusal:
            refuse(form, refusal)
        else:
            return redirect("stock-count", count_id=count.pk)
    return render(request, "stock/count_form.html", context, status=UNFIT)


@require_safe
@staff_page
def count(request: HttpRequest, count_id: int) -> HttpResponse:
    """Its blind sheet while it is counted, then its variances."""
    page = _page(count_id)
    return _show(request, page, SheetForm(page=page))


@require_POST
@stock_action
def enter(request: HttpRequest, count_id: int) -> HttpResponse:
    """Keep the numbers; with `then=submit`, end the counting."""
    page = _page(count_id)
    refuse_elsewhere(request, page.count.warehouse_id)
    form, by = SheetForm(request.POST, page=page), request.user.get_username()
    if not form.is_valid():
        return _show(request, page, form, status=UNFIT)
    entered = form.entered()
    try:
        for line_id, units in entered.items():
            service.enter_count(line_id, counted=units, by=by)
        if request.POST.get("then") != "submit":
            messages.success(request, _("{numbers} kept.").format(numbers=counted(len(entered), "number")))
            return redirect("stock-count", count_id=count_id)
        ended = service.submit_count(count_id, by=by)
    except InventoryError as refusal:
        messages.error(request, f"{str(refusal).rstrip('.')}.")
    else:
        messages.success(request, _outcome(ended))
    return redirect("stock-count", count_id=count_id)


@require_POST
@stock_action
def approve(request: HttpRequest, count_id: int) -> HttpResponse:
    """Book the variances, as a second person."""
    page = _page(count_id)
    refuse_elsewhere(request, page.count.warehouse_id)
    tried(request, partial(service.approve_count, page.count.pk), done=_("The count is booked."))
    return redirect("stock-count", count_id=count_id)


@require_POST
@stock_action
def discard(request: HttpRequest, count_id: int) -> HttpResponse:
    """Drop it; nothing of it reaches the books."""
    page = _page(count_id)
    refuse_elsewhere(request, page.count.warehouse_id)
    tried(request, partial(service.discard_count, page.count.pk), done=_("The count is discarded. Stock is as it was."))
    return redirect("stock-count", count_id=count_id)


def _outcome(ended: Count) -> str:
    if ended.state == Count.State.BOOKED:
        return _("The count is booked: its differences were small.")
    return _("The count waits for a second person: its differences are large.")


def _count_form(request: HttpRequest, warehouse: Warehouse) -> CountForm:
    initial = {"name": f"{warehouse.name} {day(clock.now())}"}
    typed = request.POST if request.method == "POST" else None
    return CountForm(typed, warehouse=warehouse, aisles=aisles_of(warehouse), initial=initial)


def _page(count_id: int) -> CountPage:
    try:
        return count_page(count_id)
    except Count.DoesNotExist as error:
        raise Http404(f"There is no count {count_id}") from error


def _show(request: HttpRequest, page: CountPage, form: SheetForm, *, status: int = 200) -> HttpResponse:
    context = {
        "page": page,
        "form": form,
        "may_move": request.user.has_perm(MAY_MOVE),
        "may_approve": page.waits and page.count.submitted_by != request.user.get_username(),
    }
    return render(request, "stock/count_detail.html", context, status=status)
