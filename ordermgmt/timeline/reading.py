"""The timeline of one order, newest first and day by day, narrowed to a kind and cut unless the whole is wanted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from ordermgmt.timeline.telling import Told, told_of
from orders.models import ChangeSet, Order, OrderEvent, WebhookDelivery

NEWEST, MOST = 30, 500  # at first, and of the whole
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
    """`count` is of the chosen kind, of which the newest are shown; of a whole one, too, where it is very long."""

    days: tuple[Day, ...]
    chips: tuple[Chip, ...]
    kind: Kind
    count: int
    shown: int
    is_whole: bool

    @property
    def is_cut(self) -> bool:
        """Whether there is more than is shown."""
        return self.shown < self.count


@dataclass(frozen=True)
class Beside:
    """What entries take from other rows: changes by id, names of shipping methods and goods, who was told by event.

    `money` says whether they may read what was paid.
    """

    changes: Mapping[int, ChangeSet]
    methods: Mapping[str, str]
    told: Mapping[int, list[str]]
    names: Mapping[str, str]
    money: bool


def timeline(order: Order, wish: Wish) -> Timeline:
    """From events and changes that were read with the order; at most three queries for what was told of it."""
    kind, most = wish.chosen, MOST if wish.whole else NEWEST
    told = told_of(order, kind=kind, most=most) if wish.mails else Told()
    events = list(_of_events(order, wish))
    happened = [*events, *_of_mails(order, told), *_of_calls(order, told)]
    newest = sorted((one for one in happened if kind in one.kinds), key=lambda one: (one.at, one.place), reverse=True)
    shown = [one.row for one in newest[:most]]
    counts = _counts(events, told)
    beside = _beside(order, shown, told, money=wish.money)
    entries = [_entry(row, order, beside) for row in shown]
    return Timeline(
        days=tuple(Day(name, tuple(group)) for name, group in groupby(entries, key=lambda one: day(one.at))),
        chips=tuple(Chip(one.value, one.label, counts[one], one == kind) for one in wish.kinds),
        kind=kind,
        count=counts[kind],
        shown=len(shown),
        is_whole=wish.whole,
    )


def _counts(events: Iterable[Happening], told: Told) -> Counter[Kind]:
    counts = Counter(kind for one in events for kind in one.kinds)
    counts.update({Kind.ALL: told.mail_count + told.call_count - told.quiet})
    counts.update({Kind.MAILS: told.mail_count, Kind.WEBHOOKS: told.call_count})
    return counts


def _beside(order: Order, shown: Sequence[Row], told: Told, *, money: bool) -> Beside:
    ids = {row.data["change"] for row in shown if isinstance(row, OrderEvent) and row.name == CHANGED}
    changes = {change.pk: change for change in order.change_sets.all() if change.pk in ids}
    methods = methods_in(change.preview for change in changes.values())
    return Beside(changes, methods, told.endpoints, {line.sku: line.name for line in order.lines.all()}, money)


def _of_events(order: Order, wish: Wish) -> Iterator[Happening]:
    for event in without_each_scan(sorted(order.events.all(), key=lambda event: event.seq)):
        if wish.money or not is_money(event):
            yield Happening(event.at, event.seq, kinds_of(event), event)


def _of_mails(order: Order, told: Told) -> Iterator[Happening]:
    for row in told.mails:
        yield Happening(sent_at(row), order.event_seq + 1, frozenset({Kind.ALL, Kind.MAILS}), row)


def _of_calls(order: Order, told: Told) -> Iterator[Happening]:
    """What was delivered stands beside its event, and by itself only among the webhooks."""
    for row in told.calls:
        quiet = row.status == WebhookDelivery.Status.DELIVERED
        kinds = frozenset({Kind.WEBHOOKS} if quiet else {Kind.ALL, Kind.WEBHOOKS})
        yield Happening(called_at(row), order.event_seq + 2, kinds, row)


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
        money=beside.money,
        differences=differences,
        told=tuple(beside.told.get(row.pk, ())),
        detail=change.reason if change else "",
    )
