"""Webhooks: the list, a new one with its secret shown once, one with its deliveries, and what is done about them."""

import secrets
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ordermgmt.access import webhook_action
from ordermgmt.acting import attempt
from ordermgmt.views.stock.refusals import UNFIT
from ordermgmt.webhooks.forms import EndpointForm
from ordermgmt.webhooks.pages import endpoint_page, endpoint_rows
from orders.errors import OrderError
from orders.models import WebhookEndpoint
from orders.webhooks import managing, sending


@require_safe
@webhook_action
def endpoints(request: HttpRequest) -> HttpResponse:
    """Who is told."""
    return render(request, "webhooks/endpoint_list.html", {"rows": endpoint_rows()})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@webhook_action
def new(request: HttpRequest) -> HttpResponse:
    """Make one; the answer shows its secret, and no page does so again."""
    form = EndpointForm(request.POST.dict() if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        make = partial(managing.make_endpoint, typed["owner"], name=typed["name"], url=typed["url"])
        try:
            row, secret = make(events=typed["events"], by=request.user.get_username())
        except OrderError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _show(request, row.pk, secret=secret)
    status = UNFIT if form.is_bound else 200
    return render(request, "webhooks/endpoint_form.html", {"form": form}, status=status)


@require_safe
@webhook_action
def endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One, with what it was told last and what it said to that."""
    return _show(request, endpoint_id)


@require_POST
@never_cache
@webhook_action
def act(request: HttpRequest, endpoint_id: int, step: str) -> HttpResponse:
    """Try it out, stop it, start it, or give it another secret."""
    row = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    if step == "test":
        _try_out(request, row)
    elif step == "stop":
        stop = partial(managing.stop_endpoint, row.pk, by=request.user.get_username())
        attempt(request, stop, told=_("{name} is told nothing more until you start it again.").format(name=row.name))
    elif step == "start":
        attempt(
            request,
            partial(managing.start_endpoint, row.pk),
            told=_("{name} is told what it missed.").format(name=row.name),
        )
    elif step == "secret":
        return _show(request, row.pk, secret=managing.rotate_secret(row.pk))
    else:
        raise Http404
    return redirect("webhook", row.pk)


@require_POST
@webhook_action
def again(request: HttpRequest, endpoint_id: int, delivery_id: int) -> HttpResponse:
    """Send one delivery once more."""
    row = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    if not managing.redeliver(row.pk, delivery_id=delivery_id):
        raise Http404
    messages.success(request, _("It is sent once more, within seconds."))
    return redirect("webhook", row.pk)


def _try_out(request: HttpRequest, row: WebhookEndpoint) -> None:
    code, words = sending.try_out(row, name=f"test_{secrets.token_hex(8)}")
    if code is not None and 200 <= code < 300:
        messages.success(request, _("{name} answered {code}.").format(name=row.name, code=code))
    else:
        said = _("answered {code}").format(code=code) if code is not None else _("did not answer")
        messages.error(request, f"{row.name} {said}: {words[:200]}".rstrip(": "))


def _show(request: HttpRequest, endpoint_id: int, *, secret: str = "") -> HttpResponse:
    try:
        page = endpoint_page(endpoint_id)
    except WebhookEndpoint.DoesNotExist as error:
        raise Http404(f"There is no webhook {endpoint_id}") from error
    return render(request, "webhooks/endpoint_detail.html", {"page": page, "secret": secret})
