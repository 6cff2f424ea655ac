"""The pages of customs data: which products lack it, and one to fill in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fulfillment.models import ProductCustoms
from inventory.models import Product
from ordermgmt.access import stock_action, warehouse_action
from ordermgmt.shipping.customs import CustomsForm, customs_page
from ordermgmt.views.stock.refusals import UNFIT


@require_safe
@warehouse_action
def customs(request: HttpRequest) -> HttpResponse:
    """What is missing, and what is known."""
    return render(request, "shipping/customs.html", {"page": customs_page(request.GET.get("q", "").strip()[:64])})


@require_http_methods(["GET", "HEAD", "POST"])
@stock_action
def declare(request: HttpRequest, sku: str) -> HttpResponse:
    """Tariff number, origin and value of one product."""
    product = get_object_or_404(Product, sku=sku)
    row = ProductCustoms.objects.filter(product=product).first() or ProductCustoms(product=product)
    form = CustomsForm(request.POST if request.method == "POST" else None, row)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Customs is told of {sku} from now on.").format(sku=product.sku))
        return redirect("customs")
    context = {"form": form, "product": product}
    return render(request, "shipping/customs_form.html", context, status=UNFIT if form.is_bound else 200)
