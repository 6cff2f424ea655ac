"""Products from a file: upload, look at what it would do, have it done."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files import File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.models import TaxClass, Warehouse
from kpis.history_import.rows import BadFile
from ordermgmt.access import settings_action
from ordermgmt.catalogue import taking_in
from ordermgmt.catalogue.plan import Defaults
from ordermgmt.catalogue.rows import COLUMNS, read_products, template
from ordermgmt.models import ProductFile, ProductRow
from ordermgmt.setup.subjects import shop_currency
from ordermgmt.sheets import csv_line

MOST_BYTES = 20_000_000
MOST_SHOWN = 200
UNFIT = 422


class ProductFileForm(forms.Form):
    """A file, and what holds for rows that do not say it."""

    file = forms.FileField(label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))
    currency = forms.RegexField(
        r"^[A-Z]{3}$", label=gettext_lazy("Currency of prices"), help_text=gettext_lazy("Three letters, as in GBP.")
    )
    tax_class = forms.ModelChoiceField(TaxClass.objects.all(), label=gettext_lazy("Tax class"), empty_label=None)
    warehouse = forms.ModelChoiceField(
        Warehouse.objects.all(),
        label=gettext_lazy("Warehouse of the column on_hand"),
        required=False,
        empty_label=None,
        help_text=gettext_lazy("Units are taken in only where none were booked before."),
    )

    def defaults(self) -> Defaults:
        """For rows that do not say it."""
        typed = self.cleaned_data
        return Defaults(typed["currency"], typed["tax_class"], typed["warehouse"])

    def clean_file(self) -> "File[Any]":
        """Not too large for one sitting."""
        file: File[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB; send it in pieces."))
        return file


@require_http_methods(["GET", "HEAD", "POST"])
@settings_action
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; what it would do is shown before anything is changed."""
    form = ProductFileForm(
        request.POST if request.method == "POST" else None, request.FILES or None, initial={"currency": shop_currency()}
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            file = taking_in.keep(
                read_products(given.read()), form.defaults(), name=given.name, by=request.user.get_username()
            )
            return redirect("product-file", file_id=file.pk)
        except BadFile as bad:
            form.add_error("file", str(bad))
    context = {"form": form, "columns": COLUMNS, "may_begin": TaxClass.objects.exists()}
    return render(request, "catalogue/upload.html", context, status=UNFIT if form.is_bound else 200)


@require_safe
@settings_action
def template_file(request: HttpRequest) -> HttpResponse:
    """A file to begin with."""
    body = "".join(csv_line(cells) for cells in template())
    headers = {"Content-Disposition": 'attachment; filename="products.csv"'}
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@settings_action
def preview(request: HttpRequest, file_id: int) -> HttpResponse:
    """What the file would do: what is new, what changes from what to what, and what is wrong in which line."""
    file = get_object_or_404(ProductFile, pk=file_id)
    counts, chosen = taking_in.counts(file), request.GET.get("show", "")
    rows = file.rows.filter(verdict=chosen) if chosen in set(ProductRow.Verdict) else file.rows.all()
    context = {
        "file": file,
        "counts": counts,
        "chosen": chosen,
        "total": sum(count for _, count in counts),
        "to_do": sum(count for verdict, count in counts if verdict in ("new", "changed")),
        "wrong": dict(counts)[ProductRow.Verdict.WRONG],
        "rows": rows.select_related("file")[:MOST_SHOWN],
        "more": max(0, rows.count() - MOST_SHOWN),
    }
    return render(request, "catalogue/preview.html", context)


@require_POST
@settings_action
def take_in(request: HttpRequest, file_id: int) -> HttpResponse:
    """Have a worker do it."""
    file = get_object_or_404(ProductFile, pk=file_id)
    job = taking_in.start(file, by=request.user.get_username())
    if job is None:
        messages.info(request, _("Everything in this file is so already. Nothing was changed."))
        return redirect("product-file", file_id=file.pk)
    return redirect("list-job", job_id=job.pk)
