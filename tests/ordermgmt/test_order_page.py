"""The page of one order: what it shows, what can be done there, and how a refusal is told."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from fulfillment.models import Shipment
from fulfillment.returns.receiving import receive_return
from fulfillment.services import open_shipments
from ordermgmt.order_page import order_page
from ordermgmt.phrases import titled
from ordermgmt.timeline.entries import entry
from ordermgmt.timeline.kinds import Wish
from ordermgmt.timeline.reading import timeline
from ordermgmt.timeline.sentences import SENTENCES
from orders.models import Hold, Order, OrderEvent
from orders.order_request import PaymentRequest
from orders.policy import BY_NAME
from orders.services import hold
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


def in_york(*, mode: str = "manual") -> Order:
    """An approved order whose only shipment waits for a person."""
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode=mode))
    order = make_order([("JAR-1", 2)], state="approved")
    open_shipments(order.pk, by="test")
    return Order.objects.get(pk=order.pk)


def said(answer: HttpResponse) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def test_a_stranger_is_sent_to_the_sign_in(client: Client) -> None:
    order = make_order()
    assert client.get(f"/orders/{order.number}/").headers["Location"] == f"/login/?next=/orders/{order.number}/"


def test_charlie_who_is_no_staff_sees_nothing(charlie: Client) -> None:
    assert charlie.get(f"/orders/{make_order().number}/").status_code == 403


def test_an_unknown_number_is_not_found(alice: Client) -> None:
    assert alice.get("/orders/1/").status_code == 404


@pytest.mark.parametrize(
    ("state", "looks"),
    [
        ("placed", ["done", "now", "", "", "", "", "", "", ""]),
        ("picked", ["done", "done", "done", "done", "now", "", "", "", ""]),
        ("reviewed", ["done"] * 9),
    ],
)
def test_the_stepper_shows_what_is_done_and_what_is_next(noon: datetime, state: str, looks: list[str]) -> None:
    order = make_order(state=state)
    assert [step.look for step in order_page(order.number).steps] == looks


def test_the_stepper_ends_where_a_cancelled_order_left(alice: Client, noon: datetime) -> None:
    order = make_order(state="received")
    alice.post(f"/orders/{order.number}/cancel/", {"reason": "Bought twice"})
    page = order_page(order.number)
    assert [step.look for step in page.steps] == ["done", "done", "stop", "", "", "", "", "", ""]
    assert [block.trouble.what for block in page.blocks] == ["Bought twice (alice)"]


def test_each_unit_is_somewhere(noon: datetime) -> None:
    product = make_product("JAR-1")
    make_stock(product, 3, warehouse=make_warehouse("LEEDS"))
    make_stock(product, 50, warehouse=make_warehouse("YORK", mode="manual", priority=20))
    order = make_order([("JAR-1", 2)], state="received")
    with timezone.override("Europe/London"):
        (line,) = order_page(order.number).lines
    assert [(place.units, place.label, place.where) for place in line.places] == [(2, "Promised", "Leeds")]


def test_every_event_of_a_full_journey_has_a_sentence(noon: datetime) -> None:
    order = make_order([("MUG-1", 2)], state="reviewed")
    receive_return(order.pk, lines={"MUG-1": 1}, reason="damaged", key="r1", by="sam")
    names = set(OrderEvent.objects.values_list("name", flat=True))
    assert len(names) == 22
    assert names <= SENTENCES.keys()


@pytest.mark.parametrize(("method", "said_of_it"), [("card", "paid by card"), ("invoice", "to be paid by invoice")])
def test_only_what_is_pledged_is_called_paid(method: str, said_of_it: str) -> None:
    order = make_order(payment=PaymentRequest(method))
    assert entry(order.events.get(), "GBP").sentence == f"Placed: 1 line for £10.00, {said_of_it}"


def test_a_decision_shows_its_evidence(noon: datetime) -> None:
    order = make_order(state="approved")
    order = order_page(order.number).order
    entries = [entry for day in timeline(order, Wish()).days for entry in day.entries]
    checks = next(entry.proofs[0] for entry in entries if entry.sentence.startswith("Approved"))
    assert [row[0] for row in checks.rows] == [titled(name) for name in BY_NAME]
    assert {row[3] for row in checks.rows} == {"passed"}


@pytest.mark.parametrize("state", ["placed", "approved", "shipped", "reviewed"])
def test_the_page_costs_at_most_twenty_queries_however_long_the_order(
    bob: Client, noon: datetime, django_assert_max_num_queries: object, state: str
) -> None:
    order = make_order([(f"MUG-{number}", 2) for number in range(6)], state=state)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        assert bob.get(f"/orders/{order.number}/").status_code == 200


def test_a_long_order_shows_its_first_lines_until_all_are_asked_for(
    bob: Client, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ordermgmt.order_page.MOST_LINES", 2)
    order = make_order([(f"MUG-{number}", 1) for number in range(3)])
    here = f"/orders/{order.number}/"
    short, whole = (bob.get(address).content.decode() for address in (here, f"{here}?lines=all"))
    assert ("Mug-1" in short, "Mug-2" in short, "Show all 3" in short) == (True, False, True)
    assert ("Mug-2" in whole, "Show all" in whole) == (True, False)


def test_sam_looks_but_finds_no_button(sam: Client, noon: datetime) -> None:
    order = in_york()
    page = sam.get(f"/orders/{order.number}/").content.decode()
    assert "may look, but not act" in page
    assert "Mark picked" not in page


@pytest.mark.parametrize("action", ["hold/", "cancel/", "notes/", "shipments/1/pick/"])
def test_sam_cannot_act_by_address_either(sam: Client, noon: datetime, action: str) -> None:
    order = in_york()
    before = OrderEvent.objects.count()
    assert sam.post(f"/orders/{order.number}/{action}", {"reason": "other", "text": "x"}).status_code == 403
    assert OrderEvent.objects.count() == before


@pytest.mark.parametrize("action", ["hold/", "cancel/", "notes/", "shipments/1/pick/"])
def test_looking_never_acts(bob: Client, noon: datetime, action: str) -> None:
    order = in_york()
    assert bob.get(f"/orders/{order.number}/{action}").status_code == 405


def test_bob_picks_packs_and_ships_what_waits_for_him(bob: Client, noon: datetime) -> None:
    order = in_york()
    for step, button in (("pick", "Mark picked"), ("pack", "Mark packed"), ("ship", "Hand to carrier")):
        assert button in bob.get(f"/orders/{order.number}/").content.decode()
        answer = bob.post(f"/orders/{order.number}/shipments/1/{step}/")
        assert answer.headers["Location"] == f"/orders/{order.number}/"
        assert [level for level, _ in said(answer)] == ["success"]
    assert Order.objects.get().state == "shipped"
    assert OrderEvent.objects.get(name="shipment.picked").by == "bob"


def test_machines_are_not_asked_for_a_click(alice: Client, noon: datetime) -> None:
    order = make_order(state="approved")
    open_shipments(order.pk, by="test")
    page = order_page(order.number)
    assert page.ready == []
    assert page.calm == "The system takes the next step by itself."


def test_a_step_too_early_is_refused_and_changes_nothing(bob: Client, noon: datetime) -> None:
    order = in_york()
    answer = bob.post(f"/orders/{order.number}/shipments/1/pack/")
    assert said(answer) == [("error", f"Cannot pack {order.number}-1 now: it is approved. Nothing was changed.")]
    assert Shipment.objects.get().state == "approved"


def test_a_held_order_is_not_picked_and_says_why(bob: Client, noon: datetime) -> None:
    order = in_york()
    hold(order.pk, reason="other", note="Ask first", by="sam")
    answer = bob.post(f"/orders/{order.number}/shipments/1/pick/")
    assert said(answer) == [
        (
            "error",
            f"Cannot pick {order.number}-1: it takes that no hold is open on the order. Nothing was changed.",
        )
    ]
    assert Shipment.objects.get().state == "approved"


def test_a_hold_and_its_release(bob: Client, noon: datetime) -> None:
    order = make_order(state="received")
    bob.post(f"/orders/{order.number}/hold/", {"reason": "customer-asked", "note": ""})
    row = Hold.objects.get()
    assert (row.reason, row.note, row.by) == ("customer-asked", "The customer asked to wait", "bob")
    assert f'id="hold-{row.pk}"' in bob.get(f"/orders/{order.number}/").content.decode()
    bob.post(f"/orders/{order.number}/holds/{row.pk}/release/")
    assert (Hold.objects.get().released_by, Order.objects.get().open_holds) == ("bob", 0)


def test_a_hold_of_another_order_is_not_released_here(bob: Client, noon: datetime) -> None:
    row = hold(make_order().pk, reason="other", note="", by="sam")
    assert bob.post(f"/orders/{make_order().number}/holds/{row.pk}/release/").status_code == 404
    assert Hold.objects.get().released_at is None


def test_cancelling_takes_its_own_right(bob: Client, noon: datetime) -> None:
    order = make_order(state="received")
    assert "Cancel the order" not in bob.get(f"/orders/{order.number}/").content.decode()
    assert bob.post(f"/orders/{order.number}/cancel/", {"reason": "Bought twice"}).status_code == 403
    assert Order.objects.get().state == "received"
    User.objects.get(username="bob").user_permissions.add(Permission.objects.get(codename="cancel_order"))
    assert "Cancel the order" in bob.get(f"/orders/{order.number}/").content.decode()
    assert bob.post(f"/orders/{order.number}/cancel/", {"reason": "Bought twice"}).status_code == 302
    assert Order.objects.get().state == "cancelled"


def test_cancelling_needs_a_reason_and_keeps_the_form_open(alice: Client, noon: datetime) -> None:
    order = make_order(state="received")
    answer = alice.post(f"/orders/{order.number}/cancel/", {"reason": ""})
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()
    assert Order.objects.get().state == "received"


def test_an_order_that_left_cannot_be_cancelled_and_the_page_says_so(alice: Client, noon: datetime) -> None:
    order = make_order(state="shipped")
    assert "Its goods have left the warehouse" in alice.get(f"/orders/{order.number}/").content.decode()
    answer = alice.post(f"/orders/{order.number}/cancel/", {"reason": "Too late"})
    assert said(answer) == [("error", f"Cannot cancel #{order.number} now: it is shipped. Nothing was changed.")]
    assert Order.objects.get().state == "shipped"


def test_a_note_is_written_in_the_persons_name_and_shown_as_text(bob: Client, noon: datetime) -> None:
    order = make_order()
    bob.post(f"/orders/{order.number}/notes/", {"text": "<b>Rang</b> twice"})
    event = OrderEvent.objects.get(name="order.noted")
    assert (event.by, event.data) == ("bob", {"text": "<b>Rang</b> twice"})
    page = bob.get(f"/orders/{order.number}/").content.decode()
    assert "&lt;b&gt;Rang&lt;/b&gt; twice" in page
    assert "<b>Rang</b>" not in page


def test_an_order_past_its_promise_says_so_on_top(noon: datetime) -> None:
    order = make_order(state="shipped", promised_at=noon - timedelta(days=1))
    assert [block.trouble.what for block in order_page(order.number).blocks] == ["Promised Sun 3 May, still shipped"]
