"""What the planner decides becomes parcels: every unit is in exactly one."""

from decimal import Decimal

import pytest

from fulfillment.models import Parcel, ParcelItem, Shipment
from fulfillment.services import open_shipments
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from orders.models import OrderEvent
from tests.factories import make_carton, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


def packed(*lines):
    """The shipment of an order for (SKU, units, sides in mm, grams), packed."""
    warehouse = make_warehouse(mode="manual")
    for sku, units, (width, length, height), weight_g in lines:
        size = {"width_mm": width, "length_mm": length, "height_mm": height, "weight_g": weight_g}
        make_stock(make_product(sku, **size), units, warehouse=warehouse)
    order = make_order([(sku, units) for sku, units, _, _ in lines], state="approved")
    open_shipments(order.pk, by="test")
    shipment = Shipment.objects.get(order=order)
    pick(shipment.pk, by="bob")
    return pack(shipment.pk, by="petra")


def parcels():
    """(carton, grams, units by SKU) of each parcel, as numbered."""
    return [
        (
            parcel.carton.name if parcel.carton else None,
            parcel.weight_g,
            dict(ParcelItem.objects.filter(parcel=parcel).values_list("shipment_line__order_line__sku", "quantity")),
        )
        for parcel in Parcel.objects.order_by("number")
    ]


def test_goods_go_into_the_cheapest_carton_in_which_they_fit():
    make_carton("S", side_mm=100, price=Decimal("0.30"))
    make_carton("M", side_mm=200, price=Decimal("0.50"))
    packed(("BOX", 8, (100, 100, 100), 500))
    assert parcels() == [("M", 4100, {"BOX": 8})]


def test_two_small_cartons_are_taken_where_they_cost_less_with_their_freight():
    make_carton("S", side_mm=100, price=Decimal("0.20"))
    make_carton("M", side_mm=200, price=Decimal("9.00"))
    packed(("BOX", 2, (100, 100, 100), 500))
    assert parcels() == [("S", 600, {"BOX": 1}), ("S", 600, {"BOX": 1})]


def test_a_volume_that_would_do_is_no_place_for_something_long():
    make_carton("M", side_mm=200)
    packed(("ROD", 1, (300, 10, 10), 50), ("BOX", 1, (100, 100, 100), 500))
    assert parcels() == [("M", 600, {"BOX": 1}), (None, 50, {"ROD": 1})]


def test_what_fits_no_carton_travels_each_in_its_own_packaging():
    make_carton("M", side_mm=200)
    packed(("DESK", 2, (900, 900, 900), 9_000))
    assert parcels() == [(None, 9_000, {"DESK": 1}), (None, 9_000, {"DESK": 1})]
    told = OrderEvent.objects.get(name="shipment.packed").data["parcels"]
    assert told == [{"carton": "own packaging", "weight_g": 9_000}] * 2


def test_without_cartons_each_line_travels_in_its_own_packaging():
    packed(("MUG", 2, (100, 100, 100), 300), ("TEA", 1, (50, 50, 50), 100))
    assert parcels() == [(None, 600, {"MUG": 2}), (None, 100, {"TEA": 1})]


def test_what_was_never_measured_is_packed_all_the_same():
    make_carton("M", side_mm=200)
    packed(("GIFT", 3, (0, 0, 0), 0))
    assert parcels() == [("M", 100, {"GIFT": 3})]


def test_a_carton_bears_its_gross_weight_and_not_a_gram_more():
    make_carton("M", side_mm=200, max_gross_g=1_100)
    packed(("IRON", 3, (50, 50, 50), 500))
    assert parcels() == [("M", 1_100, {"IRON": 2}), ("M", 600, {"IRON": 1})]
