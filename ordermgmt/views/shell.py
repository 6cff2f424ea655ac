"""What the frame of every page asks for: counts, a person's preferences, where to start, and the parts on show."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from ordermgmt.access import (
    MAY_ACT,
    MAY_APPROVE,
    MAY_EDIT,
    MAY_PACK,
    MAY_PICK,
    MAY_SHIP,
    MAY_STEER,
    back_to,
    staff_action,
    staff_page,
)
from ordermgmt.counts import counts
from ordermgmt.mentions import colleagues
from ordermgmt.models import Preference
from ordermgmt.zones import ZONES
from orders.flow import State

STATIC = Path(settings.BASE_DIR, "static")
# Who may do the first and not the second begins there: people of one kind of work, not those who run the shop.
PLACES = (
    (MAY_PICK, MAY_ACT, "pick-station"),
    (MAY_PACK, MAY_ACT, "pack-queue"),
    (MAY_SHIP, MAY_ACT, "ship-desk"),
    (MAY_APPROVE, MAY_EDIT, "approvals"),
    (MAY_STEER, MAY_ACT, "kpis"),
)


@require_safe
@staff_page
def stage_counts(request: HttpRequest) -> HttpResponse:
    """The numbers beside the navigation."""
    return JsonResponse(counts())


@require_safe
@cache_control(private=True, max_age=86_400)
@staff_page
def time_zones(request: HttpRequest) -> HttpResponse:
    """All that a person can choose from."""
    return JsonResponse({"zones": ZONES})


@require_safe
@staff_action
def people(request: HttpRequest) -> HttpResponse:
    """Who may be called upon in a note."""
    return JsonResponse({"people": colleagues()})


@require_safe
@staff_page
def start(request: HttpRequest) -> HttpResponse:
    """Where this person's work is: a picker's at the pick station, an analyst's at the figures, others' on Today."""
    may = request.user.has_perm
    return redirect(next((place for own, wider, place in PLACES if may(own) and not may(wider)), "today"))


@require_POST
@staff_page
def keep_preferences(request: HttpRequest) -> HttpResponse:
    """Keep how the person wants it, and back to where they were."""
    given = {name: request.POST.get(name, "").strip() for name in ("time_zone", "language")}
    wanted = {**given, "shortcuts": "shortcuts" in request.POST}
    try:
        Preference(**wanted).clean_fields(exclude=["user"])
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    else:
        Preference.objects.update_or_create(user_id=int(request.user.pk or 0), defaults=wanted)
        messages.success(request, _("Kept. Times are shown in your zone from now on."))
    return redirect(back_to(request) or "today")


@require_safe
@staff_page
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every part that pages are made of, for those who build them; not in the running shop."""
    if not settings.STYLE_GUIDE:
        raise Http404("There is no style guide here")
    if "toast" in request.GET:
        messages.success(request, "This was done. It goes by itself.")
    symbols = re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text())
    colours = re.findall(r"--([\w-]+): light-dark\(#", (STATIC / "css" / "tokens.css").read_text())
    return render(request, "styleguide.html", {"symbols": symbols, "colours": colours, "states": list(State)})
