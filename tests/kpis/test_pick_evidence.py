"""What is seen at the shelf counts for picking accuracy: what reached the tote is wrong, what was refused is not."""

import pytest

from fulfillment.models import PickTask
from fulfillment.pickwork import giving
from fulfillment.pickwork.scanning import scan, scan_all
from inventory import clock
from kpis.fold import check, fold
from kpis.models import LineFact
from orders.history import record
from orders.queue import held
from tests.factories import make_product, make_stock, make_warehouse
from tests.fulfillment.pickwork.test_scanning import act, item
from tests.fulfillment.pickwork.work import list_of, released, shelve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bobs():
    """Two mugs and a jar, of which York has some, too."""
    shelve("MUG", "1-2-1")
    shelve("JAR", "3-4-1")
    row = list_of(released(("MUG", 2), ("JAR", 1)))
    make_stock(make_product("MUG"), 5, warehouse=make_warehouse("YORK", priority=90))
    return giving.assign(row.pk, picker="bob", by="bob")


def lines():
    """Whether each line is wrong, was scanned, and when it was picked."""
    while fold().events:
        pass
    assert check(lambda *said: None) == []
    rows = LineFact.objects.order_by("position").values_list("sku", "wrong", "scanned", "picked_at")
    return [(sku, wrong, scanned, at is not None) for sku, wrong, scanned, at in rows]


def mugs():
    return PickTask.objects.get(shipment_line__order_line__sku="MUG", pick_list__picker="bob")


def test_what_was_refused_at_the_shelf_never_reached_the_tote(bobs):
    acts = [item("JAR", "1-2-1"), item("MUG", "1-2-1", 2), item("JAR", "3-4-1")]
    scan_all(bobs.pk, acts, by="bob")
    assert lines() == [("MUG", False, True, True), ("JAR", False, True, True)]


def test_what_was_taken_wrongly_is_wrong_even_if_it_was_put_right(bobs):
    scan(bobs.pk, item("MUG", "1-2-1", 2), by="bob")
    scan(bobs.pk, act("correct", task=mugs().pk, units=1, reason="wrong_item"), by="bob")
    scan_all(bobs.pk, [item("MUG", "1-2-1"), item("JAR", "3-4-1")], by="bob")
    assert lines() == [("MUG", True, True, True), ("JAR", False, True, True)]


@pytest.mark.parametrize(("counted", "wrong"), [(0, False), (None, True)])
def test_a_short_pick_is_wrong_unless_a_count_stands_behind_it(bobs, counted, wrong):
    scan(bobs.pk, item("MUG", "1-2-1"), by="bob")
    scan(bobs.pk, act("short", task=mugs().pk, units=1, counted=counted), by="bob")
    scan(bobs.pk, act("confirm", task=PickTask.objects.get(picked=0, pick_list=bobs).pk), by="bob")
    assert lines() == [("MUG", wrong, False, False), ("JAR", False, False, True)]


def test_what_the_packer_found_wrong_in_the_tote_is_wrong(bobs):
    scan_all(bobs.pk, [item("MUG", "1-2-1", 2), item("JAR", "3-4-1")], by="bob")
    with held(bobs.tasks.all()[0].shipment_line.shipment.order_id) as order, clock.at(clock.now()):
        record(order, "pack.mismatched", by="petra", line=2, verdict="wrong_item")
    assert [(sku, wrong) for sku, wrong, *_ in lines()] == [("MUG", False), ("JAR", True)]
