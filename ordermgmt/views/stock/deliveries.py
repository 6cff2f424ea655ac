"""What suppliers bring: the list, a new one, and taking in what comes."""

from functools import partial

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.errors import InventoryError
from inventory.models import ExpectedDelivery
from inventory.services import deliveries as service
from ordermgmt.access import MAY_MOVE, refuse_elsewhere, staff_page, stock_action
from ordermgmt.phrases import counted
from ordermgmt.stock.deliveries import DeliveryPage, delivery_list, delivery_page
from ordermgmt.stock.delivery_forms import DeliveryForm, ReceiveForm, UnexpectedForm
from ordermgmt.views.stock.refusals import UNFIT, refuse, tried


@require_safe
@staff_page
def deliveries(request: HttpRequest) -> HttpResponse:
    """All that are open, and those that were closed last."""
    context = {"page": delivery_list(), "may_move": request.user.has_perm(MAY_MOVE)}
    return render(request, "stock/delivery_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@stock_action
def new(request: HttpRequest) -> HttpResponse:
    """Announce one; `?sku=` begins with a product."""
    if request.method != "POST":
        return _show_new(request, DeliveryForm(initial={"lines": request.GET.get("sku", "")}))
    form = DeliveryForm(request.POST)
    if not form.is_valid():
        return _show_new(request, form, status=UNFIT)
    typed = form.cleaned_data
    try:
        delivery = service.expect_delivery(
            typed["warehouse"],
            reference=typed["reference"],
            supplier=typed["supplier"],
            due_on=typed["due_on"],
            units=typed["lines"],
            by=request.user.get_username(),
        )
    except InventoryError as refusal:
        refuse(form, refusal)
        return _show_new(request, form, status=UNFIT)
    messages.success(request, _("Delivery {delivery} is expected.").format(delivery=delivery))
    return redirect("stock-delivery", delivery_id=delivery.pk)


@require_safe
@staff_page
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """One delivery, line by line; `?all=1` suggests that all of the rest has come."""
    page = _page(delivery_id)
    return _show(request, page, ReceiveForm(page=page, fill=request.GET.get("all") == "1"))


@require_POST
@stock_action
def receive(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Take in what has come."""
    page = _page(delivery_id)
    refuse_elsewhere(request, page.delivery.warehouse_id)
    form = ReceiveForm(request.POST, page=page)
    if not form.is_valid():
        return _show(request, page, form, status=UNFIT)
    received, key = form.received(), f"desk:{form.cleaned_data['key']}"
    try:
        service.receive_delivery(delivery_id, received=received, key=key, by=request.user.get_username())
    except InventoryError as refusal:
        refuse(form, refusal)
        return _show(request, page, form, status=UNFIT)
    good = sum(receipt.good for receipt in received.values())
    damaged = sum(receipt.damaged for receipt in received.values())
    apart = _(", {units} set apart").format(units=counted(damaged, "damaged unit")) if damaged else ""
    messages.success(request, _("{units} taken in{apart}.").format(units=counted(good, "unit"), apart=apart))
    return redirect("stock-delivery", delivery_id=delivery_id)


@require_POST
@stock_action
def add(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """A line for something that came and was not expected."""
    page = _page(delivery_id)
    form = UnexpectedForm(request.POST)
    if form.is_valid():
        product = form.cleaned_data["name"]
        try:
            service.add_line(delivery_id, product_id=product.pk, by=request.user.get_username())
        except InventoryError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("{sku} has a line now: type how many have come.").format(sku=product.sku))
            return redirect("stock-delivery", delivery_id=delivery_id)
    return _show(request, page, ReceiveForm(page=page), unexpected=form, status=UNFIT)


@require_POST
@stock_action
def close(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """What has not come is no longer awaited."""
    page = _page(delivery_id)
    tried(
        request,
        partial(service.close_delivery, delivery_id),
        done=_("Delivery {delivery} is closed.").format(delivery=page.delivery),
    )
    return redirect("stock-delivery", delivery_id=delivery_id)


def _page(delivery_id: int) -> DeliveryPage:
    try:
        return delivery_page(delivery_id)
    except ExpectedDelivery.DoesNotExist as error:
        raise Http404(f"There is no delivery {delivery_id}") from error


def _show_new(request: HttpRequest, form: DeliveryForm, *, status: int = 200) -> HttpResponse:
    return render(request, "stock/delivery_form.html", {"form": form}, status=status)


def _show(
    request: HttpRequest,
    page: DeliveryPage,
    form: ReceiveForm,
    *,
    unexpected: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": page,
        "form": form,
        "unexpected": unexpected or UnexpectedForm(),
        "may_move": request.user.has_perm(MAY_MOVE),
    }
    return render(request, "stock/delivery_detail.html", context, status=status)
