"""One product in several bins of a warehouse: chosen by quantity and walk, emptied, and tried on a short pick."""

import pytest

from fulfillment.models import PickTask, Shipment
from fulfillment.pickwork import giving
from fulfillment.pickwork.scanning import scan
from fulfillment.stages.pick import pick
from inventory.models import Bin, CountLine, FurtherBin, Stock
from inventory.services import put_into
from inventory.services.counts import enter_count, submit_count
from ordermgmt.verify import verify
from orders.models import Order, OrderEvent
from tests.factories import make_product, make_stock, make_warehouse
from tests.fulfillment.pickwork.test_scanning import act, item
from tests.fulfillment.pickwork.work import leeds, list_of, released, shelve

pytestmark = pytest.mark.django_db


def further(place: Stock, code: str, units: int) -> Bin:
    """So many of its units lie in another bin."""
    aisle, bay, level = map(int, code.split("-"))
    fields = {"aisle": aisle, "bay": bay, "level": level}
    row, _ = Bin.objects.get_or_create(warehouse=leeds(), code=code, defaults=fields)
    put_into(place.pk, row.pk, units)
    return row


def asked(shipment: Shipment) -> list[tuple[str, str, int]]:
    rows = PickTask.objects.filter(shipment_line__shipment=shipment)
    return sorted(rows.values_list("bin__code", "shipment_line__order_line__sku", "quantity"))


def lies() -> dict[str, int]:
    return dict(FurtherBin.objects.values_list("bin__code", "units"))


def short(row, units, **fields):
    task = PickTask.objects.filter(pick_list=row, bin__code="1-2-1").first()
    return scan(row.pk, act("short", task=task.pk, units=units, reason="not_found", **fields), by="bob")


def bobs(*lines):
    row = list_of(released(*lines))
    return giving.assign(row.pk, picker="bob", by="bob")


def holds_together():
    assert [(check.name, check.breaches) for check in verify().checks if check.breaches] == []


def test_one_bin_that_has_enough_is_better_than_two():
    further(shelve("MUG", "1-2-1", units=9), "4-9-1", 6)
    assert asked(released(("MUG", 5))) == [("4-9-1", "MUG", 5)]


def test_of_bins_that_have_enough_the_one_nearest_to_the_others_is_visited():
    further(shelve("MUG", "1-2-1", units=20), "4-9-1", 10)
    shelve("JAR", "4-8-1")
    assert asked(released(("MUG", 1))) == [("1-2-1", "MUG", 1)]
    assert asked(released(("JAR", 1), ("MUG", 1))) == [("4-8-1", "JAR", 1), ("4-9-1", "MUG", 1)]


def test_units_that_others_are_sent_for_are_not_counted_on():
    further(shelve("MUG", "1-2-1", units=9), "4-9-1", 6)
    released(("MUG", 5))
    assert asked(released(("MUG", 4))) == [("1-2-1", "MUG", 3), ("4-9-1", "MUG", 1)]


def test_machines_are_not_told_of_further_bins():
    further(shelve("MUG", "1-2-1", units=9), "4-9-1", 6)
    leeds().__class__.objects.update(mode="automatic")
    assert asked(released(("MUG", 5))) == [("1-2-1", "MUG", 5)]


def test_what_is_taken_from_a_further_bin_has_left_it_and_comes_back_when_it_was_wrong():
    further(shelve("MUG", "1-2-1", units=9), "4-9-1", 6)
    row = bobs(("MUG", 5))
    scan(row.pk, item("MUG", "4-9-1", 2), by="bob")
    assert lies() == {"4-9-1": 4}
    scan(row.pk, act("correct", task=PickTask.objects.get().pk, units=1, reason="wrong_item"), by="bob")
    assert lies() == {"4-9-1": 5}
    pick(Shipment.objects.get().pk, by="bob")
    assert lies() == {"4-9-1": 1}
    assert Stock.objects.get().on_hand == 9
    holds_together()


def test_another_bin_of_the_warehouse_has_what_is_not_there():
    make_stock(make_product("MUG"), 10, warehouse=make_warehouse("YORK", priority=90))
    further(shelve("MUG", "1-2-1", units=10), "4-9-1", 3)
    row = bobs(("MUG", 5))
    scan(row.pk, item("MUG", "1-2-1", 1), by="bob")
    assert short(row, 4, counted=0).verdict == "right"
    told = OrderEvent.objects.get(name="pick.short").data
    assert told["bins"] == [{"bin": "4-9-1", "units": 3}]
    assert (told["sources"], told["awaited"]) == ([{"warehouse": "York", "units": 1}], 0)
    here = Shipment.objects.get(number=1)
    assert asked(here) == [("1-2-1", "MUG", 5), ("4-9-1", "MUG", 3)]
    assert here.lines.get().quantity == 4
    place = Stock.objects.get(warehouse=leeds())
    assert (place.on_hand, place.reserved, lies()) == (4, 4, {"4-9-1": 3})
    holds_together()
    scan(row.pk, item("MUG", "4-9-1", 3), by="bob")
    assert (str(Shipment.objects.get(number=1).state), lies()) == ("picked", {})
    holds_together()


def test_a_further_bin_that_nobody_counted_is_counted_alone():
    further(shelve("MUG", "1-2-1", units=9), "4-9-1", 6)
    row = bobs(("MUG", 5))
    task = PickTask.objects.get()
    scan(row.pk, act("short", task=task.pk, units=5, reason="not_found"), by="bob")
    line = CountLine.objects.select_related("bin").get()
    assert (line.count.name, line.place.code, lies()) == ("Short pick: 4-9-1", "4-9-1", {})
    enter_count(line.pk, counted=2, by="petra")
    assert submit_count(line.count_id, by="petra").state == "booked"
    assert (Stock.objects.get().on_hand, lies()) == (5, {"4-9-1": 2})


def test_a_short_further_bin_is_written_down_alone():
    further(shelve("MUG", "1-2-1", units=9), "4-9-1", 6)
    row = bobs(("MUG", 5))
    task = PickTask.objects.get()
    scan(row.pk, act("short", task=task.pk, units=4, reason="not_found", counted=1), by="bob")
    assert (Stock.objects.get().on_hand, lies()) == (4, {"4-9-1": 1})
    assert asked(Shipment.objects.get()) == [("1-2-1", "MUG", 1), ("1-2-1", "MUG", 3), ("4-9-1", "MUG", 5)]
    assert Order.objects.get().open_holds == 1
    holds_together()
