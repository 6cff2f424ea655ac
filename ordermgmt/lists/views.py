"""The lists on screen: read, kept as views, taken as files."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ordermgmt.access import View, staff_page
from ordermgmt.lists import export
from ordermgmt.lists.acts import ACTS
from ordermgmt.lists.all import LISTS
from ordermgmt.lists.listing import Asked, Listing, asked_of, page, whole
from ordermgmt.models import SavedView

MOST_VIEWS = 30


def list_page(name: str, guard: Callable[[View[[]]], View[[]]] = staff_page) -> View[[]]:
    """The page of a list, behind a guard that asks for what its readers need."""

    @require_safe
    @guard
    def shown(request: HttpRequest) -> HttpResponse:
        listing = readable(request, name)
        asked = asked_of(listing, request.GET)
        if listing.jump and asked.q and asked.is_plain and (address := listing.jump(asked.q)):
            return redirect(address)
        return show_list(request, asked)

    return shown


def show_list(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The page, with the views that are the reader's own or shared."""
    listing = asked.listing
    views = SavedView.objects.filter(Q(owner=request.user.pk) | Q(shared=True), listing=listing.name)
    here = whole(asked).terms()
    shown = page(asked)
    context = {
        "page": shown,
        "is_newest_first": not asked.sort and all(head.sorted == "none" for head in shown.heads),
        "listing": listing,
        "known": listing.filters.items(),
        "views": [(view, view.address == here) for view in views.select_related("owner")[:MOST_VIEWS]],
        "here": here,
        "extras": [(label, to) for label, to, need in listing.extras if not need or request.user.has_perm(need)],
        "acts": [ACTS[act] for act in listing.acts if request.user.has_perm(ACTS[act].permission)],
        "filters": {"state": asked.tab, "held": asked.tab == "held", "q": asked.q},
    }
    return render(request, "lists/list.html", context)


@require_POST
@staff_page
def take(request: HttpRequest, name: str) -> HttpResponse:
    """All that is filtered as CSV: at once, or as a job when it is long."""
    asked = whole(asked_of(readable(request, name), request.GET))
    if not export.is_small(asked):
        job = export.start(asked, by=request.user.get_username())
        return redirect("list-job", job_id=job.pk)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    answer = StreamingHttpResponse(export.streamed(asked), content_type="text/csv; charset=utf-8", headers=headers)
    return cast(HttpResponse, answer)  # as far as the guards of the page are concerned


@require_POST
@staff_page
def keep_view(request: HttpRequest, name: str) -> HttpResponse:
    """Keep what the list shows under a name; the same name again is the same view, changed."""
    asked = whole(asked_of(readable(request, name), request.GET))
    called = request.POST.get("name", "").strip()[:60]
    back = redirect(f"{asked.listing.url}{asked.query()}")
    if not called:
        messages.error(request, _("A view needs a name. Nothing was kept."))
        return back
    SavedView.objects.update_or_create(
        listing=name,
        owner_id=request.user.pk,
        name=called,
        defaults={"address": asked.terms(), "shared": "shared" in request.POST},
    )
    messages.success(request, _("The view “{name}” is kept.").format(name=called))
    return back


@require_POST
@staff_page
def forget_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Remove a view of one's own."""
    view = get_object_or_404(SavedView, pk=view_id, owner=request.user.pk)
    view.delete()
    messages.success(request, _("The view “{name}” is gone.").format(name=view.name))
    return redirect(LISTS[view.listing].url)


def readable(request: HttpRequest, name: str) -> Listing:
    """The list, for those who may read it, with what of it they may see."""
    if name not in LISTS:
        raise Http404(name)
    listing = LISTS[name]
    if listing.sees and not any(map(request.user.has_perm, listing.sees)):
        raise PermissionDenied
    return listing.for_reader(request.user.has_perm)
