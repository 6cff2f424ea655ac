"""Scans at the pick station: what moves, what is kept, and that nothing moves twice."""

from uuid import uuid4

import pytest

from fulfillment.errors import ScanReused
from fulfillment.models import PickList, PickTask, Scan, Shipment, ShipmentLine
from fulfillment.pickwork import giving
from fulfillment.pickwork.planning import plan_work
from fulfillment.pickwork.scanning import Act, scan, scan_all
from fulfillment.pickwork.verdicts import Seen
from fulfillment.stages.pick import pick
from fulfillment.tasks import drain_pick
from inventory import clock
from ordermgmt.verify import verify
from orders.models import Hold, Order, OrderEvent
from orders.services import cancel, hold, release_hold
from tests.factories import make_product
from tests.fulfillment.pickwork.work import leeds, list_of, picks_by, released, shelve

pytestmark = pytest.mark.django_db


def act(action="item", *, reason="", counted=None, **seen):
    return Act(uuid4(), Seen(action, **seen), clock.now(), reason=reason, counted=counted)


def item(code, bin_, units=1):
    return act(bin=bin_, code=code, units=units)


@pytest.fixture
def bobs():
    """Bob's list: two mugs in 1-2-1 and a jar in 3-4-1, for one order."""
    shelve("MUG", "1-2-1", barcode="4006381333931")
    shelve("JAR", "3-4-1")
    row = list_of(released(("MUG", 2), ("JAR", 1)))
    return giving.assign(row.pk, picker="bob", by="bob")


def stands():
    """The list's state, the shipment's, and the units picked by task and by line."""
    return (
        PickList.objects.get().state,
        str(Shipment.objects.get().state),
        list(PickTask.objects.values_list("picked", flat=True)),
        sorted(ShipmentLine.objects.values_list("picked", flat=True)),
    )


def told(name):
    return list(OrderEvent.objects.filter(name=name).order_by("seq").values_list("data", flat=True))


def test_location_item_quantity_and_the_shipment_is_picked(bobs):
    acts = [act("bin", bin="3-4-1"), item("JAR", "3-4-1"), act("bin", bin="1-2-1"), item("4006381333931", "1-2-1", 2)]
    rows = scan_all(bobs.pk, acts, by="bob")
    assert [row.verdict for row in rows] == ["right"] * 4
    assert stands() == ("finished", "picked", [1, 2], [1, 2])
    assert Order.objects.get().state == "picked"
    assert set(PickTask.objects.values_list("scanned", "picked_by")) == {(True, "bob")}
    (event,) = told("shipment.picked")
    assert (event["lines"], event["units"], event["scanned"]) == (2, 3, 2)
    assert [(row["sku"], row["bin"], row["units"]) for row in told("pick.scanned")] == [
        ("JAR", "3-4-1", 1),
        ("MUG", "1-2-1", 2),
    ]
    assert [check.name for check in verify().checks if check.breaches] == []


def test_the_same_id_counts_once_however_often_it_is_sent(bobs):
    one = item("MUG", "1-2-1")
    first, again = scan(bobs.pk, one, by="bob"), scan(bobs.pk, one, by="bob")
    assert (first.pk, again.said, Scan.objects.count()) == (again.pk, first.said, 1)
    assert stands()[2] == [0, 1]
    other = list_of(released(("JAR", 1)))
    with pytest.raises(ScanReused):
        scan(other.pk, one, by="bob")


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (Seen("item", bin="1-2-1", code="JAR"), "wrong_item"),
        (Seen("item", bin="", code="JAR"), "wrong_bin"),
        (Seen("item", bin="1-2-1", code="TEA"), "not_on_list"),
        (Seen("item", bin="1-2-1", code="nothing"), "unknown"),
        (Seen("item", bin="1-2-1", code="MUG", units=3), "already_complete"),
        (Seen("bin", bin="9-9-9"), "wrong_bin"),
    ],
)
def test_a_mismatch_moves_nothing_and_is_kept(bobs, seen, verdict):
    make_product("TEA")
    before = stands()
    row = scan(bobs.pk, Act(uuid4(), seen, clock.now()), by="bob")
    assert (row.verdict, row.units, stands()) == (verdict, 0, before)
    (event,) = told("pick.mismatched")
    assert (event["verdict"], event["code"]) == (verdict, seen.code or seen.bin)


def test_what_is_confirmed_without_a_scan_is_known_as_such(bobs):
    mugs, jar = PickTask.objects.get(quantity=2), PickTask.objects.get(quantity=1)
    scan(bobs.pk, act("confirm", task=mugs.pk, units=1), by="bob")
    scan_all(bobs.pk, [item("MUG", "1-2-1"), item("JAR", "3-4-1")], by="bob")
    assert stands()[1] == "picked"
    assert dict(PickTask.objects.values_list("pk", "scanned")) == {mugs.pk: False, jar.pk: True}
    assert [(row["sku"], row["units"]) for row in told("pick.unscanned")] == [("MUG", 1)]


def test_a_click_on_the_order_page_is_evidence_too(bobs):
    scan(bobs.pk, item("MUG", "1-2-1"), by="bob")
    pick(Shipment.objects.get().pk, by="bob")
    assert stands() == ("finished", "picked", [1, 2], [1, 2])
    assert told("pick.unscanned") == [{"shipment": Shipment.objects.get().code, "lines": 2, "units": 2}]
    assert [check.name for check in verify().checks if check.breaches] == []


def test_only_who_has_the_list_in_hand_counts(bobs):
    giving.take_over(bobs.pk, by="petra")
    row = scan(bobs.pk, item("MUG", "1-2-1"), by="bob")
    assert (row.verdict, row.said) == ("not_on_list", "Not counted: the list is assigned with petra")
    giving.pause(bobs.pk, by="petra")
    assert scan(bobs.pk, item("MUG", "1-2-1"), by="petra").said == "Not counted: the list is paused"
    assert stands()[2] == [0, 0]


def test_one_scan_is_one_unit_of_one_order_of_a_batch():
    shelve("MUG", "1-2-1")
    first, second = released(("MUG", 1)), released(("MUG", 2))
    picks_by("batch")
    plan_work(leeds(), by="alice")
    batch = giving.next_list(leeds(), picker="bob")
    rows = scan_all(batch.pk, [item("MUG", "1-2-1"), item("MUG", "1-2-1"), item("MUG", "1-2-1")], by="bob")
    assert [row.shipment_id for row in rows] == [first.pk, second.pk, second.pk]
    assert [str(row.state) for row in Shipment.objects.order_by("pk")] == ["picked", "picked"]
    assert PickList.objects.get().state == "finished"


def test_what_is_called_off_is_not_on_the_list_any_more(bobs):
    scan(bobs.pk, item("MUG", "1-2-1"), by="bob")
    cancel(Order.objects.get().pk, reason="x", by="sam")
    drain_pick()
    row = scan(bobs.pk, item("JAR", "3-4-1"), by="bob")
    assert (row.verdict, row.units) == ("not_on_list", 0)
    assert stands()[:2] == ("finished", "cancelled")


def test_an_order_that_is_held_meanwhile_is_gathered_and_goes_on_when_it_is_released(bobs):
    hold(Order.objects.get().pk, reason="other", note="", by="sam")
    scan_all(bobs.pk, [item("MUG", "1-2-1", 2), item("JAR", "3-4-1")], by="bob")
    assert stands()[:2] == ("finished", "approved")
    drain_pick()
    assert stands()[1] == "approved"
    release_hold(Hold.objects.get().pk, by="sam")
    drain_pick()
    assert stands()[1] == "picked"
    assert told("shipment.picked")[0]["scanned"] == 2


def test_units_taken_wrongly_come_out_again_and_are_still_to_take(bobs):
    rows = scan_all(bobs.pk, [item("MUG", "1-2-1", 2)], by="bob")
    taken_out = act("correct", task=rows[0].task_id, units=1, reason="wrong_item")
    assert scan(bobs.pk, taken_out, by="bob").verdict == "right"
    assert (stands()[2], told("pick.corrected")[0]["late"]) == ([0, 1], False)
    scan_all(bobs.pk, [item("MUG", "1-2-1"), item("JAR", "3-4-1")], by="bob")
    assert stands()[1] == "picked"
    late = act("correct", task=rows[0].task_id, units=1, reason="wrong_item")
    assert scan(bobs.pk, late, by="petra").units == 0
    assert (stands()[2], [row["late"] for row in told("pick.corrected")]) == ([1, 2], [False, True])
    assert [check.name for check in verify().checks if check.breaches] == []


def test_more_than_was_taken_does_not_come_out(bobs):
    task = PickTask.objects.get(quantity=2)
    row = scan(bobs.pk, act("correct", task=task.pk, units=1), by="bob")
    assert (row.verdict, row.said, told("pick.corrected")) == ("not_on_list", "Only 0 were taken", [])
