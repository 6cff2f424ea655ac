"""Every answer of stage 3 is kept with all it was based on; what a person overruled counts until the order changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from inventory import clock
from inventory.models import Stock
from orders import services
from orders.customers.blocking import block
from orders.errors import NotAllowedNow
from orders.models import ApprovalPolicy, Customer, Decision, Hold, Order, OrderEvent, Payment
from orders.order_request import PaymentRequest
from orders.policy import Facts, Outcome, Policy, Rule
from orders.policy.dry_run import dry_run
from orders.policy.gathering import facts_of
from orders.policy.judging import reconsider
from orders.policy.versions import policy_of, read, save_policy
from orders.queue import held
from orders.stages.approve import approve, refuse
from tests.factories import LONDON, make_channel, make_order

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PARIS = {**LONDON, "city": "Paris", "postal_code": "75001", "country": "FR"}
BATH = {**LONDON, "line1": "2 Low Street", "city": "Bath", "postal_code": "BA1 1AA"}
UNPAID = PaymentRequest("card", authorised=Decimal("4.00"))


def decided(order):
    approve(order.pk, by="system:approve")
    return Order.objects.get(pk=order.pk)


def changed(order, **fields):
    """The order after a change set: a version more, and asked again."""
    with held(order.pk) as row:
        row.version += 1
        Order.objects.filter(pk=order.pk).update(version=row.version, **fields)
        for name, value in fields.items():
            setattr(row, name, value)
        return reconsider(row, by="bob")


def open_reasons(order):
    return sorted(order.holds.filter(released_at=None).values_list("reason", flat=True))


def rules_with(**rules):
    """A policy of version 0 in which the checks of these names hold."""
    return Policy(rules={name.replace("_", "-"): rule for name, rule in rules.items()})


def test_a_decision_keeps_its_facts_checks_and_policy_and_its_holds_name_it():
    with clock.at(NOON):
        order = decided(make_order(state="received", billing_address=PARIS, payment=UNPAID))
    decision = Decision.objects.get()
    assert (decision.outcome, decision.policy_version, decision.by) == ("hold", 0, "system:approve")
    assert decision.why == "Held: £4.00 pledged of £10.00 and billed in FR, sent to GB"
    assert Facts.from_json(decision.facts) == facts_of(order)
    assert [row["name"] for row in decision.checks if not row["passed"]] == ["payment", "address", "postcode"]
    assert set(Hold.objects.values_list("decision", flat=True)) == {decision.pk}


def test_a_decision_can_be_neither_changed_nor_deleted():
    decided(make_order(state="received"))
    for act in (lambda: Decision.objects.update(why="x"), lambda: Decision.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()


def test_no_fact_tells_who_the_customer_is():
    order = make_order(state="received", phone="+44 7946 000123", billing_address=BATH)
    told = str(facts_of(order).to_json())
    for word in ("marta", "Marta", "Silva", "High", "N1", "BA1", "7946", "London", "Bath"):
        assert word not in told


def test_a_person_overrules_only_what_they_saw():
    order = decided(make_order(state="received", billing_address=PARIS))
    services.release_hold(Hold.objects.get().pk, by="sam", note="Spoke to them")
    assert Hold.objects.values_list("overrules", "release_note").get() == (True, "Spoke to them")
    order = decided(order)
    assert (order.state, Decision.objects.latest("pk").why) == (
        "approved",
        "Approved: 13 of 15 checks passed; overruled: billed in FR, sent to GB; "
        "noted: billed and sent to different postcodes",
    )
    changed(order, note="Ring twice")
    assert (open_reasons(order), Hold.objects.count()) == (["address"], 2)


def test_a_hold_that_only_bears_a_checks_name_overrules_nothing():
    order = make_order(state="received", billing_address=PARIS)
    services.release_hold(services.hold(order.pk, reason="address", note="", by="sam").pk, by="sam")
    assert (decided(order).state, open_reasons(order)) == ("received", ["address"])
    assert Hold.objects.latest("pk").decision == Decision.objects.get()


def test_money_that_came_in_ends_the_hold_and_overrules_nothing():
    order = decided(make_order(state="received", payment=UNPAID))
    services.pledge(order.pk, amount=Decimal("6.00"), reference="pi_2", by="API: Storefront")
    assert Hold.objects.values_list("overrules", "released_by").get() == (False, "API: Storefront")
    Payment.objects.filter(reference="pi_2").update(voided_at=NOON)
    assert (decided(order).state, open_reasons(order)) == ("received", ["payment"])


def test_who_lets_an_unpaid_order_go_is_on_record():
    order = decided(make_order(state="received", payment=UNPAID))
    services.release_hold(Hold.objects.get().pk, by="sam")
    event = OrderEvent.objects.latest("seq")
    assert (event.name, event.by, event.data) == ("order.released", "sam", {"reason": "payment", "overrules": True})
    assert decided(order).state == "approved"


def test_a_person_who_does_not_trust_an_order_rejects_it_with_all_that_was_known():
    order = decided(make_order(state="received", billing_address=PARIS))
    assert refuse(order.pk, reason="Stolen card", by="sam").state == "rejected"
    decision = Decision.objects.latest("pk")
    assert (decision.outcome, decision.why, decision.by) == ("reject", "Rejected by hand", "sam")
    assert OrderEvent.objects.latest("seq").data["why"] == "Stolen card"
    with pytest.raises(NotAllowedNow):
        refuse(order.pk, reason="Again", by="sam")
    assert Decision.objects.count() == 2


def test_what_became_of_later_orders_is_known_of_the_customer_too(django_assert_num_queries):
    first = make_order(state="received", payment=UNPAID)
    with django_assert_num_queries(1 + 7):  # the order, and seven for its facts
        assert facts_of(Order.objects.get(pk=first.pk)).charge_backs == 0
    later = make_order()
    Payment.objects.filter(order=later).update(charged_back_at=clock.now())
    facts = facts_of(Order.objects.get(pk=first.pk))
    assert (facts.earlier_orders, facts.charge_backs) == (0, 1)


def test_an_order_that_is_held_while_it_is_placed_can_be_rejected_and_gives_all_back():
    order = make_order()
    services.hold(order.pk, reason="fraud", note="Stolen card", by="sam")
    assert refuse(order.pk, reason="Stolen card", by="sam").state == "rejected"
    assert (Stock.objects.get().reserved, Payment.objects.get().voided_at is not None) == (0, True)
    assert (Order.objects.get().open_holds, Decision.objects.get().outcome) == (0, "reject")
    assert [event.name for event in OrderEvent.objects.filter(seq__gt=2)] == ["payment.voided", "order.rejected"]


@pytest.mark.parametrize("state", ["approved", "picked", "packed", "shipped", "reviewed"])
def test_an_order_that_was_trusted_cannot_be_rejected(state):
    order, before = make_order(state=state), Decision.objects.count()
    with pytest.raises(NotAllowedNow, match=f"Cannot reject #{order.number} now: it is {state}"):
        refuse(order.pk, reason="Stolen card", by="sam")
    assert (Order.objects.get().state, Decision.objects.count()) == (state, before)


@pytest.mark.parametrize("state", ["received", "approved", "picked", "packed"])
def test_an_order_that_changed_is_asked_again_in_every_state_with_goods_here(state):
    order = make_order(state=state)
    decision = changed(order, billing_address=PARIS)
    order = Order.objects.get()
    assert (decision.outcome, order.state, order.open_holds) == ("hold", state, 1)
    assert (open_reasons(order), order.holds.get().decision) == (["address"], decision)
    event = OrderEvent.objects.get(name="order.reconsidered")
    assert event.data == {"why": decision.why, "decision": decision.pk}
    changed(order, billing_address=LONDON)
    assert (open_reasons(order), Order.objects.get().open_holds, Hold.objects.get().overrules) == ([], 0, False)


def test_an_order_that_was_not_received_yet_waits_for_its_stage():
    assert changed(make_order(), billing_address=PARIS) is None
    assert (Decision.objects.count(), Hold.objects.count()) == (0, 0)


def test_a_change_that_makes_an_order_untrusted_holds_it_for_a_person():
    order = make_order(state="approved")
    Customer.objects.update(blocked=True)
    assert changed(order).outcome == Outcome.REJECT
    assert (Order.objects.get().state, open_reasons(order)) == ("approved", ["blocked"])


def test_holds_of_people_stay_when_the_policy_is_content():
    order = make_order(state="approved")
    services.hold(order.pk, reason="customer-asked", note="", by="sam")
    changed(order)
    assert open_reasons(order) == ["customer-asked"]


def test_a_hold_that_still_stands_is_that_of_the_newer_decision():
    order = decided(make_order(state="received", billing_address=PARIS))
    decision = changed(order, billing_address={**PARIS, "country": "BE"})
    hold = Hold.objects.get()
    assert (hold.decision, hold.note, Order.objects.get().open_holds) == (decision, "Billed in BE, sent to GB", 1)
    services.release_hold(hold.pk, by="sam")
    assert decided(order).state == "approved"


def test_the_facts_tell_what_the_customer_did_before():
    with clock.at(NOON):
        make_order(shipping_address=BATH)
    with clock.at(NOON + timedelta(minutes=30)):
        services.cancel(make_order([("MUG-1", 2)]).pk, reason="x", by="sam")
    with clock.at(NOON + timedelta(minutes=45)):
        order = make_order([("MUG-1", 1)])
        facts = facts_of(order)
    assert (facts.earlier_orders, facts.address_is_new, facts.recent_minutes) == (1, True, (15, 45))
    assert (facts.same_minutes, facts.usual_total, facts.usual_of) == (45, Decimal(10), 1)
    with clock.at(NOON + timedelta(days=2)):
        later = facts_of(make_order([("MUG-1", 2)], shipping_address={**LONDON, "postal_code": "n19gu"}))
    assert (later.earlier_orders, later.address_is_new, later.recent_minutes) == (2, False, ())
    assert later.same_minutes is None


def test_what_is_on_the_blocked_list_is_told_by_kind_and_rejected():
    block("domain", "example.org", reason="Fraud", by="sam")
    order = make_order(state="received")
    assert facts_of(order).listed == ("domain",)
    assert decided(order).state == "rejected"
    assert Decision.objects.get().why == "Rejected: the e-mail domain is blocked"


def test_a_channels_newest_policy_holds_and_others_keep_the_programs_own():
    web, desk = make_channel(), make_channel("desk")
    assert policy_of(web.pk) == Policy()
    saved = save_policy(web, rules_with(address=Rule(asked=False)), note="Tourists", by="alice")
    assert (saved.version, policy_of(web.pk).version, policy_of(desk.pk).version) == (1, 1, 0)
    order = decided(make_order(state="received", billing_address=PARIS))
    assert (order.state, Decision.objects.get().policy_version) == ("approved", 1)
    assert "address" not in [row["name"] for row in Decision.objects.get().checks]
    assert read(ApprovalPolicy.objects.get()).rules["address"] == Rule(asked=False)


def first_decisions(count):
    for number in range(count):
        decided(make_order(state="received", billing_address=PARIS if number % 2 else LONDON))


def test_a_dry_run_says_which_decisions_would_change_and_writes_nothing():
    first_decisions(4)
    held_one = Order.objects.filter(open_holds=1).order_by("number").last()
    services.release_hold(held_one.holds.get().pk, by="sam")
    decided(held_one)
    before = (Decision.objects.count(), Hold.objects.count(), OrderEvent.objects.count())
    run = dry_run(rules_with(address=Rule(asked=False)), channel_id=make_channel().pk, last=100)
    assert (run.examined, run.before, run.after) == (4, {"approve": 2, "hold": 2}, {"approve": 4})
    assert run.moves == {("hold", "approve"): 2}
    newest = run.changes[0]
    assert (newest.number, newest.total, newest.currency) == (held_one.number, Decimal(10), "GBP")
    assert (newest.was, newest.because) == ("hold", "Held: billed in FR, sent to GB")
    assert (newest.becomes, newest.why) == (
        "approve",
        "Approved: 11 of 14 checks passed; noted: billed and sent to different postcodes, "
        "4 orders in 10 minutes and the same was ordered 0 min ago",
    )
    assert (Decision.objects.count(), Hold.objects.count(), OrderEvent.objects.count()) == before
    assert dry_run(Policy(), channel_id=make_channel().pk, last=100).changes == ()


def test_a_dry_run_looks_at_the_last_orders_of_the_channel_in_one_statement(django_assert_num_queries):
    first_decisions(3)
    web, other = make_channel(), make_channel("desk")
    with django_assert_num_queries(1):
        run = dry_run(rules_with(payment=Rule(outcome=Outcome.REJECT)), channel_id=web.pk, last=2)
    assert (run.examined, run.changes) == (2, ())
    assert dry_run(Policy(), channel_id=other.pk, last=2).examined == 0


def test_gathering_and_deciding_take_a_fixed_number_of_statements(django_assert_num_queries):
    for _ in range(3):
        make_order([("MUG-1", 1), ("CUP-1", 1)])
    order = make_order([("MUG-1", 1), ("CUP-1", 1), ("PEN-1", 1)], state="received")
    with held(order.pk) as row, django_assert_num_queries(8):
        facts_of(row)
    with django_assert_num_queries(16):
        approve(order.pk, by="system:approve")
