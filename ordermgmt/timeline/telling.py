"""What was told of an order by mail and by webhook: the newest of each, and how many there are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import Coalesce

from fulfillment.models import Message
from ordermgmt.timeline.kinds import Kind
from orders.models import Order, WebhookDelivery, WebhookEndpoint

DELIVERED = Q(status=WebhookDelivery.Status.DELIVERED)


@dataclass(frozen=True)
class Told:
    """The newest mails and calls that a kind shows, and how many there are of all; `quiet` are calls that arrived."""

    mails: Sequence[Message] = ()
    mail_count: int = 0
    calls: Sequence[WebhookDelivery] = ()
    call_count: int = 0
    quiet: int = 0


def told_of(order: Order, *, kind: Kind, most: int) -> Told:
    """In two queries, and one more where calls are shown. A call that arrived is shown among the webhooks alone."""
    mails, mail_count = _mails(order, most if kind in (Kind.ALL, Kind.MAILS) else 0)
    rows = _calls(order)
    counts = rows.aggregate(all=Count("pk"), quiet=Count("pk", filter=DELIVERED))
    shown = {Kind.ALL: rows.exclude(DELIVERED), Kind.WEBHOOKS: rows}.get(kind)
    there = counts["all"] - (counts["quiet"] if kind == Kind.ALL else 0)
    calls: Sequence[WebhookDelivery] = ()
    if shown is not None and there:
        newest = shown.order_by(Coalesce("delivered_at", "tried_at", "event__at").desc(), "-pk")
        calls = list(newest.select_related("endpoint", "event")[:most])
    return Told(mails, mail_count, calls, counts["all"], counts["quiet"])


def who_was_told(order: Order, events: Collection[int]) -> Mapping[int, list[str]]:
    """The names of the endpoints that took these events, by event."""
    names = defaultdict(list)
    rows = _calls(order).filter(DELIVERED, event__in=events).order_by("pk")
    for event, name in rows.values_list("event", "endpoint__name"):
        names[event].append(name)
    return names


def _mails(order: Order, most: int) -> tuple[Sequence[Message], int]:
    rows = Message.objects.filter(order=order)
    if not most:
        return (), rows.count()
    newest = rows.defer("text", "html").order_by(Coalesce("sent_at", "created_at").desc(), "-pk")
    found = list(newest.annotate(of=Window(Count("pk")))[:most])
    return found, vars(found[0])["of"] if found else 0


def _calls(order: Order) -> QuerySet[WebhookDelivery]:
    # By endpoint, because that is what leads the index.
    endpoints = WebhookEndpoint.objects.order_by().values("pk")
    return WebhookDelivery.objects.filter(endpoint__in=endpoints, event__order=order)
