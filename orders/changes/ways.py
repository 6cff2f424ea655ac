"""What may be done to an order, by its state and by how far its goods are; for all else, why not and what can. Pure.

The table is asked before every change, and by the pages that offer them, so that both say the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from inventory.wording import Words
from orders.flow import EXITS, GOODS_HERE, State


class Action(StrEnum):
    """What somebody wants to do."""

    GOODS = "goods"
    ADDRESS = "address"
    SHIPPING = "shipping"
    AMOUNTS = "amounts"
    NOTES = "notes"
    CANCEL_UNITS = "cancel_units"
    CANCEL = "cancel"
    SPLIT = "split"
    MERGE = "merge"


class Goods(StrEnum):
    """How far the goods of an order are: those of the shipment that is furthest."""

    SHELVED = "shelved"  # in no shipment
    TO_PICK = "to_pick"
    GATHERED = "gathered"
    LABELLED = "labelled"
    TAKEN_ON = "taken_on"  # by a third party, which is asked before it is stopped
    LEFT = "left"


@dataclass(frozen=True)
class Way:
    """Whether it is allowed now, or once gathered goods are `put_back`; else why not, and what can be done instead."""

    allowed: bool
    put_back: bool = False
    why_not: Words = ""
    way_out: Words = ""


AT_ONCE = Way(allowed=True)
BACK_FIRST = Way(
    allowed=False,
    put_back=True,
    why_not=_("The goods are gathered already."),
    way_out=_("They can go back on the shelf first; then the order is picked again."),
)
LABEL_BOUGHT = Way(
    allowed=False,
    put_back=True,
    why_not=_("A label is bought already."),
    way_out=_("The goods can go back on the shelf first and the label is let go; then the order is picked again."),
)
TAKEN_ON = Way(
    allowed=False,
    why_not=_("A third party has taken a part of it on."),
    way_out=_("Ask the third party to stop, on the order's page; when it has, this is possible."),
)
NEW_ORDER = _("Place a new order for what is wanted.")
RETURN = _("What the customer does not want comes back as a return; what they want besides is a new order.")
WHY_LEFT = _("A parcel has left the warehouse.")
WAYS_OUT_LEFT: Mapping[Action, Words] = {
    Action.ADDRESS: _("Ask the carrier to redirect it, or take it back as a return and send it anew by a new order."),
    Action.SHIPPING: _("Give money back if shipping cost too much."),
    Action.AMOUNTS: _("Give money back instead of a discount."),
    Action.NOTES: _("Write a note into the timeline."),
    Action.SPLIT: _("What has not left goes on by itself."),
    Action.MERGE: _("The orders go on one by one."),
}
EXITED: Mapping[State, Words] = {
    State.CANCELLED: _("The order was called off."),
    State.REJECTED: _("The order was rejected."),
}
MOVES_GOODS = frozenset({Action.GOODS, Action.CANCEL_UNITS, Action.SPLIT, Action.MERGE})
ON_THE_LABEL = frozenset({Action.ADDRESS, Action.SHIPPING})

ASKS_FIRST = MOVES_GOODS | ON_THE_LABEL | {Action.CANCEL}


def way(action: Action, state: State, goods: Goods) -> Way:
    """Whether `action` can be done to an order in `state` whose goods are so far."""
    if state in EXITS:
        return Way(allowed=False, why_not=EXITED[state], way_out=NEW_ORDER)
    if state not in GOODS_HERE or goods is Goods.LEFT:
        return Way(allowed=False, why_not=WHY_LEFT, way_out=WAYS_OUT_LEFT.get(action, RETURN))
    if goods is Goods.TAKEN_ON and action in ASKS_FIRST:
        return TAKEN_ON
    if action in MOVES_GOODS and goods in (Goods.GATHERED, Goods.LABELLED):
        return LABEL_BOUGHT if goods is Goods.LABELLED else BACK_FIRST
    if action in ON_THE_LABEL and goods is Goods.LABELLED:
        return LABEL_BOUGHT
    return AT_ONCE


def narrowest(actions: Iterable[Action], state: State, goods: Goods) -> Way:
    """The way that allows all of these: the first that does not, if one does not."""
    found = [way(action, state, goods) for action in actions]
    return next((row for row in found if not row.allowed and not row.put_back), None) or next(
        (row for row in found if not row.allowed), AT_ONCE
    )
