"""What customers say arrived, line by line: short, over, damaged. It opens no claim by itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfillment.errors import ArrivalRefused
from fulfillment.flow import LEFT
from fulfillment.models import DeliveryConfirmation, DeliveryLine, ShipmentLine
from inventory import clock
from orders.history import record
from orders.queue import held

MOST_UNITS = 1_000_000


@dataclass(frozen=True)
class Arrived:
    """Units of one line that came, and how many of them are damaged."""

    received: int
    damaged: int = 0


def confirm_delivery(
    order_id: int, arrived: Mapping[int, Arrived], *, key: str, by: str, note: str = ""
) -> DeliveryConfirmation:
    """Keep what arrived, by the id of the order line, once per `key`; lines that are not named came as they were sent.

    Raises ArrivalRefused for lines of other orders, impossible numbers, or when nothing has left yet.
    """
    with held(order_id) as order:
        known = DeliveryConfirmation.objects.filter(key=key).first()
        if known and known.order_id != order.pk:
            raise ArrivalRefused(_("The key {key} belongs to a confirmation of another order").format(key=key))
        if known:
            return known
        sent = sent_units(order_id)
        _check(sent, arrived)
        kept = DeliveryConfirmation.objects.create(order=order, key=key, by=by, at=clock.now(), note=note[:500])
        lines = DeliveryLine.objects.bulk_create(
            DeliveryLine(
                confirmation=kept,
                order_line_id=line_id,
                sent=units,
                received=arrived[line_id].received if line_id in arrived else units,
                damaged=arrived[line_id].damaged if line_id in arrived else 0,
            )
            for line_id, units in sent.items()
        )
        sums = {
            "short": sum(line.short for line in lines),
            "over": sum(line.over for line in lines),
            "damaged": sum(line.damaged for line in lines),
        }
        record(order, "delivery.confirmed", by=by, complete=not any(sums.values()), **sums)
        return kept


def sent_units(order_id: int) -> dict[int, int]:
    """Units that have left, by the id of the order line."""
    rows = ShipmentLine.objects.filter(shipment__state__in=LEFT, order_line__order=order_id).order_by("order_line")
    return dict(rows.values("order_line").annotate(sum=Sum("quantity")).values_list("order_line", "sum"))


def _check(sent: Mapping[int, int], arrived: Mapping[int, Arrived]) -> None:
    if not sent:
        raise ArrivalRefused(_("Nothing of this order has left yet"))
    if strangers := sorted(arrived.keys() - sent.keys()):
        raise ArrivalRefused(_("Of these lines nothing was sent: {map}").format(map=", ".join(map(str, strangers))))
    for row in arrived.values():
        if not 0 <= row.damaged <= row.received <= MOST_UNITS:
            raise ArrivalRefused(_("Damaged units are some of those received, and neither is below zero"))
