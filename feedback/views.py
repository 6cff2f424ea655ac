"""The survey a customer answers from the link in the mail: no sign-in, no script, nothing recorded by looking."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from feedback.errors import NoSurvey, SurveyClosed
from feedback.forms import SurveyForm
from feedback.questions import LOCALES, SCORES
from feedback.selectors import Asked, asked
from feedback.services import answer, is_happy, is_unhappy
from orders.languages import named
from orders.tokens import BadToken, read, sign

UNFIT, GONE, UNKNOWN = 422, 410, 404
TAPPED = {str(score) for score, _ in SCORES}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """Show the questions, keep the answer, or say kindly why neither is possible."""
    with timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE)), translation.override(_wanted_language(request)):
        try:
            question = asked(read(token, "survey"))
            with translation.override(_wanted_language(request, question.questionnaire.language)):
                return _take(request, question) if request.method == "POST" else _show(request, question)
        except BadToken:
            return _private(render(request, "feedback/survey_unknown.html", status=UNKNOWN))
        except NoSurvey:
            return _private(render(request, "feedback/survey_early.html", status=UNKNOWN))
        except SurveyClosed:
            follow = {"track_link": _track_link(read(token, "survey"))}
            return _private(render(request, "feedback/survey_closed.html", follow, status=GONE))


def _show(request: HttpRequest, question: Asked) -> HttpResponse:
    if question.answer and "thanks" in request.GET:
        wrong = question.wrong_lines
        happy = is_happy(question.answer, wrong_lines=wrong)
        link = question.questionnaire.review_link if happy else ""
        unhappy = is_unhappy(question.answer, wrong_lines=wrong)
        context = {"asked": question, "review_link": link, "unhappy": unhappy}
        context["track_link"] = _track_link(question.order_id)
        return _private(render(request, "feedback/survey_done.html", context))
    if question.is_closed:
        raise SurveyClosed("This survey is closed")
    tapped = request.GET.get("csat", "")
    return _form(request, question, SurveyForm(asked=question, csat=tapped if tapped in TAPPED else ""))


def _track_link(order_id: int) -> str:
    """To the order's own page, where claims are made and returns begin."""
    return f"/track/{sign(order_id, 'track')}/"


def _take(request: HttpRequest, question: Asked) -> HttpResponse:
    form = SurveyForm(request.POST, asked=question)
    if question.is_closed:
        raise SurveyClosed("This survey is closed")
    if not form.is_valid():
        return _form(request, question, form, status=UNFIT)
    said = form.cleaned_data
    words = said.get("comment", "")
    answer(question.order_id, csat=said["csat"], nps=said.get("nps"), comment=words, details=form.details())
    return _private(redirect(f"{request.path}?thanks"))


def _form(request: HttpRequest, question: Asked, form: SurveyForm, *, status: int = 200) -> HttpResponse:
    context = {"asked": question, "form": form, "posed": list(form.posed())}
    return _private(render(request, "feedback/survey_form.html", context, status=status))


def _wanted_language(request: HttpRequest, default: str = "en") -> str:
    """What the browser asks for, else the question set's; as a locale."""
    return named(request) or LOCALES.get(default, default)


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key to the page, so it is told to nobody, not even to the log of refused requests."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
