"""The approval queue and the policy of a channel: what people see, what they may do, and how a refusal is told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from fulfillment.models import Shipment, ShipmentHold
from fulfillment.services import open_shipments
from inventory import clock
from ordermgmt.approvals.forms import PolicyForm
from ordermgmt.approvals.policy_page import policy_page
from ordermgmt.approvals.queue import DEAREST, approval_queue
from ordermgmt.counts import counts
from orders.models import ApprovalPolicy, Decision, Hold, Order, OrderEvent
from orders.order_request import PaymentRequest
from orders.policy import QUESTIONS, Policy
from orders.policy.versions import policy_of, save_policy
from orders.queue import held
from orders.services import hold, place_hold
from orders.stages.approve import approve
from tests.factories import LONDON, make_channel, make_order, make_product, make_stock, make_warehouse
from tests.people import signed_in

pytestmark = pytest.mark.django_db
PARIS = {**LONDON, "city": "Paris", "postal_code": "75001", "country": "FR"}
QUEUE = "/approvals/"


@pytest.fixture
def dora(db: None) -> Client:
    """Decides whom the shop trusts, and may do nothing else to orders."""
    dora = User.objects.create_user("dora", password="x", is_staff=True)
    dora.user_permissions.add(Permission.objects.get(codename="approve_order"))
    return signed_in(dora)


def held_order(**fields: object) -> Order:
    order = make_order(state="received", billing_address=PARIS, **fields)
    return approve(order.pk, by="system:approve")


def said(answer: HttpResponse) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def text(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def typed(policy: Policy, **changes: object) -> dict[str, object]:
    """What the form of this policy sends."""
    page = policy_page("web")
    form = PolicyForm.of(policy, newest=page.newest)
    sent = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in {**sent, **changes}.items() if value is not None and value is not False}


def test_the_queue_tells_the_sentence_the_evidence_and_who_the_customer_is(dora: Client) -> None:
    order = held_order()
    page = text(dora.get(QUEUE))
    assert "1 order waits for a decision" in page
    assert "Held: billed in FR, sent to GB." in page
    for words in (f"#{order.number}", "FR to GB", "same country", "Marta Silva", "No tier yet", "Approve now…"):
        assert words in page


def test_the_longest_waiting_comes_first_or_the_dearest(noon: datetime) -> None:
    with clock.at(noon - timedelta(hours=1)):
        old = held_order()
    dear = held_order(lines=[("MUG-1", 3)])
    assert [row.order.pk for row in approval_queue().rows] == [old.pk, dear.pk]
    assert [row.order.pk for row in approval_queue(sort=DEAREST).rows] == [dear.pk, old.pk]


def test_one_reason_can_be_looked_at_alone(noon: datetime) -> None:
    held_order()
    other = make_order(state="received")
    hold(other.pk, reason="customer-asked", note="On holiday", by="sam")
    queue = approval_queue(reason="customer-asked")
    assert [(row.order.pk, row.sentence) for row in queue.rows] == [(other.pk, "Held: On holiday")]
    assert [(chip.label, chip.count) for chip in queue.reasons] == [
        ("All", None),
        ("Address", 1),
        ("Customer asked", 1),
    ]
    assert approval_queue(reason="moon").count == 2


def hold_delivered() -> None:
    """As a program does whose money could not be given back."""
    with held(make_order(state="delivered").pk) as order:
        place_hold(order, reason="payment-failed", note="", by="system:settle")


def test_failed_steps_and_orders_that_have_left_wait_for_nobody_here() -> None:
    hold(make_order(state="received").pk, reason="exception", note="", by="system")
    hold_delivered()
    assert (approval_queue().rows, approval_queue().count) == ((), 0)


def test_the_queue_takes_the_same_statements_however_many_wait(
    dora: Client, django_assert_max_num_queries: object
) -> None:
    for _ in range(5):
        held_order(payment=PaymentRequest("card", authorised=Decimal("4.00")))
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        assert dora.get(QUEUE).status_code == 200


def test_an_order_is_approved_at_once(dora: Client) -> None:
    order = held_order()
    answer = dora.post(f"{QUEUE}orders/{order.number}/approve/", {f"approve-{order.number}-note": "Spoke to them"})
    assert said(answer) == [("success", f"Order #{order.number} is approved.")]
    assert Order.objects.get().state == "approved"
    assert Hold.objects.values_list("released_by", "release_note").get() == ("dora", "Spoke to them")


def test_an_order_is_rejected_for_a_reason(dora: Client) -> None:
    order = held_order()
    address = f"{QUEUE}orders/{order.number}/reject/"
    answer = dora.post(address, {f"reject-{order.number}-reason": ""})
    assert (answer.status_code, "This field is required." in text(answer)) == (422, True)
    assert Order.objects.get().state == "received"
    answer = dora.post(address, {f"reject-{order.number}-reason": "Stolen card"})
    assert said(answer) == [("success", f"Order #{order.number} is rejected. Stock and money go back.")]
    assert Order.objects.get().state == "rejected"
    answer = dora.post(address, {f"reject-{order.number}-reason": "Again"})
    assert said(answer)[-1][0] == "error"


def test_a_placed_order_that_is_held_can_be_rejected_but_not_approved_yet(dora: Client) -> None:
    order = make_order()
    hold(order.pk, reason="fraud", note="", by="sam")
    page = text(dora.get(QUEUE))
    assert ("Reject the order" in page, "Approve the order" in page) == (True, False)
    dora.post(f"{QUEUE}orders/{order.number}/reject/", {f"reject-{order.number}-reason": "Stolen card"})
    assert Order.objects.get().state == "rejected"


def test_a_hold_is_added_and_one_is_released(dora: Client) -> None:
    order = held_order()
    more = {f"hold-{order.number}-reason": "customer-asked", f"hold-{order.number}-note": "Until Friday"}
    dora.post(f"{QUEUE}orders/{order.number}/hold/", more)
    assert Order.objects.get().open_holds == 2
    first = Hold.objects.get(reason="address")
    answer = dora.post(f"{QUEUE}orders/{order.number}/holds/{first.pk}/release/", {})
    assert said(answer)[-1] == ("success", f"The hold is released. Order #{order.number} still waits for 1 more.")
    assert Hold.objects.get(reason="address").overrules is True


def test_a_second_person_is_asked_for(dora: Client, alice: Client) -> None:
    save_policy(make_channel(), Policy(second_person_above=Decimal(5)), note="", by="alice")
    order = held_order()
    address = f"{QUEUE}orders/{order.number}/holds/{Hold.objects.get().pk}/release/"
    assert said(dora.post(address, {}))[-1][1].startswith("Your word is kept.")
    assert "dora has agreed; a second person has to" in text(alice.get(QUEUE))
    level, words = said(dora.post(address, {}))[-1]
    assert (level, words) == (
        "error",
        "The hold address waits for a second person: dora has agreed already. Nothing was changed.",
    )
    assert said(alice.post(address, {}))[-1] == ("success", f"Order #{order.number} goes on.")


ACTS = ["orders/{0}/approve/", "orders/{0}/reject/", "orders/{0}/hold/", "orders/{0}/holds/{1}/release/"]


@pytest.mark.parametrize("path", [*ACTS, "policy/web/change/"])
def test_who_may_not_approve_looks_and_changes_nothing(bob: Client, path: str) -> None:
    order = held_order()
    page = text(bob.get(QUEUE))
    assert ("Held: billed in FR" in page, "Approve now" in page) == (True, False)
    assert bob.post(QUEUE + path.format(order.number, Hold.objects.get().pk), {}).status_code == 403
    assert (Order.objects.get().state, Order.objects.get().open_holds) == ("received", 1)
    assert ApprovalPolicy.objects.count() == 0


def test_charlie_sees_nothing(charlie: Client) -> None:
    make_channel()
    for path in (QUEUE, f"{QUEUE}policy/web/"):
        assert charlie.get(path).status_code == 403


def test_the_hold_of_a_check_takes_the_right_to_approve_on_the_orders_page_too(bob: Client) -> None:
    order = held_order()
    answer = bob.post(f"/orders/{order.number}/holds/{Hold.objects.get().pk}/release/")
    assert (answer.status_code, Order.objects.get().open_holds) == (403, 1)


def test_the_orders_page_explains_its_decisions(bob: Client) -> None:
    order = held_order()
    approve(order.pk, by="system:approve")
    page = text(bob.get(f"/orders/{order.number}/"))
    for words in ("Trust", "Held: billed in FR, sent to GB.", "the program’s own policy", "1 earlier decision"):
        assert words in page


def test_a_shipment_is_held_and_released_on_the_orders_page(bob: Client) -> None:
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    order = make_order([("JAR-1", 2)], state="approved")
    open_shipments(order.pk, by="test")
    held = {"hold-1-reason": "look-at-goods", "hold-1-note": "Box 3"}
    answer = bob.post(f"{QUEUE}orders/{order.number}/shipments/1/hold/", held)
    code = Shipment.objects.get().code
    assert said(answer) == [("success", f"Shipment {code} is held. The rest of the order goes on.")]
    page = text(bob.get(f"/orders/{order.number}/"))
    assert f"Shipment {code}: Box 3 (held by bob)" in page
    assert "Mark picked" not in page
    assert "Shipment held" in text(bob.get("/"))
    bob.post(f"{QUEUE}shipment-holds/{ShipmentHold.objects.get().pk}/release/")
    assert Shipment.objects.get().open_holds == 0
    assert "Mark picked" in text(bob.get(f"/orders/{order.number}/"))


def test_a_faulty_hold_of_a_shipment_comes_back_in_its_own_form_and_holds_nothing(bob: Client) -> None:
    order = make_order(state="approved")
    open_shipments(order.pk, by="test")
    typed_in = {"hold-1-reason": "other", "hold-1-note": "Box 3", "hold-1-until": "2026-01-01"}
    answer = bob.post(f"{QUEUE}orders/{order.number}/shipments/1/hold/", typed_in)
    page = text(answer)
    assert (answer.status_code, page.count("A day after today, please."), page.count('value="Box 3"')) == (422, 1, 1)
    assert 'name="hold-1-until" value="2026-01-01"' in page
    assert (ShipmentHold.objects.count(), Hold.objects.count()) == (0, 0)


@pytest.mark.parametrize(("page", "prefix"), [("/approvals/orders/{0}/hold/", "hold-{0}-"), ("/orders/{0}/hold/", "")])
def test_a_hold_may_have_a_day_on_which_it_ends_by_itself(
    bob: Client, dora: Client, noon: datetime, page: str, prefix: str
) -> None:
    order = make_order(state="received")
    client, at = (dora if prefix else bob), page.format(order.number)
    more = {"reason": "customer-asked", "note": "On holiday"}
    for day, status in (("2026-05-04", 422), ("soon", 422), ("2026-05-08", 302)):
        sent = {prefix.format(order.number) + name: value for name, value in {**more, "until": day}.items()}
        assert client.post(at, sent).status_code == status, day
    assert Hold.objects.get().until == datetime(2026, 5, 7, 23, tzinfo=UTC)  # when the 8th begins in London
    who = "dora" if prefix else "bob"
    assert f"(held by {who} until Fri 8 May)" in text(client.get(f"/orders/{order.number}/"))
    assert "until Fri 8 May" in text(client.get(QUEUE))


def test_a_second_hold_that_says_something_else_is_refused_and_told(dora: Client) -> None:
    order = held_order()
    name = f"hold-{order.number}-"
    for note in ("Until Friday", "Until Monday"):
        answer = dora.post(f"{QUEUE}orders/{order.number}/hold/", {f"{name}reason": "other", f"{name}note": note})
    told = "It is held for other already, by dora: release that hold first. Nothing was changed."
    assert (said(answer)[-1], Hold.objects.get(reason="other").note) == (("error", told), "Until Friday")


def test_a_policy_is_tried_before_it_is_saved(dora: Client, django_assert_max_num_queries: object) -> None:
    order = held_order()
    calm = typed(policy_of(make_channel().pk), **{"address-asked": False})
    before = (Decision.objects.count(), OrderEvent.objects.count())
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        page = text(dora.post(f"{QUEUE}policy/web/change/", calm))
    assert "1 of 1 decision would change: 1 from held to approved." in page
    assert f"#{order.number}" in page
    assert (Decision.objects.count(), OrderEvent.objects.count(), ApprovalPolicy.objects.count()) == (*before, 0)
    answer = dora.post(f"{QUEUE}policy/web/change/", {**calm, "then": "save", "note": "Tourists"})
    assert said(answer) == [("success", "Version 1 of the policy holds from the next decision on.")]
    row = ApprovalPolicy.objects.get()
    assert (row.note, row.by, row.checks["address"]["asked"], row.checks["payment"]["asked"]) == (
        "Tourists",
        "dora",
        False,
        True,
    )


def test_what_the_form_sends_is_the_policy_it_shows(dora: Client) -> None:
    start = policy_of(make_channel().pk)
    dora.post(f"{QUEUE}policy/web/change/", {**typed(start), "then": "save"})
    saved = policy_of(make_channel().pk)
    assert (saved.version, saved.trusted_tiers, saved.second_person_above) == (1, ("A",), None)
    assert saved.rules == {question.name: question.default for question in QUESTIONS}
    dora.post(f"{QUEUE}policy/web/change/", {**typed(saved), "then": "save"})
    again = policy_of(make_channel().pk)
    assert (again.version, again.rules) == (2, saved.rules)


def test_a_rule_that_cannot_be_meant_is_told_at_its_row_and_what_was_typed_stays(dora: Client) -> None:
    make_channel()
    wrong = typed(Policy(), **{"velocity-within": "0", "note": "Keep me", "then": "save"})
    answer = dora.post(f"{QUEUE}policy/web/change/", wrong)
    page = text(answer)
    assert (answer.status_code, "From 1 to 1,440 minutes." in page, 'value="Keep me"' in page) == (422, True, True)
    assert ApprovalPolicy.objects.count() == 0


def test_who_was_overtaken_is_told_and_saves_nothing(dora: Client) -> None:
    sent = typed(policy_of(make_channel().pk))
    save_policy(make_channel(), Policy(), note="", by="alice")
    answer = dora.post(f"{QUEUE}policy/web/change/", {**sent, "then": "save"})
    assert (answer.status_code, "version 1 holds now" in text(answer)) == (422, True)
    assert ApprovalPolicy.objects.count() == 1


def test_every_version_can_be_looked_at_and_made_to_hold_again(dora: Client) -> None:
    channel = make_channel()
    save_policy(channel, Policy(second_person_above=Decimal(77)), note="First", by="alice")
    save_policy(channel, Policy(version=1), note="Second", by="alice")
    page = text(dora.get(f"{QUEUE}policy/web/?version=1"))
    assert "This is version 1; version 2 holds." in page
    assert 'value="77"' in page
    old = policy_page("web", version=1).shown
    dora.post(f"{QUEUE}policy/web/change/", {**typed(old), "then": "save"})
    assert (policy_of(channel.pk).version, policy_of(channel.pk).second_person_above) == (3, 77)
    assert dora.get(f"{QUEUE}policy/web/?version=9").status_code == 404
    assert dora.get(f"{QUEUE}policy/moon/").status_code == 404
    assert dora.get(f"{QUEUE}policy/").headers["Location"] == f"{QUEUE}policy/web/"


def test_beside_the_navigation_stands_the_number_of_the_list():
    hold(make_order(state="received").pk, reason="other", note="", by="sam")
    hold_delivered()
    assert Hold.objects.filter(released_at=None).count() == 2
    assert counts()["held"] == approval_queue().count == 1
