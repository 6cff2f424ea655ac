"""Approving and calling off at the same moment: one of them wins whole, and the books are right either way.

`RACES` says how many orders are raced; a smaller seeded share runs with the other tests.
"""

import os
import random
from collections import Counter
from decimal import Decimal
from functools import partial

import pytest
from django.db.models import Sum

from inventory.models import Stock
from ordermgmt.verify import verify
from orders import services
from orders.errors import NeedsSecondPerson, NotAllowedNow
from orders.models import Decision, Hold, Order, OrderEvent
from orders.order_request import PaymentRequest
from orders.policy import Policy
from orders.policy.versions import save_policy
from orders.stages.approve import approve, approve_now
from tests.factories import LONDON, make_channel, make_order, make_product, make_stock

pytestmark = [pytest.mark.django_db(transaction=True)]
RACES = int(os.environ.get("RACES", "24"))
BATCH = 12  # orders raced at once, two threads each
PARIS = {**LONDON, "city": "Paris", "postal_code": "75001", "country": "FR"}
UNPAID = PaymentRequest("card", authorised=Decimal(1))


def in_batches(at_once, races):
    """The results of all races, pair by pair."""
    found = []
    for start in range(0, len(races), BATCH):
        acts = [act for pair in races[start : start + BATCH] for act in pair]
        results = at_once(acts)
        found += list(zip(results[::2], results[1::2], strict=True))
    return found


def events_of(order):
    return list(OrderEvent.objects.filter(order=order).order_by("seq").values_list("name", flat=True))


def test_an_order_is_approved_or_called_off_and_never_half_of_both(at_once):
    chance = random.Random(4)
    make_stock(make_product(), 3 * RACES)
    orders = [make_order(state="received") for _ in range(RACES)]
    races = []
    for order in orders:
        pair = [
            partial(approve, order.pk, by="system:approve"),
            partial(services.cancel, order.pk, reason="x", by="sam"),
        ]
        races.append(chance.sample(pair, 2))
    ends = Counter(type(result) for pair in in_batches(at_once, races) for result in pair)
    assert set(ends) <= {Order, NotAllowedNow}
    # Calling off is legal before and after the approval, so it always wins in the end; approving may come too late.
    assert Counter(Order.objects.values_list("state", flat=True)) == {"cancelled": RACES}
    assert ends[Order] + ends[NotAllowedNow] == 2 * RACES
    approved = OrderEvent.objects.filter(name="order.approved").count()
    assert (approved, Decision.objects.filter(outcome="approve").count()) == (RACES - ends[NotAllowedNow],) * 2
    assert Stock.objects.aggregate(sum=Sum("reserved"))["sum"] == 0
    assert OrderEvent.objects.filter(name="payment.voided").count() == RACES
    assert [check.breaches for check in verify().checks if not check.ok] == []


def test_a_held_order_is_approved_by_hand_or_called_off(at_once):
    orders = []
    for _ in range(RACES):
        order = make_order(state="received", billing_address=PARIS, payment=UNPAID)
        orders.append(approve(order.pk, by="system:approve"))
        make_stock(make_product(), 1)
    races = [
        (partial(approve_now, order.pk, by="sam"), partial(services.cancel, order.pk, reason="x", by="alice"))
        for order in orders
    ]
    results = in_batches(at_once, races)
    assert {type(result) for pair in results for result in pair} <= {Order, NotAllowedNow}
    assert Counter(Order.objects.values_list("state", "open_holds")) == {("cancelled", 0): RACES}
    assert Hold.objects.filter(released_at=None).count() == 0
    assert [check.breaches for check in verify().checks if not check.ok] == []


def test_two_people_at_once_release_a_hold_and_one_person_twice_does_not(at_once):
    save_policy(make_channel(), Policy(second_person_above=0), note="", by="alice")
    twice, both = (approve(make_order(state="received", billing_address=PARIS).pk, by="x") for _ in range(2))
    hold = twice.holds.get()
    results = at_once([partial(services.release_hold, hold.pk, by="sam")] * 8)
    assert Counter(type(result) for result in results) == {Order: 1, NeedsSecondPerson: 7}
    assert Hold.objects.get(pk=hold.pk).released_at is None
    other = both.holds.get()
    at_once([partial(services.release_hold, other.pk, by=name) for name in ("sam", "alice")])
    row = Hold.objects.get(pk=other.pk)
    assert {row.seconded_by, row.released_by} == {"sam", "alice"}
    assert Order.objects.get(pk=both.pk).open_holds == 0


def test_without_the_lock_both_would_think_they_are_first():
    """The negative control: two that read before either writes each second the hold alone."""
    save_policy(make_channel(), Policy(second_person_above=0), note="", by="alice")
    order = approve(make_order(state="received", billing_address=PARIS).pk, by="x")
    first, second = Hold.objects.get(), Hold.objects.get()
    for row, name in ((first, "sam"), (second, "alice")):
        assert row.seconded_by == ""
        row.seconded_by = name
        row.save(update_fields=["seconded_by"])
    assert (Hold.objects.get().seconded_by, Hold.objects.get().released_at) == ("alice", None)
    assert events_of(order)[-1] == "order.held"


def test_the_same_version_of_a_policy_is_saved_once(at_once):
    channel = make_channel()
    acts = [partial(save_policy, channel, Policy(), note=str(number), by="sam") for number in range(8)]
    results = at_once(acts)
    assert Counter(type(result).__name__ for result in results) == {"ApprovalPolicy": 1, "PolicyChanged": 7}
    assert channel.policies.count() == 1
