"""Merging: one order takes in all of another, which is called off without giving anything back."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from inventory import services as stock
from inventory.models import Stock
from orders.changes.parts import joined
from orders.changes.reading import draft_of
from orders.changes.standing import check_way
from orders.changes.ways import Action
from orders.changes.writing import LINE_FIELDS, source_anew, told, write_order
from orders.errors import NoWay
from orders.flow import State
from orders.history import record
from orders.models import Order, OrderLine
from orders.policy.judging import reconsider
from orders.services.exits import leave

SAME = {
    "customer_id": gettext_lazy("They are of different customers."),
    "channel_id": gettext_lazy("They came through different channels."),
    "currency": gettext_lazy("They are in different currencies."),
    "prices_include_tax": gettext_lazy("One is priced with tax and the other without."),
    "shipping_address": gettext_lazy("They go to different addresses."),
}
CHANGE_IT = gettext_lazy("Change one of them first, or let both go on.")


def check(survivor: Order, other: Order) -> None:
    """Whether two held orders can be one; raises NoWay."""
    if survivor.pk == other.pk:
        raise NoWay(_("An order cannot be merged with itself."), _("Name another one."))
    for name, why_not in SAME.items():
        if getattr(survivor, name) != getattr(other, name):
            raise NoWay(why_not, CHANGE_IT)
    for row in (survivor, other):
        if row.open_holds:
            raise NoWay(_("Order {number} is held.").format(number=row.number), _("Release its holds first."))
    if any(row.captured for row in other.payments.all()):
        raise NoWay(
            _("Money was taken for order {number}.").format(number=other.number),
            _("Merge the other way round, or let both go on."),
        )


def merge(survivor: Order, other: Order, *, reason: str, by: str) -> Order:
    """Move all of `other` into `survivor`, both held and without open shipments; returns the survivor.

    Promises keep their turn, payments what they pledge. What the other one's shipping cost is kept.
    """
    check(survivor, other)
    for one in (survivor, other):
        check_way(one, [Action.MERGE])
    before = draft_of(survivor)
    after = joined(before, draft_of(other))
    rows = list(other.lines.filter(quantity__gt=0))
    fresh = after.lines[len(before.lines) :]
    goods = {line.product_id for line in after.lines}
    list(stock.lock_stock(Stock.objects.filter(product__in=goods).values_list("pk", flat=True)))
    shares = {}
    for row, line in zip(rows, fresh, strict=True):
        same = {name: getattr(line, name) for name in (*LINE_FIELDS, "product_id", "sku", "name", "bundle")}
        moved = OrderLine.objects.create(order=survivor, position=line.asked, cancelled=0, **same)
        shares[row.reservation_key, moved.reservation_key] = row.quantity
    stock.hand_over(shares)
    other.payments.update(order=survivor)
    survivor.version += 1
    write_order(survivor, after)
    record(survivor, "order.merged", by=by, other=other.number, reason=reason, **told(before, after))
    _end(other, survivor, by=by)
    if survivor.state != State.PLACED:
        source_anew(survivor, by=by)
    reconsider(survivor, by=by)
    return survivor


def _end(other: Order, survivor: Order, *, by: str) -> None:
    other.parent, other.parent_relation = survivor, "merged"
    other.save(update_fields=["parent", "parent_relation"])
    other.cancel()
    leave(other, by=by, reason=gettext_noop("Merged into #{number}").format(number=survivor.number))
