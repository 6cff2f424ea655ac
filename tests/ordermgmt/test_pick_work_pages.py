"""What is done with a pick list as a whole on its page: by whom, and what a refusal says."""

import pytest
from django.contrib.auth.models import User

from fulfillment.models import PickList
from ordermgmt.models import Workplace
from tests.factories import make_warehouse
from tests.fulfillment.pickwork.work import list_of, picks_by, released, shelve
from tests.people import make_alice, make_bob, make_sam, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    shelve("MUG", "1-2-1")
    return [list_of(released(("MUG", 1))) for _ in range(2)]


def said(page):
    return [str(message) for message in page.context["messages"]]


def test_alice_plans_shared_walks_and_gives_them_away(two):
    picks_by("batch")
    alice, _ = signed_in(make_alice()), make_bob()
    assert said(alice.post("/picking/plan/", follow=True)) == ["1 shared walk planned in Leeds."]
    row = PickList.objects.get()
    page = alice.post(f"/picking/{row.pk}/assign/", {"picker": "bob"}, follow=True)
    assert said(page) == ["The list is bob's now."]
    assert "Assigned: bob" in page.content.decode()
    assert "Batch" in alice.get("/picking/").content.decode()


def test_a_list_is_offered_and_given_to_who_may_pick_there(two):
    alice, bob, sam = make_alice(), make_bob(), make_sam()
    client, address = signed_in(alice), f"/picking/{two[0].pk}/"
    assert [user.username for user in client.get(address).context["pickers"]] == ["alice", "bob"]
    assert said(client.post(f"{address}assign/", {"picker": sam.username}, follow=True)) == [
        "sam may not pick. Nothing was changed."
    ]
    Workplace.objects.create(user=bob, warehouse=make_warehouse("YORK"))
    assert [user.username for user in client.get(address).context["pickers"]] == ["alice"]
    assert said(client.post(f"{address}assign/", {"picker": "bob"}, follow=True)) == [
        "It is in Leeds, where bob does not work. Nothing was changed."
    ]
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert "bob may not pick" in said(client.post(f"{address}assign/", {"picker": "bob"}, follow=True))[0]
    assert PickList.objects.get(pk=two[0].pk).picker == ""
    assert signed_in(sam).get(address).context["pickers"] == []


def test_bob_takes_pauses_resumes_and_gives_back(two):
    bob, row = signed_in(make_bob()), two[0]
    for step, state in [("take-over", "assigned"), ("pause", "paused"), ("resume", "assigned"), ("give-back", "open")]:
        page = bob.post(f"/picking/{row.pk}/{step}/", follow=True)
        assert (said(page), PickList.objects.get(pk=row.pk).state) == (["Done."], state)
        assert ("Walk it at the pick station" in page.content.decode()) is (state == "assigned")
    assert bob.post(f"/picking/{row.pk}/jump/").status_code == 404
    assert said(bob.post(f"/picking/{row.pk}/resume/", follow=True)) == [
        f"Pick list {row.pk} is to pick. Nothing was changed."
    ]


def test_planning_and_assigning_is_for_leaders_and_picking_for_pickers(two):
    bob, sam = signed_in(make_bob()), signed_in(make_sam())
    assert bob.post("/picking/plan/").status_code == 403
    assert bob.post(f"/picking/{two[0].pk}/assign/").status_code == 403
    assert sam.post(f"/picking/{two[0].pk}/take-over/").status_code == 403
    assert PickList.objects.filter(picker="").count() == 2
