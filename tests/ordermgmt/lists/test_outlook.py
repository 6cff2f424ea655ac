"""What is shown before an act is done is what comes of it, and what was so already is not said to be done."""

import sys
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client

from feedback.models import FollowUp
from feedback.services import answer, invite, take_follow_up
from fulfillment.models import Job, JobRow, PickList, ReturnPolicy, Shipment
from fulfillment.pickwork import giving
from fulfillment.returns.requesting import Wish, WishLine, decline_return, request_return
from fulfillment.tasks import drain_pick
from inventory import clock
from inventory.services import set_reorder_point, set_safety_stock
from ordermgmt.lists.all import LISTS
from ordermgmt.tasks import run_lists
from orders.customers.blocking import set_blocked
from orders.customers.merging import merge
from orders.customers.scoring import override_tier
from orders.models import Customer, Decision, Hold, Order
from orders.policy import Policy
from orders.policy.versions import save_policy
from orders.services import cancel, hold
from tests.factories import make_channel, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
Came = tuple[int, int, int]


def outlook_and_outcome(client: Client, verb: str, **typed: object) -> tuple[Came, Came]:
    """For all rows of the list: how many will be done, are so already and will be refused; and what came of them."""
    address = next(f"/lists/{name}/{verb}/" for name, listing in LISTS.items() if verb in listing.acts)
    asked = {"which": "all", **typed, "sure": "1"}
    first = client.post(address, {**asked, "seen": "nothing yet"}).context["preview"].outlook if typed else None
    found = first or client.post(address, {"which": "all"}).context["preview"].outlook
    assert client.post(address, {**asked, "seen": found.seen}).status_code == 302
    run_lists()
    rows = JobRow.objects.filter(job=Job.objects.latest("pk"))
    refused, so = rows.exclude(error="").count(), rows.filter(outcome="so-already").count()
    return (found.possible, found.so_already, found.refused), (rows.count() - refused - so, so, refused)


def reasons(client: Client, address: str) -> dict[str, int]:
    groups = client.post(address, {"which": "all"}).context["preview"].outlook.groups
    return {str(group.why): group.count for group in groups}


def checked(order: Order) -> None:
    """Held by a check of the policy."""
    terms = {"policy_version": 0, "outcome": "hold", "why": "High value", "facts": {}, "checks": []}
    decision = Decision.objects.create(order=order, by="system:approve", **terms)
    row = hold(order.pk, reason="value", note="", by="system:approve")
    Hold.objects.filter(pk=row.pk).update(decision=decision)


def test_orders_are_held_while_their_goods_are_here(noon, alice: Client):
    for state in ("approved", "shipped", "reviewed"):
        make_order(state=state)
    held, worded, free = (make_order() for _ in range(3))
    hold(held.pk, reason="other", note="Look", by="sam")
    hold(worded.pk, reason="other", note="Ask first", by="sam")
    hold(free.pk, reason="fraud", note="Look", by="sam")
    left = "their goods have left the warehouse, and a hold stops no parcel"
    assert reasons(alice, "/lists/orders/hold-orders/") == {"their journey is over": 1, left: 1}
    expected, came = outlook_and_outcome(alice, "hold-orders", reason="other", note="Look")
    assert expected == came == (2, 1, 3)


def test_orders_are_released_where_one_person_may(noon, alice: Client):
    save_policy(make_channel(), Policy(version=0, second_person_above=Decimal(15)), note="", by="alice")
    free, small, large, judged = make_order(), make_order(), make_order([("MUG-1", 2)]), make_order()
    for order in (small, large, judged):
        hold(order.pk, reason="other", note="", by="sam")
    checked(judged)
    expected, came = outlook_and_outcome(alice, "release-orders")
    assert expected == came == (1, 1, 2)
    assert set(Order.objects.filter(open_holds=0)) == {free, small}
    assert not Hold.objects.exclude(seconded_by="").exists()
    assert Order.objects.get(pk=judged.pk).open_holds == 2


def test_orders_are_cancelled_unless_something_has_left(noon, alice: Client):
    cancel(make_order().pk, reason="wish", by="sam")
    for state in ("received", "shipped", "reviewed"):
        make_order(state=state)
    make_stock(make_product("JAR-1"), 9, warehouse=make_warehouse("YORK"))
    partly = make_order([("MUG-1", 1), ("JAR-1", 1)], state="packed")
    first, second = partly.shipments.order_by("number")
    Shipment.objects.filter(pk=second.pk).update(taken_on=True)
    expected, came = outlook_and_outcome(alice, "cancel-orders", reason="Recalled")
    assert expected == came == (1, 1, 3)
    assert first.order_id == partly.pk


def test_shipments_are_held_while_they_are_here_and_let_go(noon, alice: Client):
    for state in ("picked", "packed", "shipped"):
        make_order(state=state)
    expected, came = outlook_and_outcome(alice, "hold-shipments", reason="other", note="Look")
    assert expected == came == (2, 0, 1)
    assert outlook_and_outcome(alice, "hold-shipments", reason="other", note="Look") == ((0, 2, 1), (0, 2, 1))
    assert outlook_and_outcome(alice, "hold-shipments", reason="other", note="No") == ((0, 0, 3), (0, 0, 3))
    assert outlook_and_outcome(alice, "release-shipments") == ((2, 1, 0), (2, 1, 0))


def test_customers_are_blocked_once_and_given_their_tier_once(noon, alice: Client):
    people = [make_order(email=f"{name}@example.org").customer for name in ("ann", "bea", "cy", "dee")]
    merge(people[2].pk, duplicate_id=people[3].pk, by="sam")
    gone = int(LISTS["customers"].rows().filter(pk=people[3].pk).exists())
    set_blocked(people[0].pk, blocked=True, reason="Stolen cards", by="sam")
    override_tier(people[0].pk, tier="A", reason="Fair", by="sam")
    assert outlook_and_outcome(alice, "block-customers", reason="Recall") == ((2, 1, gone), (2, 1, gone))
    assert outlook_and_outcome(alice, "unblock-customers", reason="Recall") == ((3, 0, gone), (3, 0, gone))
    expected, came = outlook_and_outcome(alice, "tier-customers", tier="A", reason="Fair")
    assert expected == came == (2, 1, gone)


def test_returns_are_decided_and_taken_in_once(noon, alice: Client):
    ReturnPolicy.objects.create(channel=make_channel(), approve_at_once=False)
    for number in range(3):
        order = make_order(state="delivered")
        wish = Wish((WishLine(order.lines.get().pk, 1, "unwanted"),), "refund")
        row = request_return(order.pk, wish=wish, key=f"r:{number}", by="customer")
    decline_return(row.pk, why="Worn", by="sam")
    assert outlook_and_outcome(alice, "receive-returns") == ((0, 0, 3), (0, 0, 3))
    assert outlook_and_outcome(alice, "approve-returns") == ((2, 0, 1), (2, 0, 1))
    assert outlook_and_outcome(alice, "approve-returns") == ((0, 2, 1), (0, 2, 1))
    assert outlook_and_outcome(alice, "decline-returns", why="Late") == ((0, 1, 2), (0, 1, 2))
    assert outlook_and_outcome(alice, "receive-returns") == ((2, 0, 1), (2, 0, 1))
    assert outlook_and_outcome(alice, "receive-returns") == ((0, 2, 1), (0, 2, 1))


def test_follow_ups_change_hands_once(noon, alice: Client):
    for csat in (1, 1, 5):
        order = make_order(state="delivered")
        invite(order.pk, by="test")
        answer(order.pk, csat=csat, nps=2 * csat, comment="")
    User.objects.create_superuser("ben")
    take_follow_up(FollowUp.objects.latest("pk").pk, owner="ben")
    expected, came = outlook_and_outcome(alice, "assign-follow-ups", owner="ben")
    assert expected == came == (1, 1, 1)


def test_pick_lists_go_to_who_has_none_in_hand(noon, alice: Client):
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    for _ in range(5):
        make_order((("JAR-1", 1),), state="approved")
    drain_pick()
    first, second = PickList.objects.order_by("pk")[:2]
    for name in ("ann", "ben", "cy"):
        User.objects.create_superuser(name)
    giving.assign(first.pk, picker="ann", by="alice")
    giving.assign(second.pk, picker="cy", by="alice")
    expected, came = outlook_and_outcome(alice, "assign-lists", pickers=["ann", "ben"])
    assert expected == came == (1, 1, 3)
    giving.set_priority(first.pk, priority=4, by="alice")
    assert outlook_and_outcome(alice, "prioritise-lists", priority="4") == ((4, 1, 0), (4, 1, 0))
    giving.pause(first.pk, by="alice")
    assert outlook_and_outcome(alice, "pause-lists") == ((2, 1, 2), (2, 1, 2))
    assert outlook_and_outcome(alice, "release-lists") == ((3, 2, 0), (3, 2, 0))


def test_stock_that_is_set_so_already_is_left_alone(noon, alice: Client):
    rows = [make_stock(make_product(sku), 5) for sku in ("JAR-1", "MUG-1", "PEN-1")]
    code = make_channel("market").code
    set_reorder_point(rows[0].pk, units=9)
    set_safety_stock(rows[1].pk, channel=code, units=2)
    assert outlook_and_outcome(alice, "reorder-points", units="9") == ((2, 1, 0), (2, 1, 0))
    assert outlook_and_outcome(alice, "safety-stock", channel=code, units="2") == ((2, 1, 0), (2, 1, 0))
    set_safety_stock(rows[1].pk, channel=code, units=0)
    assert outlook_and_outcome(alice, "safety-stock", channel=code, units="0") == ((2, 1, 0), (2, 1, 0))


def test_numbers_that_changed_are_looked_at_again_before_anything_is_done(noon, alice: Client):
    order = make_order()
    asked = {"which": "all", "reason": "other", "note": "Look", "sure": "1"}
    page = alice.post("/lists/orders/hold-orders/", {**asked, "seen": "2 0 0"})
    assert "Nothing was done yet." in page.content.decode()
    assert (Job.objects.exists(), Order.objects.get(pk=order.pk).open_holds) == (False, 0)
    assert 'name="seen" value="1 0 0"' in page.content.decode()


def test_so_are_those_of_an_act_that_asks_for_nothing(noon, alice: Client):
    order = make_order()
    hold(order.pk, reason="other", note="Ask first", by="sam")
    page = alice.post("/lists/orders/release-orders/", {"which": "all", "sure": "1", "seen": "4000 0 0"})
    assert "Nothing was done yet." in page.content.decode()
    assert (Job.objects.exists(), Order.objects.get().open_holds) == (False, 1)


def test_all_is_nothing_where_the_search_was_not_understood(noon, alice: Client):
    make_order()
    asked = {"which": "all", "address": "q=nonsense:yes", "reason": "other", "note": "Look", "sure": "1"}
    told = alice.post("/lists/orders/hold-orders/", {**asked, "seen": "1 0 0"}, follow=True).content.decode()
    assert "Part of the search was not understood" in told
    assert Job.objects.exists() is False


def test_what_a_lost_worker_did_is_taken_back_too(noon, alice: Client, monkeypatch: pytest.MonkeyPatch):
    order = make_order()
    asked = {"which": "all", "reason": "other", "note": "Look", "sure": "1"}
    alice.post("/lists/orders/hold-orders/", {**asked, "seen": "1 0 0"})
    with monkeypatch.context() as patched:
        patched.setattr("fulfillment.jobs._keep", lambda job, row: sys.exit("lost"))
        with pytest.raises(SystemExit):
            run_lists()
    assert Order.objects.get().open_holds == 1
    Job.objects.update(due_at=clock.now())
    run_lists()
    job = Job.objects.get()
    assert list(job.rows.values_list("outcome", "error")) == [("", "")]
    alice.post(f"/lists/jobs/{job.pk}/undo/")
    run_lists()
    assert Order.objects.get(pk=order.pk).open_holds == 0


def test_what_was_so_already_is_said_and_not_taken_back(noon, alice: Client):
    cheat, friend = (make_order(email=f"{name}@example.org").customer for name in ("cheat", "friend"))
    set_blocked(cheat.pk, blocked=True, reason="Stolen cards", by="alice")
    outlook_and_outcome(alice, "block-customers", reason="By mistake")
    job = Job.objects.get()
    told = alice.get(f"/lists/jobs/{job.pk}/").content.decode()
    assert "1 done. 1 was so already." in told
    assert "they are blocked already" in told
    alice.post(f"/lists/jobs/{job.pk}/undo/")
    run_lists()
    assert list(Customer.objects.filter(blocked=True)) == [cheat]
    assert friend not in Customer.objects.filter(blocked=True)


def test_what_would_be_refused_again_is_not_offered(noon, alice: Client):
    gone, odd = make_order(state="reviewed"), make_order()
    hold(odd.pk, reason="other", note="Ask first", by="sam")
    make_order()
    outlook_and_outcome(alice, "hold-orders", reason="other", note="Look")
    job = Job.objects.get()

    def page() -> str:
        return alice.get(f"/lists/jobs/{job.pk}/").content.decode()

    assert "2 refused: they are as they were. Trying again would change nothing." in page()
    assert "retry/" not in page()
    Hold.objects.filter(order=odd).update(released_at=gone.placed_at + timedelta(days=1))
    assert "Try 1 again" in page()
