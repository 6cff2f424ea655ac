"""The mails' texts: all of them by language, one to change, its versions, and what it looks like."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from ordermgmt.access import settings_action
from ordermgmt.acting import unchanged
from ordermgmt.mail_texts.catalogue import MAIL_KINDS, MEANINGS, MailKind
from ordermgmt.mail_texts.forms import LetterForm
from orders.letters.errors import MailTextChanged
from orders.letters.keeping import keep_letter, letter_of
from orders.letters.letter import Letter
from orders.models import MailText

UNFIT = 422
LANGUAGES = dict(settings.LANGUAGES)
FRAME_POLICY = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]}


@dataclass(frozen=True)
class TextPage:
    """A text with its versions; `shown` is the one that is looked at, 0 the program's own."""

    key: str
    kind: MailKind
    language: str
    versions: list[MailText]
    shown: int

    @property
    def newest(self) -> int:
        """The version that holds."""
        return self.versions[0].version if self.versions else 0

    @property
    def is_old(self) -> bool:
        """Whether another one holds."""
        return self.shown != self.newest

    @property
    def is_standard(self) -> bool:
        """Whether the program's own words hold."""
        return not self.versions or self.versions[0].is_standard

    @property
    def letter(self) -> Letter:
        """The words of the version that is looked at."""
        row = next((row for row in self.versions if row.version == self.shown), None)
        return self.kind.standard(self.language) if row is None or row.is_standard else letter_of(row)


@require_safe
@settings_action
def mail_texts(request: HttpRequest) -> HttpResponse:
    """Every text in every language, and which are the shop's own."""
    newest = MailText.objects.order_by("kind", "language", "-version").distinct("kind", "language")
    held = {(row.kind, row.language): row for row in newest}
    rows = [
        (kind.label, [(code, key, name, held.get((key, code))) for code, name in LANGUAGES.items()])
        for key, kind in MAIL_KINDS.items()
    ]
    return render(request, "mail_texts/list.html", {"rows": rows, "languages": LANGUAGES.values()})


@require_http_methods(["GET", "HEAD", "POST"])
@settings_action
def mail_text(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """One text in one language: to change, to look at older versions, and to go back to the program's own."""
    page = _page(request, kind, language)
    names = page.kind.names(language)
    if request.method == "POST" and "standard" in request.POST:
        return _kept(request, page, None, LetterForm(initial=_typed(page), names=names))
    form = LetterForm(request.POST if request.method == "POST" else None, initial=_typed(page), names=names)
    if form.is_bound and form.is_valid():
        return _kept(request, page, form.letter, form)
    return _shown(request, page, form)


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@settings_action
def mail_text_preview(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """What the example's mail looks like with the words as they are typed, or hold: for a frame. Nothing is kept."""
    page = _page(request, kind, language)
    letter, form = page.letter, LetterForm(request.POST or None, names=page.kind.names(language))
    if form.is_bound:
        if not form.is_valid():
            faults = [fault for told in form.errors.values() for fault in told]
            return _framed(render(request, "mail_texts/preview.html", {"faults": faults}, status=UNFIT))
        letter = form.letter
    subject, text, html = page.kind.shown(letter, language)
    if html and request.GET.get("as") != "text":
        return _framed(HttpResponse(html))
    return _framed(render(request, "mail_texts/preview.html", {"subject": subject, "text": text}))


def _page(request: HttpRequest, key: str, language: str) -> TextPage:
    if key not in MAIL_KINDS or language not in LANGUAGES:
        raise Http404
    versions = list(MailText.objects.filter(kind=key, language=language).order_by("-version"))
    asked = request.GET.get("version", "")
    known = {str(row.version): row.version for row in versions} | {"0": 0}
    if asked and asked not in known:
        raise Http404
    shown = known[asked] if asked else versions[0].version if versions else 0
    return TextPage(key, MAIL_KINDS[key], language, versions, shown)


def _typed(page: TextPage) -> dict[str, Any]:
    return {**vars(page.letter), "seen": page.newest}


def _kept(request: HttpRequest, page: TextPage, letter: Letter | None, form: LetterForm) -> HttpResponse:
    """Keep what is new; what somebody else kept meanwhile is not written over, and nothing typed is lost."""
    seen, by = request.POST.get("seen", ""), request.user.get_username()
    holds = page.kind.standard(page.language) if page.is_standard else letter_of(page.versions[0])
    if page.is_standard if letter is None else letter == holds:
        messages.info(request, _("It was so already. Nothing was changed."))
        return redirect("settings-mail-text", kind=page.key, language=page.language)
    try:
        row = keep_letter(page.key, page.language, letter, seen=int(seen) if seen.isdecimal() else -1, by=by)
    except MailTextChanged as refusal:
        messages.error(request, unchanged(refusal))
        again = LetterForm({**request.POST.dict(), "seen": refusal.newest}, names=form.names) if form.is_bound else form
        return _shown(request, page, again, status=409)
    messages.success(request, _("Version {version} holds for the mails from now on.").format(version=row.version))
    return redirect("settings-mail-text", kind=page.key, language=page.language)


def _shown(request: HttpRequest, page: TextPage, form: LetterForm, status: int = 200) -> HttpResponse:
    known = page.kind.names(page.language)
    names = [(f"{{{name}}}", MEANINGS[name], value) for name, value in known.items()]
    context = {"page": page, "form": form, "names": names, "language": LANGUAGES[page.language]}
    unfit = form.is_bound and not form.is_valid()
    return render(request, "mail_texts/form.html", context, status=UNFIT if unfit else status)


def _framed(answer: HttpResponse) -> HttpResponse:
    """A mail brings its own styles and nothing else."""
    answer._csp_replace = FRAME_POLICY  # type: ignore[attr-defined]
    return answer
