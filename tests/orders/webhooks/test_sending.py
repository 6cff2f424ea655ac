"""Webhooks to a real receiver on this machine: signed, once per event, in order, tried again, stopped, sent again."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from inventory import clock
from orders.models import Order, OrderEvent, WebhookDelivery, WebhookEndpoint
from orders.services import add_note, hold
from orders.webhooks import managing, sending
from orders.webhooks.errors import EndpointUnfit
from orders.webhooks.fanning import fan_out
from tests.api import Api, problem
from tests.factories import make_channel, make_order, make_warehouse
from tests.kpis.settling import settle

pytestmark = pytest.mark.django_db(transaction=True)


class Receiver(ThreadingHTTPServer):
    """Answers as it is told: a status, "slow" or "hang up"; the last word holds for all that follow."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hearing)
        self.answers: list[object] = [200]
        self.heard: list[tuple[dict[str, str], bytes]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks?shop=1"

    @property
    def told(self) -> list[tuple[str, int]]:
        bodies = [json.loads(body) for _, body in self.heard]
        return [(body["type"], body["data"]["seq"]) for body in bodies]


class Hearing(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        heard = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(({name.lower(): value for name, value in self.headers.items()}, heard))
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        if answer == "hang up":
            return
        if answer == "slow":  # a byte now and then, for ever
            for letter in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 40:
                try:
                    self.wfile.write(bytes([letter]))
                except OSError:
                    return
                sleep(0.05)
            return
        self.send_response(int(answer))
        self.send_header("Location", self.server.url)
        self.end_headers()
        self.wfile.write(b"heard " * 2000)

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def impatient(settings) -> None:
    settings.WEBHOOK_SECONDS = 0.5
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True


def endpoint(receiver: Receiver, *events: str) -> WebhookEndpoint:
    row, _ = managing.make_endpoint(
        make_channel(), name="Storefront", url=receiver.url, events=events or ["*"], by="alice"
    )
    return row


def run() -> None:
    settle()
    fan_out()
    sending.send_due()


def later(seconds: float) -> None:
    with clock.at(clock.now() + timedelta(seconds=seconds)):
        run()


def statuses() -> list[str]:
    return list(WebhookDelivery.objects.order_by("id").values_list("status", flat=True))


def test_each_event_is_told_once_in_order_and_signed(receiver):
    make_order()  # before: not told
    settle()
    row = endpoint(receiver)
    order = make_order(state="received")
    make_order(channel=make_channel("other"))
    run()
    run()
    assert receiver.told == [("order.placed", 1), ("order.received", 2)]
    headers, body = receiver.heard[0]
    told = Webhook(row.secret).verify(body, headers)
    assert (told["data"]["order"], told["data"]["external_id"]) == (order.number, order.external_id)
    assert told["data"]["lines"] == 1
    event = OrderEvent.objects.get(order=order, seq=1)
    assert (headers["webhook-id"], headers["content-type"]) == (f"evt_{event.pk}", "application/json")
    assert statuses() == ["delivered", "delivered"]
    kept = WebhookDelivery.objects.earliest("id")
    assert (kept.code, kept.attempts, kept.answer[:6], len(kept.answer)) == (200, 1, "heard ", 1000)


def test_only_what_was_asked_for_is_told_and_no_more_of_it_than_the_channel_may_know(receiver):
    endpoint(receiver, "order.held")
    order = make_order(state="received")
    hold(order.pk, reason="fraud", note="looks odd", by="system:approve")
    run()
    ((_, body),) = receiver.heard
    assert json.loads(body)["data"].keys() == {"reason", "order", "external_id", "seq"}


def test_what_fails_is_tried_again_and_the_rest_of_the_order_waits_for_it(receiver):
    endpoint(receiver)
    make_order(state="received")
    receiver.answers = [500, "hang up", 404, 302, 200]
    run()
    assert (receiver.told, statuses()) == ([("order.placed", 1)], ["waiting", "waiting"])
    later(1)
    assert len(receiver.heard) == 1  # neither is due, and the endpoint rests
    for pause in (6, 400, 2500, 10_000):
        later(pause)
    assert receiver.told == [("order.placed", 1)] * 5 + [("order.received", 2)]
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 2
    assert list(WebhookDelivery.objects.order_by("id").values_list("status", "attempts", "code")) == [
        ("delivered", 5, 200),
        ("delivered", 1, 200),
    ]
    assert WebhookEndpoint.objects.get().failures == 0


def test_one_orders_trouble_holds_no_other_order_up(receiver):
    endpoint(receiver, "order.placed")
    make_order()
    make_order()
    receiver.answers = [400, 200]
    run()
    assert statuses() == ["waiting", "delivered"]


def test_who_answers_slowly_is_cut_off(receiver):
    endpoint(receiver, "order.placed")
    make_order()
    receiver.answers = ["slow"]
    run()
    row = WebhookDelivery.objects.get()
    assert (row.status, row.code, row.attempts) == ("waiting", None, 1)
    assert row.milliseconds < 1500


def test_after_three_days_it_is_stopped_and_goes_on_later_without_a_gap(receiver):
    row = endpoint(receiver)
    order = make_order()
    receiver.answers = [500]
    run()
    for hours in (1, 30, 80):
        later(hours * 3600)
    stopped = WebhookEndpoint.objects.get()
    assert (stopped.active, stopped.stopped_why) == (False, "It has failed for three days")
    add_note(order.pk, text="Meanwhile", by="alice")
    receiver.answers, receiver.heard = [200], []
    later(90 * 3600)
    assert receiver.heard == []
    managing.start_endpoint(row.pk)
    run()
    assert receiver.told == [("order.placed", 1), ("order.noted", 2)]


def test_who_is_gone_for_good_is_stopped_at_once(receiver):
    endpoint(receiver)
    make_order()
    receiver.answers = [410]
    run()
    assert WebhookEndpoint.objects.get().active is False


def test_in_the_end_one_event_is_given_up_and_the_next_ones_go_on(receiver):
    endpoint(receiver)
    make_order(state="received")
    receiver.answers = [422] * 10 + [200]
    settle()
    fan_out()
    for _ in range(10):
        WebhookDelivery.objects.filter(status="waiting").update(due_at=clock.now())
        WebhookEndpoint.objects.update(failing_since=None)
        sending.send_due()
    assert statuses() == ["given_up", "delivered"]


def test_one_or_all_since_a_moment_are_sent_again_under_the_same_id(receiver):
    row = endpoint(receiver)
    before = clock.now()
    make_order(state="received")
    run()
    delivery = WebhookDelivery.objects.latest("id")
    assert managing.redeliver(row.pk, delivery_id=delivery.pk) == 1
    run()
    assert managing.redeliver(row.pk, since=before - timedelta(hours=1)) == 2
    run()
    assert receiver.told[2:] == [("order.received", 2), ("order.placed", 1), ("order.received", 2)]
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 2
    assert WebhookDelivery.objects.count() == 2


def test_two_secrets_sign_for_a_day_after_a_change(receiver):
    row = endpoint(receiver, "order.placed")
    secret = managing.rotate_secret(row.pk)
    make_order()
    run()
    headers, body = receiver.heard[0]
    assert Webhook(secret).verify(body, headers) == Webhook(row.secret).verify(body, headers)
    with clock.at(clock.now() + timedelta(hours=25)):
        fresh = sending.headers_of(WebhookEndpoint.objects.get(), WebhookDelivery.objects.get(), body, clock.now())
    assert " " not in fresh["webhook-signature"]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)


def test_a_worker_that_dies_costs_a_lease_and_no_event(receiver):
    endpoint(receiver, "order.placed")
    make_order()
    settle()
    fan_out()
    assert len(sending.lease(10)) == 1
    assert sending.lease(10) == []
    later(200)
    assert statuses() == ["delivered"]


def test_an_address_that_has_moved_inside_is_not_called(settings, receiver):
    endpoint(receiver, "order.placed")
    make_order()
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    run()
    assert receiver.heard == []
    assert "AddressRefused" in WebhookDelivery.objects.get().answer


def test_an_endpoint_names_events(receiver):
    for events in ([], ["Order"], ["order.placed'; --"]):
        with pytest.raises(EndpointUnfit):
            managing.make_endpoint(make_channel(), name="x", url=receiver.url, events=events, by="alice")


def test_over_the_api_a_secret_is_shown_once_and_foreign_endpoints_are_not_there(receiver):
    api, other = Api("webhooks:write"), Api("webhooks:write", channel=make_channel("other"))
    made = api.post("/api/v1/webhooks/", {"name": "Shop", "url": receiver.url, "events": ["order.*"]}).json()
    assert made["secret"].startswith("whsec_")
    address = f"/api/v1/webhooks/{made['id']}/"
    assert "secret" not in api.get(address).json()
    make_order(state="received")
    run()
    listed = api.get(f"{address}deliveries/", status="delivered").json()["results"]
    assert [row["name"] for row in listed] == ["order.received", "order.placed"]
    assert made["secret"] not in json.dumps(listed)
    assert api.post(f"{address}redeliver/", {"delivery": listed[0]["id"]}).json() == {"waiting": 1}
    problem(api.post(f"{address}redeliver/", {}), 400, "validation_failed")
    assert api.post(f"{address}rotate/").json()["secret"] != made["secret"]
    assert api.put(address, {"url": receiver.url, "events": ["*"]}).json()["events"] == ["*"]
    assert api.delete(address).json()["active"] is False
    assert api.post(f"{address}start/").json()["active"] is True
    for path in ("", "deliveries/"):
        problem(other.get(f"{address}{path}"), 404, "not_found")
    for path in ("rotate/", "start/", "redeliver/"):
        problem(other.post(f"{address}{path}", {}), 404, "not_found")
    problem(api.post("/api/v1/webhooks/", {"name": "S", "url": "ftp://x", "events": ["*"]}), 422, "address_refused")
    assert Order.objects.count() == 1


def test_a_warehouse_is_told_of_its_hand_overs_only(receiver):
    managing.make_endpoint(make_warehouse("RTM"), name="3PL", url=receiver.url, events=["*"], by="alice")
    order = make_order()
    for code in ("RTM", "OSLO"):
        with_it = {"name": "handover.requested", "seq": 10 + len(code), "by": "x", "order": order}
        OrderEvent.objects.create(**with_it, data={"warehouse_code": code, "shipment": f"1-{code}", "version": 1})
    run()
    ((_, body),) = receiver.heard
    data = json.loads(body)["data"]
    assert data == {"shipment": "1-RTM", "version": 1, "order": order.number, "seq": 13}
