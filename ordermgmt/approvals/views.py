"""Deciding whom the shop trusts: the queue with its acts, and the policy of a channel."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ordermgmt.access import MAY_APPROVE, approver_action, trust_page
from ordermgmt.acting import attempt
from ordermgmt.approvals.acts import acts_of
from ordermgmt.approvals.forms import PolicyForm, RejectForm, ReleaseForm
from ordermgmt.approvals.policy_page import PolicyPage, Trial, policy_page
from ordermgmt.approvals.queue import approval_queue
from ordermgmt.forms import HoldForm
from orders import services
from orders.errors import PolicyChanged
from orders.flow import State
from orders.models import ApprovalPolicy, Channel, Hold, Order
from orders.policy.dry_run import dry_run
from orders.policy.versions import save_policy
from orders.stages.approve import approve_now, refuse

UNFIT = 422
LARGEST_START = 10_000
WAITS = gettext_lazy("Your word is kept. It takes a second person to let the order go.")


@require_safe
@trust_page
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for a decision."""
    return _show_queue(request)


@require_POST
@approver_action
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Let go of every hold and decide at once."""
    form = ReleaseForm(request.POST, prefix=f"approve-{number}")
    if not form.is_valid():
        return _show_queue(request, form)
    act = partial(approve_now, _order(number).pk, note=form.cleaned_data["note"])
    return _done(request, act, partial(_what_became, number))


@require_POST
@approver_action
def reject(request: HttpRequest, number: int) -> HttpResponse:
    """Do not trust it."""
    form = RejectForm(request.POST, prefix=f"reject-{number}")
    if not form.is_valid():
        return _show_queue(request, form)
    act = partial(refuse, _order(number).pk, reason=form.cleaned_data["reason"])
    return _done(request, act, _("Order #{number} is rejected. Stock and money go back.").format(number=number))


@require_POST
@approver_action
def hold(request: HttpRequest, number: int) -> HttpResponse:
    """Let it wait for one more reason."""
    form = HoldForm(request.POST, prefix=f"hold-{number}")
    if not form.is_valid():
        return _show_queue(request, form)
    act = partial(services.hold, _order(number).pk, **form.terms())
    return _done(request, act, _("Order #{number} waits for one more reason.").format(number=number))


@require_POST
@approver_action
def release(request: HttpRequest, number: int, hold_id: int) -> HttpResponse:
    """Let go of one hold."""
    row = get_object_or_404(Hold, pk=hold_id, order__number=number)
    form = ReleaseForm(request.POST, prefix=f"release-{hold_id}")
    if not form.is_valid():
        return _show_queue(request, form)
    act = partial(services.release_hold, row.pk, note=form.cleaned_data["note"])
    return _done(request, act, partial(_what_became, number))


@require_safe
@trust_page
def policies(request: HttpRequest) -> HttpResponse:
    """The policy of the first channel."""
    first = Channel.objects.first()
    if first is None:
        raise Http404("There is no channel yet")
    return redirect("approval-policy", code=first.code)


@require_safe
@trust_page
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """As it holds, or as it was in `?version=`."""
    page = _policy_page(request, code)
    return _show_policy(request, page, PolicyForm.of(page.shown, newest=page.newest))


@require_http_methods(["POST"])
@approver_action
def change_policy(request: HttpRequest, code: str) -> HttpResponse:
    """Try what was typed; with `then=save`, save it as the next version."""
    page, form = _policy_page(request, code), PolicyForm(request.POST)
    if not form.is_valid():
        return _show_policy(request, page, form, status=UNFIT)
    wanted, typed = form.policy(), form.cleaned_data
    if request.POST.get("then") == "save":
        try:
            saved = save_policy(page.channel, wanted, note=typed["note"], by=request.user.get_username())
        except PolicyChanged as refusal:
            form.add_error(
                None, _("{refusal}. Look at it first; what you typed is still here.").format(refusal=refusal)
            )
            return _show_policy(request, page, form, status=UNFIT)
        messages.success(
            request, _("Version {version} of the policy holds from the next decision on.").format(version=saved.version)
        )
        return redirect("approval-policy", code=code)
    trial = Trial(dry_run(wanted, channel_id=page.channel.pk, last=typed["last"]))
    return _show_policy(request, page, form, trial=trial)


def _policy_page(request: HttpRequest, code: str) -> PolicyPage:
    asked = request.GET.get("version", "")
    version = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None
    try:
        return policy_page(code, version=version)
    except (Channel.DoesNotExist, ApprovalPolicy.DoesNotExist) as error:
        raise Http404("There is no such policy") from error


def _show_policy(
    request: HttpRequest, page: PolicyPage, form: PolicyForm, *, trial: Trial | None = None, status: int = 200
) -> HttpResponse:
    may = request.user.has_perm(MAY_APPROVE)
    context = {"page": page, "form": form, "trial": trial, "may_approve": may}
    return render(request, "approvals/policy_form.html", context, status=status)


def _show_queue(request: HttpRequest, faulty: forms.Form | None = None) -> HttpResponse:
    """The queue, with a form that came back with faults in the place of the empty one."""
    asked = request.GET
    start = asked.get("start", "")
    queue = approval_queue(
        sort=asked.get("sort", ""),
        reason=asked.get("reason", ""),
        start=min(int(start), LARGEST_START) if start.isascii() and start.isdecimal() and len(start) < 6 else 0,
    )
    rows = [acts_of(row, faulty) for row in queue.rows]
    context = {"queue": queue, "rows": rows, "may_approve": request.user.has_perm(MAY_APPROVE)}
    return render(request, "approvals/approval_list.html", context, status=UNFIT if faulty else 200)


def _done(request: HttpRequest, act: Callable[..., object], told: str | Callable[[], str]) -> HttpResponse:
    """Act in the person's name, and back to the queue."""
    attempt(request, partial(act, by=request.user.get_username()), told=told)
    return redirect("approvals")


def _what_became(number: int) -> str:
    """Of an order whose holds were let go."""
    order = _order(number)
    if order.state == State.APPROVED:
        return _("Order #{number} is approved.").format(number=number)
    if order.holds.filter(released_at=None).exclude(seconded_by="").exists():
        return str(WAITS)
    if order.open_holds:
        return _("The hold is released. Order #{number} still waits for {open_holds} more.").format(
            number=number, open_holds=order.open_holds
        )
    return _("Order #{number} goes on.").format(number=number)


def _order(number: int) -> Order:
    return get_object_or_404(Order, number=number)
