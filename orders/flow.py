"""The Order's state machine: nine stages in order, two exits, and nothing else.

`STAGES` is the one table of the process; the board, the documentation, the queues and the tests read it.
Transitions are pure: they change `state` and touch no other row.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from inventory.wording import Words


class State(models.TextChoices):
    PLACED = "placed", gettext_lazy("Placed")
    RECEIVED = "received", gettext_lazy("Received")
    APPROVED = "approved", gettext_lazy("Approved")
    PICKED = "picked", gettext_lazy("Picked")
    PACKED = "packed", gettext_lazy("Packed")
    SHIPPED = "shipped", gettext_lazy("Shipped")
    DELIVERED = "delivered", gettext_lazy("Delivered")
    SURVEYED = "surveyed", gettext_lazy("Surveyed")
    REVIEWED = "reviewed", gettext_lazy("Reviewed")
    REJECTED = "rejected", gettext_lazy("Rejected")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


@dataclass(frozen=True)
class Stage:
    """One of the nine: `verb` names the file, the function and the queue that lead into `state`.

    `bound` is how long an order may stay in `state` before it counts as stuck; None means it may stay for ever.
    """

    number: int
    state: State
    verb: str
    app: str
    meaning: Words
    bound: timedelta | None

    @property
    def file(self) -> str:
        return f"{self.app}/stages/{self.verb}.py"


STAGES = (
    Stage(
        1,
        State.PLACED,
        "place",
        "orders",
        gettext_lazy("The customer hits buy, on any device, any channel"),
        timedelta(minutes=5),
    ),
    Stage(
        2,
        State.RECEIVED,
        "receive",
        "orders",
        gettext_lazy("Shop, stock and address agree on the order"),
        timedelta(minutes=5),
    ),
    Stage(
        3,
        State.APPROVED,
        "approve",
        "orders",
        gettext_lazy("The customer is trusted to pay, the stock is there"),
        timedelta(hours=8),
    ),
    Stage(
        4, State.PICKED, "pick", "fulfillment", gettext_lazy("The shop or a 3PL gathered the items"), timedelta(hours=4)
    ),
    Stage(
        5,
        State.PACKED,
        "pack",
        "fulfillment",
        gettext_lazy("In the cheapest box that keeps it safe"),
        timedelta(hours=4),
    ),
    Stage(6, State.SHIPPED, "ship", "fulfillment", gettext_lazy("With the carrier, on time"), timedelta(days=7)),
    Stage(
        7,
        State.DELIVERED,
        "deliver",
        "fulfillment",
        gettext_lazy("The right items in the right quantities"),
        timedelta(days=21),
    ),
    Stage(8, State.SURVEYED, "survey", "feedback", gettext_lazy("Is the customer satisfied?"), timedelta(hours=1)),
    Stage(9, State.REVIEWED, "review", "feedback", gettext_lazy("What could be improved?"), None),
)
STAGE_BY_STATE = {stage.state: stage for stage in STAGES}
QUEUE_BY_STATE = {stage.state: after.verb for stage, after in zip(STAGES, STAGES[1:], strict=False)}
EXITS = (State.REJECTED, State.CANCELLED)
FINAL = (State.REVIEWED, *EXITS)
GOODS_HERE = (State.PLACED, State.RECEIVED, State.APPROVED, State.PICKED, State.PACKED)
GATHERED = (State.PICKED, State.PACKED)
UNDECIDED = (State.PLACED, State.RECEIVED)  # nobody has said yet whether it is trusted


def no_holds(order: Any) -> bool:
    """No hold is open"""
    return bool(order.open_holds == 0)


def shipments_have(state: State) -> Any:
    """A guard: the order has shipments, and each that was not cancelled has reached `state`."""

    def every_shipment_has(order: Any) -> bool:
        reached = [choice.value for choice in State][list(State).index(state) :]
        states = [row.state for row in order.shipments.all() if row.state != State.CANCELLED]
        return bool(states) and all(value in reached for value in states)

    every_shipment_has.__doc__ = f"Every shipment is {state}"
    return every_shipment_has


def nothing_left(order: Any) -> bool:
    """No parcel has left the warehouse"""
    return all(row.state not in (State.SHIPPED, State.DELIVERED) for row in order.shipments.all())


def nobody_works_on_it(order: Any) -> bool:
    """No third party has taken a part of it on"""
    return not any(row.taken_on and row.state != State.CANCELLED for row in order.shipments.all())


def _started_small(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def unmet(row: Any, step: Any) -> list[str]:
    """What a refused step of an order or shipment takes and is missing, in the guards' own words."""
    transition_ = step._django_fsm.get_transition(row.state)
    missing = [guard.__doc__ for guard in (transition_.conditions if transition_ else ()) if not guard(row)]
    return [_("it takes that {guard}").format(guard=_started_small(_(words))) for words in missing if words]


class OrderFlow(models.Model):
    """The states of an order and the only ways between them."""

    state = FSMField(max_length=16, choices=State.choices, default=State.PLACED, protected=True)

    class Meta:
        abstract = True

    @transition(field=state, source=State.PLACED, target=State.RECEIVED, conditions=[no_holds])
    def receive(self) -> None:
        """Stage 2: shop, inventory and approval systems know the order; every line has a source."""

    @transition(field=state, source=State.RECEIVED, target=State.APPROVED, conditions=[no_holds])
    def approve(self) -> None:
        """Stage 3: trust is established and every line has stock behind it."""

    @transition(field=state, source=State.APPROVED, target=State.PICKED, conditions=[shipments_have(State.PICKED)])
    def pick(self) -> None:
        """Stage 4: the items of the last open shipment are gathered."""

    @transition(field=state, source=State.PICKED, target=State.PACKED, conditions=[shipments_have(State.PACKED)])
    def pack(self) -> None:
        """Stage 5: the last open shipment is boxed."""

    @transition(field=state, source=State.PACKED, target=State.SHIPPED, conditions=[shipments_have(State.SHIPPED)])
    def ship(self) -> None:
        """Stage 6: the last parcel is with its carrier."""

    @transition(field=state, source=State.SHIPPED, target=State.DELIVERED, conditions=[shipments_have(State.DELIVERED)])
    def deliver(self) -> None:
        """Stage 7: the last parcel is with the customer."""

    @transition(field=state, source=State.DELIVERED, target=State.SURVEYED)
    def survey(self) -> None:
        """Stage 8: the customer answered, or kept silent until the window closed."""

    @transition(field=state, source=State.SURVEYED, target=State.REVIEWED)
    def review(self) -> None:
        """Stage 9: what went well and what could be improved is on record."""

    @transition(field=state, source=list(UNDECIDED), target=State.REJECTED)
    def reject(self) -> None:
        """Exit: trust is refused."""

    @transition(field=state, source=list(GATHERED), target=State.APPROVED, conditions=[nothing_left])
    def put_back(self) -> None:
        """Undo: gathered goods go back on the shelf, because the order changed; it is picked again."""

    @transition(
        field=state, source=list(GOODS_HERE), target=State.CANCELLED, conditions=[nothing_left, nobody_works_on_it]
    )
    def cancel(self) -> None:
        """Exit: called off before anything left the warehouse."""


BACK = tuple((state.value, State.APPROVED.value) for state in GATHERED)
EDGES = (
    tuple(
        (before.value, after.value)
        for before, after in (
            *zip([s.state for s in STAGES], [s.state for s in STAGES][1:], strict=False),
            *((state, State.REJECTED) for state in UNDECIDED),
            *((state, State.CANCELLED) for state in GOODS_HERE),
        )
    )
    + BACK
)
