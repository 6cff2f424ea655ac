"""What a person does to a customer: each view calls one service and says how it went."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ordermgmt.access import customer_action, erase_action
from ordermgmt.acting import attempt
from ordermgmt.customers.customer_page import customer_page
from ordermgmt.customers.erasing import erase_person
from ordermgmt.customers.forms import BlockForm, EraseForm, MarkForm, MergeForm, ReasonForm, TierForm
from ordermgmt.customers.views import known_customer, show_blocked, show_customer
from orders.customers.blocking import block, block_mark, set_blocked, unblock
from orders.customers.merging import merge
from orders.customers.scoring import override_tier

UNFIT = 422


@require_POST
@customer_action
def set_tier(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Override the tier, or let the computed one count again."""
    row = known_customer(customer_id)
    form = TierForm(request.POST, customer=row)
    if not form.is_valid():
        return show_customer(request, customer_page(row), status=UNFIT, tier_form=form)
    act = partial(override_tier, row.pk, tier=form.cleaned_data["tier"], reason=form.cleaned_data["reason"])
    done = _("Your tier counts now.") if form.cleaned_data["tier"] else _("The computed tier counts again.")
    return _do(request, customer_id, act, done=done)


@require_POST
@customer_action
def merge_into(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Make somebody else's orders this customer's."""
    row, form = known_customer(customer_id), MergeForm(request.POST)
    if not form.is_valid():
        return show_customer(request, customer_page(row), status=UNFIT, merge_form=form)
    act = partial(merge, row.pk, duplicate_id=form.duplicate().pk)
    return _do(request, customer_id, act, done=_("The two are one customer now."))


@require_POST
@customer_action
def block_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Refuse their next orders, and those that bear the chosen marks."""
    row = known_customer(customer_id)
    page = customer_page(row)
    form = BlockForm(request.POST, marks=page.marks)
    if not form.is_valid():
        return show_customer(request, page, status=UNFIT, block_form=form)
    act = partial(_block, row.pk, marks=form.chosen(), reason=form.cleaned_data["reason"])
    return _do(request, customer_id, act, done=_("Their next orders are rejected."))


@require_POST
@customer_action
def unblock_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Serve them again; marks stay on the list."""
    row, form = known_customer(customer_id), ReasonForm(request.POST)
    if not form.is_valid():
        return show_customer(request, customer_page(row), status=UNFIT, unblock_form=form)
    act = partial(set_blocked, row.pk, blocked=False, reason=form.cleaned_data["reason"])
    return _do(request, customer_id, act, done=_("They are served again."))


@require_POST
@erase_action
def erase(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The person goes, for ever."""
    row = known_customer(customer_id)
    form = EraseForm(request.POST, customer=row)
    if not form.is_valid():
        return show_customer(request, customer_page(row), status=UNFIT, erase_form=form)
    done = _("The person is erased. Their orders stay.")
    return _do(request, customer_id, partial(erase_person, row.pk), done=done)


@require_POST
@customer_action
def add_mark(request: HttpRequest) -> HttpResponse:
    """Put a mark on the blocked list."""
    form = MarkForm(request.POST)
    if not form.is_valid():
        return show_blocked(request, form, status=UNFIT)
    typed = form.cleaned_data
    block(typed["kind"], typed["value"], reason=typed["reason"], by=request.user.get_username())
    messages.success(request, _("Orders that bear this mark are not approved."))
    return redirect("blocked")


@require_POST
@customer_action
def remove_mark(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take a mark off the list."""
    unblock(entry_id)
    messages.success(request, _("The mark is off the list."))
    return redirect("blocked")


def _block(customer_id: int, *, marks: list[tuple[str, str]], reason: str, by: str) -> None:
    """The customer and their marks, or nothing of it."""
    with transaction.atomic():
        set_blocked(customer_id, blocked=True, reason=reason, by=by)
        for kind, value in marks:
            block_mark(kind, value, reason=reason, by=by)


def _do(request: HttpRequest, customer_id: int, act: Callable[..., Any], *, done: str) -> HttpResponse:
    """Act in the person's name, and back to the customer."""
    attempt(request, partial(act, by=request.user.get_username()), told=done)
    return redirect("customer", customer_id=customer_id)
