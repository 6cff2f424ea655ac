"""Stage 4 of 9, picked: the shop or a third party gathers the items."""

from django.db.models import F

from fulfillment.models import PickTask, Shipment, ShipmentLine
from fulfillment.queue import held_shipment
from fulfillment.services import advance_shipment, finish_pick_lists, next_due
from inventory import clock


def pick(shipment_id: int, *, by: str) -> Shipment:
    """Confirm every task of the shipment's pick list, and with it the shipment."""
    with held_shipment(shipment_id) as shipment:
        lines = list(shipment.lines.values_list("pk", flat=True))
        tasks = PickTask.objects.filter(shipment_line__in=lines)
        open_tasks = tasks.filter(picked__lt=F("quantity"))
        open_tasks.update(picked=F("quantity"), picked_at=clock.now(), picked_by=by)
        ShipmentLine.objects.filter(shipment=shipment).update(picked=F("quantity"))
        finish_pick_lists(shipment)
        shipment.pick()
        scanned = list(tasks.values_list("quantity", "scanned"))
        return advance_shipment(
            shipment,
            by=by,
            due_in=next_due(shipment.warehouse),
            lines=len(scanned),
            units=sum(quantity for quantity, _ in scanned),
            scanned=sum(seen for _, seen in scanned),
        )
