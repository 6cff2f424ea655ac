"""Boxes are planned with what carriers will ask for them, by weight and by volume."""

from dataclasses import replace
from decimal import Decimal

import pytest

from fulfillment.boxing import cartons_left, proposed, rates_for
from fulfillment.carriers.accounts import active_accounts, table_of, tables_changed
from fulfillment.carriers.pricing import rates as priced
from fulfillment.freight import all_in_one, freight_for
from fulfillment.models import CarrierAccount, CarrierService, CarrierSurcharge, Shipment
from fulfillment.packing import Carton as Box
from fulfillment.packwork.choosing import options
from fulfillment.services import open_shipments
from inventory.models import Product
from tests.factories import make_carton, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
FLAT = Box("Flat", (300, 200, 10), (300, 200, 10), 0, 30_000, Decimal(1))


def approved(units=2, **product):
    """A shipment of slabs, 300 x 200 x 100 mm and 500 g each."""
    make_stock(make_product("SLAB"), 10, warehouse=make_warehouse(mode="manual"))
    size = {"length_mm": 300, "width_mm": 200, "height_mm": 100, "weight_g": 500}
    Product.objects.filter(sku="SLAB").update(**size | product)
    order = make_order([("SLAB", units)], state="approved")
    open_shipments(order.pk, by="test")
    return Shipment.objects.get()


def only(service):
    """No other service of the standard account."""
    (account,) = active_accounts()
    CarrierService.objects.filter(account=account).exclude(code=service).update(active=False)
    tables_changed(account.pk)
    return account


def names(shipment):
    return sorted(box.carton.name for box in proposed(shipment) if box.carton)


def test_one_parcel_costs_less_than_two_even_if_its_carton_costs_more():
    shipment = approved()
    make_carton("S", length_mm=300, width_mm=200, height_mm=100, price="0.20")
    make_carton("L", length_mm=300, width_mm=200, height_mm=200, price="0.90")
    assert names(shipment) == ["L"]


def test_another_carton_costs_more_by_its_freight_too():
    shipment = approved(units=1)
    make_carton("S", length_mm=300, width_mm=200, height_mm=100, price="0.60")
    make_carton("XL", length_mm=600, width_mm=400, height_mm=400, price="0.40")
    only("standard")  # charges a kilogram for 6 litres, so 16 of them for 96
    lines = {line.pk: line for line in shipment.lines.select_related("order_line__product")}
    left, units = cartons_left(), dict.fromkeys(lines, 1)
    small = next(carton for carton in left if carton.name == "S")
    chosen, other = options(units, lines.values(), small, left=left, rates=rates_for(shipment, lines, left))
    assert (chosen.carton, chosen.chosen, chosen.costs_more) == (small, True, 0)
    assert (other.carton.name, other.costs_more) == ("XL", Decimal("0.40") - Decimal("0.60") + 15 * Decimal("0.55"))
    (_, by_price) = options(units, lines.values(), small, left=left)
    assert by_price.costs_more == Decimal("-0.20")


def test_a_large_carton_costs_more_where_volume_is_charged_for():
    shipment = approved(units=1)
    make_carton("S", length_mm=300, width_mm=200, height_mm=100, price="0.60")
    make_carton("XL", length_mm=600, width_mm=400, height_mm=400, price="0.40")
    only("economy")  # charges by weight alone
    assert names(shipment) == ["XL"]
    (account,) = active_accounts()
    CarrierService.objects.filter(code="economy").update(dim_divisor=5000)
    tables_changed(account.pk)
    assert names(shipment) == ["S"]


def test_without_a_table_the_fewest_boxes_are_taken():
    shipment = approved()
    make_carton("S", length_mm=300, width_mm=200, height_mm=100, price="0.20")
    make_carton("L", length_mm=300, width_mm=200, height_mm=200, price="0.90")
    account = only("economy")
    CarrierAccount.objects.filter(pk=account.pk).update(active=False)
    assert freight_for(shipment, goods_g=1_000, cartons=[FLAT]) is None
    assert names(shipment) == ["L"]


def test_the_prices_are_those_of_the_table_at_every_weight_and_with_every_surcharge():
    shipment = approved()
    account = only("economy")
    CarrierSurcharge.objects.create(account=account, code="heavy", applies="heavy", threshold=2_500, amount="4")
    CarrierSurcharge.objects.create(account=account, code="fuel", applies="always", share="0.1")
    tables_changed(account.pk)
    (account,) = active_accounts()
    found = freight_for(shipment, goods_g=1_000, cartons=[FLAT])
    for grams in (1, 1_000, 1_001, 2_500, 2_501, 3_000, 29_999, 30_000):
        package = replace(all_in_one(shipment, 1_000), weight_g=grams)
        (asked,) = priced(table_of(account), package)
        assert found.freight(FLAT, grams) == asked.price
    assert found.freight(FLAT, 2_501) - found.freight(FLAT, 2_500) == 4


def test_what_is_too_heavy_for_a_service_is_not_planned_for_it():
    shipment = approved()
    account = only("economy")
    CarrierService.objects.filter(code="economy").update(max_weight_g=5_000)
    tables_changed(account.pk)
    found = freight_for(shipment, goods_g=1_000, cartons=[FLAT])
    assert found.breaks[-1][0] == 5_000
