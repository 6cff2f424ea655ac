"""What else is done to many rows: pick lists, stock, returns, customers and follow-ups, each by its own service."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from feedback.models import FollowUp
from feedback.services import answer, invite
from fulfillment.models import Job, JobRow, PickList, Return, ReturnPolicy
from fulfillment.pickwork import giving
from fulfillment.returns.requesting import Wish, WishLine, request_return
from fulfillment.tasks import drain_pick
from inventory import clock
from inventory.models import Count, SafetyStock, Stock
from inventory.services.counts import open_count
from ordermgmt.lists.acts import ACTS
from ordermgmt.lists.all import LISTS
from ordermgmt.models import Workplace
from ordermgmt.roles import ROLES
from ordermgmt.tasks import run_lists
from orders.customers.blocking import set_blocked
from orders.models import Customer
from tests.factories import make_channel, make_order, make_product, make_stock, make_warehouse
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def do(client: Client, verb: str, *rows: int, **typed: object) -> list[tuple[str, str]]:
    """Have it done to these rows or to all; what came of each."""
    name = next(name for name, listing in LISTS.items() if verb in listing.acts)
    chosen = {"which": "ticked", "row": rows} if rows else {"which": "all"}
    assert client.post(f"/lists/{name}/{verb}/", {**chosen, **typed, "sure": "1"}).status_code == 302
    run_lists()
    return list(JobRow.objects.filter(job=Job.objects.latest("pk")).order_by("seq").values_list("name", "error"))


def role(name: str) -> User:
    user = User.objects.create_user(f"the-{name}", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    return user


def test_every_act_is_of_one_list():
    acts = [act for listing in LISTS.values() for act in listing.acts]
    assert sorted(acts) == sorted(ACTS)


@pytest.mark.parametrize(
    ("roles", "acts"),
    [
        ("owner manager", "assign-lists prioritise-lists pause-lists release-lists"),
        ("owner manager shipper", "reorder-points safety-stock recount-stock"),
        ("owner manager support", "approve-returns decline-returns receive-returns"),
        ("owner manager approver support", "cancel-orders"),
        ("owner manager approver support", "tier-customers block-customers unblock-customers assign-follow-ups"),
    ],
)
def test_the_roles_that_may_do_it(roles, acts):
    for act in acts.split():
        assert " ".join(name for name, role in ROLES.items() if ACTS[act].permission in role.permissions) == roles, act


def test_stock_of_another_warehouse_is_left_to_its_people(noon):
    here, away = make_warehouse("LEEDS"), make_warehouse("YORK")
    rows = [make_stock(make_product(), 5, warehouse=place) for place in (here, away)]
    shipper = role("shipper")
    Workplace.objects.create(user=shipper, warehouse=here)
    told = do(signed_in(shipper), "recount-stock", *(row.pk for row in rows), name="Mine")
    assert told == [("Leeds: 1 place", ""), ("York: 1 place", "It is in York, where the-shipper does not work")]
    assert list(Count.objects.values_list("warehouse__code", flat=True)) == ["LEEDS"]
    do(signed_in(shipper), "reorder-points", *(row.pk for row in rows), units="3")
    assert list(Stock.objects.order_by("pk").values_list("reorder_point", flat=True)) == [3, 0]


@pytest.fixture
def walks(noon) -> list[int]:
    """Three pick lists of one warehouse."""
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    for _ in range(3):
        make_order((("JAR-1", 1),), state="approved")
    drain_pick()
    return list(PickList.objects.order_by("pk").values_list("pk", flat=True))


def test_pick_lists_are_shared_out_paused_given_back_and_put_first(walks):
    lead, ben, anna = signed_in(role("manager")), User.objects.create_superuser("ben"), role("picker")

    def standing() -> list[tuple[str, str, int]]:
        return list(PickList.objects.order_by("pk").values_list("state", "picker", "priority"))

    told = do(lead, "assign-lists", *walks, pickers=[ben.username, anna.username])
    in_hand = "the-picker has another pick list in hand: finish or pause it first"
    assert told == list(zip([f"P{pk}" for pk in walks], ["", "", in_hand], strict=True))
    assert standing() == [("assigned", "ben", 0), ("assigned", "the-picker", 0), ("open", "", 0)]
    do(lead, "pause-lists", *walks)
    assert standing() == [("paused", "ben", 0), ("paused", "the-picker", 0), ("open", "", 0)]
    do(lead, "release-lists", walks[0])
    do(lead, "prioritise-lists", walks[2], priority="7")
    assert standing() == [("open", "", 0), ("paused", "the-picker", 0), ("open", "", 7)]


def test_a_picker_does_not_share_out_lists(walks):
    assert signed_in(role("picker")).post("/lists/pick-lists/assign-lists/", {"which": "all"}).status_code == 403


def test_lists_are_given_to_those_alone_who_pick_where_they_are(walks):
    here, away, support = role("picker"), User.objects.create_superuser("away"), role("support")
    gone = User.objects.create_superuser("gone", is_active=False)
    Workplace.objects.create(user=away, warehouse=make_warehouse("LEEDS"))
    lead = signed_in(role("manager"))
    preview = lead.post("/lists/pick-lists/assign-lists/", {"which": "all"}).context["preview"]
    assert [user.username for user in preview.form.fields["pickers"].queryset] == ["the-manager", here.username]
    for wrong in (away, support, gone):
        typed = {"which": "all", "sure": "1", "pickers": [wrong.username]}
        assert lead.post("/lists/pick-lists/assign-lists/", typed).status_code == 422


def test_who_may_not_pick_any_more_when_the_turn_comes_gets_no_list(walks):
    picker, lead = role("picker"), signed_in(role("manager"))
    lead.post("/lists/pick-lists/assign-lists/", {"which": "all", "sure": "1", "pickers": [picker.username]})
    picker.groups.clear()
    run_lists()
    assert set(JobRow.objects.values_list("error", flat=True)) == {"the-picker may not pick"}
    assert set(PickList.objects.values_list("picker", flat=True)) == {""}


def test_what_is_gone_when_its_turn_comes_is_refused(walks, alice: Client):
    alice.post("/lists/pick-lists/pause-lists/", {"which": "all", "sure": "1"})
    giving.assign(walks[0], picker="alice", by="alice")
    JobRow.objects.filter(target_id=walks[1]).update(target_id=10**9)
    run_lists()
    assert list(JobRow.objects.order_by("seq").values_list("error", flat=True))[:2] == ["", "It is not there any more"]


def test_stock_is_given_a_reorder_point_and_counted_warehouse_by_warehouse(noon, alice: Client):
    leeds, york = make_warehouse("LEEDS"), make_warehouse("YORK")
    mug, jar = make_product("MUG-1"), make_product("JAR-1")
    rows = [
        make_stock(mug, 5, warehouse=leeds),
        make_stock(jar, 5, warehouse=leeds),
        make_stock(mug, 5, warehouse=york),
    ]
    assert do(alice, "reorder-points", rows[0].pk, units="9") == [("MUG-1, Leeds", "")]
    assert list(Stock.objects.order_by("pk").values_list("reorder_point", flat=True)) == [9, 0, 0]
    channel = make_channel("market").code
    do(alice, "safety-stock", rows[0].pk, rows[1].pk, channel=channel, units="2")
    do(alice, "safety-stock", rows[1].pk, channel=channel, units="0")
    assert list(SafetyStock.objects.values_list("stock", "channel", "quantity")) == [(rows[0].pk, "market", 2)]
    assert do(alice, "recount-stock", name="Spring") == [("Leeds: 2 places", ""), ("York: 1 place", "")]
    found = {count.warehouse.code: count.lines.count() for count in Count.objects.filter(name="Spring")}
    assert found == {"LEEDS": 2, "YORK": 1}
    again = alice.post("/lists/stock/recount-stock/", {"which": "all"}).context["preview"].outlook
    assert (again.possible, again.so_already, again.groups[0].first[0]) == (0, 3, "MUG-1")


def test_a_tier_is_set_for_many_customers(noon, alice: Client):
    make_order()
    assert alice.post("/lists/customers/tier-customers/", {"which": "all", "tier": "A", "sure": "1"}).status_code == 422
    assert [error for _, error in do(alice, "tier-customers", tier="A", reason="Met at the fair")] == [""]
    assert Customer.objects.get().standing == "A"


def test_returns_are_approved_declined_and_taken_in(noon, alice: Client):
    ReturnPolicy.objects.create(channel=make_channel(), approve_at_once=False)
    for order in (make_order(state="delivered"), make_order(state="delivered")):
        wish = Wish((WishLine(order.lines.get().pk, 1, "unwanted"),), "refund")
        request_return(order.pk, wish=wish, key=f"r:{order.pk}", by="customer")
    good, bad = Return.objects.order_by("pk")
    assert do(alice, "approve-returns", good.pk) == [(good.rma, "")]
    assert do(alice, "decline-returns", bad.pk, why="It was worn.") == [(bad.rma, "")]
    assert [error == "" for _, error in do(alice, "receive-returns", good.pk, bad.pk)] == [True, False]
    found = Return.objects.order_by("pk").values_list("state", "declined_why", "lines__received")
    assert list(found) == [("received", "", 1), ("declined", "It was worn.", 0)]


def test_follow_ups_of_the_unhappy_are_given_to_somebody(noon, alice: Client):
    bad, fine = make_order(state="delivered"), make_order(state="delivered")
    for order, csat in ((bad, 1), (fine, 5)):
        invite(order.pk, by="test")
        answer(order.pk, csat=csat, nps=2 * csat, comment="")
    sam = role("support")
    told = do(alice, "assign-follow-ups", owner=sam.username)
    assert dict(told)[f"#{bad.number}"] == ""
    assert "no follow-up of it is open" in dict(told)[f"#{fine.number}"]
    assert FollowUp.objects.get().owner == sam.username


def take_back(client: Client) -> list[str]:
    """Undo the newest job; what came of each row."""
    client.post(f"/lists/jobs/{Job.objects.latest('pk').pk}/undo/")
    run_lists()
    return list(JobRow.objects.filter(job=Job.objects.latest("pk")).order_by("seq").values_list("error", flat=True))


def test_taking_a_block_back_leaves_who_was_blocked_before(noon, alice: Client):
    cheat, friend = (make_order(email=f"{name}@example.org").customer for name in ("cheat", "friend"))
    set_blocked(cheat.pk, blocked=True, reason="Stolen cards", by="alice")
    with clock.at(clock.now() + timedelta(hours=1)):
        do(alice, "block-customers", cheat.pk, friend.pk, reason="By mistake")
        assert list(Customer.objects.filter(blocked=True).order_by("pk")) == [cheat, friend]
        assert [error == "" for error in take_back(alice)] == [True]
    assert list(Customer.objects.filter(blocked=True)) == [cheat]


def test_taking_an_assignment_back_takes_no_list_from_somebody_else(walks):
    lead, ben, anna = signed_in(role("manager")), User.objects.create_superuser("ben"), role("picker")
    do(lead, "assign-lists", walks[0], pickers=[ben.username])
    giving.give_back(walks[0], by="ben")
    giving.assign(walks[0], picker=anna.username, by=anna.username)
    assert "with the-picker" in take_back(lead)[0]
    assert PickList.objects.get(pk=walks[0]).picker == anna.username


def test_what_is_being_counted_already_keeps_nothing_else_from_being_counted(noon, alice: Client):
    rows = [make_stock(make_product(sku), 5) for sku in ("JAR-1", "MUG-1")]
    open_count(rows[0].warehouse, name="First", stock_ids=[rows[0].pk], by="bob")
    told = do(alice, "recount-stock", *(row.pk for row in rows), name="Second")
    assert told == [("Leeds: 1 place", "")]
    assert [line.stock for line in Count.objects.get(name="Second").lines.all()] == [rows[1]]
    assert do(alice, "recount-stock", rows[0].pk, name="Third") == [("Leeds: 1 place", "In another open count: JAR-1")]
