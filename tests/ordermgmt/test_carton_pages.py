"""The page of the cartons: what is left, what runs low, and what may be changed about one."""

from datetime import timedelta

import pytest

from fulfillment.boxing import cartons_left
from fulfillment.models import Carton, Shipment
from fulfillment.services import open_shipments
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from inventory import clock
from ordermgmt.cartons.page import carton_rows
from tests.factories import make_carton, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


def packed(times=1):
    make_stock(make_product("CUP"), times, warehouse=make_warehouse(mode="manual"))
    for _ in range(times):
        order = make_order([("CUP", 1)], state="approved")
        open_shipments(order.pk, by="test")
        shipment = Shipment.objects.get(order=order)
        pick(shipment.pk, by="bob")
        pack(shipment.pk, by="petra")


def typed(**fields):
    size = {f"{side}_mm": "300" for side in ("length", "width", "height")}
    outer = {f"outer_{side}_mm": "0" for side in ("length", "width", "height")}
    rest = {"name": "M", "tare_g": "100", "max_gross_g": "20000", "price": "0.5", "low_mark": "0", "left": ""}
    return size | outer | rest | {"active": "on"} | fields


def only_row():
    (row,) = carton_rows()
    return row


@pytest.mark.parametrize("address", ["/stock/cartons/", "/stock/cartons/new/"])
def test_a_stranger_is_sent_to_the_sign_in_and_charlie_sees_nothing(client, charlie, address):
    assert client.get(address).status_code == 302
    assert charlie.get(address).status_code == 403


def test_who_may_not_change_stock_may_look_only(sam):
    carton = make_carton("M")
    assert "/stock/cartons/new/" not in sam.get("/stock/cartons/").content.decode()
    assert sam.post(f"/stock/cartons/{carton.pk}/", typed(price="9")).status_code == 403
    assert Carton.objects.get().price == carton.price


@pytest.mark.parametrize(("price", "shown"), [("0.220", "0.22"), ("0.225", "0.225"), ("2.000", "2.00")])
def test_a_price_shows_the_places_that_it_needs(alice, price, shown):
    carton = make_carton("M")
    Carton.objects.update(price=price)
    assert f'<td class="num only-wide">{shown}</td>' in alice.get("/stock/cartons/").content.decode()
    assert f'value="{shown}"' in alice.get(f"/stock/cartons/{carton.pk}/").content.decode()


def test_the_list_takes_one_query_however_long_it_is(sam, django_assert_num_queries):
    for name in "ABCDE":
        make_carton(name, counted=5)
    packed(2)
    with django_assert_num_queries(1):
        assert [row.carton.name for row in carton_rows()] == list("ABCDE")


@pytest.mark.parametrize(
    ("counted", "mark", "said"),
    [(None, 9, (None, False, False)), (9, 5, (7, False, False)), (7, 5, (5, True, False)), (2, 5, (0, False, True))],
)
def test_it_says_what_is_left_low_and_out(counted, mark, said):
    make_carton("M", counted=counted, low_mark=mark)
    packed(2)
    row = only_row()
    assert (row.left, row.is_low, row.is_out) == said


def test_it_says_how_long_they_last_at_the_pace_of_the_last_thirty_days():
    make_carton("M", counted=6)
    packed(2)
    assert (only_row().lately, only_row().days) == (2, 60)


def test_a_carton_is_added_with_its_count(alice):
    assert alice.post("/stock/cartons/new/", typed(left="40", outer_length_mm="320")).status_code == 302
    carton = Carton.objects.get()
    assert (carton.name, carton.outer_mm, carton.counted) == ("M", (320, 306, 306), 40)


def test_a_count_begins_when_another_number_is_typed_and_not_before(alice):
    carton = make_carton("M", counted=5, counted_at=clock.now() - timedelta(hours=1))
    packed(2)
    address = f"/stock/cartons/{carton.pk}/"
    alice.post(address, typed(left="3", low_mark="4"))
    kept = Carton.objects.get()
    assert (kept.counted, kept.counted_at, kept.low_mark) == (5, carton.counted_at, 4)
    alice.post(address, typed(left="10", low_mark="4"))
    assert (Carton.objects.get().counted, list(cartons_left().values())) == (10, [10])


def test_measures_stay_once_something_was_packed_in_it(alice):
    carton = make_carton("M")
    packed()
    alice.post(f"/stock/cartons/{carton.pk}/", typed(length_mm="900", max_gross_g="1", price="0.7"))
    kept = Carton.objects.get()
    assert (kept.length_mm, kept.max_gross_g, str(kept.price)) == (300, 20_000, "0.700")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"outer_width_mm": "299"}, "outer_width_mm"),
        ({"height_mm": "0"}, "height_mm"),
        ({"max_gross_g": "100"}, "max_gross_g"),
        ({"price": "-1"}, "price"),
        ({"left": "-1"}, "left"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(alice, fields, name):
    page = alice.post("/stock/cartons/new/", typed(**fields))
    assert (page.status_code, list(page.context["form"].errors), Carton.objects.count()) == (422, [name], 0)
