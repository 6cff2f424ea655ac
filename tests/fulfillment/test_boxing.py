"""What is proposed to a packer: by how goods may be packed, by what is left of boxes, and from outside."""

from datetime import timedelta
from itertools import count

import pytest

from fulfillment.boxing import Packed, cartons_left, proposed
from fulfillment.models import Carton, Parcel, Shipment
from fulfillment.queue import held_shipment
from fulfillment.services import open_shipments
from fulfillment.stages.pack import pack, pack_into
from fulfillment.stages.pick import pick
from inventory import clock
from inventory.models import Product
from ordermgmt.cartons.page import LATELY, carton_rows
from orders.errors import NotAllowedNow
from tests.factories import make_carton, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SMALL = {"width_mm": 90, "length_mm": 90, "height_mm": 90, "weight_g": 100}


def picked(units=2, **product):
    """A shipment of small things that waits for a packer."""
    make_stock(make_product("BOX", **SMALL), units, warehouse=make_warehouse(mode="manual"))
    Product.objects.filter(sku="BOX").update(**SMALL | product)
    order = make_order([("BOX", units)], state="approved")
    open_shipments(order.pk, by="test")
    shipment = Shipment.objects.get(order=order)
    pick(shipment.pk, by="bob")
    return shipment


def counts(shipment):
    return [(box.carton.name if box.carton else None, sum(box.units.values())) for box in proposed(shipment)]


def test_what_ships_alone_gets_a_box_for_each_unit():
    make_carton("M", side_mm=300)
    assert counts(picked(units=2)) == [("M", 2)]
    assert counts(picked(units=2, ships_alone=True)) == [("M", 1), ("M", 1)]


def test_padding_keeps_room_on_all_sides():
    make_carton("S", side_mm=100, price="0.10")
    make_carton("M", side_mm=300, price="0.90")
    assert counts(picked(units=1, padding_mm=5)) == [("S", 1)]
    assert counts(picked(units=1, padding_mm=6)) == [("M", 1)]


def test_what_stands_upright_is_not_laid_down():
    make_carton("Flat", side_mm=300, height_mm=95, price="0.10")
    make_carton("High", side_mm=300, price="0.90")
    assert counts(picked(units=1, height_mm=200)) == [("Flat", 1)]
    assert counts(picked(units=1, height_mm=200, upright=True)) == [("High", 1)]


def test_nothing_lies_on_what_bears_nothing():
    make_carton("Tower", side_mm=100, height_mm=200)
    assert counts(picked(units=2)) == [("Tower", 2)]
    assert counts(picked(units=2, no_stack=True)) == [("Tower", 1), ("Tower", 1)]


def test_a_box_that_has_run_out_or_is_retired_is_not_proposed():
    make_carton("S", side_mm=100, price="0.10", counted=1)
    make_carton("M", side_mm=300, price="0.90")
    make_carton("Old", side_mm=300, price="0.01", active=False)
    first, second = picked(units=1), picked(units=1)
    assert counts(first) == [("S", 1)]
    pack(first.pk, by="petra")
    assert {carton.name: left for carton, left in cartons_left().items()} == {"S": 0, "M": None}
    assert counts(second) == [("M", 1)]


def test_boxes_are_counted_from_the_last_count_on():
    carton = make_carton("M", side_mm=300, counted=5)
    for _ in range(2):
        pack(picked(units=1).pk, by="petra")
    assert cartons_left()[carton] == 3
    Carton.objects.filter(pk=carton.pk).update(counted=10, counted_at=clock.now() + timedelta(seconds=1))
    assert cartons_left()[carton] == 10


def test_each_carton_is_counted_from_its_own_count_on_and_with_that_moment():
    now, shipment, numbers = clock.now(), picked(units=1), count(1)
    counts = {"S": {"counted": 9, "counted_at": now}, "M": {"counted": 9, "counted_at": now + 2 * HOUR}, "L": {}}
    for name, fields in counts.items():
        carton = make_carton(name, **fields)
        for hours in (-1, 0, 1, 2):
            packed = {"carton": carton, "packed_at": now + hours * HOUR, "weight_g": 1}
            Parcel.objects.create(shipment=shipment, number=next(numbers), **packed)
    assert {carton.name: left for carton, left in cartons_left().items()} == {"S": 6, "M": 8, "L": None}
    with clock.at(now + LATELY):
        assert {row.carton.name: row.lately for row in carton_rows()} == {"S": 3, "M": 3, "L": 3}


def test_nobody_waits_because_boxes_have_run_out():
    make_carton("M", side_mm=300, counted=0)
    shipment = pack(picked(units=2).pk, by="petra")
    assert [parcel.carton for parcel in shipment.parcels.all()] == [None, None]


def test_a_parcel_has_the_outside_of_its_box():
    make_carton("M", side_mm=200, outer_length_mm=230)
    pack(picked(units=1).pk, by="petra")
    parcel = Parcel.objects.get()
    assert (parcel.size_mm, parcel.weight_g, parcel.expected_g) == ((230, 206, 206), 200, 200)


def test_goods_without_a_box_have_their_own_size():
    make_carton("S", side_mm=50)
    pack(picked(units=1, length_mm=120).pk, by="petra")
    assert Parcel.objects.get().size_mm == (120, 90, 90)


def test_a_packer_may_choose_other_boxes_and_the_scale_has_the_last_word():
    carton = make_carton("M", side_mm=300)
    shipment = picked(units=2)
    line = shipment.lines.get().pk
    chosen = [Packed(carton, {line: 1}, 200, carton.outer_mm, weight_g=212), Packed(None, {line: 1}, 100, (90, 90, 90))]
    with held_shipment(shipment.pk) as row:
        pack_into(row, chosen, by="petra")
    assert list(Parcel.objects.values_list("number", "carton__name", "weight_g", "expected_g")) == [
        (1, "M", 212, 200),
        (2, None, 100, 100),
    ]


@pytest.mark.parametrize("units", [1, 3])
def test_a_packer_boxes_every_unit_and_no_other(units):
    carton = make_carton("M", side_mm=300)
    shipment = picked(units=2)
    line = shipment.lines.get().pk
    with pytest.raises(NotAllowedNow), held_shipment(shipment.pk) as row:
        pack_into(row, [Packed(carton, {line: units}, 0, carton.outer_mm)], by="petra")
    assert (Shipment.objects.get().state, Parcel.objects.count()) == ("picked", 0)
