"""The state machines of a Shipment, in the words of the stages 4 to 7, and of its hand-over to a third party."""

from collections import Counter
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from orders.flow import State

OPEN = (State.APPROVED, State.PICKED, State.PACKED)
LEFT = (State.SHIPPED, State.DELIVERED)
ENDED = (State.DELIVERED, State.CANCELLED)
SHIPMENT_STATES = [(state.value, state.label) for state in (*OPEN, *LEFT, State.CANCELLED)]


def order_runs(shipment: Any) -> bool:
    """The order was not called off"""
    return bool(shipment.order.state != State.CANCELLED)


def no_holds(shipment: Any) -> bool:
    """No hold is open on the order"""
    return bool(shipment.order.open_holds == 0)


def not_held(shipment: Any) -> bool:
    """No hold is open on the shipment"""
    return bool(shipment.open_holds == 0)


def all_picked(shipment: Any) -> bool:
    """Every unit is picked"""
    return all(line.picked == line.quantity for line in shipment.lines.all())


def all_packed(shipment: Any) -> bool:
    """Every unit is in a parcel"""
    boxed: Counter[int] = Counter()
    for parcel in shipment.parcels.all():
        boxed.update({item.shipment_line_id: item.quantity for item in parcel.items.all()})
    return boxed == {line.pk: line.quantity for line in shipment.lines.all()}


def all_labelled(shipment: Any) -> bool:
    """Every parcel has a label"""
    return all(hasattr(parcel, "label") for parcel in shipment.parcels.all())


def all_arrived(shipment: Any) -> bool:
    """Every parcel is delivered, or seen to where it was lost or came back"""
    return all(parcel.status == "delivered" or parcel.settled_at for parcel in shipment.parcels.all())


class ShipmentFlow(models.Model):
    """The states of a shipment and the only ways between them."""

    state = FSMField(max_length=16, choices=SHIPMENT_STATES, default=State.APPROVED, protected=True)

    class Meta:
        abstract = True

    @transition(
        field=state, source=State.APPROVED, target=State.PICKED, conditions=[order_runs, no_holds, not_held, all_picked]
    )
    def pick(self) -> None:
        """Stage 4: everything this warehouse sends is gathered."""

    @transition(
        field=state, source=State.PICKED, target=State.PACKED, conditions=[order_runs, no_holds, not_held, all_packed]
    )
    def pack(self) -> None:
        """Stage 5: every unit is in a parcel."""

    @transition(
        field=state,
        source=State.PACKED,
        target=State.SHIPPED,
        conditions=[order_runs, no_holds, not_held, all_labelled],
    )
    def ship(self) -> None:
        """Stage 6: the parcels are with the carrier, the stock has left."""

    @transition(field=state, source=State.SHIPPED, target=State.DELIVERED, conditions=[all_arrived])
    def deliver(self) -> None:
        """Stage 7: the last parcel is with the customer."""

    @transition(field=state, source=list(OPEN), target=State.CANCELLED)
    def cancel(self) -> None:
        """Exit: the order was called off before anything left."""


EDGES = (
    *zip([state.value for state in (*OPEN, *LEFT)], [state.value for state in (*OPEN, *LEFT)][1:], strict=False),
    *((state.value, State.CANCELLED.value) for state in OPEN),
)


class Handing(models.TextChoices):
    """How far a third party is with a shipment it was handed."""

    REQUESTED = "requested", _("Requested")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    CANCEL_REQUESTED = "cancel_requested", _("Asked to stop")
    CANCELLED = "cancelled", _("Cancelled")
    CONFIRMED = "confirmed", _("Confirmed")


class HandOverFlow(models.Model):
    """The states of a hand-over and the only ways between them; only what is sent or stopped has no way out."""

    state = FSMField(max_length=16, choices=Handing.choices, default=Handing.REQUESTED, protected=True)

    class Meta:
        abstract = True

    @transition(field=state, source=Handing.REQUESTED, target=Handing.ACCEPTED)
    def accept(self) -> None:
        """The third party works on it, and is asked before it is stopped."""

    @transition(field=state, source=[Handing.REQUESTED, Handing.ACCEPTED], target=Handing.REJECTED)
    def reject(self) -> None:
        """The third party does not send it, and says why."""

    @transition(field=state, source=[Handing.REJECTED, Handing.CANCELLED], target=Handing.REQUESTED)
    def ask_again(self) -> None:
        """Whatever was the matter is mended, or the shop wants it sent after all."""

    @transition(field=state, source=Handing.ACCEPTED, target=Handing.CANCEL_REQUESTED)
    def ask_to_stop(self) -> None:
        """The shop does not want it sent any more."""

    @transition(field=state, source=Handing.CANCEL_REQUESTED, target=Handing.ACCEPTED)
    def refuse_to_stop(self) -> None:
        """It is too late to stop it."""

    @transition(
        field=state,
        source=[Handing.REQUESTED, Handing.ACCEPTED, Handing.REJECTED, Handing.CANCEL_REQUESTED],
        target=Handing.CANCELLED,
    )
    def stop(self) -> None:
        """Nothing of it is sent, as things are."""

    @transition(
        field=state, source=[Handing.REQUESTED, Handing.ACCEPTED, Handing.CANCEL_REQUESTED], target=Handing.CONFIRMED
    )
    def confirm(self) -> None:
        """It is on its way, line by line."""


HANDOVER_EDGES = (
    ("requested", "accepted"),
    ("requested", "rejected"),
    ("accepted", "rejected"),
    ("rejected", "requested"),
    ("cancelled", "requested"),
    ("accepted", "cancel_requested"),
    ("cancel_requested", "accepted"),
    ("requested", "cancelled"),
    ("accepted", "cancelled"),
    ("rejected", "cancelled"),
    ("cancel_requested", "cancelled"),
    ("requested", "confirmed"),
    ("accepted", "confirmed"),
    ("cancel_requested", "confirmed"),
)
TAKEN_ON = (Handing.ACCEPTED, Handing.CANCEL_REQUESTED)
