"""One line of a timeline: an event, a mail or a call of a webhook, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from django.urls import reverse
from django.utils.translation import gettext as _

from fulfillment.models import Message
from inventory.retelling import retold
from ordermgmt.changes.differences import Difference
from ordermgmt.mail_texts.catalogue import label_of
from ordermgmt.phrases import counted, who
from ordermgmt.timeline.kinds import NOTE, without_amounts
from ordermgmt.timeline.proofs import PROOFS, Proof
from ordermgmt.timeline.sentences import sentence
from orders.flow import State
from orders.models import OrderEvent, WebhookDelivery

MILESTONES = frozenset(f"order.{state.value}" for state in State) | {"order.held"}
TONES = {
    "order.held": "warn",
    "order.rejected": "bad",
    "order.cancelled": "bad",
    "order.returned": "warn",
    "claim.opened": "warn",
}
STATE_TONES = {
    "pending": "go",
    "waiting": "go",
    "sent": "good",
    "delivered": "good",
    "failed": "bad",
    "given_up": "bad",
}


class Beside(TypedDict, total=False):
    """What stands in other rows than the event's own."""

    differences: tuple[Difference, ...]
    told: tuple[str, ...]
    detail: str


@dataclass(frozen=True)
class Entry:
    """`milestone` marks what moved the order itself; `tone` colours trouble.

    Of a mail or a call: how it stands in `state`, where to read it in `page`, and in `again` the address that has it
    sent once more, empty unless it failed. Of an event: who was `told` of it by webhook, and what it changed.
    """

    at: datetime
    sentence: str
    by: str
    milestone: bool = False
    tone: str = ""
    icon: str = ""
    proofs: tuple[Proof, ...] = ()
    differences: tuple[Difference, ...] = ()
    told: tuple[str, ...] = ()
    state: str = ""
    state_tone: str = ""
    detail: str = ""
    page: str = ""
    again: str = ""


def entry(event: OrderEvent, currency: str, *, money: bool = True, **beside: Unpack[Beside]) -> Entry:
    """One event for people, with what other rows say of it; without `money` nothing of what was paid or paid back."""
    prove = PROOFS.get(event.name)
    return Entry(
        at=event.at,
        sentence=sentence(event if money else without_amounts(event), currency),
        by=who(event.by),
        milestone=event.name in MILESTONES,
        tone=TONES.get(event.name, ""),
        icon="note" if event.name == NOTE else "",
        proofs=tuple(proof for proof in prove(event.data, currency) if proof.rows) if prove else (),
        **beside,
    )


def of_mail(row: Message) -> Entry:
    """One mail, by when it was sent, or written while it is not."""
    failed = row.state == Message.State.FAILED
    return Entry(
        at=sent_at(row),
        sentence=_("Mail to {who}: {what}").format(who=row.recipient, what=label_of(row.kind)),
        by="",
        tone="bad" if failed else "",
        icon="mail",
        state=row.get_state_display(),
        state_tone=STATE_TONES[row.state],
        detail=retold(row.error),
        page=reverse("mail", args=[row.pk]),
        again=reverse("mail-again", args=[row.pk]) if failed else "",
    )


def of_call(row: WebhookDelivery, number: int) -> Entry:
    """One call of a webhook, read with its endpoint and event, by when it was answered, tried or became due."""
    failed = row.status == WebhookDelivery.Status.GIVEN_UP
    return Entry(
        at=called_at(row),
        sentence=_("Webhook to {who}: {what}").format(who=row.endpoint.name, what=row.event.name),
        by="",
        tone="bad" if failed else "",
        icon="plug",
        state=row.get_status_display(),
        state_tone=STATE_TONES[row.status],
        detail=_answer(row),
        again=reverse("order-tell-again", args=[number, row.pk]) if failed else "",
    )


def sent_at(row: Message) -> datetime:
    """Where a mail stands in time."""
    return row.sent_at or row.created_at


def called_at(row: WebhookDelivery) -> datetime:
    """Where a call stands in time."""
    return row.delivered_at or row.tried_at or row.event.at


def _answer(row: WebhookDelivery) -> str:
    tries = counted(row.attempts, "attempt") if row.attempts > 1 else ""
    code = f"HTTP {row.code}" if row.code else ""
    said = row.answer if row.status != WebhookDelivery.Status.DELIVERED else ""
    return ", ".join(filter(None, [code, said, tries]))
