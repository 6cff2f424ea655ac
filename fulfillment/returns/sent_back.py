"""Parcels that nobody could be given: they come back by themselves, and so does their return."""

from django.db.models import Sum

from fulfillment.flow import LEFT
from fulfillment.models import Parcel, Return, ReturnLine
from fulfillment.return_flow import ReturnState
from fulfillment.returns.reasons import UNDELIVERABLE
from fulfillment.returns.receiving import next_number
from fulfillment.returns.worth import units_spoken_for
from inventory import clock
from orders.history import record
from orders.models import OrderLine
from orders.queue import held


def open_sent_back(parcel_id: int, *, by: str) -> Return | None:
    """The return of a parcel that the carrier has handed back, once; it is at the door, to be taken in.

    None where all of its units are announced, back or paid for already.
    """
    with held(Parcel.objects.values_list("shipment__order_id", flat=True).get(pk=parcel_id)) as order:
        parcel = Parcel.objects.select_related("shipment").get(pk=parcel_id)
        known = Return.objects.filter(parcel=parcel).first()
        back = parcel.status == Parcel.Status.RETURNED_TO_SENDER and parcel.settled_at is None
        if known or not back or parcel.shipment.state not in LEFT:
            return known
        items = list(parcel.items.select_related("shipment_line__order_line"))
        units = {
            item.shipment_line.order_line: min(item.quantity, _free(item.shipment_line.order_line)) for item in items
        }
        if not any(units.values()):
            return None
        now = clock.now()
        row = Return.objects.create(
            order=order,
            number=next_number(order),
            key=f"parcel:{parcel.pk}",
            reason=UNDELIVERABLE.code,
            state=ReturnState.IN_TRANSIT,
            requested_at=now,
            requested_by=by,
            state_since=now,
            way=Parcel.Status.DELIVERED,
            arrived_at=parcel.status_at,
            parcel=parcel,
        )
        ReturnLine.objects.bulk_create(
            ReturnLine(return_record=row, order_line=line, quantity=count, reason=UNDELIVERABLE.code)
            for line, count in units.items()
            if count
        )
        named = [{"sku": line.sku, "quantity": count} for line, count in units.items() if count]
        told = {"rma": row.rma, "shipment": f"{order.number}-{parcel.shipment.number}", "parcel": parcel.number}
        record(order, "return.sent_back", by=by, lines=named, **told)
        return row


def _free(line: OrderLine) -> int:
    """Units of a line that have left and may still come back."""
    sent = line.shipment_lines.filter(shipment__state__in=LEFT).aggregate(sum=Sum("quantity"))["sum"] or 0
    return max(0, int(sent) - units_spoken_for(line))
