"""What the pages of the pick lists show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Min, QuerySet, Sum
from django.utils.safestring import SafeString, mark_safe

from fulfillment.models import PickList, PickTask
from fulfillment.walks import drawn
from orders.flow import State

SHOWN = 100


@dataclass(frozen=True)
class OpenLists:
    """The pick lists that wait, the most urgent promise first; `warehouses` are the choices to narrow them."""

    rows: Sequence[PickList]
    count: int
    metres: float
    saved: float
    warehouses: Sequence[tuple[str, str, int]]
    chosen: str


@dataclass(frozen=True)
class OneList:
    """A pick list with its tasks in walking order, each with the number of its stop on the map."""

    pick_list: PickList
    tasks: Sequence[tuple[int | None, PickTask]]
    orders: Sequence[int]
    units: int
    map: SafeString


def open_lists(warehouse: str = "") -> OpenLists:
    """In four queries. An unknown warehouse code shows all."""
    waiting = PickList.objects.filter(finished_at=None, tasks__shipment_line__shipment__state=State.APPROVED)
    counts = waiting.order_by().values_list("warehouse__code", "warehouse__name")
    warehouses = list(counts.annotate(count=Count("pk", distinct=True)).order_by("warehouse__name"))
    chosen = warehouse if warehouse in {code for code, _, _ in warehouses} else ""
    if chosen:
        waiting = waiting.filter(warehouse__code=chosen)
    ids = waiting.order_by().values("pk").distinct()
    walks = PickList.objects.filter(pk__in=ids)
    totals = walks.aggregate(metres=Sum("distance_m"), rule=Sum("s_shape_m"), count=Count("pk"))
    metres = totals["metres"] or 0.0
    return OpenLists(
        rows=list(_most_urgent_first(walks)[:SHOWN]),
        count=totals["count"],
        metres=metres,
        saved=(totals["rule"] or 0.0) - metres,
        warehouses=warehouses,
        chosen=chosen,
    )


def _most_urgent_first(lists: QuerySet[PickList]) -> QuerySet[PickList]:
    work = "tasks__shipment_line__shipment__order"
    work_by_list = lists.select_related("warehouse").annotate(
        places=Count("tasks__bin", distinct=True),
        units=Sum("tasks__quantity"),
        orders=Count(work, distinct=True),
        order_number=Min(f"{work}__number"),
        promised_at=Min(f"{work}__promised_at"),
        holds=Sum(F(f"{work}__open_holds")),
    )
    return work_by_list.order_by("promised_at", "pk")


def one_list(pick_list: PickList) -> OneList:
    """In three queries beside the list's own."""
    tasks = list(
        pick_list.tasks.select_related("bin", "shipment_line__order_line", "shipment_line__shipment__order").order_by(
            "id"
        )
    )
    numbers = sorted({task.shipment_line.shipment.order.number for task in tasks})
    bays = dict.fromkeys((task.bin.aisle, task.bin.bay) for task in tasks if task.bin)
    stop_of = {bay: stop for stop, bay in enumerate(bays, 1)}
    stops = [(stop_of[task.bin.aisle, task.bin.bay] if task.bin else None, task) for task in tasks]
    # The drawing is made of numbers and escaped words only.
    return OneList(pick_list, stops, numbers, sum(task.quantity for task in tasks), mark_safe(drawn(pick_list)))  # noqa: S308
