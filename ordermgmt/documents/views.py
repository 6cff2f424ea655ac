"""One document as PDF, and the page where many are asked for, followed and fetched."""

import re
from typing import cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fulfillment import jobs
from fulfillment.documents.jobs import MOST_ROWS, ask
from fulfillment.documents.kinds import KINDS, draw, kind_named, merged
from fulfillment.errors import FulfillmentError, NoSuchDocument, NothingToPrint, NothingWentWrong
from fulfillment.models import Job, PickList, Shipment
from inventory.retelling import in_english
from ordermgmt.access import warehouse_action
from ordermgmt.documents.pages import STATES, job_cards, print_page, ready
from ordermgmt.phrases import counted

CODE = re.compile(r"(\d{1,18})-(\d{1,4})", re.ASCII)
LONGEST_NUMBER = 18


@require_safe
@warehouse_action
def document(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """All documents of one kind for one shipment, to be shown by the browser."""
    parts = CODE.fullmatch(code)
    if parts is None:
        raise Http404
    shipment = get_object_or_404(
        Shipment.objects.select_related("order"), order__number=int(parts[1]), number=int(parts[2])
    )
    try:
        targets = kind_named(kind).targets(Shipment.objects.filter(pk=shipment.pk))
        drawn = [draw(kind, target_id) for target_id, _ in targets]
    except NoSuchDocument as error:
        raise Http404 from error
    except FulfillmentError as refusal:
        messages.error(request, f"{refusal}.")
        return redirect("order", number=shipment.order.number)
    if not drawn:
        messages.error(request, _("There is nothing to print for {code}.").format(code=code))
        return redirect("order", number=shipment.order.number)
    return shown_pdf(drawn[0] if len(drawn) == 1 else merged(drawn)[0], f"{kind}-{code}.pdf")


@require_safe
@warehouse_action
def pick_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """One pick list."""
    row = get_object_or_404(PickList, pk=list_id)
    try:
        return shown_pdf(draw("pick-list", row.pk), f"pick-list-P{row.pk}.pdf")
    except NothingToPrint as refusal:
        messages.error(request, f"{refusal}.")
        return redirect("pick-list", list_id=row.pk)


@require_safe
@warehouse_action
def prints(request: HttpRequest) -> HttpResponse:
    """What can be printed now, and the jobs; asked by itself, the jobs only."""
    cards = job_cards()
    context = {"jobs": cards, "is_busy": any(card.is_busy for card in cards)}
    if request.headers.get("HX-Request"):
        return render(request, "documents/_jobs.html", context)
    page = print_page(request.GET.get("state", ""), request.GET.get("warehouse", ""))
    return render(request, "documents/print.html", {**context, "page": page})


@require_POST
@warehouse_action
def start(request: HttpRequest) -> HttpResponse:
    """Have documents made: of the shipments that were ticked, or of all that are shown."""
    asked = request.POST
    state, warehouse, kind = asked.get("state", ""), asked.get("warehouse", ""), asked.get("kind", "")
    if state not in STATES:
        raise Http404
    with in_english():
        chosen, what = _chosen(request, state, warehouse)
    try:
        targets = kind_named(kind).targets(chosen)
        job = ask(kind, targets, what=what, by=request.user.get_username())
    except NoSuchDocument as error:
        raise Http404 from error
    except NothingToPrint as refusal:
        messages.error(request, f"{refusal}.")
    else:
        messages.success(
            request, _("{documents} will be ready below in a moment.").format(documents=counted(job.total, "document"))
        )
    return redirect(f"{reverse('prints')}?{urlencode({'state': state, 'warehouse': warehouse})}")


@require_safe
@warehouse_action
def job_file(request: HttpRequest, job_id: int) -> HttpResponse:
    """The file of a job that is ready."""
    return sent_file(get_object_or_404(Job, pk=job_id, kind__in=KINDS, ended_at__isnull=False, size__gt=0))


def sent_file(job: Job) -> HttpResponse:
    """The PDF that came of a job, to keep."""
    name = f'attachment; filename="{job.kind}-{job.pk}.pdf"'
    headers = {"Content-Disposition": name, "Content-Length": str(job.size), "Cache-Control": "no-store"}
    answer = StreamingHttpResponse(jobs.file_of(job), content_type="application/pdf", headers=headers)
    return cast(HttpResponse, answer)  # as far as the guards of the page are concerned


@require_POST
@warehouse_action
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Draw again what went wrong."""
    get_object_or_404(Job, pk=job_id, kind__in=KINDS)
    try:
        jobs.retry(job_id)
    except NothingWentWrong as refusal:
        messages.error(request, f"{refusal}.")
    return redirect("prints")


def ticked_ids(request: HttpRequest) -> list[int]:
    """Of the shipments that were ticked, as many as a job takes; what is no number is passed over."""
    ticked = request.POST.getlist("shipment")[:MOST_ROWS]
    return [int(pk) for pk in ticked if pk.isascii() and pk.isdecimal() and len(pk) <= LONGEST_NUMBER]


def _chosen(request: HttpRequest, state: str, warehouse: str) -> tuple[QuerySet[Shipment], str]:
    """The shipments and what to call them. Of ticked ones it does not matter how far they have come since."""
    if request.POST.get("which") == "all":
        ids = list(ready(state, warehouse).values_list("pk", flat=True)[:MOST_ROWS])
        place = f"{STATES[state]}, {warehouse}" if warehouse else str(STATES[state])
        what = f"{place}, {counted(len(ids), 'shipment')}"
    else:
        ids = ticked_ids(request)
        what = counted(len(ids), "ticked shipment")
    return Shipment.objects.filter(pk__in=ids).order_by("pk"), what


def shown_pdf(data: bytes, name: str) -> HttpResponse:
    """To be shown by the browser, and kept by nobody."""
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type="application/pdf", headers=headers)
