"""A pick list as a station shows it: plain data, the same for the page in the browser and for handhelds."""

from typing import Any

from fulfillment.models import PickList, PickTask
from fulfillment.pickwork.snapshot import codes_of, snapshot
from orders.flow import State


def shown_list(pick_list: PickList) -> dict[str, Any]:
    """The list with its tasks in walking order; in three statements beside the warehouse's."""
    totes: dict[int, list[int]] = {}
    for slot in pick_list.totes.all():
        totes.setdefault(slot.shipment_id, []).append(slot.number)
    return {
        "id": pick_list.pk,
        "kind": pick_list.kind,
        "name": pick_list.name,
        "state": pick_list.state,
        "picker": pick_list.picker,
        "warehouse": pick_list.warehouse.code,
        "cut_off_at": pick_list.cut_off_at.isoformat() if pick_list.cut_off_at else None,
        "metres": pick_list.distance_m,
        "tasks": [shown_task(task, totes) for task in snapshot(pick_list.pk).tasks],
    }


def shown_task(task: PickTask, totes: dict[int, list[int]]) -> dict[str, Any]:
    """One task; `codes` are what a scanner may read on the goods, in capitals."""
    shipment, line = task.shipment_line.shipment, task.shipment_line.order_line
    return {
        "id": task.pk,
        "bin": task.bin.code if task.bin else "",
        "sku": line.sku,
        "name": line.name,
        "codes": sorted(codes_of(line.product)),
        "quantity": task.quantity,
        "picked": task.picked,
        "short": task.short,
        "shipment": shipment.code,
        "totes": totes.get(shipment.pk, []),
        "called_off": shipment.state == State.CANCELLED,
    }
