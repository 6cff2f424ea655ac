"""Mails are written as rows: once for what the history says, and for links that were asked for."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation

from fulfillment.mails.contents import contents_of
from fulfillment.mails.words import KINDS, Words, in_one_line
from fulfillment.models import LinkRequest, Message, MessageCursor, Return
from inventory import clock
from orders.history import events_since
from orders.letters.keeping import Letters, own_letters
from orders.letters.letter import Letter, standard, values_of
from orders.models import Order, OrderEvent
from orders.models.history import TransactionId
from orders.tokens import link

BATCH = 500
STANDARD: Letters = MappingProxyType({})
ONE_LINK_IN = timedelta(minutes=10)
Data = Mapping[str, Any]
# The events that a mail follows from, and its kind.
KIND_OF_EVENT = {
    "order.placed": "received",
    "order.cancelled": "cancelled",
    "order.rejected": "cancelled",
    "shipment.shipped": "shipped",
    "shipment.delivered": "delivered",
    "parcel.out_for_delivery": "out_for_delivery",
    "parcel.delayed": "delayed",
    "parcel.delivery_failed": "delivery_failed",
    "parcel.lost": "lost",
    "return.sent_back": "sent_back",
    "return.sent_again": "sent_again",
    "payment.refunded": "refunded",
    "return.approved": "return_approved",
    "return.declined": "return_declined",
    "return.received": "return_received",
    "return.settled": "return_settled",
    "claim.settled": "claim_settled",
    "claim.refused": "claim_refused",
}
ARRIVED = "shipment.delivered"
SHIPPED_OR_ARRIVED = ("shipment.shipped", ARRIVED)
ONCE = ("received", "cancelled")  # once for an order; the others once for their event


@transaction.atomic
def write_messages(limit: int = BATCH) -> int:
    """Write the mails that follow from what has settled of the history since the last time; how many events that was.

    Two at once wait for each other. The first time there is no past to write about.
    """
    cursor, fresh = MessageCursor.objects.get_or_create(pk=1, defaults={"xid": 0, "event_id": 0})
    cursor = MessageCursor.objects.select_for_update().get(pk=1)
    if fresh:
        return _pass_over(cursor, OrderEvent.objects.all())
    events = list(events_since((cursor.xid, cursor.event_id), limit=limit))
    if not events:
        return 0
    told = [(event, kind) for event in events if (kind := kind_of(event))]
    orders = Order.objects.select_related("customer", "channel").prefetch_related("lines")
    known = orders.in_bulk({event.order_id for event, _ in told})
    own = own_letters() if told else {}
    rows = [
        written(known[event.order_id], kind, _facts(event), about=_about(event, kind), own=own) for event, kind in told
    ]
    Message.objects.bulk_create((row for row in rows if row), ignore_conflicts=True)
    cursor.xid, cursor.event_id = events[-1].xid, events[-1].pk
    cursor.save()
    return len(events)


def kind_of(event: OrderEvent) -> str:
    """The kind of mail that follows from an event; empty for none."""
    if event.name == "parcel.moved" and event.data.get("status") == "out_for_delivery":
        return "out_for_delivery"
    if event.name.startswith("claim.") and event.data.get("against") == "carrier":
        return ""
    return KIND_OF_EVENT.get(event.name, "")


def write_links(limit: int = BATCH) -> int:
    """Answer those who asked for the link to an order: by mail to its customer, if the pair was right."""
    with transaction.atomic():
        asked = list(LinkRequest.objects.order_by("id").select_for_update(skip_locked=True)[:limit])
        for row in asked:
            orders = Order.objects.select_related("customer", "channel").prefetch_related("lines")
            order = orders.filter(number=row.number, customer__email=row.email.lower()).first()
            if order:
                turn = int(row.at.timestamp() // ONE_LINK_IN.total_seconds())
                mail = written(order, "link", {}, about=f"{order.pk}:{turn}", own=own_letters("link"))
                Message.objects.bulk_create([mail] if mail else [], ignore_conflicts=True)
        LinkRequest.objects.filter(pk__in=[row.pk for row in asked]).delete()
        return len(asked)


def written(order: Order, kind: str, data: Data, *, about: str, own: Letters) -> Message | None:
    """A mail as it will be sent, in the texts that the shop has of its `own`; none to a customer who was erased."""
    if order.customer.erased_at is not None:
        return None
    now = clock.now()
    subject, text, html = rendered(order, kind, data, own)
    return Message(
        order=order,
        kind=kind,
        key=f"{kind}:{about}",
        recipient=order.customer.email,
        sender=sender_of(order),
        subject=subject[:200],
        text=text,
        html=html,
        created_at=now,
        due_at=now,
    )


def rendered(order: Order, kind: str, data: Data, own: Letters = STANDARD) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail, in the language of the order's channel and the shop's time."""
    language = order.channel.speaks
    with translation.override(language), timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE)):
        words = KINDS[kind].say(order, data)
        shop = shop_of(order)
        letter = own.get((kind + words.variant, language)) or standard_letter(words)
        letter = letter.filled(values_of(order, shop=shop, **words.told))
        context = {"order": order, "shop": shop, "words": words, "letter": letter}
        button = words.button or translation.gettext("See where it is")
        context |= {"button": button, "link": link(order.pk, words.purpose)}
        text = render_to_string("mail/message.txt", context)
        return f"{shop}: {letter.subject}", text, render_to_string("mail/message.html", context)


def standard_letter(words: Words) -> Letter:
    """What the program says, in the language that is active, with names in braces."""
    return standard(words.subject, words.lead, "\n\n".join(words.more))


def shop_of(order: Order) -> str:
    """The name under which the customer knows the shop: the channel's, where it has a sender of its own."""
    return order.channel.name if order.channel.code in settings.MAIL_SENDERS else settings.SHOP_NAME


def sender_of(order: Order) -> str:
    """From whom: the channel's sender, or the shop's."""
    return str(settings.MAIL_SENDERS.get(order.channel.code, settings.DEFAULT_FROM_EMAIL))


def _facts(event: OrderEvent) -> Data:
    """What the event says; why a return was declined stands in the return alone, where it can be erased."""
    told: Data = event.data
    if event.name in SHIPPED_OR_ARRIVED:
        return {**told, **contents_of(event.order_id, code=str(told["shipment"]), arrived=event.name == ARRIVED)}
    if event.name not in ("return.declined", "return.sent_again"):
        return told
    number = str(told["rma"]).rpartition("-")[2]
    row = Return.objects.select_related("sent_again").filter(order=event.order_id, number=int(number)).first()
    if row and row.sent_again:
        return {**told, "address": in_one_line(row.sent_again.shipping_address)}
    return {**told, "why": row.declined_why if row else ""}


def _about(event: OrderEvent, kind: str) -> str:
    if kind in ONCE:
        return str(event.order_id)
    if kind == "out_for_delivery":  # told under two names, and once for each parcel
        return f"{event.data.get('shipment')}:{event.data.get('parcel')}"
    return str(event.pk)


def pass_over_the_past() -> None:
    """Write nothing about what the history says up to this transaction; of later ones that are through, mails tell."""
    MessageCursor.objects.get_or_create(pk=1, defaults={"xid": 0, "event_id": 0})
    cursor = MessageCursor.objects.select_for_update().get(pk=1)
    _pass_over(cursor, OrderEvent.objects.filter(xid__lte=TransactionId(output_field=BigIntegerField())))


def _pass_over(cursor: MessageCursor, events: QuerySet[OrderEvent]) -> int:
    newest = events.order_by("-xid", "-pk").first()
    if newest:
        cursor.xid, cursor.event_id = newest.xid, newest.pk
        cursor.save()
    return 0
