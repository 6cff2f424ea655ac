"""Carriers' invoices: taken in from a file, and what of them is not as quoted."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from fulfillment.billing.taking_in import take_in
from fulfillment.errors import InvoiceRefused
from fulfillment.models import CarrierAccount, CarrierInvoice, ParcelBill
from ordermgmt.access import plain_file, staff_action
from ordermgmt.shipping.invoices import bill_rows, differences_csv, invoice_rows, reason_rows
from ordermgmt.views.stock.refusals import UNFIT

MOST_BYTES = 5_000_000


class InvoiceForm(forms.Form):
    """A file of one carrier's invoice."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("Carrier"), queryset=CarrierAccount.objects.all(), empty_label=None
    )
    number = forms.CharField(label=gettext_lazy("Number of the invoice"), max_length=40)
    file = forms.FileField(label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def text(self) -> str:
        """What is in the file; adds an error to the form where it is none of ours."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise InvoiceRefused([_("The file is larger than 5 MB")])
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise InvoiceRefused([_("The file is not UTF-8")]) from None


@require_http_methods(["GET", "HEAD", "POST"])
@staff_action
def carrier_invoices(request: HttpRequest) -> HttpResponse:
    """All of them, and the form for another one."""
    form = InvoiceForm(request.POST, request.FILES) if request.method == "POST" else InvoiceForm()
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        try:
            invoice = take_in(
                form.text(), account=typed["account"], number=typed["number"], by=request.user.get_username()
            )
        except InvoiceRefused as refusal:
            for fault in refusal.faults:
                form.add_error("file", _("{fault}. Nothing was taken in.").format(fault=fault))
        else:
            messages.success(request, _("Invoice {number} is taken in and compared.").format(number=invoice.number))
            return redirect("carrier-invoice", invoice_id=invoice.pk)
    context = {"form": form, "rows": invoice_rows()}
    return render(request, "shipping/invoices.html", context, status=UNFIT if form.is_bound else 200)


@require_safe
@staff_action
def carrier_invoice(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """One of them: what is billed beyond the quotes, and why."""
    invoice = get_object_or_404(CarrierInvoice.objects.select_related("account"), pk=invoice_id)
    bills, chips = bill_rows(invoice, request.GET.get("reason", ""))
    reasons = reason_rows(invoice)
    context = {
        "invoice": invoice,
        "bills": bills,
        "chips": chips,
        "reasons": reasons,
        "agrees": ParcelBill.Reason.AGREES,
        "billed": sum(row.billed for row in reasons),
        "difference": sum(row.difference for row in reasons),
    }
    return render(request, "shipping/invoice.html", context)


@require_safe
@staff_action
@plain_file
def carrier_invoice_file(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The differences as CSV."""
    invoice = get_object_or_404(CarrierInvoice, pk=invoice_id)
    answer = HttpResponse(differences_csv(invoice), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="differences-{invoice.pk}.csv"'
    return answer
