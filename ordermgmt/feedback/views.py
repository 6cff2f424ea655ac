"""Follow-ups, and what each channel's customers are asked."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback.errors import FeedbackError, QuestionSetChanged
from feedback.models import FollowUp, QuestionSet
from feedback.question_sets import save_questionnaire
from feedback.services import settle_follow_up, take_follow_up
from ordermgmt.access import MAY_ACT, back_to, staff_action, voice_page
from ordermgmt.feedback.follow_ups import TABS, follow_ups
from ordermgmt.feedback.forms import OutcomeForm, QuestionSetForm
from ordermgmt.feedback.questions_page import QuestionsPage, questions_page
from orders.models import Channel

UNFIT = 422


@require_safe
@voice_page
def follow_up_list(request: HttpRequest) -> HttpResponse:
    """Who is unhappy, and who takes care."""
    asked = request.GET.get("tab", "")
    page = follow_ups(asked if asked in TABS else "", user=request.user.get_username())
    context = {"page": page, "tabs": TABS.items(), "may_act": request.user.has_perm(MAY_ACT)}
    return render(request, "improve/follow_up_list.html", context)


@require_POST
@staff_action
def take(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """I take care of it."""
    row = get_object_or_404(FollowUp, pk=follow_up_id)
    act = partial(take_follow_up, row.pk, owner=request.user.get_username())
    return _done(request, row, act, done=_("You take care of it."))


@require_POST
@staff_action
def settle(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """It is settled, and this is how."""
    row, form = get_object_or_404(FollowUp, pk=follow_up_id), OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what was done, in up to 500 characters. Nothing was changed."))
        return _back(request, row)
    outcome = form.cleaned_data["outcome"]
    act = partial(settle_follow_up, row.pk, outcome=outcome, by=request.user.get_username())
    return _done(request, row, act, done=_("The follow-up is settled."))


@require_safe
@voice_page
def question_sets(request: HttpRequest) -> HttpResponse:
    """The questions of the first channel."""
    first = Channel.objects.first()
    if first is None:
        raise Http404("There is no channel yet")
    return redirect("question-set", code=first.code)


@require_safe
@voice_page
def question_set(request: HttpRequest, code: str) -> HttpResponse:
    """As it holds, or as it was in `?version=`."""
    page = _page(request, code)
    return _show(request, page, QuestionSetForm.of(page.shown, newest=page.newest))


@require_POST
@staff_action
def change_question_set(request: HttpRequest, code: str) -> HttpResponse:
    """Save what was typed as the next version."""
    page, form = _page(request, code), QuestionSetForm(request.POST)
    if not form.is_valid():
        return _show(request, page, form, status=UNFIT)
    note, by = form.cleaned_data["note"], request.user.get_username()
    try:
        saved = save_questionnaire(page.channel, form.questionnaire(), note=note, by=by)
    except QuestionSetChanged as refusal:
        form.add_error(None, _("{refusal}. Look at it first; what you typed is still here.").format(refusal=refusal))
        return _show(request, page, form, status=UNFIT)
    messages.success(request, _("Version {version} holds from the next invitation on.").format(version=saved.version))
    return redirect("question-set", code=code)


def _page(request: HttpRequest, code: str) -> QuestionsPage:
    asked = request.GET.get("version", "")
    version = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None
    try:
        return questions_page(code, version=version)
    except (Channel.DoesNotExist, QuestionSet.DoesNotExist) as error:
        raise Http404("There are no such questions") from error


def _show(request: HttpRequest, page: QuestionsPage, form: QuestionSetForm, *, status: int = 200) -> HttpResponse:
    context = {"page": page, "form": form, "may_act": request.user.has_perm(MAY_ACT)}
    return render(request, "improve/question_set_form.html", context, status=status)


def _done(request: HttpRequest, row: FollowUp, act: Callable[[], object], *, done: str) -> HttpResponse:
    """Act; a refusal is told and nothing has changed."""
    try:
        act()
    except FeedbackError as refusal:
        messages.error(request, _("{refusal}. Nothing was changed.").format(refusal=refusal))
    else:
        messages.success(request, done)
    return _back(request, row)


def _back(request: HttpRequest, row: FollowUp) -> HttpResponse:
    """To where the form stood: the list, or the order's page."""
    return redirect(back_to(request) or reverse("order", args=[row.order.number]))
