"""Who was told of an order by mail or webhook, how it went, and how to tell them again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from fulfillment.mails.words import KINDS
from fulfillment.models import Message
from ordermgmt.phrases import counted
from orders.models import Order, WebhookDelivery, WebhookEndpoint

MOST = 200
TONES = {"pending": "go", "waiting": "go", "sent": "good", "delivered": "good", "failed": "bad", "given_up": "bad"}


@dataclass(frozen=True)
class Telling:
    """One mail or one call of a webhook. `again` is the address that has it sent again, empty while it waits."""

    icon: str
    what: str
    to: str
    at: datetime
    state: str
    tone: str
    detail: str
    page: str
    again: str


def told(order: Order) -> list[Telling]:
    """The newest first, in two queries."""
    found = [*_mails(order), *_calls(order)]
    return sorted(found, key=lambda telling: telling.at, reverse=True)


def _mails(order: Order) -> Iterator[Telling]:
    for row in Message.objects.filter(order=order).defer("text", "html").order_by("-pk")[:MOST]:
        yield Telling(
            icon="mail",
            what=str(KINDS[row.kind].label) if row.kind in KINDS else row.kind,
            to=row.recipient,
            at=row.sent_at or row.created_at,
            state=row.get_state_display(),
            tone=TONES[row.state],
            detail=row.error,
            page=reverse("mail", args=[row.pk]),
            again="" if row.state == Message.State.PENDING else reverse("mail-again", args=[row.pk]),
        )


def _calls(order: Order) -> Iterator[Telling]:
    # By endpoint, because that is what leads the index.
    rows = WebhookDelivery.objects.filter(
        endpoint__in=WebhookEndpoint.objects.order_by().values("pk"), event__order=order
    ).select_related("endpoint", "event")
    for row in rows.order_by("-pk")[:MOST]:
        waits = row.status == WebhookDelivery.Status.WAITING
        yield Telling(
            icon="plug",
            what=row.event.name,
            to=row.endpoint.name,
            at=row.delivered_at or row.tried_at or row.event.at,
            state=row.get_status_display(),
            tone=TONES[row.status],
            detail=_answer(row),
            page="",
            again="" if waits else reverse("order-tell-again", args=[order.number, row.pk]),
        )


def _answer(row: WebhookDelivery) -> str:
    tries = counted(row.attempts, "attempt") if row.attempts > 1 else ""
    code = f"HTTP {row.code}" if row.code else ""
    said = row.answer if row.status != WebhookDelivery.Status.DELIVERED else ""
    return ", ".join(filter(None, [code, said, tries]))
