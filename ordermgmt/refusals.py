"""Why an action that people look for on an order's page is not there: the state machine's own conditions, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import can_proceed

from inventory.models import Warehouse
from ordermgmt.attention import NEXT_STATE, NEXT_STEP
from ordermgmt.order_goods import ShipmentCard
from ordermgmt.phrases import listed
from orders.flow import EXITS, FINAL, GOODS_HERE, State, unmet
from orders.models import Order

HELD_BACK = gettext_lazy("it is held; release each hold first")


@dataclass(frozen=True)
class Refusal:
    """An action, and the sentence that says why not."""

    action: str
    why: str


def refusals(order: Order, shipments: Iterable[ShipmentCard]) -> list[Refusal]:
    """For the order as a whole, then shipment by shipment."""
    return [*_of_order(order), *(found for card in shipments if (found := _of_shipment(order, card)))]


def _of_order(order: Order) -> Iterator[Refusal]:
    if order.state in FINAL:
        yield Refusal(
            _("Hold"),
            _("The order is {label}, and nothing moves any more.").format(label=State(order.state).label.lower()),
        )
    elif order.state not in GOODS_HERE:
        yield Refusal(
            _("Hold"), _("The goods have left the warehouse, and a hold stops no parcel. What is wrong is a claim.")
        )
    if order.state not in EXITS and not can_proceed(order.cancel):
        missing = listed(unmet(order, order.cancel)) or _("its goods have left the warehouse")
        yield Refusal(
            _("Cancel"),
            _("{missing}{missing_2}. What comes back is a return.").format(
                missing=missing[:1].upper(), missing_2=missing[1:]
            ),
        )


def _of_shipment(order: Order, card: ShipmentCard) -> Refusal | None:
    row = card.shipment
    if card.button or row.state not in NEXT_STEP or order.state in EXITS:
        return None
    action = f"{State(NEXT_STATE[NEXT_STEP[State(row.state)]]).label} {row.code}"
    if order.open_holds or row.open_holds:
        return Refusal(action, f"{'The order' if order.open_holds else 'The shipment'}: {HELD_BACK}.")
    if row.warehouse.mode == Warehouse.Mode.AUTOMATIC:
        return Refusal(action, _("{name} does it by itself; nobody has to confirm it.").format(name=row.warehouse.name))
    return None
