"""A test order from a form: placed as a channel would, so that a new shop sees its nine stages at work."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inventory.countries import check_country
from inventory.errors import Refused
from inventory.models import Product
from ordermgmt.access import settings_action
from orders.models import Channel
from orders.order_request import LineRequest, OrderRequest, PaymentRequest
from orders.stages.place import place

UNFIT = 422
MOST_CHOICES = 200


class TestOrderForm(forms.Form):
    """What is bought, through which channel, and who gets the mails."""

    channel = forms.ModelChoiceField(Channel.objects.all(), label=gettext_lazy("Channel"), empty_label=None)
    sku = forms.ChoiceField(label=gettext_lazy("Product"))
    quantity = forms.IntegerField(label=gettext_lazy("Units"), min_value=1, max_value=99, initial=1)
    email = forms.EmailField(
        label=gettext_lazy("E-mail of the customer"), help_text=gettext_lazy("The mails of the order go there.")
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        max_length=2,
        validators=[check_country],
        help_text=gettext_lazy("Two capitals, as in GB."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stocked = Product.objects.filter(active=True, stock__on_hand__gt=0).distinct()[:MOST_CHOICES]
        choices = [(row.sku, f"{row.name} ({row.sku})") for row in stocked]
        self.fields["sku"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@settings_action
def test_order(request: HttpRequest) -> HttpResponse:
    """Buy something of the shop's own: pledged by card, delivered to an address that does not matter."""
    person = request.user
    initial = {"email": getattr(person, "email", "") or "test@example.com", "country": "GB"}
    form = TestOrderForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            placed = place(_asked(form.cleaned_data), channel=form.cleaned_data["channel"], by=person.get_username())
        except Refused as refusal:
            form.add_error(None, f"{refusal}.")
        else:
            messages.success(request, _("The test order is placed. It goes through the nine stages from here."))
            return redirect("order", number=placed.number)
    context = {"form": form, "missing": _missing(form)}
    return render(request, "setup/test_order.html", context, status=UNFIT if form.is_bound else 200)


def _missing(form: TestOrderForm) -> str:
    """Why nothing can be ordered yet, or nothing."""
    if not form.fields["channel"].queryset.exists():  # type: ignore[attr-defined]
        return _("An order comes through a channel. Open one first.")
    if not form.fields["sku"].choices:  # type: ignore[attr-defined]
        return _("An order needs a product that lies on a shelf. Add one and take it in first.")
    return ""


def _asked(typed: dict[str, Any]) -> OrderRequest:
    address = {
        "name": "Test Customer",
        "line1": "1 Test Street",
        "city": "Testing",
        "postal_code": "SW1A 1AA",
        "country": typed["country"],
    }
    return OrderRequest(
        external_id=f"test-{uuid4().hex[:12]}",
        currency=typed["channel"].currency,
        email=typed["email"],
        name="Test Customer",
        phone="",
        shipping_address=address,
        billing_address=address,
        lines=(LineRequest(typed["sku"], typed["quantity"]),),
        payment=PaymentRequest("card"),
    )
