"""What needs a person: why, what happened, since when, and the one next thing to do.

Each kind of trouble is told once, here, and shown both on Today and on top of the order's page.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from operator import attrgetter

from django.db.models import Q

from fulfillment.flow import OPEN, Handing
from fulfillment.handover.shown import BOUNDS
from fulfillment.models import Parcel, Shipment, ShipmentHold
from inventory import clock
from inventory.models import Warehouse
from ordermgmt.phrases import age, ago, day, is_person, until, who
from orders.flow import EXITS, STAGE_BY_STATE, STAGES, State
from orders.models import Hold, Order

PERSON_WAITS = timedelta(hours=1)
SILENT_AFTER = timedelta(days=4)
SOON = timedelta(days=1)
SHOWN = 25
ACCEPTED_WITHIN = BOUNDS[Handing.REQUESTED]
ON_ITS_WAY = (State.PLACED, State.RECEIVED, State.APPROVED, State.PICKED, State.PACKED, State.SHIPPED)
NEXT_STEP = {State.APPROVED: "pick", State.PICKED: "pack", State.PACKED: "ship"}
NEXT_STATE = {"pick": State.PICKED, "pack": State.PACKED, "ship": State.SHIPPED}
STEP_NAMES = {"pick": "Pick", "pack": "Pack", "ship": "Hand over"}
LATE, STUCK, HELD = "Late", "Stuck", "Shipment held"
HOLD_TAGS = {
    "exception": "Failed",
    "payment": "Payment",
    "payment-failed": "Payment failed",
    "stock": "No stock",
    "first-order-value": "High first order",
    "address": "Address",
    "address-check": "Check address",
    "address-warnings": "Check address",
    "blocked": "Blocked",
    "postcode": "Postcode",
    "new-address": "New address",
    "overdue": "Overdue",
    "charge-backs": "Charge-back",
    "on-time": "Pays late",
    "tier": "Tier C",
    "usual-value": "Unusual value",
    "velocity": "Many orders",
    "duplicate": "Twice the same",
}


@dataclass(frozen=True)
class Trouble:
    """One thing a person should look at.

    `tone` is `bad`, `warn` or, while it is young, empty; `anchor` is the place on the order's page.
    """

    order: Order
    tone: str
    why: str
    what: str
    since: datetime
    action: str
    anchor: str

    @property
    def value(self) -> Decimal:
        return self.order.total

    @property
    def urgency(self) -> tuple[bool, datetime]:
        return (self.tone != "bad", self.since)


@dataclass(frozen=True)
class Desk:
    """The work list, most urgent first; `capped` says that there is more than was counted."""

    troubles: tuple[Trouble, ...]
    count: int
    capped: bool

    @property
    def is_cut(self) -> bool:
        return self.capped or self.count > len(self.troubles)


def of_hold(hold: Hold) -> Trouble:
    """An open hold: somebody decides, or has a failed step tried again."""
    failed = hold.reason == "exception"
    said = hold.note or "No note was left"
    return Trouble(
        order=hold.order,
        tone="bad" if failed else "warn",
        why=HOLD_TAGS.get(hold.reason, "Held"),
        what=f"Gave up after five tries. {said}" if failed else said + _terms(hold),
        since=hold.at,
        action="Retry" if failed else "Decide",
        anchor=f"hold-{hold.pk}",
    )


def of_shipment_hold(hold: ShipmentHold, shipment: Shipment) -> Trouble:
    """An open hold of one shipment, while the rest of its order goes on."""
    what = f"Shipment {shipment.code}: {hold.note or 'No note was left'}{_terms(hold)}"
    return Trouble(shipment.order, "warn", HELD, what, hold.at, "Decide", f"shipment-{shipment.number}")


def _terms(hold: Hold | ShipmentHold) -> str:
    """Who holds it, where that is a person, and until when."""
    by = f"held by {hold.by}" if is_person(hold.by) else ""
    ends = f"until {until(hold.until)}" if hold.until else ""
    told = " ".join(word for word in (by, ends) if word)
    return f" ({told})" if told else ""


def of_shipment(shipment: Shipment) -> Trouble | None:
    """An open shipment that a person or a third party has to move on, or let go; None where machines do."""
    mode, warehouse, code = shipment.warehouse.mode, shipment.warehouse.name, shipment.code
    if shipment.open_holds and shipment.state in OPEN:
        what = f"Shipment {code} in {warehouse} is held; the rest of the order goes on"
        return Trouble(
            shipment.order, "warn", HELD, what, shipment.state_since, "Decide", f"shipment-{shipment.number}"
        )
    if shipment.state not in OPEN or mode == Warehouse.Mode.AUTOMATIC:
        return None
    step, bound = NEXT_STEP[State(shipment.state)], _bound(State(shipment.state))
    waited = clock.now() - shipment.state_since
    late, longer = waited > bound, f", longer than {age(bound)}" if waited > bound else ""
    if mode == Warehouse.Mode.THIRD_PARTY:
        if unaccepted := _not_accepted(shipment):
            return unaccepted
        tone = "bad" if late else ""
        why, action = "3PL silent" if late else "At the 3PL", "Chase 3PL"
        what = f"{warehouse} has not reported shipment {code} as {State(NEXT_STATE[step]).label.lower()}{longer}"
    else:
        tone = "bad" if late else "warn" if waited > PERSON_WAITS else ""
        why, action = f"To {STEP_NAMES[step].lower()}", STEP_NAMES[step]
        what = f"Shipment {code} waits in {warehouse}{longer}"
    return Trouble(shipment.order, tone, why, what, shipment.state_since, action, f"shipment-{shipment.number}")


def _not_accepted(shipment: Shipment) -> Trouble | None:
    """A third party has not said in time whether it sends what it was handed."""
    row = getattr(shipment, "handover", None)
    if row is None or row.state != Handing.REQUESTED or clock.now() - row.state_since <= ACCEPTED_WITHIN:
        return None
    what = f"{shipment.warehouse.name} has not accepted shipment {shipment.code} for {ago(row.state_since)}"
    return Trouble(
        shipment.order, "bad", "Not accepted", what, row.state_since, "Chase 3PL", f"shipment-{shipment.number}"
    )


def of_parcel(parcel: Parcel) -> Trouble | None:
    """A parcel on its way that no carrier has scanned for days while its promise is near or past."""
    order = parcel.shipment.order
    ended = parcel.status in (Parcel.Status.DELIVERED, Parcel.Status.LOST, Parcel.Status.RETURNED_TO_SENDER)
    if ended or parcel.status_at > silent_before():
        return None
    if order.promised_at > clock.now() + SOON:
        return None
    return Trouble(
        order=order,
        tone="bad",
        why="Parcel silent",
        what=f"No scan of parcel {parcel.number} for {ago(parcel.status_at)}, promised {day(order.promised_at)}",
        since=parcel.status_at,
        action="Check parcel",
        anchor=f"shipment-{parcel.shipment.number}",
    )


def of_delay(order: Order) -> Trouble | None:
    """An order past its promise, or longer in its state than that stage should take."""
    now, state = clock.now(), State(order.state)
    if state in ON_ITS_WAY and order.promised_at <= now:
        why, since = LATE, order.promised_at
        what = f"Promised {day(order.promised_at)}, still {state.label.lower()}"
    elif state in STAGE_BY_STATE and STAGE_BY_STATE[state].bound and now - order.state_since > _bound(state):
        why, since = STUCK, order.state_since
        what = f"{state.label} for {ago(order.state_since)}, longer than {age(_bound(state))}"
    else:
        return None
    return Trouble(order, "bad", why, what, since, "Open order", "")


def _bound(state: State) -> timedelta:
    return STAGE_BY_STATE[state].bound or timedelta.max


def of_exit(order: Order, reason: str, by: str) -> Trouble | None:
    """Why an order left its way."""
    if order.state not in EXITS:
        return None
    what = f"{reason or 'No reason was given'} ({who(by)})"
    return Trouble(order, "bad", State(order.state).label, what, order.state_since, "", "")


def silent_before() -> datetime:
    """A parcel last scanned before this moment is silent."""
    return clock.now() - SILENT_AFTER


def desk(*more: list[Trouble]) -> Desk:
    """Everything that needs a person now, in four queries, with `more` that was read already; an order is listed once.

    A delay is told by what causes it, when that is known: the cause can be acted on.
    """
    sources = [_holds(), _shipments(), _parcels(), _delays(), *more]
    by_order: dict[int, Trouble] = {}
    for trouble in sorted(chain(*sources), key=attrgetter("urgency")):
        known = by_order.get(trouble.order.pk)
        if known is None or (known.why in (LATE, STUCK) and trouble.why not in (LATE, STUCK)):
            by_order[trouble.order.pk] = trouble
    listed = sorted(by_order.values(), key=attrgetter("urgency"))
    return Desk(tuple(listed[:SHOWN]), len(listed), any(len(source) > SHOWN for source in sources))


def _holds() -> list[Trouble]:
    rows = Hold.objects.filter(released_at=None).select_related("order__customer").order_by("at")
    return [of_hold(row) for row in rows[: SHOWN + 1]]


def _shipments() -> list[Trouble]:
    now, manual = clock.now(), Q(warehouse__mode=Warehouse.Mode.MANUAL, state_since__lt=clock.now() - PERSON_WAITS)
    silent = Q()
    for state in NEXT_STEP:
        silent |= Q(warehouse__mode=Warehouse.Mode.THIRD_PARTY, state=state, state_since__lt=now - _bound(state))
    unheard = Q(handover__state=Handing.REQUESTED, handover__state_since__lt=now - ACCEPTED_WITHIN)
    wanted = Q(open_holds__gt=0) | manual | silent | unheard
    rows = Shipment.objects.filter(wanted, state__in=OPEN, order__open_holds=0)
    rows = rows.exclude(order__state=State.CANCELLED).select_related("order__customer", "warehouse", "handover")
    return [trouble for row in rows.order_by("state_since")[: SHOWN + 1] if (trouble := of_shipment(row))]


def _parcels() -> list[Trouble]:
    rows = Parcel.objects.filter(
        shipment__state=State.SHIPPED,
        status_at__lt=silent_before(),
        shipment__order__promised_at__lt=clock.now() + SOON,
    ).exclude(status=Parcel.Status.DELIVERED)
    rows = rows.select_related("shipment__order__customer").order_by("status_at")
    return [trouble for row in rows[: SHOWN + 1] if (trouble := of_parcel(row))]


def _delays() -> list[Trouble]:
    now = clock.now()
    overdue = Q(state__in=ON_ITS_WAY, promised_at__lt=now)
    for stage in STAGES:
        if stage.bound:
            overdue |= Q(state=stage.state, state_since__lt=now - stage.bound)
    rows = Order.objects.filter(overdue).select_related("customer").order_by("promised_at")
    return [trouble for row in rows[: SHOWN + 1] if (trouble := of_delay(row))]
