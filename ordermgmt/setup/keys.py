"""API keys: issued for a channel or one warehouse, shown once, revoked."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from inventory.models import Warehouse
from ordermgmt.access import back_to, settings_action
from orders.keys import SCOPES, issue_key, revoke_key
from orders.models import ApiKey, Channel

UNFIT = 422
STOREFRONT = ("orders:read", "orders:write", "products:read")  # what most keys are for


class KeyForm(forms.Form):
    """For whom a key is, and what it opens."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    channel = forms.ModelChoiceField(Channel.objects.all(), label=gettext_lazy("Channel"), empty_label=None)
    warehouse = forms.ModelChoiceField(
        Warehouse.objects.all(), label=gettext_lazy("For one warehouse only"), required=False
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it opens"),
        choices=[(scope, gettext_lazy(words)) for scope, words in SCOPES.items()],
        initial=STOREFRONT,
        widget=forms.CheckboxSelectMultiple,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@settings_action
def keys(request: HttpRequest) -> HttpResponse:
    """All keys; a new one is shown on the page that made it, and never again."""
    form, key = KeyForm(request.POST if request.method == "POST" else None), ""
    if form.is_bound and form.is_valid():
        try:
            key = issue_key(**form.cleaned_data)
            form = KeyForm()
        except ValueError as refusal:
            form.add_error("scopes", str(refusal))
    rows = ApiKey.objects.select_related("channel", "warehouse").order_by("revoked_at", "-pk")
    context = {"form": form, "rows": rows, "key": key, "next": back_to(request)}
    return render(request, "setup/keys.html", context, status=UNFIT if form.is_bound and form.errors else 200)


@require_POST
@settings_action
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Take a key back."""
    row = get_object_or_404(ApiKey, pk=key_id)
    revoke_key(row.pk)
    messages.success(request, _("The key “{name}” opens nothing any more.").format(name=row.name))
    return redirect("settings-keys")
