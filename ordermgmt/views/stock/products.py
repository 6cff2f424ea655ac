"""The list of products and the page of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inventory.models import Product, Warehouse
from ordermgmt.access import MAY_ACT, MAY_MOVE, staff_page
from ordermgmt.stock.forms import AdjustForm, BinMoveForm, PlaceForm, TransferForm, WriteOffForm
from ordermgmt.stock.product_list import TABS, Wanted, find_exact, product_list
from ordermgmt.stock.product_page import ProductPage, product_page

LONGEST_SEARCH = 200


@require_safe
@staff_page
def products(request: HttpRequest) -> HttpResponse:
    """A page of the list; search words that name exactly one product lead straight to it."""
    wanted = _wanted(request)
    if wanted.q and wanted.is_plain and (sku := find_exact(wanted.q)) is not None:
        return redirect("stock-product", sku=sku)
    return render(request, "stock/product_list.html", {"page": product_list(wanted)})


@require_safe
@staff_page
def product(request: HttpRequest, sku: str) -> HttpResponse:
    """Everything about one product, and what may be done with it."""
    return show_product(request, page_of(sku))


def page_of(sku: str) -> ProductPage:
    """The page's contents; a SKU that does not exist is not found."""
    try:
        return product_page(sku.replace("\0", ""))
    except Product.DoesNotExist as error:
        raise Http404(f"There is no product {sku}") from error


def show_product(
    request: HttpRequest, page: ProductPage, faulty: PlaceForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The page, with the form that came back with faults in place of an empty one."""
    moves = (
        AdjustForm(page=page),
        TransferForm(page=page, warehouses=targets()),
        BinMoveForm(page=page),
        WriteOffForm(page=page),
    )
    context = {
        "page": page,
        "product": page.product,
        "moves": [faulty if faulty and faulty.address == form.address else form for form in moves],
        "may_move": request.user.has_perm(MAY_MOVE),
        "may_act": request.user.has_perm(MAY_ACT),
    }
    return render(request, "stock/product_detail.html", context, status=status)


def targets() -> list[Warehouse]:
    """Where goods can be moved to."""
    return list(Warehouse.objects.filter(active=True))


def _wanted(request: HttpRequest) -> Wanted:
    """What cannot be meant is left out, so that no address breaks the list."""
    asked = {name: request.GET.get(name, "").replace("\0", "").strip() for name in ("tab", "q", "before", "after")}
    return Wanted(
        tab=asked["tab"] if asked["tab"] in TABS else "",
        q=asked["q"][:LONGEST_SEARCH],
        before=asked["before"],
        after=asked["after"],
    )
