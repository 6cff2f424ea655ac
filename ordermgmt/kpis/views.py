"""The pages of the figures: parse, call, render."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kpis import windows
from kpis.services import aim
from ordermgmt.access import figures_action, figures_page, plain_file
from ordermgmt.kpis.choice import Choice, choice
from ordermgmt.kpis.figure_page import figure_page, sections
from ordermgmt.kpis.forms import TargetForm
from ordermgmt.kpis.orders_behind import orders_page
from ordermgmt.kpis.overview import overview
from ordermgmt.kpis.sections.frequency import quiet_section
from ordermgmt.kpis.tables import Section, as_csv
from ordermgmt.kpis.words import MEANINGS, Meaning
from ordermgmt.phrases import inside


@require_safe
@figures_page
def kpis(request: HttpRequest) -> HttpResponse:
    """Every figure of a window."""
    return render(request, "kpis/overview.html", {"page": overview(choice(request.GET.dict()))})


@require_safe
@figures_page
def kpi(request: HttpRequest, figure: str) -> HttpResponse:
    """One figure from all sides."""
    meaning = _meaning(figure)
    page = figure_page(meaning, _choice(request, meaning))
    return render(request, "kpis/figure_detail.html", {"page": page})


@require_safe
@figures_page
@plain_file
def section_csv(request: HttpRequest, figure: str, slug: str) -> HttpResponse:
    """One table of a figure's page."""
    meaning = _meaning(figure)
    chosen = _choice(request, meaning)
    found = next((section for section in sections(meaning, chosen, most_rows=None) if section.slug == slug), None)
    if found is None:
        raise Http404
    return csv_answer(f"{figure}-{slug}-{chosen.first}-{chosen.last_day}", found)


@require_safe
@figures_page
def orders(request: HttpRequest, figure: str) -> HttpResponse:
    """The orders behind a mark."""
    return render(request, "kpis/order_list.html", {"page": orders_page(_meaning(figure), request.GET.dict())})


@require_safe
@figures_page
def quiet(request: HttpRequest) -> HttpResponse:
    """Customers who went quiet."""
    return render(request, "kpis/quiet_list.html", {"section": quiet_section()})


@require_safe
@figures_page
@plain_file
def quiet_csv(request: HttpRequest) -> HttpResponse:
    """The same for the CRM."""
    return csv_answer(f"went-quiet-{windows.today()}", quiet_section())


@require_POST
@figures_action
def set_target(request: HttpRequest, figure: str) -> HttpResponse:
    """What the figure should reach from now on."""
    meaning = _meaning(figure)
    form = TargetForm(meaning, request.POST)
    if form.is_valid():
        aim(figure, value=form.cleaned_data["value"], by=request.user.get_username())
        messages.success(request, _("The target of {name} is set.").format(name=inside(str(meaning.name))))
    else:
        messages.error(request, _("The target was not set: {map}").format(map=" ".join(map(str, form.errors["value"]))))
    return redirect("kpi", figure)


def csv_answer(name: str, section: Section) -> HttpResponse:
    """A table as a file."""
    answer = HttpResponse("".join(as_csv(section.table)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _meaning(figure: str) -> Meaning:
    if figure not in MEANINGS:
        raise Http404
    return MEANINGS[figure]


def _choice(request: HttpRequest, meaning: Meaning) -> Choice:
    chosen = choice(request.GET.dict(), by=meaning.cut)
    return chosen if chosen.by in meaning.cuts else choice({**request.GET.dict(), "by": meaning.cut})
