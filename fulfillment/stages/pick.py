"""Stage 4 of 9, picked: the shop or a third party gathers the items."""

from django.db.models import F

from fulfillment.models import PickList, PickTask, Shipment, ShipmentLine
from fulfillment.queue import held_shipment
from fulfillment.services import advance_shipment, next_due
from inventory import clock


def pick(shipment_id: int, *, by: str) -> Shipment:
    """Confirm every task of the shipment's pick list, and with it the shipment."""
    with held_shipment(shipment_id) as shipment:
        tasks = PickTask.objects.filter(shipment_line__shipment=shipment)
        open_tasks = tasks.filter(picked__lt=F("quantity"))
        open_tasks.update(picked=F("quantity"), picked_at=clock.now(), picked_by=by)
        ShipmentLine.objects.filter(shipment=shipment).update(picked=F("quantity"))
        PickList.objects.filter(tasks__in=tasks, finished_at=None).update(finished_at=clock.now())
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
