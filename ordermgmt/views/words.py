"""What scripts say, in one language: a catalogue that pages load before their scripts."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

catalogue = JavaScriptCatalog.as_view(packages=["ordermgmt"])
FOR_EVER = "public, max-age=31536000, immutable"


@cache
def address_of_words(language: str) -> str:
    """Another one whenever the catalogue is another; empty for the language that scripts are written in."""
    if language == settings.LANGUAGE_CODE or language not in dict(settings.LANGUAGES):
        return ""
    file = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "djangojs.mo"
    version = sha256(file.read_bytes()).hexdigest()[:12]
    return reverse("words", kwargs={"language": language, "version": version})


@require_safe
def words(request: HttpRequest, language: str, version: str) -> HttpResponseBase:
    """As a script that any page may load; kept by browsers for ever, as its address names its version."""
    address = address_of_words(language)
    if not address:
        raise Http404
    with translation.override(language):
        answer = catalogue(request)
    # While a new version is rolled out a server may be asked for another one's words.
    answer.headers["Cache-Control"] = FOR_EVER if request.path == address else "no-store"
    return answer
