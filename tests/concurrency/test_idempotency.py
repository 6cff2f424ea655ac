"""Two requests with one key at the same moment: one is answered, the other is told so at once."""

import threading
from collections import Counter
from functools import partial

import pytest

from inventory.models import Stock
from orders.models import IdempotencyKey, Order
from orders.placing import store
from tests.api import Api, order_body, problem
from tests.factories import make_product, make_stock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api():
    make_stock(make_product(), 100)
    return Api()


def test_a_request_in_flight_is_not_started_twice_and_nobody_waits(api, at_once, monkeypatch):
    body, placing, refused = order_body(), threading.Event(), threading.Event()

    def slowly(*args, **kwargs):
        placing.set()  # the key was taken with the order's turn
        assert refused.wait(timeout=20)
        return store(*args, **kwargs)

    def too_soon():
        assert placing.wait(timeout=20)
        try:
            return api.place(body, "k")
        finally:
            refused.set()

    monkeypatch.setattr("orders.stages.place.store", slowly)
    first, second = at_once([partial(api.place, body, "k"), too_soon])
    assert first.status_code == 201
    problem(second, 409, "idempotency_key_in_flight")
    assert api.place(body, "k").json() == first.json()
    assert (Order.objects.count(), IdempotencyKey.objects.count(), Stock.objects.get().reserved) == (1, 1, 2)


def test_many_identical_requests_at_once_are_one_order(api, at_once):
    body = order_body()
    answers = Counter(answer.status_code for answer in at_once([partial(api.place, body, "k")] * 12))
    assert set(answers) <= {201, 409}
    assert answers[201] >= 1
    assert (Order.objects.count(), IdempotencyKey.objects.count(), Stock.objects.get().reserved) == (1, 1, 2)


def test_one_external_id_under_many_keys_at_once_is_one_order(api, at_once):
    body = order_body()
    answers = at_once([partial(api.place, body, f"k{number}") for number in range(12)])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 11}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert (Order.objects.count(), IdempotencyKey.objects.count(), Stock.objects.get().reserved) == (1, 12, 2)
