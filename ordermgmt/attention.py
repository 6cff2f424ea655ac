"""What needs a person: why, what happened, since when, and the one next thing to do.

Each kind of trouble is told once, here, and shown both on Today and on top of the order's page.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from operator import attrgetter

from django.db.models import Case, Q, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.flow import OPEN, Handing
from fulfillment.models import Parcel, Shipment, ShipmentHold
from inventory import clock
from inventory.models import Warehouse
from inventory.wording import Words
from ordermgmt.phrases import age, ago, day, is_person, of_program, titled, until, who
from ordermgmt.timeline.kinds import is_of_money
from orders.bounds import SILENT, UNACCEPTED, bound_of, bounds
from orders.flow import EXITS, STAGES, State
from orders.models import Hold, Order

PERSON_WAITS = timedelta(hours=1)
SOON = timedelta(days=1)
SHOWN = 25
ON_ITS_WAY = (State.PLACED, State.RECEIVED, State.APPROVED, State.PICKED, State.PACKED, State.SHIPPED)
NEXT_STEP = {State.APPROVED: "pick", State.PICKED: "pack", State.PACKED: "ship"}
NEXT_STATE = {"pick": State.PICKED, "pack": State.PACKED, "ship": State.SHIPPED}
STEP_NAMES = {"pick": gettext_lazy("Pick"), "pack": gettext_lazy("Pack"), "ship": gettext_lazy("Hand over")}
STEP_WAITS = {"pick": gettext_lazy("To pick"), "pack": gettext_lazy("To pack"), "ship": gettext_lazy("To hand over")}
LATE, STUCK, HELD = gettext_lazy("Late"), gettext_lazy("Stuck"), gettext_lazy("Shipment held")
HOLD_TAGS = {
    "exception": gettext_lazy("Failed"),
    "payment": gettext_lazy("Payment"),
    "payment-failed": gettext_lazy("Payment failed"),
    "stock": gettext_lazy("No stock"),
    "first-order-value": gettext_lazy("High first order"),
    "address": gettext_lazy("Address"),
    "address-check": gettext_lazy("Check address"),
    "address-warnings": gettext_lazy("Check address"),
    "blocked": gettext_lazy("Blocked"),
    "postcode": gettext_lazy("Postcode"),
    "new-address": gettext_lazy("New address"),
    "overdue": gettext_lazy("Overdue"),
    "charge-backs": gettext_lazy("Charge-back"),
    "on-time": gettext_lazy("Pays late"),
    "tier": gettext_lazy("Tier C"),
    "usual-value": gettext_lazy("Unusual value"),
    "velocity": gettext_lazy("Many orders"),
    "duplicate": gettext_lazy("Twice the same"),
}


def hold_name(reason: str) -> str:
    """What a hold is called in a word or two; those that a person or a program named keep their name."""
    return str(HOLD_TAGS.get(reason) or titled(reason))


def hold_words(hold: Hold) -> str:
    """What it is called, and its note; what was paid, or not, is for the order's own page."""
    name = hold_name(hold.reason)
    note = of_program(hold.note, hold.by)
    return f"{name}: {note}" if note and not is_of_money(hold.reason) else name


@dataclass(frozen=True)
class Trouble:
    """One thing a person should look at.

    `tone` is `bad`, `warn` or, while it is young, empty; `anchor` is the place on the order's page. `what` is for those
    alone who may see payments where it `is_of_money`.
    """

    order: Order
    tone: str
    why: Words
    what: str
    since: datetime
    action: str
    anchor: str
    is_of_money: bool = False

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
    said = of_program(hold.note, hold.by) or _("No note was left")
    return Trouble(
        order=hold.order,
        tone="bad" if failed else "warn",
        why=HOLD_TAGS.get(hold.reason, _("Held")),
        what=_("Gave up after five tries. {said}").format(said=said) if failed else said + _terms(hold),
        since=hold.at,
        action=_("Try again") if failed else _("Decide"),
        anchor=f"hold-{hold.pk}",
        is_of_money=is_of_money(hold.reason),
    )


def of_shipment_hold(hold: ShipmentHold, shipment: Shipment) -> Trouble:
    """An open hold of one shipment, while the rest of its order goes on."""
    what = _("Shipment {code}: {note}{terms}").format(
        code=shipment.code, note=of_program(hold.note, hold.by) or _("No note was left"), terms=_terms(hold)
    )
    return Trouble(shipment.order, "warn", HELD, what, hold.at, _("Decide"), f"shipment-{shipment.number}")


def _terms(hold: Hold | ShipmentHold) -> str:
    """Who holds it, where that is a person, and until when."""
    by = _("held by {by}").format(by=hold.by) if is_person(hold.by) else ""
    ends = _("until {until}").format(until=until(hold.until)) if hold.until else ""
    told = " ".join(word for word in (by, ends) if word)
    return f" ({told})" if told else ""


def of_shipment(shipment: Shipment) -> Trouble | None:
    """An open shipment that a person or a third party has to move on, or let go; None where machines do."""
    mode, warehouse, code = shipment.warehouse.mode, shipment.warehouse.name, shipment.code
    if shipment.open_holds and shipment.state in OPEN:
        what = _("Shipment {code} in {warehouse} is held; the rest of the order goes on").format(
            code=code, warehouse=warehouse
        )
        return Trouble(
            shipment.order, "warn", HELD, what, shipment.state_since, _("Decide"), f"shipment-{shipment.number}"
        )
    if shipment.state not in OPEN or mode == Warehouse.Mode.AUTOMATIC:
        return None
    step, bound = NEXT_STEP[State(shipment.state)], _bound(State(shipment.state))
    waited = clock.now() - shipment.state_since
    late, longer = waited > bound, _(", longer than {bound}").format(bound=age(bound)) if waited > bound else ""
    if mode == Warehouse.Mode.THIRD_PARTY:
        if unaccepted := _not_accepted(shipment):
            return unaccepted
        tone = "bad" if late else ""
        why, action = _("3PL silent") if late else _("At the 3PL"), _("Chase 3PL")
        what = _("{warehouse} has not reported shipment {code} as {label}{longer}").format(
            warehouse=warehouse, code=code, label=State(NEXT_STATE[step]).label.lower(), longer=longer
        )
    else:
        tone = "bad" if late else "warn" if waited > PERSON_WAITS else ""
        why, action = str(STEP_WAITS[step]), str(STEP_NAMES[step])
        what = _("Shipment {code} waits in {warehouse}{longer}").format(code=code, warehouse=warehouse, longer=longer)
    return Trouble(shipment.order, tone, why, what, shipment.state_since, action, f"shipment-{shipment.number}")


def _not_accepted(shipment: Shipment) -> Trouble | None:
    """A third party has not said in time whether it sends what it was handed."""
    row = getattr(shipment, "handover", None)
    if row is None or row.state != Handing.REQUESTED or clock.now() - row.state_since <= bounds()[UNACCEPTED]:
        return None
    what = _("{name} has not accepted shipment {code} for {state_since}").format(
        name=shipment.warehouse.name, code=shipment.code, state_since=ago(row.state_since)
    )
    return Trouble(
        shipment.order, "bad", _("Not accepted"), what, row.state_since, _("Chase 3PL"), f"shipment-{shipment.number}"
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
        why=_("Parcel silent"),
        what=_("No scan of parcel {number} for {status_at}, promised {promised_at}").format(
            number=parcel.number, status_at=ago(parcel.status_at), promised_at=day(order.promised_at)
        ),
        since=parcel.status_at,
        action=_("Check parcel"),
        anchor=f"shipment-{parcel.shipment.number}",
    )


def of_delay(order: Order) -> Trouble | None:
    """An order past its promise, or longer in its state than that stage should take."""
    now, state = clock.now(), State(order.state)
    if state in ON_ITS_WAY and order.promised_at <= now:
        why, since = LATE, order.promised_at
        what = _("Promised {promised_at}, still {label}").format(
            promised_at=day(order.promised_at), label=state.label.lower()
        )
    elif now - order.state_since > _bound(state):
        why, since = STUCK, order.state_since
        what = _("{label} for {state_since}, longer than {bound}").format(
            label=state.label, state_since=ago(order.state_since), bound=age(_bound(state))
        )
    else:
        return None
    return Trouble(order, "bad", why, what, since, _("Open order"), "")


def _bound(state: State) -> timedelta:
    return bound_of(state) or timedelta.max


def of_exit(order: Order, reason: str, by: str) -> Trouble | None:
    """Why an order left its way."""
    if order.state not in EXITS:
        return None
    said = reason or _("No reason was given")
    return Trouble(order, "bad", State(order.state).label, f"{said} ({who(by)})", order.state_since, "", "")


def silent_before() -> datetime:
    """A parcel last scanned before this moment is silent."""
    return clock.now() - bounds()[SILENT]


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
    unheard = Q(handover__state=Handing.REQUESTED, handover__state_since__lt=now - bounds()[UNACCEPTED])
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
    """As urgent as each is told to be; the promise alone would also lead through all orders that ever arrived."""
    now = clock.now()
    overdue = late = Q(state__in=ON_ITS_WAY, promised_at__lte=now)
    for stage in STAGES:
        if bound := bound_of(stage.state):
            overdue |= Q(state=stage.state, state_since__lt=now - bound)
    since = Case(When(late, then="promised_at"), default="state_since")
    rows = Order.objects.filter(overdue).select_related("customer").alias(since=since).order_by("since")
    return [trouble for row in rows[: SHOWN + 1] if (trouble := of_delay(row))]
