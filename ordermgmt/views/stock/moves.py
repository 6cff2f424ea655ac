"""What a person does to the goods of one product: each view calls exactly one service and says how it went."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inventory.errors import InventoryError
from inventory.models import StockMovement
from inventory.services import ledger, move_between_bins, shortfall
from ordermgmt.access import refuse_elsewhere, staff_action, stock_action
from ordermgmt.acting import unchanged
from ordermgmt.phrases import counted
from ordermgmt.stock.forms import AdjustForm, BinMoveForm, PlaceForm, TransferForm, TurnForm, WriteOffForm
from ordermgmt.stock.product_page import ProductPage
from ordermgmt.views.stock.products import page_of, show_product, targets
from ordermgmt.views.stock.refusals import UNFIT, refuse
from orders.errors import OrderError
from orders.models import Order
from orders.services import set_priority


@require_POST
@stock_action
def adjust(request: HttpRequest, sku: str) -> HttpResponse:
    """Correct what is on hand, up or down."""
    page = page_of(sku)
    form = AdjustForm(request.POST, page=page)
    if not form.is_valid():
        return show_product(request, page, form, status=UNFIT)
    typed = form.cleaned_data
    refuse_elsewhere(request, _warehouse_of(page, typed["stock"]))
    act = partial(
        shortfall.adjust, typed["stock"], typed["quantity"], key=f"desk:{typed['key']}", reason=typed["reason"]
    )
    return _booked(request, page, form, act, done=_("Adjusted by {quantity:+,}.").format(quantity=typed["quantity"]))


@require_POST
@stock_action
def write_off(request: HttpRequest, sku: str) -> HttpResponse:
    """Take goods off the books that cannot be sold any more."""
    page = page_of(sku)
    form = WriteOffForm(request.POST, page=page)
    if not form.is_valid():
        return show_product(request, page, form, status=UNFIT)
    typed = form.cleaned_data
    refuse_elsewhere(request, _warehouse_of(page, typed["stock"]))
    act = partial(
        shortfall.write_down,
        typed["stock"],
        typed["quantity"],
        kind=StockMovement.Kind.WRITE_OFF,
        key=f"desk:{typed['key']}",
        reason=typed["reason"],
    )
    done = _("{units} written off.").format(units=counted(typed["quantity"], "unit"))
    return _booked(request, page, form, act, done=done)


@require_POST
@stock_action
def transfer(request: HttpRequest, sku: str) -> HttpResponse:
    """Move free units to another warehouse."""
    page, warehouses = page_of(sku), targets()
    form = TransferForm(request.POST, page=page, warehouses=warehouses)
    if not form.is_valid():
        return show_product(request, page, form, status=UNFIT)
    typed = form.cleaned_data
    refuse_elsewhere(request, _warehouse_of(page, typed["stock"]))
    sources = {shelf.stock.pk: shelf.stock.warehouse_id for shelf in page.shelves}
    act = partial(
        ledger.transfer,
        page.product.pk,
        typed["quantity"],
        source_id=sources[typed["stock"]],
        target_id=typed["target"],
        key=f"desk:{typed['key']}",
    )
    name = next(row.name for row in warehouses if row.pk == typed["target"])
    done = _("{units} moved to {name}.").format(units=counted(typed["quantity"], "unit"), name=name)
    return _booked(request, page, form, act, done=done)


@require_POST
@stock_action
def other_bin(request: HttpRequest, sku: str) -> HttpResponse:
    """Carry units to another bin of their warehouse."""
    page = page_of(sku)
    form = BinMoveForm(request.POST, page=page)
    if not form.is_valid():
        return show_product(request, page, form, status=UNFIT)
    typed = form.cleaned_data
    refuse_elsewhere(request, _warehouse_of(page, typed["stock"]))
    bins = {"source_id": typed["source_id"], "target_id": typed["target_id"]}

    def carry(*, by: str) -> None:
        move_between_bins(typed["stock"], typed["quantity"], **bins, key=f"desk:{typed['key']}", by=by)

    return _booked(
        request,
        page,
        form,
        carry,
        done=_("{units} put into another bin.").format(units=counted(typed["quantity"], "unit")),
    )


@require_POST
@staff_action
def serve(request: HttpRequest, sku: str) -> HttpResponse:
    """Let an order come earlier, or back in its turn, wherever it waits for goods."""
    form = TurnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("No order was named, or its turn is out of range. Nothing was changed."))
        return redirect("stock-product", sku=sku)
    order, priority = get_object_or_404(Order, number=form.cleaned_data["order"]), form.cleaned_data["priority"]
    try:
        set_priority(order.pk, priority=priority, by=request.user.get_username())
    except OrderError as refusal:
        messages.error(request, unchanged(refusal))
    else:
        when = _("is served earlier now") if priority > 0 else _("is back in its turn")
        messages.success(request, _("Order #{number} {when}.").format(number=order.number, when=when))
    return redirect("stock-product", sku=sku)


def _booked(
    request: HttpRequest, page: ProductPage, form: PlaceForm, act: Callable[..., object], *, done: str
) -> HttpResponse:
    """Book it; what is refused comes back with everything that was typed."""
    try:
        lost = act(by=request.user.get_username())
    except InventoryError as refusal:
        refuse(form, refusal)
        return show_product(request, page, form, status=UNFIT)
    messages.success(request, done)
    if lost:
        messages.error(request, _("Not all that was promised is there any more: see who has lost a promise."))
    return redirect("stock-product", sku=page.product.sku)


def _warehouse_of(page: ProductPage, stock_id: int) -> int:
    return next(shelf.stock.warehouse_id for shelf in page.shelves if shelf.stock.pk == stock_id)
