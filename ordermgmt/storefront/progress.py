"""What a customer may know of an order: what is open to pay, how far it is, and what happens next."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inventory.wording import Words
from orders.flow import EXITS, STAGES, State
from orders.models import Order, Payment
from orders.payments.standing import pledged

# What the customer is told once the order is in a state.
TOLD = {
    State.PLACED: _("We have your order and have put everything aside for you."),
    State.RECEIVED: _("We know where each item will come from."),
    State.APPROVED: _("Everything is in order: the warehouse has your order."),
    State.PICKED: _("Your things have been gathered from the shelves."),
    State.PACKED: _("Your parcel is packed and waits for the carrier."),
    State.SHIPPED: _("Your parcel is on its way to you."),
    State.DELIVERED: _("It has arrived. Soon we will ask by e-mail whether all was well."),
    State.SURVEYED: _("Thank you: the order is complete."),
    State.REVIEWED: _("Thank you: the order is complete."),
    State.REJECTED: _("We are sorry: we cannot accept this order. Nothing is charged."),
    State.CANCELLED: _("This order was called off. Nothing is charged."),
}
NOTHING = Decimal(0)
UNPAID = _("Your order waits for its payment. We keep everything aside for you until then.")


@dataclass(frozen=True)
class Step:
    """One of the nine stages; `look` is `done`, `now` (the one reached last) or empty for what is to come."""

    name: Words
    look: str

    @property
    def meaning(self) -> str:
        return {"done": gettext("done"), "now": gettext("reached")}.get(self.look, gettext("to come"))


@dataclass(frozen=True)
class Progress:
    """One order as its customer sees it; `owed` is what is still to be pledged online, 0 for other ways to pay."""

    order_id: int
    number: int
    currency: str
    total: Decimal
    owed: Decimal
    paid: bool
    called_off: bool
    expires_at: datetime | None
    promised_at: datetime
    steps: tuple[Step, ...]
    told: Words

    @property
    def arrived(self) -> bool:
        """Whether it is with the customer."""
        return self.steps[-3].look != ""


def progress_of(order_id: int) -> Progress:
    """The order as it is now; raises Order.DoesNotExist."""
    order = Order.objects.prefetch_related("payments").get(pk=order_id)
    payments, state = list(order.payments.all()), State(order.state)
    missing = order.total - pledged(payments)
    online = any(row.method == Payment.Method.CARD for row in payments) and state not in EXITS
    owed = max(missing, NOTHING) if online else NOTHING
    return Progress(
        order_id=order.pk,
        number=order.number,
        currency=order.currency,
        total=order.total,
        owed=owed,
        paid=missing <= 0,
        called_off=state in EXITS,
        expires_at=order.expires_at,
        promised_at=order.promised_at,
        steps=_steps(state),
        told=UNPAID if owed else TOLD[state],
    )


def _steps(state: State) -> tuple[Step, ...]:
    """An order that was called off has no step that counts."""
    names = [stage.state for stage in STAGES]
    reached = names.index(state) if state in names else -1
    looks = ["done"] * max(reached, 0) + ["now"] * (reached >= 0)
    looks += [""] * (len(names) - len(looks))
    return tuple(Step(stage.state.label, look) for stage, look in zip(STAGES, looks, strict=True))
