"""What the order's page says of changes: the open one, the ways to change it, and the orders it is related to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.wording import Words
from orders.changes.standing import furthest
from orders.changes.ways import Action, Goods, Way, way
from orders.flow import GOODS_HERE, State
from orders.models import ChangeSet, Order

RELATIONS = {"split": (_("Split off from"), _("Split off")), "merged": (_("Taken in by"), _("Took in"))}


@dataclass(frozen=True)
class Relative:
    """Another order, and what it is to this one."""

    words: Words
    number: int


@dataclass(frozen=True)
class ChangeCard:
    """Ways that are open, or open once gathered goods went back."""

    open_change: ChangeSet | None
    relatives: tuple[Relative, ...]
    edit: bool
    trim: bool
    split: bool
    merge: bool


def change_card(order: Order, shipments: Iterable[Any], *, has_children: bool) -> ChangeCard:
    """A query for relatives, where there are any; shipments come with their parcels, changes with the order."""
    state, goods = State(order.state), furthest(shipments)
    ways = {action: way(action, state, goods) for action in Action}
    return ChangeCard(
        open_change=_open_change(order) if state in GOODS_HERE else None,
        relatives=tuple(_relatives(order)) if order.parent_id or has_children else (),
        edit=may_be_changed(order, goods),
        trim=_opens(ways[Action.CANCEL_UNITS]),
        split=_opens(ways[Action.SPLIT]),
        merge=_opens(ways[Action.MERGE]),
    )


def may_be_changed(order: Order, goods: Goods) -> bool:
    """Whether anything of the form that changes it can be changed now, or once gathered goods went back."""
    state = State(order.state)
    return any(_opens(way(action, state, goods)) for action in (Action.GOODS, Action.ADDRESS, Action.AMOUNTS))


def _open_change(order: Order) -> ChangeSet | None:
    return next((row for row in order.change_sets.all() if row.status == ChangeSet.Status.OPEN), None)


def _opens(found: Way) -> bool:
    return found.allowed or found.put_back


def _relatives(order: Order) -> list[Relative]:
    rows = Order.objects.filter(Q(pk=order.parent_id) | Q(parent=order.pk)).order_by("number")
    found = []
    for row in rows.only("number", "parent_relation", "parent"):
        is_parent = row.pk == order.parent_id
        words = RELATIONS.get(order.parent_relation if is_parent else row.parent_relation, (_("Belongs to"), _("Has")))
        found.append(Relative(words[0] if is_parent else words[1], row.number))
    return found
