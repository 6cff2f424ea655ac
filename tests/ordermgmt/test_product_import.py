"""Products from a file: shown before anything is changed, taken in row by row, and the same file twice is one."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fulfillment.models import Job, JobRow, ProductCustoms
from inventory.models import Product, Stock, StockMovement
from kpis.history_import.rows import BadFile
from ordermgmt.catalogue.rows import read_products, template
from ordermgmt.models import ProductFile, ProductRow
from ordermgmt.tasks import run_lists
from orders.models import Order
from tests.factories import make_channel, make_product, make_stock, make_tax_class, make_warehouse

CSV = """price,SKU,Name,weight g,hs_code,origin,on_hand,on_hand:york,colour
12.50,CUP-1,Cup,380,6912.00,gb,24,3,red
9.999,CUP-2,Saucer,380,,,,,
8,MUG-1,Mug,300,,,99,,
,CUP-4,No price,,,,,,
7,CUP-5,Heavy,-1,,,,,
"""
SHOPIFY = """Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Price,Variant Barcode,Img,Status
tea,Green tea,Size,50 g,TEA-50,50,4.20,'4006381333931,a.jpg,active
tea,,Size,100 g,TEA-100,100,7.90,,,
tea,,,,,,,,b.jpg,
pot,Pot,Title,Default Title,POT,900,30,,,draft
"""


def upload(client: Client, content: str) -> ProductFile:
    make_warehouse("YORK")
    leeds = make_warehouse("LEEDS")
    typed = {"currency": "GBP", "tax_class": make_tax_class().pk, "warehouse": leeds.pk}
    file = SimpleUploadedFile("goods.csv", content.encode(), content_type="text/csv")
    answer = client.post("/settings/products/import/", {**typed, "file": file})
    assert answer.status_code == 302, answer.context["form"].errors
    return ProductFile.objects.get(pk=int(answer.headers["Location"].split("/")[-2]))


def verdicts(file: ProductFile) -> list[tuple[int, str]]:
    return list(file.rows.values_list("line", "verdict"))


@pytest.mark.django_db
def test_a_file_is_looked_through_taken_in_and_the_second_time_changes_nothing(alice: Client, noon):
    make_stock(make_product("MUG-1"), 5)
    file = upload(alice, CSV)
    assert verdicts(file) == [(2, "new"), (3, "wrong"), (4, "changed"), (5, "wrong"), (6, "wrong")]
    assert file.unread == ["colour"]
    errors = list(file.rows.filter(verdict="wrong").values_list("error", flat=True))
    assert errors == [
        "price: 9.999 is finer than GBP can be paid",
        "price is empty",
        "weight_g: '-1' is not a whole number from 0 to 10000000",
    ]
    page = alice.get(f"/settings/products/import/{file.pk}/").content.decode()
    assert "Take in 2 products" in page
    assert "<del>10.00 GBP</del>" in page
    assert "£12.50" in page
    assert Product.objects.count() == 1
    alice.post(f"/settings/products/import/{file.pk}/take-in/")
    alice.post(f"/settings/products/import/{file.pk}/take-in/")
    run_lists()
    cup, mug = Product.objects.order_by("sku")
    assert (cup.name, cup.price, cup.weight_g, mug.price, mug.name) == ("Cup", Decimal("12.5"), 380, 8, "Mug")
    assert ProductCustoms.objects.values_list("hs_code", "origin").get() == ("691200", "GB")
    stocks = Stock.objects.order_by("product__sku", "warehouse__code").values_list("warehouse__code", "on_hand")
    assert list(stocks) == [("LEEDS", 24), ("YORK", 3), ("LEEDS", 5)]
    assert (Job.objects.count(), StockMovement.objects.count()) == (1, 3)
    again = upload(alice, CSV)
    assert [verdict for _, verdict in verdicts(again)] == ["same", "wrong", "same", "wrong", "wrong"]
    assert alice.post(f"/settings/products/import/{again.pk}/take-in/").status_code == 302
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_a_row_that_went_wrong_meanwhile_leaves_nothing_and_stops_no_other(alice: Client, noon):
    file = upload(alice, "sku,name,price,barcode,on_hand\nA,Jar,3,4006381333931,4\nB,Lid,1,,2\n")
    alice.post(f"/settings/products/import/{file.pk}/take-in/")
    make_product("OTHER", barcode="4006381333931")
    run_lists()
    assert list(JobRow.objects.values_list("error", flat=True)) == ["barcode: 4006381333931 is that of OTHER", ""]
    assert set(Product.objects.values_list("sku", flat=True)) == {"OTHER", "B"}
    assert Stock.objects.get().on_hand == 2
    assert "is that of OTHER" in alice.get(f"/lists/jobs/{Job.objects.get().pk}/").content.decode()


def test_shopifys_export_is_read_by_its_own_columns():
    sheet = read_products(SHOPIFY.encode())
    assert [(row.line, row.values["sku"], row.values["name"], row.values.get("active")) for row in sheet.rows] == [
        (2, "TEA-50", "Green tea / 50 g", True),
        (3, "TEA-100", "Green tea / 100 g", True),
        (5, "POT", "Pot", False),
    ]
    assert sheet.rows[0].values["barcode"] == "4006381333931"
    assert [row.wrong for row in sheet.rows] == [[], [], []]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,price\nCup,3\n", "one of them sku"),
        (b"sku,Variant SKU\na,b\n", "Columns named twice: sku"),
        (b"sku,name\n\xff,x\n", "not in UTF-8"),
        (b"sku,name\n" + b"x" * 140_000, "breaks in line 2"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(content, said):
    with pytest.raises(BadFile, match=said):
        read_products(content)


def test_the_template_is_a_file_that_can_be_taken_in():
    names, cells = template()
    (row,) = read_products(f"{','.join(names)}\n{','.join(cells)}\n".encode()).rows
    assert (row.wrong, row.values["sku"], row.values["on_hand"]) == ([], "MUG-1", 24)


@pytest.mark.django_db
def test_a_test_order_is_placed_from_a_form(alice: Client, noon):
    make_stock(make_product("MUG-1"), 5)
    typed = {"channel": make_channel().pk, "sku": "MUG-1", "quantity": 2, "email": "a@example.com", "country": "GB"}
    answer = alice.post("/settings/start/test-order/", typed)
    order = Order.objects.get()
    assert (answer.headers["Location"], order.state) == (f"/orders/{order.number}/", "placed")
    refused = alice.post("/settings/start/test-order/", {**typed, "quantity": 9})
    assert (refused.status_code, Order.objects.count()) == (422, 1)
    assert ProductRow.objects.count() == 0
