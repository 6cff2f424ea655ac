"""Doing something to many rows: what it would do is shown first, each row is tried by itself, and taken back."""

import pytest
from django.contrib.auth.models import Group, User
from django.http import QueryDict
from django.test import Client

from fulfillment import jobs
from fulfillment.models import Job, JobRow, Shipment
from ordermgmt.lists import export, running
from ordermgmt.lists.all import LISTS
from ordermgmt.lists.listing import asked_of
from ordermgmt.models import Workplace
from ordermgmt.tasks import run_lists
from orders.models import Customer, Decision, Hold, Order
from orders.services import cancel, hold
from tests.factories import make_order, make_product, make_stock, make_warehouse
from tests.people import signed_in

pytestmark = pytest.mark.django_db
HOLD = "/lists/orders/hold-orders/"
WHY = {"reason": "other", "note": "Look", "sure": "1"}


@pytest.fixture
def orders(noon) -> list[Order]:
    """Three; the last is cancelled."""
    made = [make_order() for _ in range(3)]
    cancel(made[2].pk, reason="wish", by="sam")
    return made


def held() -> list[int]:
    return list(Order.objects.filter(open_holds__gt=0).order_by("number").values_list("number", flat=True))


def test_what_it_would_do_is_shown_before_anything_is_done(alice: Client, orders):
    page = alice.post(HOLD, {"which": "all", "address": ""})
    found = page.context["preview"].outlook
    assert (found.total, found.possible, found.groups[0].first) == (3, 2, [f"#{orders[2].number}"])
    assert alice.post(HOLD, {"which": "all", "sure": "1"}).status_code == 422
    assert not Job.objects.exists()
    nothing = alice.post(HOLD, {"which": "ticked", "address": "q=tier:A"}, follow=True)
    assert nothing.redirect_chain == [("/orders/?q=tier%3AA", 302)]


def test_each_row_is_tried_by_itself_and_what_was_done_is_taken_back(alice: Client, orders):
    hold(orders[0].pk, reason="fraud", note="", by="sam")
    alice.post(HOLD, {"which": "all", "address": "", **WHY})
    job = Job.objects.get()
    assert (job.kind, job.by, job.total) == ("hold-orders", "alice", 3)
    run_lists()
    assert held() == [orders[0].number, orders[1].number]
    assert list(JobRow.objects.exclude(error="").values_list("name", flat=True)) == [f"#{orders[2].number}"]
    told = alice.get(f"/lists/jobs/{job.pk}/").content.decode()
    assert "2 done. 1 refused: it is as it was." in told
    alice.post(f"/lists/jobs/{job.pk}/retry/")
    run_lists()
    alice.post(f"/lists/jobs/{job.pk}/undo/")
    run_lists()
    assert held() == [orders[0].number]
    assert "cannot be taken back" in alice.post(f"/lists/jobs/{job.pk}/undo/", follow=True).content.decode()


def test_ticked_rows_alone_are_meant(alice: Client, orders):
    alice.post(HOLD, {"which": "ticked", "row": [orders[1].pk, "x"], **WHY})
    run_lists()
    assert held() == [orders[1].number]


def test_who_may_no_more_does_not_try_again_either(orders):
    eve = User.objects.create_user("eve", is_staff=True)
    eve.groups.add(Group.objects.get(name="support"))
    client = signed_in(eve)
    client.post(HOLD, {"which": "all", "address": "", **WHY})
    run_lists()
    eve.groups.clear()
    job = Job.objects.get()
    assert client.post(f"/lists/jobs/{job.pk}/retry/").status_code == 403
    assert (Job.objects.get().faulty, Job.objects.get().ended_at) == (1, job.ended_at)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda eve: eve.groups.clear(), "eve may not do this any more"),
        (lambda eve: User.objects.filter(pk=eve.pk).update(is_active=False), "eve may not sign in any more"),
        (lambda eve: User.objects.filter(pk=eve.pk).update(is_staff=False), "eve may not sign in any more"),
        (lambda eve: eve.delete(), "eve may not sign in any more"),
    ],
)
def test_who_has_lost_the_right_since_asking_has_nothing_done(orders, change, why):
    eve = User.objects.create_user("eve", is_staff=True)
    eve.groups.add(Group.objects.get(name="support"))
    signed_in(eve).post(HOLD, {"which": "all", "address": "", **WHY})
    change(eve)
    run_lists()
    assert held() == []
    assert set(JobRow.objects.values_list("error", flat=True)) == {why}


def test_a_list_is_not_exported_for_who_may_not_read_it_any_more(orders):
    eve = User.objects.create_user("eve", is_staff=True)
    export.start(asked_of(LISTS["customers"], QueryDict("")), by="eve")
    run_lists()
    assert (JobRow.objects.get().error, Job.objects.get().size) == ("eve may not do this any more", 0)
    eve.groups.add(Group.objects.get(name="support"))
    jobs.retry(Job.objects.get().pk)
    run_lists()
    assert Job.objects.get().size > 0


def test_what_a_check_of_the_policy_holds_is_not_released_in_bulk(alice: Client, noon):
    order = make_order(state="received")
    terms = {"policy_version": 0, "outcome": "hold", "why": "High value", "facts": {}, "checks": []}
    decision = Decision.objects.create(order=order, by="system:approve", **terms)
    row = hold(order.pk, reason="value", note="", by="system:approve")
    Hold.objects.filter(pk=row.pk).update(decision=decision)
    alice.post("/lists/orders/release-orders/", {"which": "all", "sure": "1"})
    run_lists()
    assert held() == [order.number]
    assert "a check holds it" in JobRow.objects.get().error


def test_who_works_in_one_warehouse_holds_no_shipment_of_another(bob: Client, noon):
    for code, sku in (("LEEDS", "MUG-1"), ("YORK", "JAR-1")):
        make_stock(make_product(sku), 5, warehouse=make_warehouse(code))
        make_order(((sku, 1),), state="picked")
    Workplace.objects.create(user=User.objects.get(username="bob"), warehouse=make_warehouse("LEEDS"))
    page = bob.post("/lists/shipments/hold-shipments/", {"which": "all"})
    found = page.context["preview"].outlook
    assert (found.total, found.possible, found.refused) == (2, 1, 1)
    assert "They are in a warehouse where you do not work" in page.content.decode()
    bob.post("/lists/shipments/hold-shipments/", {"which": "all", **WHY})
    run_lists()
    assert list(Shipment.objects.filter(open_holds=1).values_list("warehouse__code", flat=True)) == ["LEEDS"]
    assert JobRow.objects.exclude(error="").get().error == "It is in York, where bob does not work"


def test_a_job_needs_the_right_of_its_act(bob: Client, sam: Client, orders):
    assert sam.post(HOLD, {"which": "all"}).status_code == 403
    assert bob.post("/lists/orders/cancel-orders/", {"which": "all"}).status_code == 403
    assert bob.post("/lists/orders/block-customers/", {"which": "all"}).status_code == 404
    bob.post(HOLD, {"which": "all", **WHY})
    assert sam.post(f"/lists/jobs/{Job.objects.get().pk}/undo/").status_code == 404


def test_no_more_than_ten_thousand_at_once(alice: Client, orders, monkeypatch):
    monkeypatch.setattr(running, "MOST_ROWS", 2)
    page = alice.post(HOLD, {"which": "all", **WHY})
    assert (page.status_code, Job.objects.exists()) == (200, False)
    assert "Narrow the list" in page.content.decode()


def test_shipments_and_customers_have_acts_too(alice: Client, noon):
    order = make_order(state="picked")
    alice.post("/lists/shipments/hold-shipments/", {"which": "all", **WHY})
    alice.post("/lists/customers/block-customers/", {"which": "all", "reason": "Fraud", "sure": "1"})
    run_lists()
    assert order.shipments.get().open_holds == 1
    assert Customer.objects.get().blocked
    for job in Job.objects.all():
        alice.post(f"/lists/jobs/{job.pk}/undo/")
    run_lists()
    assert order.shipments.get().open_holds == 0
    assert not Customer.objects.get().blocked
