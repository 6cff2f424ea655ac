"""What suppliers bring: expected, received in parts, with too much or damaged, and closed.

A delivery is locked before its stock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from inventory import clock
from inventory.errors import KeyReused, NotUsable, ReferenceTaken, WrongState
from inventory.models import DeliveryReceipt, ExpectedDelivery, ExpectedLine, StockMovement, Warehouse
from inventory.services.bins import put_into
from inventory.services.ledger import book, shelves
from inventory.services.locks import lock_stock

MOST_AHEAD = timedelta(days=3652)


@dataclass(frozen=True)
class Receipt:
    """Units of one line that came: `good` ones go on the shelf, `damaged` ones do not.

    `bin_id` is where they are put; None: where the product belongs.
    """

    good: int
    damaged: int
    bin_id: int | None = None


@transaction.atomic
def expect_delivery(
    warehouse: Warehouse, *, reference: str, supplier: str, due_on: date, units: Mapping[int, int], by: str
) -> ExpectedDelivery:
    """Announce a delivery, units by product id. Raises ReferenceTaken, and NotStocked for bundles."""
    if not reference.strip() or not units or min(units.values()) < 1:
        raise NotUsable(_("A delivery has a reference, and at least one unit of each product"))
    if due_on > clock.now().date() + MOST_AHEAD:
        raise NotUsable(_("A delivery is due within ten years"))
    delivery, fresh = ExpectedDelivery.objects.get_or_create(
        reference=reference,
        defaults={"warehouse": warehouse, "supplier": supplier, "due_on": due_on, "opened_by": by},
    )
    if not fresh:
        raise ReferenceTaken(reference)
    places = shelves(units, warehouse_id=warehouse.pk)
    ExpectedLine.objects.bulk_create(
        ExpectedLine(delivery=delivery, stock_id=places[product_id], expected=count)
        for product_id, count in units.items()
    )
    return delivery


@transaction.atomic
def receive_delivery(delivery_id: int, *, received: Mapping[int, Receipt], key: str, by: str) -> ExpectedDelivery:
    """Take in what came of each line (by its id), once per `key`: fewer, more and damaged units are all possible.

    The same key again changes nothing; with other units it raises KeyReused.
    """
    delivery = ExpectedDelivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
    came = {line_id: receipt for line_id, receipt in received.items() if receipt.good or receipt.damaged}
    units = {str(line_id): [receipt.good, receipt.damaged] for line_id, receipt in came.items()}
    if known := delivery.receipts.filter(key=key).first():
        if known.units != units:
            raise KeyReused(key)
        return delivery
    _must_be_open(delivery, action="receive")
    lines = list(delivery.lines.filter(pk__in=came))
    if not came or len(lines) != len(came) or min(min(pair) for pair in units.values()) < 0:
        raise NotUsable(_("At least one unit comes, each of a line of this delivery"))
    receipt = DeliveryReceipt.objects.create(delivery=delivery, key=key, units=units, by=by)
    for line in lines:
        line.received += came[line.pk].good
        line.damaged += came[line.pk].damaged
    ExpectedLine.objects.bulk_update(lines, ["received", "damaged"])
    moves = {line.stock_id: came[line.pk].good for line in lines if came[line.pk].good}
    list(lock_stock(moves))
    book(StockMovement.Kind.RECEIVE, moves, key=f"receipt:{receipt.pk}", by=by, reason=delivery.reference)
    for line in sorted(lines, key=lambda line: line.stock_id):
        put_into(line.stock_id, came[line.pk].bin_id, came[line.pk].good)
    return delivery


@transaction.atomic
def receive_products(delivery_id: int, *, received: Mapping[int, Receipt], key: str, by: str) -> ExpectedDelivery:
    """As `receive_delivery`, by product id; what was not expected gets a line."""
    came = {product_id: receipt for product_id, receipt in received.items() if receipt.good or receipt.damaged}
    lines = dict(ExpectedLine.objects.filter(delivery=delivery_id).values_list("stock__product", "pk"))
    for product_id in sorted(came.keys() - lines.keys()):
        lines[product_id] = add_line(delivery_id, product_id=product_id, by=by).pk
    by_line = {lines[product_id]: receipt for product_id, receipt in came.items()}
    return receive_delivery(delivery_id, received=by_line, key=key, by=by)


@transaction.atomic
def add_line(delivery_id: int, *, product_id: int, by: str) -> ExpectedLine:
    """A line for something that came and was not expected; where the product has a line already, that one."""
    delivery = ExpectedDelivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
    _must_be_open(delivery, action=_("add to"))
    place = shelves([product_id], warehouse_id=delivery.warehouse_id)[product_id]
    unexpected = {"expected": 0, "added_by": by}
    return ExpectedLine.objects.get_or_create(delivery=delivery, stock_id=place, defaults=unexpected)[0]


@transaction.atomic
def close_delivery(delivery_id: int, *, by: str) -> ExpectedDelivery:
    """What has not come is no longer awaited."""
    delivery = ExpectedDelivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
    _must_be_open(delivery, action="close")
    delivery.state, delivery.closed_by, delivery.closed_at = ExpectedDelivery.State.CLOSED, by, clock.now()
    delivery.save(update_fields=["state", "closed_by", "closed_at"])
    return delivery


def _must_be_open(delivery: ExpectedDelivery, *, action: str) -> None:
    if delivery.state != ExpectedDelivery.State.OPEN:
        raise WrongState(action, _("delivery {delivery}").format(delivery=delivery), delivery.state)
