"""A hold ends over the API only for a key that may approve, and only for the channel's own orders."""

import pytest

from orders.models import Hold, Order
from orders.services import hold
from tests.api import ORDERS, Api
from tests.factories import make_channel, make_order

pytestmark = pytest.mark.django_db


def held_order() -> Order:
    order = make_order(state="received")
    hold(order.pk, reason="address", note="Billed in GB, sent to FR", by="system")
    hold(order.pk, reason="payment", note="", by="system")
    return order


def test_one_hold_ends_and_the_order_waits_for_the_other():
    order, api = held_order(), Api("orders:approve")
    answer = api.post(f"{ORDERS}{order.number}/release/", {"reason": "address"})
    assert answer.status_code == 200
    assert [row["reason"] for row in answer.json()["holds"]] == ["payment"]
    assert Hold.objects.get(reason="address").released_by == "API: Storefront"


def test_releasing_again_changes_nothing():
    order, api = held_order(), Api("orders:approve")
    api.post(f"{ORDERS}{order.number}/release/", {"reason": "address"})
    events = order.events.count()
    assert api.post(f"{ORDERS}{order.number}/release/", {"reason": "address"}).status_code == 200
    assert order.events.count() == events


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"reason": "not a slug"}, 400), ({"reason": "x", "y": 1}, 400)]
)
def test_what_does_not_fit_is_refused(body, status):
    order, api = held_order(), Api("orders:approve")
    assert api.post(f"{ORDERS}{order.number}/release/", body).status_code == status
    assert Hold.objects.filter(released_at=None).count() == 2


def test_without_the_scope_or_for_a_stranger_nothing_is_released():
    order = held_order()
    address = f"{ORDERS}{order.number}/release/"
    refused = Api("orders:read", "orders:write").post(address, {"reason": "address"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    stranger = Api("orders:approve", channel=make_channel("marketplace"))
    assert stranger.post(address, {"reason": "address"}).status_code == 404
    assert Hold.objects.filter(released_at=None).count() == 2
