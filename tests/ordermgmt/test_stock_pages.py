"""The list of products and the page of one: what they show, what can be done there, and how a refusal is told."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from inventory.models import (
    BundleComponent,
    Product,
    ProductFamily,
    SafetyStock,
    Stock,
    StockMovement,
    Warehouse,
)
from inventory.selectors import low_stock, stock_outs
from inventory.services.deliveries import expect_delivery
from inventory.services.shortfall import adjust
from ordermgmt.stock.levels import Segment, level
from ordermgmt.stock.product_list import Wanted, product_list
from ordermgmt.stock.product_page import product_page
from orders.models import Order
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
KEY = "abcdefghijklmnop"


def skus(client: Client, query: str = "") -> list[str]:
    return [row.product.sku for row in client.get(f"/products/{query}").context["page"].rows]


def owing() -> tuple[Order, Order]:
    """Two orders of four mugs each, of which five lie in Leeds: the second one waits for three."""
    make_stock(make_product(), 5, backorder_limit=10)
    return make_order([("MUG-1", 4)]), make_order([("MUG-1", 4)])


def adjustment() -> dict[str, object]:
    """What the form of the only stock sends."""
    return {"key": KEY, "stock": Stock.objects.get().pk, "quantity": "-2", "reason": "Broken"}


def make_bundle() -> Product:
    """A box of two mugs and a jar; 5 mugs and 9 jars are there."""
    bundle, mug, jar = make_product("BOX-1"), make_product("MUG-1"), make_product("JAR-1")
    make_stock(mug, 5)
    make_stock(jar, 9)
    BundleComponent.objects.create(bundle=bundle, component=mug, quantity=2)
    BundleComponent.objects.create(bundle=bundle, component=jar)
    return bundle


@pytest.mark.parametrize("address", ["", "MUG-1/", "deliveries/", "deliveries/new/", "counts/", "counts/new/"])
def test_a_stranger_is_sent_to_the_sign_in_and_charlie_sees_nothing(
    client: Client, charlie: Client, address: str
) -> None:
    make_stock(make_product())
    assert client.get(f"/stock/{address}").headers["Location"] == f"/login/?next=/stock/{address}"
    assert charlie.get(f"/stock/{address}").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["MUG-1/adjust/", "MUG-1/transfer/", "MUG-1/write-off/", "MUG-1/serve/", "deliveries/new/", "counts/new/"],
)
def test_sam_looks_but_moves_nothing(sam: Client, address: str) -> None:
    make_stock(make_product())
    page = sam.get("/stock/MUG-1/").content.decode()
    assert "may look, but not change stock" in page
    assert "Write off" not in page
    assert sam.post(f"/stock/{address}", {"quantity": "1"}).status_code == 403
    assert StockMovement.objects.count() == 1


@pytest.mark.parametrize("action", ["adjust", "transfer", "write-off", "serve"])
def test_looking_never_acts_and_acting_takes_a_token(alice: Client, action: str) -> None:
    make_stock(make_product())
    assert alice.get(f"/stock/MUG-1/{action}/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.cookies
    assert strict.post(f"/stock/MUG-1/{action}/", {"quantity": "1"}).status_code == 403


def test_products_are_listed_by_sku_with_what_is_free_where(alice: Client, noon: datetime) -> None:
    mug = make_product()
    make_stock(mug, 3, warehouse=make_warehouse("YORK", priority=20))
    make_stock(mug, 7, warehouse=make_warehouse("LEEDS", priority=10))
    make_stock(make_product("JAR-1"), 2)
    make_order([("MUG-1", 4)])
    jar, mug_row = product_list(Wanted()).rows
    assert (jar.product.sku, jar.free) == ("JAR-1", 2)
    assert (mug_row.product.sku, mug_row.free) == ("MUG-1", 6)
    shown = [(cell.warehouse.code, cell.place and cell.place.free) for cell in mug_row.cells]
    assert shown == [("LEEDS", 3), ("YORK", 3)]
    assert [(cell.warehouse.code, cell.place is None) for cell in jar.cells] == [("LEEDS", False), ("YORK", True)]


def test_a_bundle_shows_how_many_can_be_made(alice: Client) -> None:
    make_bundle()
    row = product_list(Wanted(q="BOX")).rows[0]
    assert (row.free, [(part.each, part.sku) for part in row.parts]) == (2, [(2, "MUG-1"), (1, "JAR-1")])
    page = product_page("BOX-1")
    assert [(row.part.sku, row.free, row.enough_for) for row in page.parts] == [
        ("MUG-1", 5, 2),
        ("JAR-1", 9, 9),
    ]
    assert [row.bundle.sku for row in product_page("MUG-1").bundles] == ["BOX-1"]


def test_what_is_on_its_way_is_listed_and_late_after_its_day(alice: Client, noon: datetime) -> None:
    mug = make_product()
    make_stock(mug)
    for name, days in (("PO-1", 3), ("PO-2", -1)):
        due = noon.date() + timedelta(days=days)
        expect_delivery(make_warehouse(), reference=name, supplier="", due_on=due, units={mug.pk: 20}, by="alice")
    (row,) = product_list(Wanted()).rows
    assert (row.coming, row.arrivals[0].due_on, row.is_late) == (40, (noon - timedelta(days=1)).date(), True)
    assert "late since Sun 3 May" in " ".join(alice.get("/products/").content.decode().split())


def test_the_tabs_say_what_the_stock_rooms_own_lists_say(alice: Client) -> None:
    make_bundle()
    for sku, units, point in (("LOW-1", 4, 4), ("FINE-1", 5, 4), ("OUT-1", 0, 2), ("GONE-1", 0, 2)):
        row = make_stock(make_product(sku), units)
        Stock.objects.filter(pk=row.pk).update(reorder_point=point)
    Product.objects.filter(sku="GONE-1").update(active=False)
    asleep = make_stock(make_product("ASLEEP-1"), 9, warehouse=make_warehouse("OLD"))
    Warehouse.objects.filter(pk=asleep.warehouse_id).update(active=False)
    assert skus(alice, "?tab=low") == ["LOW-1", "OUT-1"] == [row.sku for row in low_stock()]
    assert skus(alice, "?tab=out") == ["ASLEEP-1", "OUT-1"] == [row.sku for row in stock_outs()]
    assert [(chip.label, chip.count) for chip in product_list(Wanted()).chips] == [
        ("All", None),
        ("Low", 2),
        ("Out", 2),
        ("Backordered", 0),
    ]


def test_backordered_products_have_a_tab_and_a_tag(alice: Client, noon: datetime) -> None:
    owing()
    make_stock(make_product("JAR-1"))
    assert skus(alice, "?tab=backordered") == ["MUG-1"]
    (row,) = product_list(Wanted(tab="backordered")).rows
    assert [mark.label for mark in row.marks] == ["Out", "3 units owed"]


@pytest.mark.parametrize("words", ["shirt-m", "4006381333931", " SHIRT-M "])
def test_a_sku_or_a_barcode_leads_straight_to_the_product(alice: Client, words: str) -> None:
    make_product("SHIRT-M", barcode="4006381333931")
    make_product("SHIRT-MX")
    assert alice.get("/products/", {"q": words}).headers["Location"] == "/stock/SHIRT-M/"


def test_a_search_finds_names_and_families(alice: Client) -> None:
    family = ProductFamily.objects.create(code="tee", name="Summer shirt")
    make_product("T-M", name="Tee", family=family, options={"size": "M"})
    make_product("T-L", name="Tee", family=family, options={"size": "L"})
    make_product("MUG-1", name="Blue mug")
    assert skus(alice, "?q=summer") == ["T-L", "T-M"]
    assert skus(alice, "?q=blue") == ["MUG-1"]
    assert [(row.product.sku, row.options) for row in product_page("T-M").variants] == [("T-L", "size L")]
    assert "No product matches" in alice.get("/products/?q=zzz").content.decode()


@pytest.mark.parametrize("query", ["?tab=nonsense", "?q=%00", "?before=&after=", "?tab=%00"])
def test_nonsense_in_the_address_is_left_out(alice: Client, query: str) -> None:
    make_product()
    assert skus(alice, query) == ["MUG-1"]


@pytest.mark.parametrize("sku", ["A/B", "50% OFF", "Ä?#&", "new", "A/adjusted"])
def test_a_sku_may_hold_anything(alice: Client, sku: str) -> None:
    make_stock(make_product(sku))
    link = reverse("stock-product", args=[sku])
    assert f'href="{escape(link)}"' in alice.get("/products/").content.decode()
    assert alice.get(link).context["product"].sku == sku
    answer = alice.post(f"{link}adjust/", {**adjustment(), "quantity": "-1"})
    assert (answer.headers["Location"], Stock.objects.get().on_hand) == (link, 9)


def test_an_unknown_sku_is_not_found(alice: Client) -> None:
    assert alice.get("/stock/NONE/").status_code == 404
    assert alice.get("/stock/%00/").status_code == 404


def test_pages_hold_fifty_products_and_lead_to_each_other(alice: Client) -> None:
    for number in range(101):
        make_product(f"P-{number:03}")
    first = alice.get("/products/").context["page"]
    second = alice.get(f"/products/{first.later}").context["page"]
    third = alice.get(f"/products/{second.later}").context["page"]
    back = alice.get(f"/products/{third.earlier}").context["page"]
    listed = [row.product.sku for page in (first, second, third) for row in page.rows]
    assert listed == [f"P-{number:03}" for number in range(101)]
    assert (first.earlier, third.later) == ("", "")
    assert back.rows == second.rows


def test_a_page_of_the_list_costs_seven_queries(alice: Client, django_assert_num_queries: object) -> None:
    make_bundle()
    with django_assert_num_queries(7):  # type: ignore[operator]
        alice.get("/products/")


def test_the_page_of_a_product_costs_fifteen_queries_however_much_is_promised(
    alice: Client, noon: datetime, django_assert_num_queries: object
) -> None:
    owing()
    make_order([("MUG-1", 1)])
    with django_assert_num_queries(15):  # type: ignore[operator]
        alice.get("/stock/MUG-1/")


def test_a_bar_shows_promised_free_kept_and_owed() -> None:
    assert level(10, 4, kept=2, most=20) == (
        Segment("promised", 0, 20),
        Segment("free", 20, 20),
        Segment("kept", 40, 10),
    )
    assert level(5, 8, kept=2, most=8) == (Segment("promised", 0, 62.5), Segment("owed", 62.5, 37.5))
    assert level(0, 0, kept=3, most=1) == ()


def test_the_ledger_tells_what_was_there_after_each_line(noon: datetime) -> None:
    row = make_stock(make_product(), 10)
    adjust(row.pk, -3, key="k", by="bob", reason="Broken")
    other = make_stock(row.product, 4, warehouse=make_warehouse("YORK"))
    lines = [(line.movement.stock_id, line.change, line.left) for line in product_page("MUG-1").ledger]
    assert lines == [(other.pk, "+4", 4), (row.pk, "\N{MINUS SIGN}3", 7), (row.pk, "+10", 10)]


def test_safety_stock_is_drawn_and_named(alice: Client) -> None:
    row = make_stock(make_product(), 10)
    SafetyStock.objects.create(stock=row, channel="marketplace", quantity=3)
    (shelf,) = product_page("MUG-1").shelves
    assert shelf.bar == (Segment("free", 0, 70), Segment("kept", 70, 30))
    assert "Kept from marketplace" in alice.get("/stock/MUG-1/").content.decode()
