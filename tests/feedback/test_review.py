"""Stage 9: perfect only if all four conditions hold, and everything that went wrong becomes an item to improve."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from feedback.models import Answer, ImprovementItem, OrderReview, Survey
from feedback.stages.review import judge, review
from fulfillment.returns.receiving import receive_return
from inventory import clock
from orders import services
from orders.errors import NotAllowedNow
from orders.models import Order, OrderEvent
from orders.queue import held
from tests.factories import ENTERED_AFTER, carry, make_order

pytestmark = pytest.mark.django_db
DELIVERED_AFTER = ENTERED_AFTER["delivered"]


def surveyed(**fields):
    """An order whose survey is over, promised for half an hour after its delivery."""
    promised_at = clock.now() - ENTERED_AFTER["surveyed"] + DELIVERED_AFTER + timedelta(minutes=30)
    return make_order(state="surveyed", **{"promised_at": promised_at, **fields})


def was_held(order, *, reason, note):
    with held(order.pk) as row:
        hold = services.place_hold(row, reason=reason, note=note, by="system")
    services.release_hold(hold.pk, by="sam")


def reviewed(order):
    review(order.pk, by="system:review")
    return OrderReview.objects.get(order=order)


def items():
    return list(ImprovementItem.objects.order_by("id").values_list("stage", "finding"))


def came_back(order, reason, key="R-1"):
    receive_return(order.pk, lines={"MUG-1": 1}, reason=reason, key=key, by="alice")


def rated(order, csat, comment=""):
    Answer.objects.create(survey=Survey.objects.get(order=order), csat=csat, comment=comment)


def test_an_order_with_nothing_wrong_is_perfect():
    order = surveyed()
    with clock.at(clock.now()):
        row, now = reviewed(order), clock.now()
    assert (row.perfect, row.failed, row.reviewed_at, str(row)) == (True, [], now, "perfect")
    assert (row.lead_time, row.slowest_stage, items()) == (DELIVERED_AFTER, "deliver", [])
    order = Order.objects.get()
    assert (order.state, order.state_since, order.due_at) == ("reviewed", now, None)
    event = OrderEvent.objects.latest("seq")
    assert (event.name, event.by) == ("order.reviewed", "system:review")
    assert event.data == {"perfect": True, "failed": [], "slowest_stage": "deliver"}


@pytest.mark.parametrize(("early", "perfect"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_on_time_is_up_to_the_promised_moment_and_not_a_second_later(early, perfect):
    order = surveyed()
    delivered_at = order.shipments.get().delivered_at
    Order.objects.update(promised_at=delivered_at - early)
    assert reviewed(order).perfect is perfect


def test_an_order_that_came_late_says_by_how_much():
    order = surveyed()
    delivered_at = order.shipments.get().delivered_at
    Order.objects.update(promised_at=delivered_at - timedelta(days=1, hours=12))
    row = reviewed(order)
    assert (row.perfect, row.failed, str(row)) == (False, ["on_time"], "failed: on_time")
    assert items() == [("ship", "Arrived 1.5 days after the promise")]
    assert OrderEvent.objects.latest("seq").data["failed"] == ["on_time"]


@pytest.mark.parametrize(
    ("reason", "condition", "item"),
    [
        ("wrong_item", "in_full", ("pick", "Wrong item sent")),
        ("damaged", "undamaged", ("pack", "Arrived damaged")),
        ("not_as_described", "documented", ("place", "Not as described")),
    ],
)
def test_what_came_back_for_a_fault_of_ours_fails_its_condition(reason, condition, item):
    order = surveyed()
    came_back(order, reason)
    row = reviewed(order)
    assert (row.perfect, row.failed, items()) == (False, [condition], [item])


@pytest.mark.parametrize("reason", ["unwanted", "too_late"])
def test_what_came_back_for_another_reason_fails_nothing(reason):
    order = surveyed()
    came_back(order, reason)
    assert (reviewed(order).perfect, items()) == (True, [])


def test_the_same_fault_twice_is_one_item():
    order = surveyed(lines=[("MUG-1", 2)])
    came_back(order, "damaged", key="R-1")
    came_back(order, "damaged", key="R-2")
    assert (reviewed(order).failed, items()) == (["undamaged"], [("pack", "Arrived damaged")])


def test_everything_that_failed_is_named():
    order = surveyed(lines=[("MUG-1", 2)])
    Order.objects.update(promised_at=order.placed_at)
    came_back(order, "damaged", key="R-1")
    came_back(order, "wrong_item", key="R-2")
    assert reviewed(order).failed == ["on_time", "undamaged", "in_full"]
    assert [stage for stage, _ in items()] == ["ship", "pack", "pick"]


def test_an_order_that_was_held_asks_why_and_is_still_perfect():
    order = surveyed()
    for reason, note in [("address", "Billed in FR, sent to GB"), ("look", "")]:
        was_held(order, reason=reason, note=note)
    assert reviewed(order).perfect is True
    assert items() == [("approve", "Held: Billed in FR, sent to GB"), ("approve", "Held: look")]


def test_long_findings_that_begin_alike_are_cut_and_are_one():
    order = surveyed()
    for end in "ab":
        was_held(order, reason=f"exception-{end}", note="x" * 300 + end)
    reviewed(order)
    assert items() == [("approve", "Held: " + "x" * 194)]


@pytest.mark.parametrize(
    ("csat", "comment", "expected"),
    [
        (1, "Late and cold", [("survey", "The customer gave 1 of 5")]),
        (2, "", [("survey", "The customer gave 2 of 5")]),
        (3, "So-so", []),
        (5, "Lovely", []),
    ],
)
def test_an_unhappy_customer_is_something_to_improve(csat, comment, expected):
    order = surveyed()
    rated(order, csat, comment)
    assert (reviewed(order).perfect, items()) == (True, expected)


def test_the_slowest_stage_is_where_the_order_waited_longest(monkeypatch):
    waits = dict.fromkeys(ENTERED_AFTER, timedelta(0)) | {"picked": timedelta(days=9)}
    entered, at = {}, timedelta(0)
    for word in ENTERED_AFTER:
        at += waits[word] or timedelta(minutes=1)
        entered[word] = at
    monkeypatch.setattr(
        "tests.factories.ENTERED_AFTER", {**entered, "delivered": entered["shipped"] + timedelta(days=6)}
    )
    order = make_order(state="delivered")
    verdict = judge(Order.objects.get(pk=order.pk))
    assert verdict.slowest_stage == "pick"
    assert verdict.lead_time == entered["shipped"] + timedelta(days=6)


def test_an_order_is_reviewed_once():
    order = surveyed()
    reviewed(order)
    before = OrderEvent.objects.count()
    with pytest.raises(NotAllowedNow):
        review(order.pk, by="system:review")
    assert (OrderReview.objects.count(), OrderEvent.objects.count()) == (1, before)


@pytest.mark.parametrize("state", ["shipped", "delivered"])
def test_only_a_surveyed_order_is_reviewed(state):
    order = make_order(state=state)
    with pytest.raises(NotAllowedNow):
        review(order.pk, by="system:review")
    assert (Order.objects.get().state, OrderReview.objects.count(), items()) == (state, 0, [])


def test_the_database_keeps_a_finding_once():
    order = surveyed()
    came_back(order, "damaged")
    reviewed(order)
    with pytest.raises(IntegrityError, match="one_item_per_order_stage_and_finding"), transaction.atomic():
        ImprovementItem.objects.create(order=order, stage="pack", finding="Arrived damaged")


def test_a_reviewed_order_went_through_all_nine_stages():
    order = carry(surveyed(), to="reviewed")
    words = [word.removeprefix("order.") for word in order.events.order_by("seq").values_list("name", flat=True)]
    assert [word for word in words if word in ENTERED_AFTER] == list(ENTERED_AFTER)
