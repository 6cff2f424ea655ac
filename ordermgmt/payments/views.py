"""The list of payments that need somebody, and what a person does to an order's money."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ordermgmt.access import back_to, payment_page, refunder_action
from ordermgmt.acting import attempt
from ordermgmt.payments.forms import BookForm, ChargeBackForm, ReasonForm, RefundForm
from ordermgmt.payments.list import payment_list
from ordermgmt.views.orders import show_order
from orders.customers.credit import grant_credit
from orders.models import Order, Payment, Transaction
from orders.money import shown
from orders.payments.standing import Status, balance_of
from orders.services import (
    grant_refund,
    let_go,
    note_charge_back,
    receive_payment,
    refund_surplus,
    retry_payments,
    take_pledged,
    win_charge_back,
)
from orders.services.refunds import left_to_give
from orders.services.transactions import done

UNFIT = 422


@require_safe
@payment_page
def payments(request: HttpRequest) -> HttpResponse:
    """What is overdue, what failed, and what was never taken."""
    places = {"behind": request.GET.get("after", ""), "before": request.GET.get("before", "")}
    page = payment_list(**places, ever="ever" in request.GET)
    return render(request, "payments/payment_list.html", {"page": page})


@require_POST
@refunder_action
def book(request: HttpRequest, number: int) -> HttpResponse:
    """Money was seen."""
    order = _order(number)
    form = BookForm(request.POST, currency=order.currency, owed=balance_of(order).owed)
    if not form.is_valid():
        return show_order(request, number, status=UNFIT, book_form=form)
    typed, by = form.cleaned_data, request.user.get_username()
    act = partial(receive_payment, order.pk, by=by, **typed)
    return _do(
        request, number, act, told=_("{amount} is booked.").format(amount=shown(typed["amount"], order.currency))
    )


@require_POST
@refunder_action
def refund(request: HttpRequest, number: int) -> HttpResponse:
    """Money goes back, or the customer gets store credit instead."""
    order = _order(number)
    most = left_to_give(order, order.payments.prefetch_related("transactions"))
    form = RefundForm(request.POST, currency=order.currency, most=most or order.total)
    if not form.is_valid():
        return show_order(request, number, status=UNFIT, refund_form=form)
    typed = form.cleaned_data
    by, key, amount = request.user.get_username(), f"desk:{typed['key']}", shown(typed["amount"], order.currency)
    if request.POST.get("as") == "credit":
        give = partial(grant_credit, order.pk, amount=typed["amount"], why=typed["reason"], by=by, key=key)
        return _do(request, number, give, told=_("{amount} is given as store credit.").format(amount=amount))
    act = partial(grant_refund, order.pk, amount=typed["amount"], reason=typed["reason"], by=by, key=key)
    return _do(request, number, act, told=_("{amount} goes back.").format(amount=amount))


@require_POST
@refunder_action
def surplus(request: HttpRequest, number: int) -> HttpResponse:
    """What was paid too much goes back."""
    act = partial(refund_surplus, _order(number).pk, by=request.user.get_username())
    return _do(request, number, act, told=_("What was paid too much goes back."))


@require_POST
@refunder_action
def take(request: HttpRequest, number: int) -> HttpResponse:
    """What is pledged is taken now."""
    act = partial(take_pledged, _order(number).pk, by=request.user.get_username())
    return _do(request, number, act, told=_("The pledged money is being taken."))


@require_POST
@refunder_action
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """What failed is tried again."""
    act = partial(retry_payments, _order(number).pk, by=request.user.get_username())
    return _do(request, number, act, told=_("The gateway is asked again for #{number}.").format(number=number))


@require_POST
@refunder_action
def resolve(request: HttpRequest, number: int, transaction_id: int, way: str) -> HttpResponse:
    """What failed was done elsewhere, or is given up; either has a reason."""
    row = get_object_or_404(Transaction, pk=transaction_id, payment__order__number=number, status=Status.FAILED)
    form, by = ReasonForm(request.POST), request.user.get_username()
    if not form.is_valid():
        messages.error(request, _("Say why, please. Nothing was changed."))
        return redirect("order", number=number)
    reason = form.cleaned_data["reason"]
    if way == "done":
        return _do(request, number, partial(done, row.pk, reference=reason, by=by), told=_("It counts as done."))
    if way == "drop":
        return _do(request, number, partial(let_go, row.pk, reason=reason, by=by), told=_("It is given up."))
    raise Http404(f"There is no way {way}")


@require_POST
@refunder_action
def charge_back(request: HttpRequest, number: int, payment_id: int) -> HttpResponse:
    """The customer's bank has taken it back; `won=1`: it has come again."""
    payment = get_object_or_404(Payment.objects.select_related("order"), pk=payment_id, order__number=number)
    by = request.user.get_username()
    if request.POST.get("won"):
        return _do(request, number, partial(win_charge_back, payment.pk, by=by), told=_("The money is back."))
    currency = payment.order.currency
    form = ChargeBackForm(request.POST, currency=currency, most=payment.captured - payment.refunded)
    if not form.is_valid():
        return show_order(request, number, status=UNFIT, charge_back_form=form, charged_back=payment.pk)
    act = partial(note_charge_back, payment.pk, by=by, **form.cleaned_data)
    return _do(request, number, act, told=_("The charge-back is written down."))


def _do(request: HttpRequest, number: int, act: Callable[[], object], *, told: str) -> HttpResponse:
    """Act and say how it went. Back to the order, or to where it was asked."""
    attempt(request, act, told=told)
    return redirect(back_to(request) or reverse("order", args=[number]))


def _order(number: int) -> Order:
    return get_object_or_404(Order, number=number)
