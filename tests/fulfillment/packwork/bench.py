"""A shipment that is picked and lies on the bench: two mugs and a jar."""

from datetime import UTC, datetime
from uuid import uuid4

from fulfillment.models import Shipment
from fulfillment.packwork.verifying import Act, on_the_bench
from fulfillment.services import open_shipments
from fulfillment.stages.pick import pick
from tests.factories import make_carton, make_order, make_product, make_stock, make_warehouse

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
MUG = {"width_mm": 90, "length_mm": 90, "height_mm": 100, "weight_g": 300, "barcode": "4006381333931"}
JAR = {"width_mm": 80, "length_mm": 80, "height_mm": 120, "weight_g": 450}


def on_bench(*, lines=(("MUG-1", 2), ("JAR-1", 1)), **order):
    """Picked, with a small and a large carton to choose from."""
    place = make_warehouse("LEEDS", mode="manual")
    for sku, size in (("MUG-1", MUG), ("JAR-1", JAR)):
        make_stock(make_product(sku, **size), 20, warehouse=place)
    make_carton("Small", side_mm=200, price="0.30")
    make_carton("Large", side_mm=400, price="0.90")
    row = make_order(lines, state="approved", **order)
    open_shipments(row.pk, by="test")
    shipment = Shipment.objects.get(order=row)
    pick(shipment.pk, by="bob")
    return Shipment.objects.select_related("order", "warehouse").get(pk=shipment.pk)


def item(code, units=1, **fields):
    return Act(uuid4(), "item", AT, code=code, units=units, **fields)


def line_of(shipment, sku):
    return shipment.lines.get(order_line__sku=sku).pk


def verified(shipment):
    return {row.line.order_line.sku: row.verified for row in on_the_bench(shipment)}
