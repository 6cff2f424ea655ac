"""What was told of an order by mail and by webhook: the newest of each, and how many there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import Coalesce

from fulfillment.models import Message
from ordermgmt.timeline.kinds import Kind
from orders.models import Order, WebhookDelivery, WebhookEndpoint

DELIVERED = Q(status=WebhookDelivery.Status.DELIVERED)


@dataclass(frozen=True)
class Told:
    """The newest mails and calls that a kind shows, and how many there are of all; `quiet` are calls that arrived.

    `endpoints` names those that took an event, by event.
    """

    mails: Sequence[Message] = ()
    mail_count: int = 0
    calls: Sequence[WebhookDelivery] = ()
    call_count: int = 0
    quiet: int = 0
    endpoints: Mapping[int, list[str]] = field(default_factory=dict)


def told_of(order: Order, *, kind: Kind, most: int) -> Told:
    """In two queries, and one more where calls are shown. A call that arrived is shown among the webhooks alone."""
    mails, mail_count = _mails(order, most if kind in (Kind.ALL, Kind.MAILS) else 0)
    rows = _calls(order)
    found = rows.aggregate(all=Count("pk"), events=_delivered("event"), names=_delivered("endpoint__name"))
    endpoints: defaultdict[int, list[str]] = defaultdict(list)
    for event, name in zip(found["events"], found["names"], strict=True):
        endpoints[event].append(name)
    quiet = len(found["events"])
    shown = {Kind.ALL: rows.exclude(DELIVERED), Kind.WEBHOOKS: rows}.get(kind)
    there = found["all"] - (quiet if kind == Kind.ALL else 0)
    calls: Sequence[WebhookDelivery] = ()
    if shown is not None and there:
        newest = shown.order_by(Coalesce("delivered_at", "tried_at", "event__at").desc(), "-pk")
        calls = list(newest.select_related("endpoint", "event")[:most])
    return Told(mails, mail_count, calls, found["all"], quiet, endpoints)


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


def _delivered(name: str) -> ArrayAgg:
    """Of each call that arrived, in the order in which they were made."""
    return ArrayAgg(name, filter=DELIVERED, order_by="pk", default=[])
