"""Doing something to many rows: first what it would do, then a job, then what came of each row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fulfillment import jobs
from fulfillment.errors import CannotBeTakenBack, NothingWentWrong
from fulfillment.models import Job
from inventory.retelling import in_english
from inventory.wording import grouped
from ordermgmt.access import staff_page, workplaces
from ordermgmt.lists import running
from ordermgmt.lists.acts import ACTS, Act
from ordermgmt.lists.job_card import job_card, job_cards
from ordermgmt.lists.listing import Asked, asked_of, cells
from ordermgmt.lists.outlook import Outlook, outlook
from ordermgmt.lists.views import readable

LONGEST_NUMBER = 18


@dataclass(frozen=True)
class Preview:
    """What an act would do; `is_news` where the numbers are others than those that the person has looked at."""

    asked: Asked
    act: Act
    form: forms.Form
    outlook: Outlook
    which: str
    ticked: list[int]
    is_news: bool

    @property
    def is_too_much(self) -> bool:
        return self.outlook.total > running.MOST_ROWS


@require_POST
@staff_page
def act(request: HttpRequest, name: str, verb: str) -> HttpResponse:
    """Show what would be done to the ticked rows or to all that match; confirmed, have it done."""
    listing = readable(request, name)
    if verb not in listing.acts:
        raise Http404(verb)
    doing = ACTS[verb]
    if not request.user.has_perm(doing.permission):
        raise PermissionDenied
    asked = asked_of(listing, QueryDict(request.POST.get("address", "")))
    if request.POST.get("which") == "all" and asked.found()[1]:
        messages.error(request, _("Part of the search was not understood. Nothing was changed."))
        return redirect(f"{listing.url}{asked.query()}")
    rows = _chosen(request, asked)
    is_sure = "sure" in request.POST
    form = doing.asked(rows, request.POST if is_sure else None)
    preview = _preview(request, asked, doing, form, rows)
    total = preview.outlook.total
    if not total:
        messages.error(request, _("Nothing was ticked. Nothing was changed."))
        return redirect(f"{listing.url}{asked.query()}")
    if not is_sure or not form.is_valid() or preview.is_too_much or preview.is_news:
        return render(request, "lists/preview.html", {"preview": preview}, status=422 if form.errors else 200)
    ids = list(rows.order_by(listing.key).values_list("pk", flat=True))
    with in_english():
        what = f"{doing.label}: {grouped(total)}"
    job = running.start(doing, ids, terms=form.cleaned_data, what=what, by=request.user.get_username())
    return redirect("list-job", job_id=job.pk)


@require_safe
@staff_page
def list_jobs(request: HttpRequest) -> HttpResponse:
    """What one asked for lately."""
    return render(request, "lists/job_list.html", {"cards": job_cards(_own(request))})


@require_safe
@staff_page
def list_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far it is and what came of each row; asked by itself, the card only."""
    card = job_card(get_object_or_404(_own(request), pk=job_id))
    template = "lists/_job.html" if request.headers.get("HX-Request") else "lists/job.html"
    return render(request, template, {"card": card})


@require_POST
@staff_page
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Try again what was refused."""
    job = get_object_or_404(_own(request), pk=job_id)
    if job.kind in ACTS and not request.user.has_perm(ACTS[job.kind].permission):
        raise PermissionDenied
    try:
        jobs.retry(job.pk)
    except NothingWentWrong as refusal:
        messages.error(request, f"{refusal}.")
    return redirect("list-job", job_id=job.pk)


@require_POST
@staff_page
def undo(request: HttpRequest, job_id: int) -> HttpResponse:
    """Take back what was done, by a job of its own."""
    job = get_object_or_404(_own(request), pk=job_id, kind__in=ACTS, ended_at__isnull=False)
    if not request.user.has_perm(ACTS[job.kind].permission):
        raise PermissionDenied
    try:
        job = running.undo(job, by=request.user.get_username())
    except CannotBeTakenBack as refusal:
        messages.error(request, f"{refusal}.")
    return redirect("list-job", job_id=job.pk)


@require_safe
@staff_page
def job_file(request: HttpRequest, job_id: int) -> HttpResponse:
    """The file of an export that is ready."""
    job = get_object_or_404(_own(request), pk=job_id, ended_at__isnull=False, size__gt=0)
    name = f'attachment; filename="{job.terms["list"]}-{job.pk}.csv"'
    headers = {"Content-Disposition": name, "Content-Length": str(job.size), "Cache-Control": "no-store"}
    answer = StreamingHttpResponse(jobs.file_of(job), content_type="text/csv; charset=utf-8", headers=headers)
    return cast(HttpResponse, answer)  # as far as the guards of the page are concerned


def _own(request: HttpRequest) -> QuerySet[Job]:
    return Job.objects.filter(kind__in=running.KINDS, by=request.user.get_username()[:80])


def _chosen(request: HttpRequest, asked: Asked) -> QuerySet[Any]:
    """The rows that are meant: all that the address finds, or the ticked ones."""
    if request.POST.get("which") == "all":
        return asked.found()[0]
    return asked.listing.rows().filter(pk__in=_ticked(request))


def _ticked(request: HttpRequest) -> list[int]:
    """Of ticked rows it does not matter how far they have come since."""
    given = request.POST.getlist("row")[: running.MOST_ROWS]
    return [int(pk) for pk in given if pk.isascii() and pk.isdecimal() and len(pk) <= LONGEST_NUMBER]


def _preview(request: HttpRequest, asked: Asked, doing: Act, form: forms.Form, rows: QuerySet[Any]) -> Preview:
    terms = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = outlook(doing, rows, terms, places=workplaces(request), named=partial(_named, asked))
    return Preview(
        asked=asked,
        act=doing,
        form=form,
        outlook=found,
        which="all" if request.POST.get("which") == "all" else "ticked",
        ticked=_ticked(request),
        is_news=form.is_bound and form.is_valid() and request.POST.get("seen", found.seen) != found.seen,
    )


def _named(asked: Asked, ids: Sequence[int]) -> list[str]:
    rows = asked.listing.rows().filter(pk__in=ids).order_by("-pk")
    return [row.name for row in cells(replace(asked, columns=()), list(rows))]
