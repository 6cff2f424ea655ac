"""The timeline of one order, newest first and day by day, narrowed to a kind and cut unless the whole is wanted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from fulfillment.models import Message
from inventory.wording import Words
from ordermgmt.changes.differences import methods_in, of_change, of_event
from ordermgmt.phrases import day
from ordermgmt.picking.sentences import without_each_scan
from ordermgmt.timeline.entries import Entry, called_at, entry, of_call, of_mail, sent_at
from ordermgmt.timeline.kinds import Kind, Wish, is_money, kinds_of
from orders.models import ChangeSet, Order, OrderEvent, WebhookDelivery, WebhookEndpoint

NEWEST = 30
CHANGED = "order.changed"
CHANGES = ("order.units_cancelled", "order.split", "order.merged")
Row = OrderEvent | Message | WebhookDelivery


@dataclass(frozen=True)
class Happening:
    """A row with its place in time, and the kinds it is shown under."""

    at: datetime
    place: int
    kinds: frozenset[Kind]
    row: Row


@dataclass(frozen=True)
class Day:
    """The entries of one day in the reader's zone, newest first."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Chip:
    """A kind to look at alone, and how many there are."""

    slug: str
    label: Words
    count: int
    is_on: bool


@dataclass(frozen=True)
class Timeline:
    """`count` is of the chosen kind, of which the newest are shown."""

    days: tuple[Day, ...]
    chips: tuple[Chip, ...]
    kind: Kind
    count: int
    is_cut: bool


@dataclass(frozen=True)
class Beside:
    """What entries take from other rows: changes by id, names of shipping methods and goods, who was told by event."""

    changes: Mapping[int, ChangeSet]
    methods: Mapping[str, str]
    told: Mapping[int, list[str]]
    names: Mapping[str, str]


def timeline(order: Order, wish: Wish) -> Timeline:
    """From events that were read with the order; a query each for mails, for webhooks and, with any, for changes."""
    calls = _calls(order) if wish.mails else []
    happened = sorted(
        [*_of_events(order, wish), *(_of_mails(order) if wish.mails else ()), *_of_calls(order, calls)],
        key=lambda one: (one.at, one.place),
        reverse=True,
    )
    counts = Counter(kind for one in happened for kind in one.kinds)
    chosen = [one.row for one in happened if wish.chosen in one.kinds]
    shown = chosen if wish.whole else chosen[:NEWEST]
    changes = _changes(shown)
    methods = methods_in(change.preview for change in changes.values())
    beside = Beside(changes, methods, _told(calls), {line.sku: line.name for line in order.lines.all()})
    entries = [_entry(row, order, beside) for row in shown]
    return Timeline(
        days=tuple(Day(name, tuple(group)) for name, group in groupby(entries, key=lambda one: day(one.at))),
        chips=tuple(Chip(kind.value, kind.label, counts[kind], kind == wish.chosen) for kind in wish.kinds),
        kind=wish.chosen,
        count=len(chosen),
        is_cut=len(shown) < len(chosen),
    )


def _of_events(order: Order, wish: Wish) -> Iterator[Happening]:
    for event in without_each_scan(sorted(order.events.all(), key=lambda event: event.seq)):
        if wish.money or not is_money(event):
            yield Happening(event.at, event.seq, kinds_of(event), event)


def _of_mails(order: Order) -> Iterator[Happening]:
    for row in Message.objects.filter(order=order).defer("text", "html").order_by("pk"):
        yield Happening(sent_at(row), order.event_seq + 1, frozenset({Kind.ALL, Kind.MAILS}), row)


def _of_calls(order: Order, calls: Iterable[WebhookDelivery]) -> Iterator[Happening]:
    """What was delivered stands beside its event, and by itself only among the webhooks."""
    for row in calls:
        quiet = row.status == WebhookDelivery.Status.DELIVERED
        kinds = frozenset({Kind.WEBHOOKS} if quiet else {Kind.ALL, Kind.WEBHOOKS})
        yield Happening(called_at(row), order.event_seq + 2, kinds, row)


def _calls(order: Order) -> list[WebhookDelivery]:
    # By endpoint, because that is what leads the index.
    endpoints = WebhookEndpoint.objects.order_by().values("pk")
    rows = WebhookDelivery.objects.filter(endpoint__in=endpoints, event__order=order)
    return list(rows.select_related("endpoint", "event").order_by("pk"))


def _told(calls: Iterable[WebhookDelivery]) -> Mapping[int, list[str]]:
    names = defaultdict(list)
    for row in calls:
        if row.status == WebhookDelivery.Status.DELIVERED:
            names[row.event_id].append(row.endpoint.name)
    return names


def _changes(rows: Iterable[Row]) -> dict[int, ChangeSet]:
    ids = [row.data["change"] for row in rows if isinstance(row, OrderEvent) and row.name == CHANGED]
    return ChangeSet.objects.in_bulk(ids) if ids else {}


def _entry(row: Row, order: Order, beside: Beside) -> Entry:
    if isinstance(row, Message):
        return of_mail(row)
    if isinstance(row, WebhookDelivery):
        return of_call(row, order.number)
    change = beside.changes.get(row.data["change"]) if row.name == CHANGED else None
    differences = (
        of_change(change.preview, beside.methods)
        if change
        else of_event(row.data, order.currency, beside.names)
        if row.name in CHANGES
        else ()
    )
    return entry(
        row,
        order.currency,
        differences=differences,
        told=tuple(beside.told.get(row.pk, ())),
        detail=change.reason if change else "",
    )
