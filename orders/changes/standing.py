"""How far an order is, in the terms of `ways`: read from its shipments, which are known here by their names only."""

from collections.abc import Iterable, Sequence
from typing import Any

from orders.changes.operations import (
    GOODS,
    Operation,
    SetAddress,
    SetDiscounts,
    SetShipping,
)
from orders.changes.ways import Action, Goods, Way, narrowest
from orders.errors import NoWay
from orders.flow import State
from orders.models import Order

REACHED = {
    State.APPROVED: Goods.TO_PICK,
    State.PICKED: Goods.GATHERED,
    State.PACKED: Goods.GATHERED,
    State.SHIPPED: Goods.LEFT,
    State.DELIVERED: Goods.LEFT,
}
FURTHEST = list(Goods)


def goods_of(order: Order) -> Goods:
    """How far the shipment is that is furthest; a label that is bought counts."""
    return furthest(order.shipments.prefetch_related("parcels__label"))


def furthest(shipments: Iterable[Any]) -> Goods:
    """The same of shipments that were read with their parcels."""
    found = Goods.SHELVED
    for row in shipments:
        if row.state == State.CANCELLED:
            continue
        labelled = any(hasattr(parcel, "label") for parcel in row.parcels.all())
        here = REACHED[State(row.state)]
        here = Goods.LABELLED if labelled and here is Goods.GATHERED else here
        here = Goods.TAKEN_ON if row.taken_on and here is not Goods.LEFT else here
        found = max(found, here, key=FURTHEST.index)
    return found


def actions_of(operations: Iterable[Operation]) -> set[Action]:
    """What these operations touch."""
    return {_action(row) for row in operations}


def _action(operation: Operation) -> Action:
    if isinstance(operation, GOODS):
        return Action.GOODS
    if isinstance(operation, SetAddress):
        return Action.ADDRESS if operation.kind == "shipping" else Action.NOTES
    if isinstance(operation, SetShipping):
        return Action.SHIPPING
    return Action.AMOUNTS if isinstance(operation, SetDiscounts) else Action.NOTES


def way_for(order: Order, actions: Iterable[Action]) -> Way:
    """Whether all of this can be done to the order now."""
    return narrowest(sorted(actions), State(order.state), goods_of(order))


def check_way(order: Order, actions: Sequence[Action] | set[Action], *, put_back: bool = False) -> Way:
    """The way, if it is open, or opens when gathered goods go back and `put_back` was confirmed; raises NoWay."""
    found = way_for(order, actions)
    if found.allowed or (found.put_back and put_back):
        return found
    raise NoWay(found.why_not, found.way_out, put_back=found.put_back)
