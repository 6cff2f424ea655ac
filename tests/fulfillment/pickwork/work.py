"""A warehouse of the shop's people with a floor, goods in bins, and orders released to it."""

from fulfillment.models import PickingPolicy, PickList, Shipment, Trolley
from fulfillment.services import open_shipments
from inventory.models import Bin, Stock, Warehouse, WarehouseLayout
from orders.models import Order
from tests.factories import make_order, make_product, make_stock, make_warehouse

FLOOR = {"aisles": 4, "bays": 10, "bay_m": "1", "aisle_m": "3", "cross_aisles": [0, 10]}


def leeds(*, floor: bool = True, **fields: object) -> Warehouse:
    """Leeds, where people pick."""
    place = make_warehouse("LEEDS", mode="manual", **fields)
    if floor and not WarehouseLayout.objects.filter(warehouse=place).exists():
        WarehouseLayout.objects.create(warehouse=place, **FLOOR)
    return place


def shelve(sku: str, code: str, *, units: int = 20, **fields: object) -> Stock:
    """Units of a product in the bin `code`, which says aisle, bay and level: 1-4-2."""
    aisle, bay, level = map(int, code.split("-"))
    place, _ = Bin.objects.get_or_create(
        warehouse=leeds(), code=code, defaults={"aisle": aisle, "bay": bay, "level": level}
    )
    row = make_stock(make_product(sku, **fields), units, warehouse=leeds())
    Stock.objects.filter(pk=row.pk).update(bin=place)
    return row


def released(*lines: tuple[str, int], **fields: object) -> Shipment:
    """The shipment of an approved order, its work in the pool."""
    order = make_order(lines, state="approved", **fields)
    return released_again(order)


def released_again(order: Order) -> Shipment:
    open_shipments(order.pk, by="test")
    return Shipment.objects.get(order=order)


def list_of(shipment: Shipment) -> PickList:
    """The one list with its tasks."""
    return PickList.objects.filter(tasks__shipment_line__shipment=shipment).distinct().get()


def picks_by(kind: str, **fields: object) -> PickingPolicy:
    """Leeds picks so, with a trolley of four totes of ten litres and up to 20 kg."""
    trolley, _ = Trolley.objects.get_or_create(
        name="Cluster", defaults={"totes": 4, "tote_litres": 10, "max_weight_g": 20_000}
    )
    return PickingPolicy.objects.create(warehouse=leeds(), kind=kind, trolley=trolley, **fields)
