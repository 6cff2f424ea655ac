"""The desk of returns and claims: each view calls one service and says how it went."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fulfillment.claims import refuse_claim, settle_claim
from fulfillment.documents.kinds import return_label
from fulfillment.models import Claim, Return, ReturnLine, ReturnUnit
from fulfillment.photos import forget_photo
from fulfillment.return_flow import COMING
from fulfillment.returns.labelling import label_return
from fulfillment.returns.receiving import receive_parcel
from fulfillment.returns.requesting import approve_return, decline_return
from fulfillment.returns.sending_again import send_again
from fulfillment.returns.settling import Found, inspect_unit, settle_return
from ordermgmt.access import MAY_RETURN, return_action, sees_money, staff_page
from ordermgmt.acting import attempt
from ordermgmt.documents.views import shown_pdf
from ordermgmt.returns.forms import AgainForm, SettleForm, UnitForm, WhyForm
from ordermgmt.returns.pages import TABS, ReturnPage, desk, return_page
from orders.money import shown

PHOTOS: dict[str, type[Model]] = {"claim": Claim, "line": ReturnLine, "unit": ReturnUnit}


@require_safe
@staff_page
def return_desk(request: HttpRequest) -> HttpResponse:
    """What waits, what is coming, what is done; and the open claims."""
    asked = request.GET.get("tab", "")
    context = {"page": desk(asked if asked in TABS else ""), "may_act": request.user.has_perm(MAY_RETURN)}
    return render(request, "returns/return_list.html", context)


@require_safe
@staff_page
def return_detail(request: HttpRequest, order: int, number: int) -> HttpResponse:
    """One return."""
    try:
        page = return_page(order, number)
    except Return.DoesNotExist as missing:
        raise Http404 from missing
    return _shown(request, page, AgainForm(initial=page.row.order.shipping_address))


@require_safe
@staff_page
def label(request: HttpRequest, order: int, number: int) -> HttpResponse:
    """Its label, as the customer has it."""
    rows = Return.objects.select_related("order__channel").filter(state__in=COMING).exclude(tracking_number="")
    row = get_object_or_404(rows, order__number=order, number=number)
    return shown_pdf(return_label(row), f"{row.rma}.pdf")


@require_POST
@return_action
def again(request: HttpRequest, order: int, number: int) -> HttpResponse:
    """Send a parcel that came back again, to the address that was typed."""
    try:
        page = return_page(order, number)
    except Return.DoesNotExist as missing:
        raise Http404 from missing
    form = AgainForm(request.POST)
    if not form.is_valid():
        return _shown(request, page, form, status=422)
    act = partial(send_again, page.row.pk, address=form.address(), by=request.user.get_username())
    attempt(request, act, told=_("It is sent again, and the customer is told."))
    return redirect("return", order=order, number=number)


@require_POST
@return_action
def step(request: HttpRequest, order: int, number: int, verb: str) -> HttpResponse:
    """Approve, decline, receive or settle."""
    row = get_object_or_404(Return, order__number=order, number=number)
    if verb == "decline":
        form = WhyForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say why, in up to 300 characters. Nothing was changed."))
            return redirect("return", order=order, number=number)
        act: Callable[..., Any] = partial(decline_return, row.pk, why=form.cleaned_data["why"])
    elif verb == "receive":
        act = partial(receive_parcel, row.pk, received=_counts(request, row))
    else:
        act = partial({"approve": _approve, "settle": settle_return}[verb], row.pk)
    done = {"approve": _("Approved."), "decline": _("Declined."), "receive": _("Taken in."), "settle": _("Settled.")}[
        verb
    ]
    attempt(request, partial(act, by=request.user.get_username()), told=done)
    return redirect("return", order=order, number=number)


@require_POST
@return_action
def inspect(request: HttpRequest, line_id: int) -> HttpResponse:
    """Keep how the next unit of a line was found."""
    line = get_object_or_404(ReturnLine.objects.select_related("return_record__order"), pk=line_id)
    form = UnitForm(request.POST, request.FILES)
    if form.is_valid():
        act = partial(inspect_unit, line.pk, found=Found(**form.cleaned_data), by=request.user.get_username())
        if not attempt(request, act, told=_("The unit is booked.")):
            forget_photo(form.cleaned_data["photo"])
    else:
        said = [str(words) for errors in form.errors.values() for words in errors]
        messages.error(request, _("{said} Nothing was changed.").format(said=" ".join(said)))
    row = line.return_record
    return redirect("return", order=row.order.number, number=row.number)


@require_POST
@return_action
def settle(request: HttpRequest, claim_id: int) -> HttpResponse:
    """End a claim with one of its outcomes."""
    claim, form = get_object_or_404(Claim, pk=claim_id), SettleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose how the claim ends. Nothing was changed."))
        return redirect("return-desk")
    typed = form.cleaned_data
    act = partial(settle_claim, claim.pk, outcome=typed["outcome"], note=typed["note"], amount=typed["amount"])
    attempt(request, partial(act, by=request.user.get_username()), told=partial(_settled, request, claim))
    return redirect("return-desk")


def _settled(request: HttpRequest, claim: Claim) -> str:
    claim.refresh_from_db()
    if not (claim.refund and sees_money(request)):
        return _("The claim is settled.")
    return _("The claim is settled: {amount} go back.").format(amount=shown(claim.refund, claim.order.currency))


@require_POST
@return_action
def refuse(request: HttpRequest, claim_id: int) -> HttpResponse:
    """End a claim that does not hold."""
    claim, form = get_object_or_404(Claim, pk=claim_id), WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why, in up to 300 characters. Nothing was changed."))
        return redirect("return-desk")
    act = partial(refuse_claim, claim.pk, note=form.cleaned_data["why"], by=request.user.get_username())
    attempt(request, act, told=_("The claim is refused."))
    return redirect("return-desk")


@require_safe
@staff_page
def photo(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """A photo of a customer or of the desk, to the shop's people only."""
    row: Any = get_object_or_404(PHOTOS[kind], pk=pk)
    if not row.photo or not default_storage.exists(row.photo.name):
        raise Http404
    with default_storage.open(row.photo.name) as file:
        answer = HttpResponse(file.read(), content_type="image/jpeg")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _approve(return_id: int, *, by: str) -> Return:
    """Approve it, and have its label bought: outside the transaction, since a carrier is asked."""
    approve_return(return_id, by=by)
    return label_return(return_id, by=by)


def _counts(request: HttpRequest, row: Return) -> dict[int, int]:
    """How many units came of each line; what is no number counts as all of it."""
    given = {line.pk: (request.POST.get(f"received_{line.pk}", ""), line.quantity) for line in row.lines.all()}
    return {
        pk: int(text) if text.isascii() and text.isdigit() and len(text) < 9 else n for pk, (text, n) in given.items()
    }


def _shown(request: HttpRequest, page: ReturnPage, again: AgainForm, *, status: int = 200) -> HttpResponse:
    may_act, money = request.user.has_perm(MAY_RETURN), sees_money(request)
    context = {"page": page, "unit_form": UnitForm(), "again": again, "may_act": may_act, "sees_money": money}
    return render(request, "returns/return_detail.html", context, status=status)
