"""Master data of the stock room can be kept by hand; balances, counts and deliveries cannot."""

from datetime import date
from decimal import Decimal

import pytest

from inventory import services as stock
from inventory.models import (
    Bin,
    BundleComponent,
    Count,
    ExpectedDelivery,
    Product,
    SafetyStock,
    Stock,
    TaxRate,
    Warehouse,
)
from inventory.services.counts import enter_count, open_count, submit_count
from inventory.services.deliveries import Receipt, expect_delivery, receive_delivery
from orders.models import ShippingMethod, SourcingRule
from tests.factories import make_channel, make_product, make_stock, make_tax_class, make_warehouse
from tests.people import make_alice, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return signed_in(make_alice())


@pytest.fixture
def mug():
    return make_stock(make_product(), 10, backorder_limit=5)


def make_bin(warehouse, code="A-1"):
    return Bin.objects.create(warehouse=warehouse, code=code, aisle=1, bay=1)


def save(client, path, **fields):
    return client.post(f"/admin/{path}", {name: "" if value is None else value for name, value in fields.items()})


def shelf(client, row, **changes):
    """Save a stock's page with everything a hand-made form could hold."""
    fields = {"bin": row.bin_id, "backorder_limit": row.backorder_limit, "reorder_point": 0, **changes}
    return save(client, f"inventory/stock/{row.pk}/change/", **fields)


def errors(response):
    assert response.status_code == 200
    return response.context["adminform"].form.errors


def rows(prefix, *found):
    """An inline's own fields, for new rows."""
    count = {"TOTAL_FORMS": len(found), "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    fields = {f"{prefix}-{field}": value for field, value in count.items()}
    for place, row in enumerate(found):
        fields |= {f"{prefix}-{place}-{field}": value for field, value in row.items()}
    return fields


def test_a_shelf_is_kept_by_hand_and_its_balances_are_not(alice, mug):
    place = make_bin(mug.warehouse)
    changes = {"bin": place.pk, "backorder_limit": 7, "reorder_point": 4, "on_hand": 99, "reserved": 3}
    assert shelf(alice, mug, **changes).status_code == 302
    row = Stock.objects.get()
    assert (row.bin, row.backorder_limit, row.reorder_point, row.on_hand, row.reserved) == (place, 7, 4, 10, 0)


def test_a_page_that_stood_open_overwrites_no_balance(alice, mug, monkeypatch):
    form = Stock.objects.get()
    stock.adjust(mug.pk, -3, key="a:1", by="bob", reason="Broken")
    monkeypatch.setattr("inventory.admin.StockAdmin.get_object", lambda *args: form)
    assert shelf(alice, mug, reorder_point=4).status_code == 302
    assert Stock.objects.values_list("on_hand", "reorder_point").get() == (7, 4)


def test_the_backorder_limit_stays_above_what_is_promised(alice, mug):
    stock.promise([stock.Want("line:1", mug.product_id, "MUG-1", 13)])
    refused = shelf(alice, mug, backorder_limit=2)
    assert errors(refused) == {"backorder_limit": ["3 units are on backorder now."]}
    assert Stock.objects.get().backorder_limit == 5
    assert shelf(alice, mug, backorder_limit=3).status_code == 302
    assert Stock.objects.get().backorder_limit == 3


def test_a_stock_lies_in_a_bin_of_its_own_warehouse(alice, mug):
    refused = shelf(alice, mug, bin=make_bin(make_warehouse("YORK")).pk)
    assert errors(refused) == {"bin": ["This bin is in another warehouse."]}
    assert Stock.objects.get().bin is None


def test_stock_is_neither_added_nor_deleted(alice, mug):
    assert alice.get("/admin/inventory/stock/add/").status_code == 403
    assert alice.post(f"/admin/inventory/stock/{mug.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Stock.objects.count() == 1


def test_a_tax_class_has_its_rates_beside_it(alice):
    rates = rows("rates", {"country": "IE", "rate": "0.23"})
    answer = save(alice, "inventory/taxclass/add/", code="food", name="Food", rate="0", **rates)
    assert answer.status_code == 302
    assert list(TaxRate.objects.values_list("tax_class__code", "country", "rate")) == [("food", "IE", Decimal("0.23"))]


def product_fields(sku, *components):
    sizes = dict.fromkeys(("weight_g", "length_mm", "width_mm", "height_mm", "padding_mm"), 1)
    fields = {"sku": sku, "name": sku, "price": "9.00", "currency": "GBP", "tax_class": make_tax_class().pk}
    return {**fields, **sizes, "options": "{}", **rows("components", *components)}


def test_a_bundle_is_made_on_its_own_page_and_stands_in_no_other(alice, mug):
    parts = product_fields("BOX", {"component": mug.product_id, "quantity": 4})
    assert save(alice, "inventory/product/add/", **parts).status_code == 302
    box = Product.objects.get(sku="BOX")
    assert list(box.components.values_list("component", "quantity")) == [(mug.product_id, 4)]
    nested = save(alice, "inventory/product/add/", **product_fields("PALLET", {"component": box.pk, "quantity": 2}))
    assert "A bundle cannot stand in another bundle." in nested.content.decode()
    assert (Product.objects.count(), BundleComponent.objects.count()) == (2, 1)


def test_what_has_stock_does_not_become_a_bundle(alice, mug):
    parts = product_fields("MUG-1", {"component": make_product("SPOON").pk, "quantity": 1})
    refused = save(alice, f"inventory/product/{mug.product_id}/change/", **parts)
    told = "This product has, or had, stock of its own: make the bundle under another SKU."
    assert told in refused.content.decode()
    assert not BundleComponent.objects.exists()


def test_what_stands_in_a_bundle_does_not_become_one(alice):
    part = make_product("SPOON")
    make_product("BOX").components.create(component=part)
    parts = product_fields("SPOON", {"component": make_product("CUP").pk, "quantity": 1})
    refused = save(alice, f"inventory/product/{part.pk}/change/", **parts)
    assert "This product stands in another bundle itself." in refused.content.decode()
    assert BundleComponent.objects.count() == 1


def test_options_are_words_by_name(alice):
    for options in ('["M"]', '{"size": 38}', '{"size": ""}', '{"": "M"}', '"M"', "7"):
        refused = save(alice, "inventory/product/add/", **{**product_fields("SHIRT"), "options": options})
        told = ['Words by name, as in {"size": "M"}; numbers stand in quotes.']
        assert errors(refused) == {"options": told}, options
    assert not Product.objects.exists()
    shirt = {**product_fields("SHIRT"), "options": '{"size": "38"}'}
    assert save(alice, "inventory/product/add/", **shirt).status_code == 302
    assert Product.objects.get().options == {"size": "38"}


@pytest.mark.parametrize("code", ["UK", "gb", "ZZ", "EU", "G"])
def test_a_country_is_one_of_the_list(alice, code):
    told = f"{code} is not a country: two capital letters by ISO 3166-1, as in GB."
    rates = rows("rates", {"country": code, "rate": "0.2"})
    answer = save(alice, "inventory/taxclass/add/", code="food", name="Food", rate="0", **rates)
    assert told in answer.content.decode()
    method = {"code": "express", "name": "Express", "currency": "GBP", "price": "4.90", "days": 2}
    answer = save(alice, "orders/shippingmethod/add/", **method, countries=f"IE,{code}")
    assert errors(answer) == {"countries": [told]}
    assert (TaxRate.objects.count(), ShippingMethod.objects.count()) == (0, 0)


def test_a_warehouse_stands_in_a_country_and_keeps_its_time(alice):
    fields = {"code": "HULL", "name": "Hull", "mode": "manual", "priority": 1}
    wrong = {"country": "EN", "time_zone": "Europe/Hull"}
    lanes = rows("lanes", {"country": "YO", "days": 1})
    refused = save(alice, "inventory/warehouse/add/", **fields, **wrong, **lanes)
    assert errors(refused) == {
        "country": ["EN is not a country: two capital letters by ISO 3166-1, as in GB."],
        "time_zone": ["Europe/Hull is not a time zone: area and city, as in Europe/London."],
    }
    assert "YO is not a country" in refused.content.decode()
    assert not Warehouse.objects.exists()


def test_lanes_stand_beside_their_warehouse(alice):
    fields = {"code": "HULL", "name": "Hull", "mode": "manual", "country": "GB", "time_zone": "Europe/London"}
    lanes = rows("lanes", {"country": "GB", "postal_prefix": "YO", "days": 1, "parcel_cost": "3.50"})
    fields |= {"priority": 1, "capabilities": "cold", **lanes, **rows("layout")}
    answer = save(alice, "inventory/warehouse/add/", **fields)
    assert answer.status_code == 302
    lane = make_warehouse("HULL").lanes.get()
    assert (str(lane), lane.parcel_cost) == (f"{lane.warehouse_id} to GB YO: 1 days", Decimal("3.500"))


def test_safety_stock_is_kept_for_a_channel_that_exists(alice, mug):
    make_channel("web")
    fields = {"stock": mug.pk, "quantity": 3}
    assert "channel" in errors(save(alice, "inventory/safetystock/add/", channel="wbe", **fields))
    assert save(alice, "inventory/safetystock/add/", channel="web", **fields).status_code == 302
    assert list(SafetyStock.objects.values_list("stock", "channel", "quantity")) == [(mug.pk, "web", 3)]


def test_shipping_methods_and_sourcing_rules_are_kept_by_hand(alice, mug):
    method = {"code": "express", "name": "Express", "currency": "GBP", "price": "4.90", "days": 2, "countries": "GB,IE"}
    assert save(alice, "orders/shippingmethod/add/", **method).status_code == 302
    assert ShippingMethod.objects.get().countries == ["GB", "IE"]
    rule = {"rank": 1, "kind": "preferred"}
    assert "is violated" in str(errors(save(alice, "orders/sourcingrule/add/", **rule)))
    assert save(alice, "orders/sourcingrule/add/", **rule, warehouse=mug.warehouse_id).status_code == 302
    assert SourcingRule.objects.get().warehouse == mug.warehouse


def test_a_count_is_read_blind_until_it_is_submitted(alice, mug):
    count = open_count(mug.warehouse, name="Aisle 3", stock_ids=[mug.pk], by="bob")
    enter_count(count.lines.get().pk, counted=2, by="bob")
    page = f"/admin/inventory/count/{count.pk}/change/"
    before = alice.get(page).content.decode()
    assert ("MUG-1" in before, "field-expected" in before, "10 on hand" in before) == (True, False, False)
    submit_count(count.pk, by="bob")
    assert "<p>10</p>" in alice.get(page).content.decode()
    assert save(alice, f"inventory/count/{count.pk}/change/", state="booked").status_code == 403
    assert Count.objects.get().state == "submitted"


def test_a_delivery_is_read_with_its_lines_and_receipts(alice, mug):
    units, due_on = {mug.product_id: 5}, date(2026, 5, 8)
    delivery = expect_delivery(mug.warehouse, reference="PO-1", supplier="", due_on=due_on, units=units, by="bob")
    receive_delivery(delivery.pk, received={delivery.lines.get().pk: Receipt(3, 1)}, key="r:1", by="petra")
    page = f"/admin/inventory/expecteddelivery/{delivery.pk}/change/"
    told = alice.get(page).content.decode()
    assert ("MUG-1" in told, "petra" in told) == (True, True)
    assert alice.post(page, {"state": "closed"}).status_code == 403
    assert ExpectedDelivery.objects.get().state == "open"
