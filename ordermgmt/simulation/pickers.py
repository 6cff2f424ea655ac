"""Bob's walks in a played past: scans as a person makes them, with a slip now and then, and shelves that are short."""

from collections.abc import Iterator
from uuid import NAMESPACE_OID, uuid5

from django.db.models import F

from fulfillment.bins import gathered_units
from fulfillment.lists import undone
from fulfillment.models import PickList, PickTask
from fulfillment.pickwork import giving
from fulfillment.pickwork.planning import plan_work
from fulfillment.pickwork.scanning import Act, scan_all
from fulfillment.pickwork.verdicts import Seen
from inventory import clock
from inventory.models import Stock
from ordermgmt.simulation.dice import Dice

BATCH_SHARE = 0.8
SLIP_SHARE, SHORT_SHARE, WRONG_SHARE = 0.03, 0.015, 0.01


def walk(shipment_id: int, *, picker: str, leader: str, dice: Dice) -> None:
    """Pick the shipment, and whatever else is on its list. Now and then what waits is planned into batches before."""
    if dice.happens(BATCH_SHARE, "batch", shipment_id):
        plan_work(_list_of(shipment_id).warehouse, by=leader)
    pick_list = _list_of(shipment_id)
    giving.take_over(pick_list.pk, by=picker)
    tasks = undone(pick_list.tasks.all()).select_related("bin", "shipment_line__order_line").order_by("turn", "id")
    acts = [act for task in tasks for act in _acts(task, dice)]
    scan_all(pick_list.pk, acts, by=picker)
    if PickList.objects.get(pk=pick_list.pk).finished_at is None:
        giving.pause(pick_list.pk, by=picker)


def _list_of(shipment_id: int) -> PickList:
    tasks = PickTask.objects.filter(shipment_line__shipment=shipment_id, quantity__gt=F("picked") + F("short"))
    return tasks.select_related("pick_list__warehouse")[0].pick_list


def _acts(task: PickTask, dice: Dice) -> Iterator[Act]:
    place, line = task.bin.code if task.bin else "", task.shipment_line.order_line
    about = (task.shipment_line_id, task.pk)
    if dice.happens(SLIP_SHARE, "slip", *about):
        yield _act(dice, "slip", task, Seen("item", bin=place, code=f"{line.sku}X"))
    left = task.left
    if dice.happens(SHORT_SHARE, "short", *about) and _is_elsewhere(task):
        missing = max(1, left // 3)
        left -= missing
        seen = Seen("short", bin=place, task=task.pk, units=missing)
        yield _act(dice, "short", task, seen, counted=_on_shelf(task) - missing)
    if not left:
        return
    yield _act(dice, "item", task, Seen("item", bin=place, code=line.sku, units=left))
    if dice.happens(WRONG_SHARE, "wrong", *about):
        yield _act(dice, "correct", task, Seen("correct", task=task.pk, units=1), reason="wrong_item")
        yield _act(dice, "again", task, Seen("item", bin=place, code=line.sku, units=1))


def _is_elsewhere(task: PickTask) -> bool:
    """Whether another warehouse has them all: so nobody has to wait."""
    others = Stock.objects.filter(product=task.shipment_line.order_line.product_id, warehouse__active=True)
    others = others.exclude(warehouse=task.pick_list.warehouse_id)
    return others.filter(on_hand__gte=F("reserved") + task.quantity).exists()


def _on_shelf(task: PickTask) -> int:
    """What the books say lies there: nobody else's goods are missing with this task's."""
    product, warehouse = task.shipment_line.order_line.product_id, task.pick_list.warehouse
    on_hand = Stock.objects.values_list("on_hand", flat=True).get(product=product, warehouse=warehouse)
    return on_hand - gathered_units(warehouse, product)


def _act(dice: Dice, word: str, task: PickTask, seen: Seen, *, counted: int | None = None, reason: str = "") -> Act:
    """With an id that is the same in every run."""
    name = uuid5(NAMESPACE_OID, f"{dice.seed}:{word}:{task.pk}")
    return Act(name, seen, clock.now(), reason=reason or ("too_few" if seen.action == "short" else ""), counted=counted)
