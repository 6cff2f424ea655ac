"""What a third party does not send at all is sent by others that have it on hand."""

from django.db import transaction

from fulfillment.holds import end_shipment_holds
from fulfillment.lists import finish_pick_lists
from fulfillment.models import Shipment
from fulfillment.reallocation import find_elsewhere, give
from fulfillment.services import advance_shipment
from orders.history import record

OURS = ("handover-rejected", "handover-stopped")


class _NotAll(Exception):
    """No other warehouse has all of it."""


def send_all_elsewhere(shipment: Shipment, *, by: str) -> bool:
    """Let other warehouses send every unit of a held shipment, which ends; False, and nothing done, if they cannot.

    What a person holds stays with them.
    """
    if shipment.holds.filter(released_at=None).exclude(reason__in=OURS).exists():
        return False
    lines = list(shipment.lines.select_related("order_line"))
    try:
        with transaction.atomic():
            sources = find_elsewhere(shipment, {line.order_line: line.quantity for line in lines})
            if sum(source.units for source in sources) < sum(line.quantity for line in lines):
                raise _NotAll
    except _NotAll:
        return False
    told = [{"warehouse": row.warehouse, "sku": row.line.sku, "units": row.units} for row in sources]
    record(shipment.order, "handover.sent_elsewhere", by=by, shipment=shipment.code, sources=told)
    give(shipment, sources, by=by)
    end_shipment_holds(shipment, shipment.holds.filter(reason__in=OURS), by=by)
    shipment.cancel()
    finish_pick_lists(shipment)
    advance_shipment(shipment, by=by, due_in=None)
    return True
