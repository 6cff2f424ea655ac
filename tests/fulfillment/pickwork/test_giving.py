"""Who walks which list, and what everybody else is told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from fulfillment.errors import ListInHand, ListNotFree, NothingToPick
from fulfillment.models import PickList, PickListStep
from fulfillment.pickwork import giving
from fulfillment.stages.pick import pick
from inventory import clock
from orders.models import Order
from orders.services import hold
from tests.fulfillment.pickwork.work import leeds, list_of, picks_by, released, shelve

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    """Two single lists, the older first."""
    shelve("A", "1-1-1")
    shelve("B", "4-9-1")
    return [list_of(released((sku, 2))) for sku in "AB"]


def steps():
    return list(PickListStep.objects.values_list("action", "picker", "by"))


def stands(row):
    found = PickList.objects.get(pk=row.pk)
    return found.state, found.picker


def test_the_oldest_list_comes_first_and_stays_until_it_is_done(two):
    assert giving.next_list(leeds(), picker="bob") == two[0]
    assert giving.next_list(leeds(), picker="bob") == two[0]
    assert giving.next_list(leeds(), picker="petra") == two[1]
    assert (stands(two[0]), steps()) == (
        ("assigned", "bob"),
        [("taken", "bob", "bob"), ("taken", "petra", "petra")],
    )
    with pytest.raises(NothingToPick, match="Nothing waits to be picked in Leeds"):
        giving.next_list(leeds(), picker="sam")


def test_priority_goes_before_cut_off_and_cut_off_before_age(two):
    PickList.objects.filter(pk=two[1].pk).update(cut_off_at=clock.now())
    PickList.objects.filter(pk=two[0].pk).update(cut_off_at=clock.now() + timedelta(hours=1))
    assert giving.most_urgent(leeds()).first() == two[1]
    Order.objects.filter(shipments__lines__tasks__pick_list=two[0]).update(priority=3)
    assert giving.most_urgent(leeds()).first() == two[0]
    giving.set_priority(two[1].pk, priority=4, by="alice")
    assert giving.most_urgent(leeds()).first() == two[1]


def test_what_is_held_is_given_to_nobody(two):
    hold(Order.objects.get(shipments__lines__tasks__pick_list=two[0]).pk, reason="other", note="", by="sam")
    assert giving.next_list(leeds(), picker="bob") == two[1]


def test_the_policy_plans_before_it_gives(two):
    picks_by("batch")
    row = giving.next_list(leeds(), picker="bob")
    assert (row.kind, row.picker, PickList.objects.count()) == ("batch", "bob", 1)


def test_one_picker_has_one_list_in_hand(two):
    giving.assign(two[0].pk, picker="bob", by="alice")
    with pytest.raises(ListInHand, match="bob has another pick list in hand: finish or pause it first"):
        giving.assign(two[1].pk, picker="bob", by="alice")
    with pytest.raises(IntegrityError, match="one_active_list_per_picker"), transaction.atomic():
        PickList.objects.filter(pk=two[1].pk).update(picker="bob", state="picking")
    assert (stands(two[1]), steps()) == (("open", ""), [("assigned", "bob", "alice")])


def test_a_list_in_hand_is_taken_over_knowingly(two):
    giving.assign(two[0].pk, picker="bob", by="bob")
    with pytest.raises(ListNotFree, match=f"Pick list {two[0].pk} is assigned with bob"):
        giving.assign(two[0].pk, picker="petra", by="petra")
    giving.take_over(two[0].pk, by="petra")
    giving.take_over(two[0].pk, by="petra")
    assert (stands(two[0]), steps()[-1]) == (("assigned", "petra"), ("taken over", "petra", "petra"))
    assert len(steps()) == 2


def test_a_paused_list_waits_for_its_picker_who_may_walk_another_one(two):
    giving.next_list(leeds(), picker="bob")
    giving.pause(two[0].pk, by="bob")
    giving.assign(two[1].pk, picker="bob", by="bob")
    with pytest.raises(ListInHand):
        giving.resume(two[0].pk, by="bob")
    with pytest.raises(ListNotFree):
        giving.resume(two[0].pk, by="petra")
    giving.pause(two[1].pk, by="bob")
    assert giving.next_list(leeds(), picker="bob") == two[0]
    assert (stands(two[0]), stands(two[1])) == (("assigned", "bob"), ("paused", "bob"))


def test_a_list_of_which_nothing_is_taken_can_be_given_back(two):
    giving.next_list(leeds(), picker="bob")
    giving.give_back(two[0].pk, by="bob")
    giving.give_back(two[0].pk, by="bob")
    assert (stands(two[0]), len(steps())) == (("open", ""), 2)


@pytest.mark.parametrize("act", [giving.pause, giving.resume, giving.give_back])
def test_what_has_ended_has_ended(two, act):
    pick(two[0].tasks.get().shipment_line.shipment_id, by="bob")
    before = (stands(two[0]), steps())
    with pytest.raises(ListNotFree, match=f"Pick list {two[0].pk} is finished"):
        act(two[0].pk, by="bob")
    with pytest.raises(ListNotFree):
        giving.take_over(two[0].pk, by="bob")
    assert (stands(two[0]), steps()) == before
