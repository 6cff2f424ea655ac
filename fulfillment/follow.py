"""What the page to follow an order shows its customer, read in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fulfillment.arrived import CONFIRMED, LineView, arrived_lines
from fulfillment.flow import LEFT
from fulfillment.mishaps import GONE, MISHAPS, mishap_of
from fulfillment.models import Parcel, Return, Shipment
from fulfillment.partial import share_of
from fulfillment.return_flow import ReturnState
from inventory import clock
from inventory.retelling import retold
from orders.flow import EXITS, State
from orders.history import EVENT_OF_STATE
from orders.models import Order, OrderEvent
from orders.payments.standing import waits_for_money, was_paid

PARCELS = Parcel.objects.select_related("label").prefetch_related("items__shipment_line__order_line", "tracking")
# The steps as customers know them, each with the state that brings it.
STEPS = (
    (State.PLACED, gettext_lazy("Ordered")),
    (State.APPROVED, gettext_lazy("Being prepared")),
    (State.PACKED, gettext_lazy("Packed")),
    (State.SHIPPED, gettext_lazy("On its way")),
    (State.DELIVERED, gettext_lazy("Delivered")),
)
NEWS = {
    "packed": gettext_lazy("Packed"),
    "labelled": gettext_lazy("Ready for the carrier"),
    "in_transit": gettext_lazy("On its way"),
    "out_for_delivery": gettext_lazy("Out for delivery"),
    "delivered": gettext_lazy("Delivered"),
    "delivery_failed": gettext_lazy("They could not hand it over and try again"),
    "returning": gettext_lazy("On its way back to us"),
    "returned_to_sender": gettext_lazy("Back with us: we are seeing to it"),
    "lost": gettext_lazy("Lost on the way: we are seeing to it"),
}


@dataclass(frozen=True)
class Step:
    """One step: when it was taken, or that it is the next one."""

    label: str
    at: datetime | None
    is_next: bool


@dataclass(frozen=True)
class ParcelView:
    """One parcel: what is in it, who brings it, what was seen of it, newest first."""

    pk: int
    number: int
    code: str
    contents: tuple[str, ...]
    carrier: str
    tracking_number: str
    status: str
    is_here: bool
    expected_at: datetime | None
    news: tuple[tuple[datetime, str], ...]

    @property
    def went_wrong(self) -> bool:
        return self.code in MISHAPS

    @property
    def comes(self) -> bool:
        """Whether it is still on its way to the customer."""
        return not self.is_here and self.code not in GONE


@dataclass(frozen=True)
class Follow:
    """The whole page."""

    order: Order
    first_name: str
    headline: str
    advice: str
    partly: str
    expected_on: datetime | None
    arrived_on: datetime | None
    is_late: bool
    steps: tuple[Step, ...]
    parcels: tuple[ParcelView, ...]
    unsent: tuple[str, ...]
    lines: tuple[LineView, ...]
    returns: tuple[Return, ...]

    @property
    def is_off(self) -> bool:
        return self.order.state in EXITS

    @property
    def was_paid(self) -> bool:
        return was_paid(self.order)

    @property
    def owed(self) -> Decimal:
        """What is still to be paid before the order goes on."""
        return waits_for_money(self.order)

    @property
    def is_overdue(self) -> bool:
        """Whether even the day by which it was expected is over, so that nobody can name another one."""
        return self.expected_on is not None and self.is_late and self.expected_on < clock.now()

    @property
    def away(self) -> str:
        """How far off the expected day is, as people say it; empty for one that is over."""
        if self.expected_on is None:
            return ""
        days = (timezone.localdate(self.expected_on) - timezone.localdate(clock.now())).days
        if days < 0:
            return ""
        words = {0: _("today"), 1: _("tomorrow")}
        return words.get(days) or ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}

    @property
    def sent_again(self) -> Return | None:
        """The return of a parcel that is sent again, to be followed under its own link."""
        return next((row for row in self.returns if row.sent_again_id), None)

    @property
    def asks(self) -> bool:
        """Whether a line still waits for a word."""
        return any(row.may_say and not row.confirmed and not row.claims for row in self.lines)


def follow(order_id: int) -> Follow:
    """Read the order and all that its customer may know of it; raises Order.DoesNotExist."""
    shipments = Shipment.objects.exclude(state=State.CANCELLED).prefetch_related(Prefetch("parcels", PARCELS), "lines")
    orders = Order.objects.select_related("customer", "channel").prefetch_related(
        "lines",
        Prefetch("events", OrderEvent.objects.filter(name__in=[*EVENT_OF_STATE.values(), CONFIRMED])),
        Prefetch("shipments", shipments),
        "claims__lines",
        "payments",
        Prefetch("returns", Return.objects.select_related("sent_again").order_by("-number")),
    )
    order = orders.get(pk=order_id)
    rows = list(order.shipments.all())
    parcels = tuple(_parcel(parcel, row) for row in rows for parcel in row.parcels.all())
    steps = _steps(order, rows)
    seen_to = {row.parcel_id for row in order.returns.all() if row.sent_again_id or row.state == ReturnState.SETTLED}
    mishap = mishap_of([row.code for row in parcels if row.pk not in seen_to], of=len(parcels))
    unsent = _unsent(order, rows) if parcels else ()
    nothing_comes = bool(parcels) and not unsent and not any(row.comes for row in parcels)
    expected = None if nothing_comes else _expected(order, parcels)
    name = order.customer.name.split() if order.customer.erased_at is None else []
    for row in order.returns.all():
        row.order = order
    return Follow(
        order=order,
        first_name=name[0] if name else "",
        headline=mishap.headline if mishap else _headline(order, rows),
        advice=mishap.advice if mishap else "",
        partly="" if order.state in EXITS else share_of(rows).words,
        expected_on=expected,
        arrived_on=None if order.state in EXITS else steps[-1].at,
        is_late=expected is not None and _is_late(order, expected),
        steps=steps,
        parcels=parcels,
        unsent=unsent,
        lines=tuple(arrived_lines(order, rows)),
        returns=tuple(order.returns.all()),
    )


def _is_late(order: Order, expected: datetime) -> bool:
    """By days: what comes later on the promised day is in time."""
    latest = max(expected, clock.now())
    return timezone.localdate(latest) > timezone.localdate(order.promised_at)


def _headline(order: Order, shipments: list[Shipment]) -> str:
    left = [row for row in shipments if row.state in LEFT]
    if order.state in EXITS:
        return _("This order was called off")
    if order.state in (State.DELIVERED, State.SURVEYED, State.REVIEWED):
        return _("Your order has arrived")
    if any(p.status == "out_for_delivery" for row in left for p in row.parcels.all()):
        return _("Your parcel arrives today")
    if any(row.state == State.DELIVERED for row in left):
        return _("Part of your order has arrived")
    if waits_for_money(order):
        return _("Your order waits for its payment")
    if left:
        return _("Your order is on its way") if len(left) == len(shipments) else _("Part of your order is on its way")
    return _("We are preparing your order") if order.state != State.PLACED else _("We have your order")


def _steps(order: Order, shipments: list[Shipment]) -> tuple[Step, ...]:
    at = {event.name: event.at for event in order.events.all()}
    arrived = [row.delivered_at for row in shipments if row.delivered_at]
    if arrived and EVENT_OF_STATE[State.DELIVERED] in at:
        at[EVENT_OF_STATE[State.DELIVERED]] = max(arrived)  # by the carrier's scan, not when we heard of it
    if order.state in EXITS:
        taken = [
            Step(str(label), at[EVENT_OF_STATE[state]], False) for state, label in STEPS if EVENT_OF_STATE[state] in at
        ]
        return (*taken, Step(_("Called off"), at.get(EVENT_OF_STATE[State(order.state)]), False))
    road = list(State)
    here = road.index(State(order.state))
    found, next_is_free = [], True
    for state, label in STEPS:
        is_taken = here >= road.index(state)
        found.append(
            Step(str(label), at.get(EVENT_OF_STATE[state]) if is_taken else None, not is_taken and next_is_free)
        )
        next_is_free = next_is_free and is_taken
    return tuple(found)


def _expected(order: Order, parcels: Iterable[ParcelView]) -> datetime | None:
    """The day the last part should arrive: by the carrier's word, else as it was promised; None once it is here."""
    if order.state in EXITS or order.state in (State.DELIVERED, State.SURVEYED, State.REVIEWED):
        return None
    told = [row.expected_at for row in parcels if row.expected_at and row.comes]
    return max(told) if told and order.state == State.SHIPPED else max([*told, order.promised_at])


def _parcel(parcel: Parcel, shipment: Shipment) -> ParcelView:
    label = getattr(parcel, "label", None)
    inside = [(item.quantity, item.shipment_line.order_line.name) for item in parcel.items.all()]
    handed_over = parcel.status == Parcel.Status.LABELLED and shipment.state in LEFT
    status = _("With the carrier") if handed_over else NEWS.get(parcel.status, parcel.get_status_display())
    return ParcelView(
        pk=parcel.pk,
        number=parcel.number,
        code=parcel.status,
        contents=tuple(f"{count} × {name}" for count, name in inside),
        carrier=label.carrier if label else "",
        tracking_number=label.tracking_number if label else "",
        status=str(status),
        is_here=parcel.status == Parcel.Status.DELIVERED,
        expected_at=label.expected_at if label else None,
        news=tuple((event.at, retold(event.description)) for event in parcel.tracking.all())[::-1],
    )


def _unsent(order: Order, shipments: list[Shipment]) -> tuple[str, ...]:
    """What is not in a parcel yet."""
    packed: dict[int, int] = {}
    for row in shipments:
        for line in row.lines.all() if row.state in (State.PACKED, *LEFT) else ():
            packed[line.order_line_id] = packed.get(line.order_line_id, 0) + line.quantity
    left = [(line.quantity - packed.get(line.pk, 0), line.name) for line in order.lines.all()]
    return tuple(f"{count} × {name}" for count, name in left if count > 0)
