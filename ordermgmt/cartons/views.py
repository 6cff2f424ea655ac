"""The cartons: the list, a new one, and one to count or change."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fulfillment.models import Carton
from ordermgmt.access import MAY_MOVE, back_to, staff_page, stock_action
from ordermgmt.cartons.forms import CartonForm
from ordermgmt.cartons.page import carton_rows
from ordermgmt.views.stock.refusals import UNFIT


@require_safe
@staff_page
def cartons(request: HttpRequest) -> HttpResponse:
    """All of them, with what is left."""
    context = {"rows": carton_rows(), "may_move": request.user.has_perm(MAY_MOVE)}
    return render(request, "cartons/carton_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@stock_action
def carton(request: HttpRequest, carton_id: int | None = None) -> HttpResponse:
    """One of them, or without an id a new one."""
    row = get_object_or_404(Carton, pk=carton_id) if carton_id else Carton()
    form = CartonForm(request.POST if request.method == "POST" else None, row)
    if form.is_bound and form.is_valid():
        messages.success(request, _("Carton {name} is kept.").format(name=form.kept().name))
        return redirect(back_to(request) or "cartons")
    context = {"form": form, "carton": row, "next": back_to(request)}
    return render(request, "cartons/carton_form.html", context, status=UNFIT if form.is_bound else 200)
