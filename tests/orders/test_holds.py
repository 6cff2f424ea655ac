"""Holds beyond the plain ones: with a date, with two people, and all of them at once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from inventory import clock
from orders import services, tasks
from orders.errors import HoldOpen, NeedsSecondPerson, NotAllowedNow, PolicyChanged
from orders.flow import GOODS_HERE, State
from orders.models import ApprovalPolicy, Decision, Hold, Order, OrderEvent
from orders.order_request import PaymentRequest
from orders.policy import Policy
from orders.policy.judging import reconsider
from orders.policy.versions import save_policy
from orders.queue import held
from orders.stages.approve import approve, approve_now
from tests.factories import LONDON, make_channel, make_order

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PARIS = {**LONDON, "city": "Paris", "postal_code": "75001", "country": "FR"}
UNPAID = PaymentRequest("card", authorised=Decimal("4.00"))


def two_people_above(amount):
    save_policy(make_channel(), Policy(second_person_above=Decimal(amount)), note="", by="alice")


def held_order(**fields):
    """A received order that a decision holds for its addresses."""
    order = make_order(state="received", billing_address=PARIS, **fields)
    return approve(order.pk, by="system:approve")


def names():
    return list(OrderEvent.objects.order_by("seq").values_list("name", flat=True))


def as_it_is():
    return list(Order.objects.values()), list(Hold.objects.values()), names(), Decision.objects.count()


def test_a_hold_ends_by_itself_at_its_date_and_overrules_nothing():
    order = make_order(state="received")
    services.hold(order.pk, reason="customer-asked", note="On holiday", by="sam", until=NOON + DAY)
    services.hold(order.pk, reason="other", note="", by="sam")
    with clock.at(NOON + DAY - timedelta(seconds=1)):
        assert services.release_due_holds() == 0
    with clock.at(NOON + DAY):
        tasks.release_due_holds()
        assert services.release_due_holds() == 0
    row = Hold.objects.get(reason="customer-asked")
    assert (row.released_at, row.released_by, row.overrules) == (NOON + DAY, "system:holds", False)
    assert Order.objects.get().open_holds == 1


def test_the_same_hold_again_is_the_first_one_and_another_of_its_name_is_refused():
    order = make_order(state="received")
    first = services.hold(order.pk, reason="other", note="Look", by="sam", until=NOON + DAY)
    assert services.hold(order.pk, reason="other", note="Look", by="bob", until=NOON + DAY) == first
    for note, until in (("Look again", NOON + DAY), ("Look", None)):
        with pytest.raises(HoldOpen, match="It is held for other already, by sam: release that hold first"):
            services.hold(order.pk, reason="other", note=note, by="bob", until=until)
    assert (Order.objects.get().open_holds, names().count("order.held")) == (1, 1)


def test_one_hold_that_cannot_end_stops_no_other(monkeypatch, caplog):
    bad, good = (make_order(state="received") for _ in range(2))
    rows = [services.hold(order.pk, reason="other", note="", by="sam", until=NOON) for order in (bad, good)]
    end = services.holds.end_holds

    def broken(order, holds, *, by):
        if order.pk == bad.pk:
            raise RuntimeError("no")
        end(order, holds, by=by)

    monkeypatch.setattr(services.holds, "end_holds", broken)
    assert services.release_due_holds() == 1
    assert [Order.objects.get(pk=order.pk).open_holds for order in (bad, good)] == [1, 0]
    assert f"Hold {rows[0].pk} could not be released" in caplog.text


def test_a_hold_of_a_large_order_takes_two_people():
    two_people_above("9.99")
    order = held_order()
    hold = Hold.objects.get()
    services.release_hold(hold.pk, by="sam", note="Spoke to them")
    hold = Hold.objects.get()
    assert (hold.seconded_by, hold.released_at, hold.release_note) == ("sam", None, "Spoke to them")
    assert (Order.objects.get().open_holds, names()[-1]) == (1, "order.release_seconded")
    before = as_it_is()
    with pytest.raises(NeedsSecondPerson, match="The hold address waits for a second person: sam has agreed already"):
        services.release_hold(hold.pk, by="sam")
    assert as_it_is() == before
    services.release_hold(hold.pk, by="alice")
    hold = Hold.objects.get()
    assert (hold.seconded_by, hold.released_by, hold.overrules) == ("sam", "alice", True)
    assert hold.release_note == "Spoke to them"
    assert approve(order.pk, by="system:approve").state == "approved"


@pytest.mark.parametrize(("most", "people"), [("9.99", 2), ("10.00", 1), ("10.01", 1)])
def test_two_people_are_needed_above_the_limit_only(most, people):
    two_people_above(most)
    held_order()
    services.release_hold(Hold.objects.get().pk, by="sam")
    assert (Hold.objects.get().released_at is None) == (people == 2)


def test_who_agreed_first_may_release_alone_once_the_policy_asks_for_one_person_only():
    two_people_above("9.99")
    held_order()
    services.release_hold(Hold.objects.get().pk, by="sam")
    save_policy(make_channel(), Policy(version=1, second_person_above=Decimal(100)), note="", by="alice")
    services.release_hold(Hold.objects.get().pk, by="sam")
    assert Hold.objects.values_list("released_by", "overrules").get() == ("sam", True)


def test_neither_another_try_nor_the_shops_own_programs_take_two():
    two_people_above("0")
    order = make_order(state="received")
    for reason in ("exception", "stock"):
        services.hold(order.pk, reason=reason, note="", by="system")
    services.release_hold(Hold.objects.get(reason="exception").pk, by="sam")
    services.release_hold(Hold.objects.get(reason="stock").pk, by=services.BACKORDERS)
    assert Order.objects.get().open_holds == 0


def test_a_key_counts_as_one_person():
    two_people_above("0")
    held_order()
    services.release_hold(Hold.objects.get().pk, by="API: Fraud service")
    with pytest.raises(NeedsSecondPerson):
        services.release_hold(Hold.objects.get().pk, by="API: Fraud service")
    services.release_hold(Hold.objects.get().pk, by="sam")
    assert Hold.objects.get().released_by == "sam"


def test_who_agreed_to_an_order_has_not_agreed_to_what_became_of_it():
    two_people_above("0")
    order = held_order()
    services.release_hold(Hold.objects.get().pk, by="sam")
    Order.objects.update(billing_address={**PARIS, "country": "BE"}, version=1)
    with held(order.pk) as row:
        reconsider(row, by="bob")
    assert (Hold.objects.get().seconded_by, Hold.objects.get().note) == ("", "Billed in BE, sent to GB")


def test_a_person_answers_for_all_holds_at_once_and_the_order_is_decided():
    order = held_order(payment=UNPAID)
    assert order.open_holds == 2
    order = approve_now(order.pk, by="sam", note="Known for years")
    assert (order.state, order.open_holds) == ("approved", 0)
    assert set(Hold.objects.values_list("released_by", "overrules", "release_note")) == {
        ("sam", True, "Known for years")
    }
    assert names()[-3:] == ["order.released", "order.released", "order.approved"]
    assert Decision.objects.latest("pk").by == "sam"


def test_approving_at_once_takes_two_people_as_well():
    two_people_above("0")
    order = held_order(payment=UNPAID)
    assert approve_now(order.pk, by="sam").state == "received"
    assert names()[-2:] == ["order.release_seconded"] * 2
    before = as_it_is()
    with pytest.raises(NeedsSecondPerson):
        approve_now(order.pk, by="sam")
    assert as_it_is() == before
    assert approve_now(order.pk, by="alice").state == "approved"


# What may be done with a hold, and in which state of the order it is refused.
ACTS = {
    "hold": lambda order: services.hold(order.pk, reason="look", note="", by="sam"),
    "release": lambda order: services.release_hold(order.holds.get().pk, by="sam"),
    "approve now": lambda order: approve_now(order.pk, by="sam"),
}
ROAD = [state.value for state in State if state not in (State.REJECTED, State.CANCELLED)]


@pytest.mark.parametrize("state", ROAD)
@pytest.mark.parametrize("act", ACTS)
def test_every_act_is_allowed_or_refused_in_every_state_and_a_refusal_changes_nothing(state, act):
    order = make_order(state=state)
    if act != "hold" and state != "reviewed":
        with held(order.pk) as row:  # as a program does, when a step after the goods have left fails
            services.place_hold(row, reason="look", note="", by="sam")
    elif act == "release":
        Hold.objects.create(order=order, reason="look", by="sam", released_at=NOON)
    before = as_it_is()
    refused = {"hold": state not in GOODS_HERE, "release": False, "approve now": state != "received"}[act]
    if refused:
        with pytest.raises(NotAllowedNow):
            ACTS[act](order)
        assert as_it_is() == before
    else:
        ACTS[act](order)
        still = Order.objects.get()
        assert still.state == ("approved" if act == "approve now" else state)
        assert still.open_holds == (act == "hold")


def test_a_policy_is_saved_over_the_version_that_was_looked_at_only():
    two_people_above("5")
    with pytest.raises(PolicyChanged, match="version 1 holds now"):
        save_policy(make_channel(), Policy(second_person_above=None), note="", by="sam")
    assert ApprovalPolicy.objects.get().second_person_above == 5
