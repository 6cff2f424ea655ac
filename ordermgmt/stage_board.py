"""The board of one stage: its orders by age against the bound, grouped by what they wait for."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Prefetch, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import can_proceed

from fulfillment.models import Parcel, Shipment
from inventory import clock
from inventory.models import Warehouse
from ordermgmt.attention import NEXT_STATE, NEXT_STEP, STEP_NAMES, hold_words
from ordermgmt.counts import ended
from ordermgmt.phrases import age, day, listed
from orders.bounds import bound_of
from orders.flow import FINAL, STAGE_BY_STATE, STAGES, UNDECIDED, Stage, State
from orders.models import Hold, Order
from orders.payments.standing import WAITS_FOR_MONEY

SHOWN = 60
NEAR = 0.75  # of the bound
DONE_BY_NOBODY = {
    State.PLACED: gettext_lazy("the next run of stage 2"),
    State.RECEIVED: gettext_lazy("goods, or the next run of stage 3"),
    State.DELIVERED: gettext_lazy("the customer's answer"),
    State.SURVEYED: gettext_lazy("the next run of stage 9"),
    State.REVIEWED: gettext_lazy("nothing: the journey is over"),
}


@dataclass(frozen=True)
class Card:
    """One order of the stage. `share` is its age in hundredths of the bound, at most 100; `tone` says how near it is.

    `step` is what a person may confirm now, and `exits` what else they may ask for on the order's page.
    """

    order: Order
    waits: str
    group: str
    share: int
    tone: str
    step: str
    exits: Sequence[tuple[str, str]]

    @property
    def target(self) -> str:
        """The state that the step leads to, in words."""
        return str(State(NEXT_STATE[self.step]).label) if self.step else ""


@dataclass(frozen=True)
class Group:
    """The orders that wait for the same."""

    name: str
    cards: Sequence[Card]


@dataclass(frozen=True)
class StageBoard:
    """The board; `count` orders are in the stage, of which the oldest are shown, and the held ones before them.

    `newest_first`: the newest are, of what has ended.
    """

    stage: Stage
    groups: Sequence[Group]
    count: int
    shown: int
    late: int
    bound: str
    newest_first: bool
    stages: Sequence[Stage] = STAGES


def fingerprint(state: State) -> str:
    """Begins with how many there are, and changes whenever an order of the stage does; of what has ended, one shown."""
    orders = Order.objects.filter(state=state)
    if state in FINAL:
        shown = list(_orders(state).prefetch_related(None).values_list("pk", "event_seq"))
        return f"{ended(state)[state]}-{hashlib.sha256(repr(shown).encode()).hexdigest()[:16]}"
    found = orders.aggregate(n=Count("*"), last=Max("state_since"), events=Sum("event_seq"))
    return "-".join(str(value.timestamp() if isinstance(value, datetime) else value) for value in found.values())


def stage_board(state: State, *, count: int) -> StageBoard:
    """Read the orders that are shown, and what each waits for, in at most six queries."""
    stage, cards = STAGE_BY_STATE[state], list(map(_card, _orders(state)))
    by_group: defaultdict[str, list[Card]] = defaultdict(list)
    for card in cards:
        by_group[card.group].append(card)
    return StageBoard(
        stage=stage,
        groups=[Group(name, found) for name, found in by_group.items()],
        count=count,
        shown=len(cards),
        late=sum(card.tone == "bad" for card in cards),
        bound=age(limit) if (limit := bound_of(state)) else "",
        newest_first=state == State.REVIEWED,
    )


def ready_shipments(order: Order) -> list[Shipment]:
    """The shipments whose next step a person may confirm now; a machine's and a held one's are not among them."""
    if order.open_holds or order.state not in NEXT_STEP:
        return []
    return [row for row in order.shipments.all() if _is_ready(row, State(order.state))]


def _is_ready(row: Shipment, state: State) -> bool:
    by_hand = row.warehouse.mode != Warehouse.Mode.AUTOMATIC
    if not by_hand or row.open_holds or row.state != state:
        return False
    return bool(can_proceed(getattr(row, NEXT_STEP[state]), check_conditions=False))


def _orders(state: State) -> QuerySet[Order]:
    shipments = Shipment.objects.exclude(state=State.CANCELLED).select_related("warehouse")
    if state == State.SHIPPED:
        shipments = shipments.prefetch_related(Prefetch("parcels", Parcel.objects.select_related("label")))
    holds = Prefetch("holds", Hold.objects.filter(released_at=None))
    rows = Order.objects.filter(state=state).select_related("customer").prefetch_related(holds)
    rows = rows.prefetch_related(Prefetch("shipments", shipments))
    # What is reviewed is all that there ever was: read in the order of its index, and nothing of it is held.
    order = ("-state_since",) if state == State.REVIEWED else (F("open_holds").desc(), "state_since")
    return rows.order_by(*order)[:SHOWN]


def _card(order: Order) -> Card:
    group, waits = _waits_for(order)
    bound = bound_of(order.state)
    share = (clock.now() - order.state_since) / bound if bound else 0.0
    ready = ready_shipments(order)
    return Card(
        order=order,
        group=group,
        waits=waits,
        share=min(100, round(share * 100)),
        tone="bad" if share > 1 else "warn" if share > NEAR else "",
        step=NEXT_STEP[State(order.state)] if ready else "",
        exits=tuple(_exits(order)),
    )


def _exits(order: Order) -> Iterable[tuple[str, str]]:
    """The names of the other ways on, and their places on the order's page."""
    if order.open_holds and order.state in UNDECIDED:
        yield str(State.APPROVED.label), f"hold-{order.holds.all()[0].pk}"
    if order.state != State.REVIEWED:
        yield _("Held"), "hold"
    if can_proceed(order.cancel):
        yield str(State.CANCELLED.label), "cancel"


def _waits_for(order: Order) -> tuple[str, str]:
    """The group, and what is said of this order in it."""
    state = State(order.state)
    if order.open_holds:
        return _("a decision"), listed([hold_words(hold) for hold in order.holds.all()])
    if state in WAITS_FOR_MONEY and order.expires_at:
        return _("the customer's payment"), _("called off on {expires_at} if nobody pays").format(
            expires_at=day(order.expires_at)
        )
    if state == State.SHIPPED:
        return _carrier(order)
    open_ = [row for row in order.shipments.all() if row.state == state]
    if state in NEXT_STEP and open_:
        return _warehouse(open_, NEXT_STEP[state])
    return str(DONE_BY_NOBODY.get(state, _("the next run"))), ""


def _carrier(order: Order) -> tuple[str, str]:
    boxes = [box for row in order.shipments.all() for box in row.parcels.all() if hasattr(box, "label")]
    carriers = sorted({box.label.carrier for box in boxes})
    said = listed([f"{box.label.tracking_number} {box.get_status_display().lower()}" for box in boxes[:3]])
    return _("news from {carriers}").format(carriers=listed(carriers)) if carriers else _("news from the carrier"), said


def _warehouse(rows: list[Shipment], step: str) -> tuple[str, str]:
    """The first of the warehouses that have still to do it; a held shipment before all."""
    codes = listed([_("{code} in {name}").format(code=row.code, name=row.warehouse.name) for row in rows])
    if any(row.open_holds for row in rows):
        return _("a decision about one shipment"), codes
    mode, name, word = rows[0].warehouse.mode, rows[0].warehouse.name, STEP_NAMES[step].lower()
    if mode == Warehouse.Mode.THIRD_PARTY:
        return _("{name}, a third party, to {word}").format(name=name, word=word), codes
    return _("{name} to {word}{what}").format(
        name=name, word=word, what=_(", by itself") if mode == Warehouse.Mode.AUTOMATIC else ""
    ), codes
