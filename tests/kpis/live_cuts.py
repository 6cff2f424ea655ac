"""By what live orders and their lines are taken apart, worked out in plain Python; and picking, line by line."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from fulfillment.models import Label, PickTask
from orders.models import Order, OrderLine
from tests.kpis.live import LONDON, NOT_BOUGHT, Told

BREAKS_THE_PICK = ("wrong_item", "missing", "wrong_quantity")
AT_THE_SHELF = ("pick.short", "pick.corrected", "pack.mismatched")


def cut_of(told: Told, cut: str) -> str:
    """To which group of a cut the order belongs."""
    order = told.order
    if cut == "tier":
        return order.customer.tier_override or order.customer.tier or ""
    if cut == "cohort":
        bought = [
            row.placed_at
            for row in order.customer.orders.exclude(parent_relation__in=NOT_BOUGHT)
            if not row.events.filter(name__in=("order.cancelled", "order.rejected")).exists()
        ]
        return f"{min(bought).astimezone(LONDON):%Y-%m}" if bought else ""
    if cut == "carrier":
        newest = Label.objects.filter(parcel__shipment__order=order).exclude(parcel__shipment__state="cancelled")
        return newest.order_by("pk").last().carrier if newest else ""
    if cut == "warehouse":
        sent = [row for row in order.shipments.all() if row.state != "cancelled"]
        known = sorted((row for row in sent if row.shipped_at), key=lambda row: (row.shipped_at, row.pk))
        return (known or sorted(sent, key=lambda row: row.pk))[-1].warehouse.code if sent else ""
    return {"channel": order.channel.code, "region": order.shipping_address.get("country", "")}[cut]


@dataclass
class PickedLine:
    """One line of which all units were picked or found short; `wrong` by whatever came to light since."""

    at: datetime
    groups: dict[str, str]
    wrong: bool
    scanned: bool | None


def picked_lines() -> list[PickedLine]:
    """All lines of which every unit was picked or found short."""
    tasks: defaultdict[int, list[PickTask]] = defaultdict(list)
    names = ("shipment_line__shipment__warehouse", "bin")
    for task in PickTask.objects.select_related(*names).exclude(shipment_line__shipment__state="cancelled"):
        tasks[task.shipment_line.order_line_id].append(task)
    found = []
    for line in OrderLine.objects.select_related("order", "product__family").filter(pk__in=tasks, quantity__gt=0):
        own = tasks[line.pk]
        if all(task.picked_at or task.short == task.quantity for task in own) and any(task.picked_at for task in own):
            found.append(_line(line, own))
    return found


def _line(line: OrderLine, tasks: list[PickTask]) -> PickedLine:
    picked = sorted((task for task in tasks if task.picked_at), key=lambda task: (task.picked_at, task.pk))
    seen = [task.scanned for task in tasks if task.short < task.quantity]
    sent = {task.shipment_line.shipment for task in tasks}
    newest = max(sent, key=lambda row: (row.shipped_at is not None, row.shipped_at, row.pk))
    groups = {
        "product": line.sku,
        "category": line.product.family.name if line.product.family else "",
        "picker": picked[-1].picked_by,
        "zone": str(picked[-1].bin.aisle) if picked[-1].bin else "",
        "warehouse": newest.warehouse.code,
    }
    return PickedLine(picked[-1].picked_at, groups, _is_wrong(line, picked), all(seen) if seen else None)


def _is_wrong(line: OrderLine, picked: list[PickTask]) -> bool:
    order: Order = line.order
    answer = getattr(getattr(order, "survey_record", None), "answer", None)
    claims = order.claims.filter(against="shop", kind__in=("missing", "wrong"))
    events = order.events.filter(name__in=AT_THE_SHELF, data__line=line.position)
    return (
        any(task.picked + task.short < task.quantity for task in picked)
        or any(
            row.received and row.reason in BREAKS_THE_PICK
            for record in order.returns.all()
            for row in record.lines.filter(order_line=line)
        )
        or any(
            not (row.right_item and row.right_quantity)
            for row in (answer.lines.filter(order_line=line) if answer else ())
        )
        or claims.exclude(state="refused").exclude(outcome="nothing").filter(lines__order_line=line).exists()
        or any(
            event.name == "pack.mismatched"
            or (event.name == "pick.short" and event.data.get("counted") is None)
            or (event.name == "pick.corrected" and event.data.get("reason") in ("wrong_item", "wrong_quantity"))
            for event in events
        )
    )
