"""On the order's page: who was told of it, notes that call upon people, and why an action is not there."""

from datetime import datetime

import pytest
from django.test import Client

from fulfillment.models import Message
from fulfillment.services import open_shipments
from ordermgmt.mentions import marked
from ordermgmt.order_page import order_page
from ordermgmt.told import told
from orders.models import Order, OrderEvent, WebhookDelivery
from orders.services import hold
from orders.webhooks.managing import make_endpoint
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(db: None) -> Order:
    return make_order(state="approved")


def given_up(order: Order) -> WebhookDelivery:
    endpoint, _ = make_endpoint(order.channel, name="Bookkeeping", url="http://127.0.0.1:1/", events=["*"], by="alice")
    event = order.events.first()
    return WebhookDelivery.objects.create(
        endpoint=endpoint,
        event=event,
        order=order,
        seq=event.seq,
        status="given_up",
        attempts=9,
        code=503,
        answer="Gone",
    )


def test_a_webhook_that_was_given_up_is_called_again(bob: Client, order: Order) -> None:
    row = given_up(order)
    (telling,) = told(order)
    assert (telling.to, telling.state, telling.detail) == ("Bookkeeping", "Given up", "HTTP 503, Gone, 9 attempts")
    bob.post(telling.again)
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("waiting", 0)
    assert [telling.again for telling in told(order)] == [""]


def test_a_webhook_is_called_again_only_under_its_own_order(bob: Client, sam: Client, order: Order) -> None:
    row, other = given_up(order), make_order()
    assert bob.post(f"/orders/{other.number}/told/{row.pk}/again/").status_code == 404
    assert sam.post(f"/orders/{order.number}/told/{row.pk}/again/").status_code == 403
    assert WebhookDelivery.objects.get().status == "given_up"


def test_mails_and_webhooks_stand_together(sam: Client, order: Order, django_assert_num_queries) -> None:
    given_up(order)
    Message.objects.create(
        order=order, kind="received", key="a", recipient="marta@example.com", subject="-", state="failed", error="Full"
    )
    with django_assert_num_queries(5):  # with the session, the person and the order
        page = sam.get(f"/orders/{order.number}/told/").content.decode()
    assert ("marta@example.com" in page, "Full" in page, "Bookkeeping" in page, "Again" in page) == (True,) * 3 + (
        False,
    )


def test_who_is_called_upon_in_a_note_finds_it_on_today(bob: Client, sam: Client, order: Order) -> None:
    bob.post(f"/orders/{order.number}/notes/", {"text": "@sam, please ring. Not bob@sam.example"})
    assert OrderEvent.objects.filter(name="order.noted").count() == 1
    assert "You are called upon" in sam.get("/").content.decode()
    assert "You are called upon" not in bob.get("/").content.decode()


def test_nobody_is_called_upon_who_is_not_there(bob: Client, order: Order) -> None:
    page = bob.post(f"/orders/{order.number}/notes/", {"text": "@dora look"})
    assert (page.status_code, "Nobody here is called dora." in page.content.decode()) == (422, True)
    assert not OrderEvent.objects.filter(name="order.noted").exists()


def test_a_note_stays_text() -> None:
    assert marked("<b>@sam</b> & a@b.c") == '&lt;b&gt;<b class="mention">@sam</b>&lt;/b&gt; &amp; a@b.c'


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("shipped", {"Cancel": "Its goods have left the warehouse. What comes back is a return."}),
        ("reviewed", {"Hold": "The order is reviewed, and nothing moves any more."}),
    ],
)
def test_each_refusal_is_explained(state: str, said: dict[str, str], noon: datetime) -> None:
    found = {row.action: row.why for row in order_page(make_order(state=state).number).refusals}
    assert {action: found.get(action) for action in said} == said


def test_a_held_order_says_so_for_each_shipment() -> None:
    make_stock(make_product("JAR-1"), 5, warehouse=make_warehouse("YORK", mode="manual"))
    order = make_order([("JAR-1", 1)], state="approved")
    open_shipments(order.pk, by="test")
    hold(order.pk, reason="other", note="Ask first", by="sam")
    assert [row.why for row in order_page(order.number).refusals if "Picked" in row.action] == [
        "The order: it is held; release each hold first."
    ]
