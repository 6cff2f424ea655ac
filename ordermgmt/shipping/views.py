"""The ship desk: what waits for labels, buying them in bulk, and what came of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from fulfillment import jobs
from fulfillment.carriers import runs
from fulfillment.carriers.runs import LABEL_RUN
from fulfillment.documents.kinds import themselves
from fulfillment.errors import NothingToBuy, NothingWentWrong
from fulfillment.models import Job, Shipment
from inventory.retelling import in_english
from ordermgmt.access import MAY_SHIP, refuse_elsewhere, shipper_action, warehouse_action, workplaces
from ordermgmt.documents.views import sent_file, ticked_ids
from ordermgmt.phrases import counted
from ordermgmt.shipping.desk import desk
from ordermgmt.shipping.leaving import ids_leaving
from ordermgmt.shipping.narrowing import Narrowed, narrowed
from ordermgmt.shipping.runs import latest_runs, run_of, run_rows


@require_safe
@warehouse_action
def ship_desk(request: HttpRequest) -> HttpResponse:
    """What is packed and waits, and the latest runs; asked by itself, the runs only."""
    runs = latest_runs()
    context = {"runs": runs, "is_busy": any(run.card.is_busy for run in runs)}
    if request.headers.get("HX-Request"):
        return render(request, "shipping/_runs.html", context)
    asked, page = narrowed(request.GET.dict()), request.GET.get("page", "")
    return render(
        request, "shipping/desk.html", {**context, "desk": desk(asked, page=page, places=workplaces(request))}
    )


@require_POST
@shipper_action
def buy(request: HttpRequest) -> HttpResponse:
    """Have labels bought: for the shipments that were ticked, or for all that the page narrows down to."""
    with in_english():
        asked = narrowed({**request.POST.dict(), "view": "label"})
        shipments, what = _asked_for(request, asked)
    turn = {pk: place for place, pk in enumerate(shipments)}
    targets = themselves(Shipment.objects.filter(pk__in=shipments))
    targets.sort(key=lambda target: turn[target[0]])
    try:
        by, places = request.user.get_username(), workplaces(request)
        job = runs.ask(targets, what=what, by=by, places=places, right=MAY_SHIP)
    except NothingToBuy as refusal:
        messages.error(request, f"{refusal}.")
        return redirect(f"{reverse('ship-desk')}?{urlencode(asked.query)}")
    return redirect("label-run", job_id=job.pk)


@require_safe
@warehouse_action
def label_run(request: HttpRequest, job_id: int) -> HttpResponse:
    """One run, row by row; it renews itself while it is made."""
    job = get_object_or_404(Job, pk=job_id, kind=LABEL_RUN)
    rows, chips = run_rows(job, request.GET.get("came", ""))
    context = {"run": run_of(job), "rows": rows, "chips": chips}
    template = "shipping/_run.html" if request.headers.get("HX-Request") else "shipping/run.html"
    return render(request, template, context)


@require_safe
@warehouse_action
def label_file(request: HttpRequest, job_id: int) -> HttpResponse:
    """All labels of a run as one PDF."""
    return sent_file(get_object_or_404(Job, pk=job_id, kind=LABEL_RUN, ended_at__isnull=False, size__gt=0))


@require_POST
@shipper_action
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Try again what was refused."""
    job = get_object_or_404(Job, pk=job_id, kind=LABEL_RUN)
    again = Shipment.objects.filter(pk__in=jobs.to_try_again(job).values("target_id"))
    for warehouse_id in set(again.values_list("warehouse", flat=True)):
        refuse_elsewhere(request, warehouse_id)
    try:
        runs.retry(job.pk, by=request.user.get_username(), places=workplaces(request))
    except NothingWentWrong as refusal:
        messages.error(request, f"{refusal}.")
    return redirect("label-run", job_id=job.pk)


def _asked_for(request: HttpRequest, asked: Narrowed) -> tuple[list[int], str]:
    """The ids of the shipments, the most urgent first, and what to call them; all are those where one works."""
    if request.POST.get("which") == "all":
        ids = ids_leaving(asked, most=runs.MOST_ROWS, places=workplaces(request))
        return ids, f"{asked.words}, {counted(len(ids), 'shipment')}"
    ticked = Shipment.objects.filter(pk__in=ticked_ids(request)).order_by("order__promised_at", "pk")
    ids = list(ticked.values_list("pk", flat=True))
    return ids, counted(len(ids), "ticked shipment")
