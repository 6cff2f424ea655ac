"""What waits to be picked in a warehouse: single lists that nobody has taken, with all that planning asks of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fulfillment.freight import Forecast
from fulfillment.models import PickingPolicy, PickList, PickTask, Trolley
from fulfillment.walks import layout_of
from inventory.models import Bin, Warehouse
from inventory.retelling import in_english
from orders.flow import State

MM3_PER_LITRE = 1_000_000


@dataclass(frozen=True)
class Waiting:
    """One single list: what it carries, where it leads, and what waves ask of it. Volume in litres, weight in grams.

    `cut_off_at` is on the warehouse's clock. `carrier` is known only where waves are parted by it: who will carry it,
    and by which service.
    """

    list_id: int
    number: int
    bins: frozenset[Bin]
    weight_g: int
    litres: float
    cut_off_at: datetime | None
    service: str
    priority: int
    carrier: str = ""

    def totes(self, trolley: Trolley) -> int:
        """How many totes it fills; at least one."""
        return max(1, -(-int(self.litres * 1000) // (trolley.tote_litres * 1000)))

    def fits(self, trolley: Trolley) -> bool:
        """Whether the trolley can carry it at all."""
        return self.totes(trolley) <= trolley.totes and self.weight_g <= trolley.max_weight_g


def pool(warehouse: Warehouse, *, forecast: Forecast | None = None) -> list[Waiting]:
    """In the order of work. What is held, called off, or begun is not in it."""
    tasks: defaultdict[int, list[PickTask]] = defaultdict(list)
    order = "shipment_line__shipment__order"
    names = ("bin", "pick_list", "shipment_line__order_line__product", f"{order}__customer", f"{order}__channel")
    for task in PickTask.objects.filter(pick_list__in=waiting_lists(warehouse)).select_related(*names):
        tasks[task.pick_list_id].append(task)
    zone = ZoneInfo(warehouse.time_zone)
    found = sorted((_waiting(rows, zone) for rows in tasks.values()), key=_urgency)
    if forecast is None:
        return found
    return [replace(row, carrier=_carrier(warehouse, tasks[row.list_id], row.weight_g, forecast)) for row in found]


def waiting_lists(warehouse: Warehouse) -> QuerySet[PickList]:
    """The same as rows, in no order."""
    return without_holds(
        PickList.objects.filter(warehouse=warehouse, kind=PickList.Kind.SINGLE, state=PickList.State.OPEN)
    )


def without_holds(lists: QuerySet[PickList]) -> QuerySet[PickList]:
    """Those with work that nothing stops: an approved order and shipment without holds."""
    ready = PickTask.objects.filter(
        shipment_line__shipment__state=State.APPROVED,
        shipment_line__shipment__open_holds=0,
        shipment_line__shipment__order__state=State.APPROVED,
        shipment_line__shipment__order__open_holds=0,
    )
    return lists.filter(pk__in=ready.values("pick_list"))


def in_order_of_work(rows: Sequence[Waiting], policy: PickingPolicy) -> list[list[Waiting]]:
    """The waves of the pool, the most urgent first; without waves it is one."""
    if policy.kind != PickingPolicy.Kind.WAVE:
        return [list(rows)]
    waves: defaultdict[str, list[Waiting]] = defaultdict(list)
    for row in rows:
        waves[wave_of(row, policy)].append(row)
    return list(waves.values())


def wave_of(row: Waiting, policy: PickingPolicy) -> str:
    """The name of the wave it goes with, in English."""
    with in_english():
        return _wave_of(row, policy)


def _wave_of(row: Waiting, policy: PickingPolicy) -> str:
    if policy.waves_by == PickingPolicy.WavesBy.ZONE:
        zones = sorted({(place.aisle - 1) // policy.zone_aisles for place in row.bins})
        if len(zones) != 1:
            return _("Several zones")
        first = zones[0] * policy.zone_aisles + 1
        return _("Aisles {first} to {first_2}").format(first=first, first_2=first + policy.zone_aisles - 1)
    if policy.waves_by == PickingPolicy.WavesBy.SERVICE:
        return _("Sent {service}").format(service=row.service) if row.service else _("Sent as usual")
    if policy.waves_by == PickingPolicy.WavesBy.CARRIER:
        return _("With {carrier}").format(carrier=row.carrier)[:60] if row.carrier else _("With any carrier")
    if policy.waves_by == PickingPolicy.WavesBy.PRIORITY:
        return _("Priority {priority}").format(priority=row.priority)
    return (
        _("Leaves {cut_off_at}").format(cut_off_at=written(row.cut_off_at, pgettext("date", "D j M, H:i")))
        if row.cut_off_at
        else _("Leaves at any time")
    )


def stops_of(warehouse: Warehouse, rows: Sequence[Waiting]) -> dict[int, frozenset[int]] | None:
    """The planner's nodes of each list, by its id; None where the floor, or a bin on it, is not known to it."""
    layout = layout_of(warehouse)
    if layout is None:
        return None
    inside = all(place.aisle <= layout.aisles and place.bay <= layout.bays for row in rows for place in row.bins)
    if not inside or not all(place.aisle and place.bay for row in rows for place in row.bins):
        return None
    return {row.list_id: frozenset(layout.stop(place.aisle, place.bay) for place in row.bins) for row in rows}


def _waiting(tasks: Sequence[PickTask], zone: ZoneInfo) -> Waiting:
    products = [(task.shipment_line.order_line.product, task.quantity) for task in tasks]
    volume = sum(row.length_mm * row.width_mm * row.height_mm * units for row, units in products)
    order, pick_list = tasks[0].shipment_line.shipment.order, tasks[0].pick_list
    return Waiting(
        list_id=pick_list.pk,
        number=order.number,
        bins=frozenset(task.bin for task in tasks if task.bin),
        weight_g=sum(row.weight_g * units for row, units in products),
        litres=volume / MM3_PER_LITRE,
        cut_off_at=pick_list.cut_off_at.astimezone(zone) if pick_list.cut_off_at else None,
        service=order.shipping_method,
        priority=max(pick_list.priority, order.priority),
    )


def _carrier(warehouse: Warehouse, tasks: Sequence[PickTask], goods_g: int, forecast: Forecast) -> str:
    shipment = tasks[0].shipment_line.shipment
    shipment.warehouse = warehouse
    return forecast.service(shipment, goods_g=goods_g, skus=[task.shipment_line.order_line.sku for task in tasks])


def _urgency(row: Waiting) -> tuple[int, bool, float, int]:
    """Highest priority, then the earliest cut-off, then the oldest."""
    return (
        -row.priority,
        row.cut_off_at is None,
        row.cut_off_at.timestamp() if row.cut_off_at else 0.0,
        row.list_id,
    )
