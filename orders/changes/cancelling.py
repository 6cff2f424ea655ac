"""Calling off lines and units: stock and money go back once, and what is left of the order goes on."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from orders.changes.drafts import Book, changed
from orders.changes.operations import SetQuantity
from orders.changes.reading import draft_of
from orders.changes.standing import check_way
from orders.changes.ways import Action
from orders.changes.writing import rewrite, told
from orders.errors import NoSuchLine, NothingToChange
from orders.history import record
from orders.models import Order
from orders.services.exits import cancel_held


def cancel_units(order: Order, units: Mapping[int, int], *, reason: str, by: str) -> Order:
    """Call `units` of an order held by the caller off, by the line's place from 1; with the last one all of it.

    Raises NothingToChange, NoSuchLine when a line has fewer units, or NoWay.
    """
    draft = draft_of(order)
    has = draft.quantities()
    for place, count in units.items():
        if not 1 <= count <= has.get(place, 0):
            raise NoSuchLine(place, has.get(place, 0))
    if not units:
        raise NothingToChange(_("No units were named"))
    left = {place: count - units.get(place, 0) for place, count in has.items()}
    if not any(left.values()):
        return cancel_held(order, reason=reason, by=by)
    check_way(order, [Action.CANCEL_UNITS])
    after = changed(draft, [SetQuantity(place, left[place]) for place in sorted(units)], Book.empty())
    record(order, "order.units_cancelled", by=by, reason=reason, **told(draft, after))
    rewrite(order, draft, after, by=by, cause=f"units:{order.pk}:{order.version + 1}")
    return order
