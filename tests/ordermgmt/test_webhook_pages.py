"""The pages of webhooks: made with a secret that is shown once, tried out, stopped, started, told again."""

import json
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from inventory import clock
from ordermgmt.verify import verify
from ordermgmt.webhooks.pages import endpoint_page, endpoint_rows
from orders import tasks
from orders.models import WebhookDelivery, WebhookEndpoint
from orders.webhooks import managing, sending
from orders.webhooks.doors import Answer
from tests.factories import make_channel, make_order, make_warehouse

pytestmark = pytest.mark.django_db
HOOK = "http://127.0.0.1:9/hooks"


@pytest.fixture(autouse=True)
def anywhere(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True


@pytest.fixture
def called(monkeypatch):
    """What was sent; everything is answered with 200."""
    heard = []

    def answering(door, body, headers, *, seconds):
        heard.append((headers, body))
        return Answer(200, "Thank you")

    monkeypatch.setattr("orders.webhooks.sending.call", answering)
    return heard


def hook(**fields):
    row, secret = managing.make_endpoint(make_channel(), name="Shop", url=HOOK, events=["order.*"], by="alice")
    WebhookEndpoint.objects.filter(pk=row.pk).update(**fields)
    return row, secret


@pytest.mark.parametrize("address", ["/webhooks/", "/webhooks/new/", "/webhooks/1/"])
def test_only_who_may_tell_programs_sees_them(client, charlie, bob, address):
    assert client.get(address).status_code == 302
    assert charlie.get(address).status_code == 403
    assert bob.get(address).status_code == 403


@pytest.mark.parametrize("owner", ["channel", "warehouse"])
def test_a_secret_is_shown_once_when_it_is_made(alice, owner):
    ids = {"channel": make_channel().pk, "warehouse": make_warehouse("RTM", mode="3pl").pk}
    typed = {"owner": f"{owner}-{ids[owner]}", "name": "Shop", "url": HOOK, "events": "order.placed\norder.shipped"}
    answer = alice.post("/webhooks/new/", typed)
    row = WebhookEndpoint.objects.get()
    assert (row.events, row.created_by) == (["order.placed", "order.shipped"], "alice")
    assert row.secret in answer.content.decode()
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    for page in ("/webhooks/", f"/webhooks/{row.pk}/"):
        assert row.secret not in alice.get(page).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"events": "Order"}, {"url": "ftp://x.example/"}, {"owner": "channel-0"}, {"name": ""}]
)
def test_what_cannot_be_told_is_refused(alice, wrong):
    typed = {"owner": f"channel-{make_channel().pk}", "name": "Shop", "url": HOOK, "events": "order.*"} | wrong
    assert alice.post("/webhooks/new/", typed).status_code == 422
    assert WebhookEndpoint.objects.count() == 0


def test_a_test_is_signed_and_told(alice, called):
    row, secret = hook()
    answer = alice.post(f"/webhooks/{row.pk}/test/", follow=True)
    assert "Shop answered 200." in answer.content.decode()
    ((headers, body),) = called
    Webhook(secret).verify(body, headers)
    assert json.loads(body)["type"] == "webhook.test"
    assert WebhookDelivery.objects.count() == 0


def test_a_test_that_nobody_answers_says_why(alice):
    row, _ = hook()
    assert "Shop did not answer: ConnectionRefusedError" in (
        alice.post(f"/webhooks/{row.pk}/test/", follow=True).content.decode()
    )


def test_it_is_stopped_started_and_given_another_secret(alice):
    row, secret = hook()
    alice.post(f"/webhooks/{row.pk}/stop/")
    assert (WebhookEndpoint.objects.get().active, WebhookEndpoint.objects.get().stopped_why) == (
        False,
        "Stopped by alice",
    )
    alice.post(f"/webhooks/{row.pk}/start/")
    assert WebhookEndpoint.objects.get().active
    page = alice.post(f"/webhooks/{row.pk}/secret/").content.decode()
    again = WebhookEndpoint.objects.get()
    assert (again.previous_secret, again.secret in page, again.secret != secret) == (secret, True, True)
    assert alice.post(f"/webhooks/{row.pk}/sell/").status_code == 404


@pytest.fixture
def told(called):
    """One endpoint that was told of an order's first steps."""
    row, _ = hook(cursor_xid=2**62, since_xid=0)
    order = make_order(state="approved")
    for event in order.events.filter(name__startswith="order."):
        sending.send(
            WebhookDelivery.objects.create(endpoint=row, event=event, order=order, seq=event.seq, due_at=clock.now())
        )
    return row


def untold():
    return next(check.count for check in verify().checks if check.name == "webhooks-told")


def test_deliveries_are_shown_with_their_answers_and_sent_again(alice, told, called, django_assert_num_queries):
    with django_assert_num_queries(2):
        page = endpoint_page(told.pk)
    assert {(row.delivery.code, row.tone) for row in page.deliveries} == {(200, "good")}
    newest = page.deliveries[0].delivery
    shown = alice.get(f"/webhooks/{told.pk}/").content.decode()
    assert newest.event.name in shown
    assert "Thank you" in shown
    alice.post(f"/webhooks/{told.pk}/redeliver/{newest.pk}/")
    assert [row.waiting for row in endpoint_rows()] == [1]
    other, _ = hook()
    assert alice.post(f"/webhooks/{other.pk}/redeliver/{newest.pk}/").status_code == 404


def test_what_ended_long_ago_is_forgotten_a_few_at_a_time_and_nobody_misses_it(told, settings):
    settings.WEBHOOK_KEPT_DAYS = 7
    count = WebhookDelivery.objects.count()
    first = WebhookDelivery.objects.earliest("id")
    assert count > 2
    managing.redeliver(told.pk, delivery_id=first.pk)
    with clock.at(clock.now() + timedelta(days=6, hours=23)):
        assert managing.forget_deliveries() == 0
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        assert (managing.forget_deliveries(limit=1), WebhookDelivery.objects.count()) == (1, count - 1)
        tasks.forget_deliveries()
    assert WebhookDelivery.objects.get() == first
    assert untold() == 0
    WebhookEndpoint.objects.update(forgotten_until=None)
    assert untold() == count - 1
