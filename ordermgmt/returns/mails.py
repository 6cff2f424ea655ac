"""The mails to customers as the shop's people see them: what was sent, what failed, and what each kind looks like."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from fulfillment.mails.sending import send_again
from fulfillment.mails.words import KINDS
from fulfillment.mails.writing import rendered
from fulfillment.models import Message
from inventory import clock
from ordermgmt.access import back_to, mail_page, sees_money, staff_action
from ordermgmt.acting import attempt
from ordermgmt.lists.order_filters import mentions
from ordermgmt.mail_texts.catalogue import label_of
from orders.letters.keeping import own_letters
from orders.models import Order

MOST_SHOWN, MOST_ORDERS, LONGEST_WORDS = 100, 200, 200
TABS = {
    "": gettext_lazy("All"),
    "pending": gettext_lazy("Waiting"),
    "failed": gettext_lazy("Failed"),
    "sent": gettext_lazy("Sent"),
}
TONES = {"pending": "go", "sent": "good", "failed": "bad"}
PAID_BACK = "refunded"
SAMPLE: dict[str, Any] = {
    "rma": "R10001-1",
    "amount": "12.50",
    "carrier": "Parcelwing",
    "tracking": ["PW0001GB"],
    "parcels": [["2 × Blue mug", "1 × Plate"]],
    "follows": ["1 × Teapot"],
    "address": "Ada Byron, 12 St James's Square, SW1Y 4JH, London, GB",
    "reshipment": 10002,
}


@dataclass(frozen=True)
class MailRow:
    """One mail in the list."""

    mail: Message
    label: str
    tone: str


@require_safe
@mail_page
def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails, in all or about the orders that some words name, and a preview of every kind."""
    tab, words = request.GET.get("tab", ""), request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_WORDS]
    tab = tab if tab in TABS else ""
    rows = _readable(request).select_related("order").defer("text", "html").order_by("-pk")
    if words:
        orders = Order.objects.filter(mentions(words)).order_by("-pk").values_list("pk", flat=True)
        rows = rows.filter(order__in=list(orders[:MOST_ORDERS]))
    shown = (rows.filter(state=tab) if tab else rows)[:MOST_SHOWN]
    context = {
        "rows": [MailRow(row, label_of(row.kind), TONES[row.state]) for row in shown],
        "tab": tab,
        "words": words,
        "tabs": TABS.items(),
        "kinds": [(kind, words.label) for kind, words in KINDS.items()],
    }
    return render(request, "mails/mail_list.html", context)


@require_safe
@mail_page
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """What a kind of mail says of the newest order; nothing is written or sent."""
    order = Order.objects.select_related("customer", "channel").prefetch_related("lines").order_by("-pk").first()
    if kind not in KINDS or order is None:
        raise Http404
    told = SAMPLE | {"expected_at": clock.now().isoformat()}
    subject, text, _ = rendered(order, kind, told, own_letters())
    return _shown(request, str(KINDS[kind].label), (subject, text), None, kind)


@require_safe
@mail_page
def mail(request: HttpRequest, message_id: int) -> HttpResponse:
    """One mail as it was written."""
    row = get_object_or_404(_readable(request).select_related("order"), pk=message_id)
    return _shown(request, label_of(row.kind), (row.subject, row.text), row, row.kind)


@require_safe
@xframe_options_sameorigin
@mail_page
def body(request: HttpRequest, message_id: int = 0, kind: str = "") -> HttpResponse:
    """The HTML of a mail or of a kind's preview, for a frame: it may bring its own styles and nothing else."""
    if kind:
        order = Order.objects.select_related("customer", "channel").prefetch_related("lines").order_by("-pk").first()
        if kind not in KINDS or order is None:
            raise Http404
        html = rendered(order, kind, SAMPLE | {"expected_at": clock.now().isoformat()}, own_letters())[2]
    else:
        html = get_object_or_404(_readable(request), pk=message_id).html
    answer = HttpResponse(html)
    policy = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]}
    answer._csp_replace = policy  # type: ignore[attr-defined]
    return answer


@require_POST
@staff_action
def again(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send it again, and back to where that was asked for."""
    row = get_object_or_404(Message, pk=message_id)
    attempt(request, partial(send_again, row.pk), told=_("It is on its way again."))
    return redirect(back_to(request) or reverse("mail", args=[row.pk]))


def _readable(request: HttpRequest) -> QuerySet[Message]:
    """All, or those that name nothing that was paid back."""
    return Message.objects.all() if sees_money(request) else Message.objects.exclude(kind=PAID_BACK)


def _shown(request: HttpRequest, label: str, words: tuple[str, str], row: Message | None, kind: str) -> HttpResponse:
    subject, text = words
    context = {"label": label, "subject": subject, "text": text, "mail": row, "kind": kind}
    return render(request, "mails/mail_detail.html", context)
