"""The pick lists that wait, and the page of one."""

import pytest
from django.test import Client

from fulfillment.models import PickList, Shipment
from fulfillment.services import open_shipments
from fulfillment.stages.pick import pick
from inventory.models import Bin, Stock, Warehouse, WarehouseLayout
from ordermgmt.picking.pages import open_lists
from orders.models import Order
from orders.services import hold
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


def released(*lines: tuple[str, int]) -> Order:
    """An order that was just let into the warehouse."""
    order = make_order(lines, state="approved")
    open_shipments(order.pk, by="system:pick")
    return order


@pytest.fixture
def order(db: None) -> Order:
    """Two mugs and a jar in Leeds, where people pick."""
    leeds = make_warehouse("LEEDS", mode="manual")
    WarehouseLayout.objects.create(warehouse=leeds, aisles=3, bays=10, bay_m="1", aisle_m="2", cross_aisles=[0, 10])
    for sku, aisle in (("MUG-1", 1), ("JAR-1", 3)):
        place = Bin.objects.create(warehouse=leeds, code=f"A{aisle}", aisle=aisle, bay=1)
        make_stock(make_product(sku), 50, warehouse=leeds)
        Stock.objects.filter(product__sku=sku).update(bin=place)
    return released(("MUG-1", 2), ("JAR-1", 1))


@pytest.mark.parametrize("address", ["/picking/", "/picking/1/"])
def test_a_stranger_is_sent_to_the_sign_in_and_charlie_sees_nothing(
    client: Client, charlie: Client, address: str
) -> None:
    assert client.get(address).status_code == 302
    assert charlie.get(address).status_code == 403


def test_the_list_says_what_waits_and_how_far_it_is(bob: Client, order: Order) -> None:
    page = bob.get("/picking/")
    (row,) = page.context["page"].rows
    assert (row.units, row.places, row.order_number, row.holds) == (3, 2, order.number, 0)
    told = " ".join(page.content.decode().split())
    assert "10 m to walk, 18 m less than aisle by aisle" in told
    assert f'href="/picking/{row.pk}/">P{row.pk}</a> <small>#{order.number}</small>' in told


def test_the_page_of_a_list_shows_bins_in_walking_order_and_the_map(bob: Client, order: Order) -> None:
    page = bob.get(f"/picking/{PickList.objects.get().pk}/")
    assert [(stop, task.bin.code, task.quantity) for stop, task in page.context["page"].tasks] == [
        (1, "A1", 2),
        (2, "A3", 1),
    ]
    body = page.content.decode()
    assert body.count('class="stop"') == 2
    assert "no way is shorter" in body


def test_what_is_picked_or_called_off_is_listed_no_longer(bob: Client, order: Order) -> None:
    pick(Shipment.objects.get().pk, by="bob")
    assert bob.get("/picking/").context["page"].count == 0
    assert "Nothing to pick" in bob.get("/picking/").content.decode()
    assert bob.get(f"/picking/{PickList.objects.get().pk}/").status_code == 200


def test_a_held_order_says_so(bob: Client, order: Order) -> None:
    hold(order.pk, reason="look", note="", by="sam")
    assert "Held" in bob.get("/picking/").content.decode()


def test_lists_are_narrowed_to_a_warehouse(order: Order) -> None:
    york = make_warehouse("YORK", mode="manual")
    Warehouse.objects.filter(code="LEEDS").update(priority=99)
    make_stock(make_product("BOWL-1"), 50, warehouse=york)
    released(("BOWL-1", 1))
    assert [count for _, _, count in open_lists().warehouses] == [1, 1]
    assert [row.warehouse.code for row in open_lists("YORK").rows] == ["YORK"]
    assert (open_lists("YORK").count, open_lists("nowhere").count) == (1, 2)


def test_many_lists_take_as_many_queries_as_one(bob: Client, order: Order, django_assert_num_queries: object) -> None:
    for _ in range(3):
        with django_assert_num_queries(5):  # type: ignore[operator]
            bob.get("/picking/")
        released(("MUG-1", 1))
