"""Where to improve: the assessment of the stages, the findings, and the actions with what they moved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback import services
from feedback.errors import FeedbackError
from feedback.models import Finding, ImprovementAction, StageAssessment
from kpis import windows
from ordermgmt.access import MAY_ACT, staff_action, voice_page
from ordermgmt.feedback.assessment import assessment as assessed
from ordermgmt.feedback.effects import Effect, applied, effect
from ordermgmt.feedback.improve_forms import ActionForm, AssessForm, CloseForm, StartForm
from ordermgmt.phrases import inside, titled
from orders.flow import STAGES, Stage
from orders.models import Order

UNFIT = 422
SHOWN = 50


@dataclass(frozen=True)
class ActionRow:
    """An action with what it moved; `late` when it is due and not in force."""

    action: ImprovementAction
    effect: Effect
    late: bool

    @property
    def target(self) -> str:
        return self.effect.kpi.shown(self.action.target)

    @property
    def before(self) -> str:
        return self.effect.kpi.shown(self.effect.before.value)

    @property
    def before_between(self) -> str:
        return self.effect.kpi.between(self.effect.before.interval)

    @property
    def after_between(self) -> str:
        return self.effect.kpi.between(self.effect.after.interval) if self.effect.after else ""

    @property
    def after(self) -> str:
        return self.effect.kpi.shown(self.effect.after.value) if self.effect.after else "–"

    @property
    def about(self) -> str:
        """What the figure is narrowed to."""
        about = applied(self.effect.kpi, self.action.narrowed)
        told = {name: inside(titled(value)) if name == "reason" else value for name, value in about.items()}
        return ", ".join(f"{name} {value}" for name, value in told.items())


@require_safe
@voice_page
def assessment(request: HttpRequest) -> HttpResponse:
    """The nine stages, and the dearest areas."""
    context = {"page": assessed(), "may_act": request.user.has_perm(MAY_ACT)}
    return render(request, "improve/assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_action
def assess(request: HttpRequest, stage: str) -> HttpResponse:
    """Answer the three questions about one stage."""
    card = next((row for row in assessed().cards if row.stage.verb == stage), None)
    if card is None:
        raise Http404("There is no such stage")
    said = card.said
    start = {"how": card.how} | (
        {name: getattr(said, name) for name in ("works", "trouble", "trouble_orders")} if said else {}
    )
    form = AssessForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        services.assess_stage(stage, form.said(), by=request.user.get_username())
        messages.success(request, _("The stage {label} is assessed.").format(label=card.stage.state.label.lower()))
        return redirect("improve")
    context = {"card": card, "form": form, "next": _next_unassessed(card.stage)}
    return render(request, "improve/assess_form.html", context, status=UNFIT if form.is_bound else 200)


@require_http_methods(["GET", "HEAD"])
@voice_page
def findings(request: HttpRequest) -> HttpResponse:
    """What stands out now, the dearest first; with `?gone`, what did."""
    gone = "gone" in request.GET
    rows = Finding.objects.filter(gone_at__isnull=not gone).defer("order_ids").prefetch_related("actions")
    shown = sorted(rows.order_by("-gone_at")[: SHOWN * 4], key=lambda row: -row.cost)[:SHOWN]
    return render(request, "improve/finding_list.html", {"rows": shown, "gone": gone, "count": rows.count()})


@require_safe
@voice_page
def finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """One finding with its numbers and the orders behind it."""
    row = get_object_or_404(Finding.objects.prefetch_related("actions"), pk=finding_id)
    orders = Order.objects.filter(pk__in=row.order_ids[:SHOWN]).select_related("customer").order_by("-placed_at")
    context = {"row": row, "orders": orders, "may_act": request.user.has_perm(MAY_ACT)}
    return render(request, "improve/finding_detail.html", context)


@require_safe
@voice_page
def actions(request: HttpRequest) -> HttpResponse:
    """What is done about it, and what it moved."""
    rows = ImprovementAction.objects.select_related("finding").defer("finding__order_ids")
    today = windows.today()
    shown = [ActionRow(row, effect(row), _is_late(row, today)) for row in rows.order_by("closed_at", "due_on")[:SHOWN]]
    context = {
        "open": [row for row in shown if row.action.closed_at is None],
        "closed": [row for row in shown if row.action.closed_at],
        "may_act": request.user.has_perm(MAY_ACT),
        "today": today,
    }
    return render(request, "improve/action_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_action
def new_action(request: HttpRequest) -> HttpResponse:
    """Turn a finding or a stage into something to do."""
    asked = request.GET.get("finding", "")
    row = (
        get_object_or_404(Finding, pk=int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 12 else None
    )
    who = request.user.get_username()
    form = (
        ActionForm(request.POST)
        if request.method == "POST"
        else ActionForm.about(row, stage=request.GET.get("stage", ""), owner=who)
    )
    if form.is_bound and form.is_valid():
        services.open_action(form.plan(), by=who)
        messages.success(request, _("It is planned. Say when it is in force, and its effect is measured from then on."))
        return redirect("improve-actions")
    context = {"form": form, "finding": row}
    return render(request, "improve/action_form.html", context, status=UNFIT if form.is_bound else 200)


@require_POST
@staff_action
def start_action(request: HttpRequest, action_id: int) -> HttpResponse:
    """It is in force since a day."""
    row, form = get_object_or_404(ImprovementAction, pk=action_id), StartForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    return _done(
        request,
        partial(services.start_action, row.pk, on=form.cleaned_data["on"]),
        _("It is measured from that day on."),
    )


@require_POST
@staff_action
def close_action(request: HttpRequest, action_id: int) -> HttpResponse:
    """Nothing more is done about it."""
    row, form = get_object_or_404(ImprovementAction, pk=action_id), CloseForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    outcome = form.cleaned_data["outcome"]
    return _done(request, partial(services.close_action, row.pk, outcome=outcome), _("The action is closed."))


def _next_unassessed(stage: Stage) -> Stage | None:
    """The walk goes on there."""
    known = set(StageAssessment.objects.values_list("stage", flat=True)) | {stage.verb}
    return next((row for row in STAGES if row.verb not in known), None)


def _is_late(row: ImprovementAction, today: date) -> bool:
    return row.closed_at is None and row.started_on is None and row.due_on < today


def _done(request: HttpRequest, act: Callable[[], object], words: str) -> HttpResponse:
    try:
        act()
    except FeedbackError as refusal:
        messages.error(request, _("{refusal}. Nothing was changed.").format(refusal=refusal))
    else:
        messages.success(request, words)
    return redirect("improve-actions")


def _refused(request: HttpRequest, form: forms.Form) -> HttpResponse:
    """The first thing that is wrong with what was typed."""
    ((field, errors), *__) = form.errors.items()
    messages.error(
        request, _("{label} {errors} Nothing was changed.").format(label=form.fields[field].label, errors=errors[0])
    )
    return redirect("improve-actions")
