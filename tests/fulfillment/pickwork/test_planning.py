"""The pool becomes walks: batches within the trolley's bounds, waves of what belongs together."""

from datetime import UTC, datetime, time, timedelta

import pytest

from fulfillment.carriers.accounts import active_accounts
from fulfillment.lists import cut_off_after
from fulfillment.models import PickList, PickListStep, PickTask, ShippingRule, ToteSlot
from fulfillment.pickwork.planning import plan_work
from fulfillment.pickwork.pool import pool
from fulfillment.services import open_shipments
from fulfillment.stages.pick import pick
from inventory import clock
from orders.models import Order
from orders.services import cancel, hold
from tests.factories import make_order, make_warehouse
from tests.fulfillment.pickwork.work import leeds, list_of, picks_by, released, shelve

pytestmark = pytest.mark.django_db


def four_orders():
    """Two neighbours in the first aisle, two in the last."""
    shelve("A", "1-2-1")
    shelve("B", "1-3-1")
    shelve("C", "4-8-1")
    shelve("D", "4-9-1")
    return [released((sku, 2)) for sku in "ACBD"]


def skus(pick_list):
    return list(pick_list.tasks.values_list("shipment_line__order_line__sku", flat=True))


def test_an_order_waits_in_the_pool_on_a_single_list_of_its_own():
    shipment = four_orders()[0]
    row = list_of(shipment)
    assert (row.kind, row.state, row.picker, PickList.objects.count()) == ("single", "open", "", 4)
    assert [waiting.number for waiting in pool(leeds())] == list(
        Order.objects.order_by("id").values_list("number", flat=True)
    )


def test_a_batch_is_one_walk_with_a_tote_for_each_order():
    shipments = four_orders()
    alone = sum(PickList.objects.values_list("distance_m", flat=True))
    picks_by("batch")
    (batch,) = plan_work(leeds(), by="alice")
    assert PickList.objects.get() == batch
    assert (batch.kind, batch.proven, skus(batch)) == ("batch", True, ["C", "D", "B", "A"])
    assert (batch.distance_m, alone) == (38, 76)
    assert list(ToteSlot.objects.values_list("number", "shipment_id")) == [
        (number, row.pk) for number, row in enumerate(shipments, 1)
    ]
    assert list(PickListStep.objects.values_list("action", "by")) == [("planned", "alice")]
    assert plan_work(leeds(), by="alice") == []


def test_a_trolley_carries_no_more_totes_than_it_has():
    four_orders()
    policy = picks_by("batch")
    policy.trolley.totes = 2
    policy.trolley.save()
    rows = plan_work(leeds(), by="alice")
    assert [skus(row) for row in rows] == [["A", "B"], ["C", "D"]]


def test_a_trolley_carries_no_more_weight_than_it_may():
    shelve("IRON", "1-1-1", weight_g=9_000)
    for _ in range(3):
        released(("IRON", 1))
    picks_by("batch")
    rows = plan_work(leeds(), by="alice")
    assert [row.tasks.count() for row in rows] == [2]
    assert PickList.objects.filter(kind="single").count() == 1


def test_a_large_order_fills_several_totes_and_one_too_large_walks_alone():
    shelve("A", "1-1-1", units=90)
    small, large, huge = released(("A", 2)), released(("A", 25)), released(("A", 45))
    picks_by("batch")
    (batch,) = plan_work(leeds(), by="alice")
    assert [(row.number, row.shipment_id) for row in batch.totes.all()] == [
        (1, small.pk),
        *((number, large.pk) for number in (2, 3, 4)),
    ]
    assert list_of(huge).kind == "single"


def test_without_a_known_floor_the_trolley_is_filled_in_the_order_of_work():
    leeds(floor=False)
    four_orders()
    picks_by("batch")
    leeds().layout.delete()
    (batch,) = plan_work(leeds(floor=False), by="alice")
    assert (batch.distance_m, skus(batch)) == (None, ["A", "B", "C", "D"])


@pytest.mark.parametrize(
    ("waves_by", "names"),
    [("zone", ["Aisles 3 to 4", "Aisles 1 to 2"]), ("priority", ["Priority 5", "Priority 0"])],
)
def test_a_wave_has_something_in_common(waves_by, names):
    shipments = four_orders()
    Order.objects.filter(pk=shipments[3].order_id).update(priority=5)
    picks_by("wave", waves_by=waves_by, zone_aisles=2)
    rows = plan_work(leeds(), by="alice")
    assert [row.name for row in rows] == names
    assert {row.kind for row in rows} == {"wave"}


def test_a_wave_may_leave_together():
    leeds(cut_off=time(16))
    four_orders()
    rows = list(PickList.objects.order_by("id"))
    PickList.objects.filter(pk=rows[0].pk).update(cut_off_at=datetime(2026, 5, 4, 15, tzinfo=UTC))
    PickList.objects.exclude(pk=rows[0].pk).update(cut_off_at=datetime(2026, 5, 5, 15, tzinfo=UTC))
    picks_by("wave")
    assert [(row.name, row.tasks.count()) for row in plan_work(leeds(), by="alice")] == [
        ("Leaves Mon 4 May, 16:00", 1),
        ("Leaves Tue 5 May, 16:00", 3),
    ]


def test_a_wave_may_go_with_one_service_of_a_carrier():
    """The one that the quote will choose: whoever is promised more than the tables can do goes with the fastest."""
    shipments, now = four_orders(), clock.now()
    Order.objects.update(promised_at=now + timedelta(days=30))
    Order.objects.filter(pk__in=[row.order_id for row in shipments[:2]]).update(promised_at=now)
    picks_by("wave", waves_by="carrier")
    assert [(row.name, sorted(skus(row))) for row in plan_work(leeds(), by="alice")] == [
        ("With Parcelwing, express", ["A", "C"]),
        ("With Parcelwing, economy", ["B", "D"]),
    ]


def test_a_rule_of_the_shop_decides_with_whom_a_wave_goes():
    four_orders()
    Order.objects.update(promised_at=clock.now() + timedelta(days=30))
    (account,) = active_accounts()
    ShippingRule.objects.create(name="Gentle", account=account, service="standard", skus=["B"])
    picks_by("wave", waves_by="carrier")
    assert {row.name: sorted(skus(row)) for row in plan_work(leeds(), by="alice")} == {
        "With Parcelwing, economy": ["A", "C", "D"],
        "With Parcelwing, standard": ["B"],
    }


def test_what_is_held_called_off_or_picked_stays_out_of_a_batch():
    held, gone, done, waits = four_orders()
    hold(held.order_id, reason="other", note="", by="sam")
    cancel(gone.order_id, reason="x", by="sam")
    pick(done.pk, by="bob")
    assert [row.list_id for row in pool(leeds())] == [list_of(waits).pk]


def test_a_batch_ends_with_its_last_order_however_that_ends():
    shipments = four_orders()[:2]
    picks_by("batch")
    (batch,) = plan_work(leeds(), by="alice")
    for shipment in shipments:
        pick(shipment.pk, by="bob")
    assert PickList.objects.get().finished_at is None
    for row in PickTask.objects.filter(picked=0):
        pick(row.shipment_line.shipment_id, by="bob")
    batch = PickList.objects.get()
    assert (batch.state, batch.finished_at is None) == ("finished", False)


def test_machines_and_third_parties_plan_their_own_work():
    make_warehouse("YORK", mode="automatic")
    order = make_order([("MUG-1", 1)], state="approved")
    open_shipments(order.pk, by="test")
    york = PickList.objects.get().warehouse
    assert plan_work(york, by="alice") == []


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        (datetime(2026, 5, 4, 14, 59, tzinfo=UTC), datetime(2026, 5, 4, 15, tzinfo=UTC)),
        (datetime(2026, 5, 4, 15, 1, tzinfo=UTC), datetime(2026, 5, 5, 15, tzinfo=UTC)),
        (datetime(2026, 5, 8, 15, 1, tzinfo=UTC), datetime(2026, 5, 11, 15, tzinfo=UTC)),
    ],
)
def test_the_cut_off_is_read_by_the_clocks_of_the_warehouse_on_working_days(moment, leaves):
    assert cut_off_after(leeds(cut_off=time(16)), moment) == leaves
