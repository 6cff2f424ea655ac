"""The search on every page: what is named exactly is jumped to, else what may be meant is shown."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from ordermgmt.access import MAY_CHANGE_CUSTOMERS, MAY_SEE_CUSTOMERS, staff_page
from ordermgmt.lists.language import typed
from ordermgmt.search import Found, found, said

LONGEST = 300


@require_safe
@staff_page
def search(request: HttpRequest) -> HttpResponse:
    """Conditions (`state:picking`) are for the list of orders; one exact hit is the answer; else all that is alike."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    if typed(words).clauses:
        return redirect(f"{reverse('orders')}?{urlencode({'q': words})}")
    people = any(map(request.user.has_perm, (MAY_SEE_CUSTOMERS, MAY_CHANGE_CUSTOMERS)))
    hits = found(words, people=people) if words else Found()
    if len(hits.exact) == 1:
        return redirect(hits.exact[0].address)
    return render(request, "ordermgmt/search.html", {"sought": words, "found": hits, "said": said(hits)})
