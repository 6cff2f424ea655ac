"""The Return's state machine: from the customer's wish to the money, and the ways out before it came back."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition


class ReturnState(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    LABELLED = "labelled", _("Label sent")
    IN_TRANSIT = "in_transit", _("On its way back")
    RECEIVED = "received", _("Received")
    INSPECTED = "inspected", _("Inspected")
    SETTLED = "settled", _("Settled")
    CANCELLED = "cancelled", _("Cancelled")


RETURN_ENDED = (ReturnState.SETTLED, ReturnState.DECLINED, ReturnState.CANCELLED)
COMING = (ReturnState.APPROVED, ReturnState.LABELLED, ReturnState.IN_TRANSIT)
HERE = (ReturnState.RECEIVED, ReturnState.INSPECTED, ReturnState.SETTLED)
RETURN_STATES = [(state.value, state.label) for state in ReturnState]


class ReturnFlow(models.Model):
    """The states of a return and the only ways between them."""

    state = FSMField(max_length=12, choices=RETURN_STATES, default=ReturnState.REQUESTED, protected=True)

    class Meta:
        abstract = True

    @transition(field=state, source=ReturnState.REQUESTED, target=ReturnState.APPROVED)
    def approve(self) -> None:
        """The shop takes it back."""

    @transition(field=state, source=ReturnState.REQUESTED, target=ReturnState.DECLINED)
    def decline(self) -> None:
        """Exit: the shop does not take it back."""

    @transition(field=state, source=ReturnState.APPROVED, target=ReturnState.LABELLED)
    def label(self) -> None:
        """The customer has a label for the way."""

    @transition(field=state, source=[ReturnState.APPROVED, ReturnState.LABELLED], target=ReturnState.IN_TRANSIT)
    def leave(self) -> None:
        """The customer has sent it."""

    @transition(field=state, source=list(COMING), target=ReturnState.RECEIVED)
    def receive(self) -> None:
        """It is here."""

    @transition(field=state, source=ReturnState.RECEIVED, target=ReturnState.INSPECTED)
    def inspect(self) -> None:
        """Every unit that came was looked at."""

    @transition(field=state, source=ReturnState.INSPECTED, target=ReturnState.SETTLED)
    def settle(self) -> None:
        """The customer has their money, credit or exchange."""

    @transition(
        field=state,
        source=[ReturnState.REQUESTED, ReturnState.APPROVED, ReturnState.LABELLED],
        target=ReturnState.CANCELLED,
    )
    def cancel(self) -> None:
        """Exit: the customer keeps it."""


RETURN_EDGES = (
    ("requested", "approved"),
    ("requested", "declined"),
    ("requested", "cancelled"),
    ("approved", "labelled"),
    ("approved", "in_transit"),
    ("approved", "received"),
    ("approved", "cancelled"),
    ("labelled", "in_transit"),
    ("labelled", "received"),
    ("labelled", "cancelled"),
    ("in_transit", "received"),
    ("received", "inspected"),
    ("inspected", "settled"),
)
