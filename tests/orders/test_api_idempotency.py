"""The same key gets the same answer, whatever happened to the first one on its way back."""

import pytest

from orders.models import IdempotencyKey, Order
from tests.api import Api, kept_answers, order_body, problem, stored
from tests.factories import make_channel, make_product, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    make_stock(make_product(), 10)
    return Api()


def test_a_repeated_request_gets_the_first_answer_and_places_nothing(api):
    body = order_body()
    first = api.place(body, "k")
    before = stored()
    again = api.place(body, "k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert (stored(), kept_answers()) == (before, 1)


def test_the_replay_is_the_first_answer_even_after_the_order_moved_on(api):
    body = order_body()
    first = api.place(body, "k").json()
    api.post(f"/api/v1/orders/{first['number']}/cancel/", {"reason": "changed my mind"})
    assert api.place(body, "k").json() == first


def test_names_in_another_order_are_the_same_body(api):
    body = order_body()
    api.place(body, "k")
    assert api.place(dict(reversed(body.items())), "k").headers["Idempotent-Replayed"] == "true"


def test_a_refusal_is_replayed_too_even_when_it_would_succeed_by_now(api):
    body = order_body(lines=[{"sku": "CUP", "quantity": 1}])
    first = problem(api.place(body, "k"), 422, "unknown_sku")
    make_stock(make_product("CUP"), 1)
    again = api.place(body, "k")
    assert problem(again, 422, "unknown_sku") == first
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 0
    assert api.place(body, "another").status_code == 201


def test_the_same_key_with_another_body_is_refused(api):
    api.place(order_body(), "k")
    before = stored()
    problem(api.place(order_body(), "k"), 422, "idempotency_key_reused")
    assert (stored(), kept_answers()) == (before, 1)


def test_a_key_belongs_to_its_channel(api):
    other = Api(channel=make_channel("market"))
    assert api.place(order_body(), "k").json()["number"] != other.place(order_body(), "k").json()["number"]
    assert sorted(IdempotencyKey.objects.values_list("channel__code", flat=True)) == ["market", "web"]


def test_a_key_survives_the_api_key_it_was_sent_with(api):
    body = order_body()
    first = api.place(body, "k").json()
    assert Api(channel=api.channel).place(body, "k").json() == first
