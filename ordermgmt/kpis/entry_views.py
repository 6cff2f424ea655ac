"""Pages for what stands beside the orders: campaigns and incidents, and histories of other systems."""

from django.contrib import messages
from django.core.files import File
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.wording import grouped
from kpis.history_import import undo, upload
from kpis.models import HistoryImport
from kpis.services import enter, enter_all
from ordermgmt.access import figures_action, figures_page, plain_file
from ordermgmt.kpis.calendar_file import BadCalendar, read_calendar
from ordermgmt.kpis.forms import KINDS, EntryForm, FileForm, Kind
from ordermgmt.kpis.imports import error_section, import_list
from ordermgmt.kpis.views import csv_answer
from ordermgmt.phrases import counted

PIECE = 1_048_576
MOST_CALENDAR_BYTES = 20_000_000
MOST_SHOWN = 200


@require_safe
@figures_page
def calendar(request: HttpRequest) -> HttpResponse:
    """Campaigns and incidents, the latest first."""
    return _calendar(request)


@require_POST
@figures_action
def enter_one(request: HttpRequest, kind: str) -> HttpResponse:
    """A campaign or an incident from its form."""
    form = _kind(kind)[0](request.POST, auto_id=f"{kind}_%s")
    if not form.is_valid():
        return _calendar(request, form, status=400)
    row, is_new = enter(form.entry(), by=request.user.get_username())
    said = _("{row} is entered.") if is_new else _("{row} is replaced.")
    messages.success(request, said.format(row=row))
    return redirect("kpi-calendar")


@require_POST
@figures_action
def enter_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Many from a CSV, all or none."""
    _kind(kind)
    form = FileForm(request.POST, request.FILES)
    file = request.FILES.get("file")
    if not form.is_valid() or not isinstance(file, File):
        messages.error(request, _("Choose a CSV file. Nothing was entered."))
        return redirect("kpi-calendar")
    if (file.size or 0) > MOST_CALENDAR_BYTES:
        messages.error(request, _("The file is larger than 20 MB; send it in pieces. Nothing was entered."))
        return redirect("kpi-calendar")
    try:
        entries = read_calendar(kind, file.read())
    except BadCalendar as bad:
        messages.error(request, _("{bad} Nothing was entered.").format(bad=bad))
        return redirect("kpi-calendar")
    new = enter_all(entries, by=request.user.get_username())
    messages.success(
        request,
        _("{rows} entered, {entries} replaced.").format(rows=counted(new, "row"), entries=grouped(len(entries) - new)),
    )
    return redirect("kpi-calendar")


@require_POST
@figures_action
def remove(request: HttpRequest, kind: str, row_id: int) -> HttpResponse:
    """Take one off the time axis."""
    row = get_object_or_404(_kind(kind)[1], pk=row_id)
    row.delete()
    messages.success(request, _("{row} is removed.").format(row=row))
    return redirect("kpi-calendar")


@require_http_methods(["GET", "HEAD", "POST"])
@figures_page
def imports(request: HttpRequest) -> HttpResponse:
    """The files that were taken in; a new one is uploaded here. Asked by itself, only the list."""
    if request.method == "POST":
        return upload_file(request)
    page = import_list()
    template = "kpis/_imports.html" if request.headers.get("HX-Request") else "kpis/import_list.html"
    return render(request, template, {"page": page, "form": FileForm()})


@figures_action
def upload_file(request: HttpRequest) -> HttpResponse:
    """Keep the file for a worker, piece by piece."""
    file = request.FILES.get("file")
    if not isinstance(file, File) or not file.name:
        messages.error(request, _("Choose a CSV file."))
        return redirect("kpi-imports")
    upload(file.chunks(PIECE), name=file.name, by=request.user.get_username())
    messages.success(request, _("{name} is uploaded and will be taken in shortly.").format(name=file.name))
    return redirect("kpi-imports")


@require_safe
@figures_page
@plain_file
def import_errors(request: HttpRequest, import_id: int) -> HttpResponse:
    """What was wrong in a file, by line."""
    row = get_object_or_404(HistoryImport, pk=import_id)
    return csv_answer(f"import-{import_id}-errors", error_section(row))


@require_http_methods(["GET", "HEAD", "POST"])
@figures_action
def undo_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Asked first, done by POST: all facts of one import go."""
    row = get_object_or_404(HistoryImport, Q(status="done") | Q(status="undone"), pk=import_id)
    if request.method != "POST":
        return render(request, "kpis/import_undo.html", {"row": row})
    count = undo(import_id, by=request.user.get_username())
    messages.success(
        request,
        _("{orders} of {file_name} taken away again.").format(orders=counted(count, "order"), file_name=row.file_name),
    )
    return redirect("kpi-imports")


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _calendar(request: HttpRequest, filled: EntryForm | None = None, *, status: int = 200) -> HttpResponse:
    """With empty forms, but for one that is shown again with its faults."""
    lists = [
        {
            "kind": kind,
            "title": _("Campaigns") if kind == "campaigns" else _("Incidents"),
            "form": filled if isinstance(filled, form) else form(auto_id=f"{kind}_%s"),
            "rows": model._default_manager.all()[:MOST_SHOWN],
        }
        for kind, (form, model) in KINDS.items()
    ]
    return render(request, "kpis/calendar.html", {"lists": lists}, status=status)
