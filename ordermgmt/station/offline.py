"""The service worker of a station, served below its address because it may only look after pages there."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

SCRIPT = settings.BASE_DIR / "static/js/station/worker.js"


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The same script for each station; it has nothing of the shop in it."""
    return HttpResponse(SCRIPT.read_text(), content_type="text/javascript; charset=utf-8")
