"""The survey a customer answers from the link in the mail: no sign-in, no script, nothing recorded by looking."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from feedback.errors import NoSurvey, SurveyClosed
from feedback.forms import LIKELIHOODS, SCORES, SurveyForm
from feedback.selectors import Asked, asked
from feedback.services import answer
from orders.tokens import BadToken, read

UNFIT, GONE, UNKNOWN = 422, 410, 404


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """Show the questions, keep the answer, or say kindly why neither is possible."""
    with timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE)):
        try:
            question = asked(read(token, "survey"))
            return _take(request, question) if request.method == "POST" else _show(request, question)
        except BadToken:
            return _private(render(request, "feedback/survey_unknown.html", status=UNKNOWN))
        except NoSurvey:
            return _private(render(request, "feedback/survey_early.html", status=UNKNOWN))
        except SurveyClosed:
            return _private(render(request, "feedback/survey_closed.html", status=GONE))


def _show(request: HttpRequest, question: Asked) -> HttpResponse:
    if question.answer and "thanks" in request.GET:
        return _private(render(request, "feedback/survey_done.html", {"asked": question}))
    if question.is_closed:
        raise SurveyClosed("This survey is closed")
    said = question.answer
    known = {"csat": said.csat, "nps": said.nps, "comment": said.comment} if said else {}
    return _form(request, question, SurveyForm(initial=known))


def _take(request: HttpRequest, question: Asked) -> HttpResponse:
    form = SurveyForm(request.POST)
    if not form.is_valid():
        return _form(request, question, form, status=UNFIT)
    said = form.cleaned_data
    answer(question.order_id, csat=said["csat"], nps=said["nps"], comment=said["comment"])
    return _private(redirect(f"{request.path}?thanks"))


def _form(request: HttpRequest, question: Asked, form: SurveyForm, *, status: int = 200) -> HttpResponse:
    context = {
        "asked": question,
        "form": form,
        "scores": SCORES,
        "likelihoods": LIKELIHOODS,
        "chosen": {name: str(form[name].value()) for name in ("csat", "nps")},
    }
    return _private(render(request, "feedback/survey_form.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key to the page, so it is told to nobody, not even to the log of refused requests."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
