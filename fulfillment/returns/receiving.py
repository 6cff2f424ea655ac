"""Goods that come back: booked at once as a third party reports them, or received against an announced return."""

from collections.abc import Mapping, Sequence

from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from fulfillment.errors import NothingToReturn, NotReturnable
from fulfillment.flow import LEFT
from fulfillment.models import Return, ReturnLine, ShipmentLine
from fulfillment.return_flow import COMING, HERE, ReturnState
from fulfillment.returns.holding import held_return, moved
from fulfillment.returns.reasons import reason_named
from fulfillment.returns.worth import pay_back, units_spoken_for, worth_of
from inventory import clock
from inventory import services as stock
from inventory.models import Stock, StockMovement
from orders.history import record
from orders.models import Order, OrderLine
from orders.queue import held

UNFIT = ("damaged", "defective")  # reasons for which nothing goes back on the shelf unseen


def receive_return(order_id: int, *, lines: Mapping[str, int], reason: str, key: str, by: str) -> Return:
    """Take units back (SKU to units) that nobody announced: into stock, unless damaged, and the money back.

    Once per `key`. Raises NothingToReturn when more would come back than left a warehouse and is not back yet or
    announced, NotReturnable for an unknown reason.
    """
    with held(order_id) as order:
        known = Return.objects.filter(key=key).first()
        if known and known.order_id != order.pk:
            raise NothingToReturn(_("The key {key} belongs to a return of another order").format(key=key))
        if known:
            return known
        units = _returnable(order, lines)
        reason = reason_named(reason).code
        now, amount = clock.now(), worth_of(order, units, with_shipping=False).total
        row = Return.objects.create(
            order=order,
            number=next_number(order),
            key=key,
            reason=reason,
            state=ReturnState.SETTLED,
            requested_at=now,
            requested_by=by,
            state_since=now,
            received_at=now,
            goods=amount,
            refund=amount,
        )
        ReturnLine.objects.bulk_create(
            ReturnLine(return_record=row, order_line=line, quantity=count, received=count, reason=reason)
            for line, count in units
        )
        if reason not in UNFIT:
            for line, count in units:
                restock(line, count, key=f"return:{row.pk}:{line.pk}", by=by, reason=reason)
        named = [{"sku": line.sku, "quantity": count} for line, count in units]
        record(order, "order.returned", by=by, reason=reason, lines=named, refund=str(row.refund))
        pay_back(order, amount, prefix=f"return:{row.pk}:", reason=reason, by=by)
        return row


def receive_parcel(return_id: int, *, received: Mapping[int, int] | None = None, by: str) -> Return:
    """An announced return is here: all of it, or so many units of each line (by its id). Again changes nothing.

    Raises NotReturnable for more than was announced.
    """
    with held_return(return_id) as row:
        if row.state in HERE:
            return row
        if row.state not in COMING:
            raise NotReturnable(
                _("Return {rma} is {get_state_display}").format(
                    rma=row.rma, get_state_display=row.get_state_display().lower()
                )
            )
        lines = list(row.lines.select_related("order_line"))
        for line in lines:
            count = line.quantity if received is None else received.get(line.pk, 0)
            if not 0 <= count <= line.quantity:
                raise NotReturnable(
                    _("Of {sku} {quantity} were announced").format(sku=line.order_line.sku, quantity=line.quantity)
                )
            line.received = count
        ReturnLine.objects.bulk_update(lines, ["received"])
        row.receive()
        row.received_at = clock.now()
        named = [{"sku": line.order_line.sku, "quantity": line.received} for line in lines if line.received]
        missing = sum(line.quantity - line.received for line in lines)
        moved(row, by=by, lines=named, missing=missing)
        if not named:
            row.inspect()  # an empty box: there is nothing to look at
            moved(row, by=by)
        return row


def next_number(order: Order) -> int:
    """Of a return of this held order."""
    return (order.returns.aggregate(last=Max("number"))["last"] or 0) + 1


def restock(line: OrderLine, count: int, *, key: str, by: str, reason: str) -> None:
    """Back to the warehouse that sent the most of the line."""
    stock.move_stock(place_of(line).pk, count, kind=StockMovement.Kind.RETURN, key=key, by=by, reason=reason)


def place_of(line: OrderLine) -> Stock:
    """The shelf of the line's product in the warehouse that sent the most of it."""
    return places_of([line])[line.pk]


def places_of(lines: Sequence[OrderLine]) -> dict[int, Stock]:
    """The same of many lines, by their ids, in two statements."""
    sent = ShipmentLine.objects.filter(order_line__in=lines, shipment__state__in=LEFT)
    most = sent.order_by("order_line", "-quantity", "id").distinct("order_line")
    senders = dict(most.values_list("order_line", "shipment__warehouse"))
    kept = Stock.objects.select_related("bin", "warehouse").filter(
        product__in=[line.product_id for line in lines], warehouse__in=set(senders.values())
    )
    shelves = {(row.product_id, row.warehouse_id): row for row in kept}
    return {line.pk: shelves[line.product_id, senders[line.pk]] for line in lines}


def _returnable(order: Order, wanted: Mapping[str, int]) -> list[tuple[OrderLine, int]]:
    """The lines that these units belong to; every unit left a warehouse and has not come back before."""
    sent = ShipmentLine.objects.filter(shipment__state__in=LEFT)
    chosen: list[tuple[OrderLine, int]] = []
    left = dict(wanted)
    if not left or min(left.values()) < 1:
        raise NothingToReturn(_("A return names at least one unit of each SKU"))
    for line in order.lines.all():
        out = sent.filter(order_line=line).aggregate(sum=Sum("quantity"))["sum"] or 0
        if count := min(left.get(line.sku, 0), max(0, out - units_spoken_for(line))):
            chosen.append((line, count))
            left[line.sku] -= count
    if short := {sku: count for sku, count in left.items() if count}:
        raise NothingToReturn(
            _("Not delivered, or back already: {what}").format(
                what=", ".join((f"{n} × {sku}" for sku, n in short.items()))
            )
        )
    return chosen
