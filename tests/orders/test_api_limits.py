"""A publishable key is limited, by the client and as a whole; nobody else is, and never because Redis is away."""

import logging
from datetime import timedelta
from functools import partial

import pytest

from inventory import clock
from orders.api import limits
from tests.api import NOTHING, ORDERS, PRODUCTS, Api, order_body, problem, random_name, stored
from tests.factories import make_product, make_stock

pytestmark = pytest.mark.django_db
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def three_a_minute(settings, monkeypatch):
    """From one client, and ten with one key; Redis is there until a test takes it away."""
    settings.PUBLIC_REQUESTS_PER_CLIENT, settings.PUBLIC_REQUESTS_PER_KEY = 3, 10
    monkeypatch.setattr(limits.PublicLimit, "away_until", limits.PublicLimit.away_until)


@pytest.fixture(autouse=True)
def begun():
    """Twelve seconds after a minute began; the clock is moved on by hand."""
    now = clock.now()
    start = now.replace(second=12, microsecond=0)
    with clock.at(start):
        yield start


def shopper(**channel):
    return Api("orders:place", "products:read", **channel)


def asked(api, times=1, **headers):
    """The statuses of so many requests for the catalogue."""
    get = partial(api.client.get, PRODUCTS, headers=api.headers | headers)
    return [get().status_code for _ in range(times)]


def test_the_fourth_request_of_a_client_in_a_minute_is_refused(begun):
    api = shopper()
    make_stock(make_product(), 10)
    assert asked(api, 3) == [200, 200, 200]
    refused = api.place(order_body())
    told = problem(refused, 429, "throttled")
    assert (refused.headers["Retry-After"], told["title"]) == ("48", "Too many requests")
    assert stored() == NOTHING
    with clock.at(begun + timedelta(seconds=47.9)):
        assert asked(api) == [429]
    with clock.at(begun + timedelta(seconds=48)):
        assert asked(api) == [200]


def test_clients_are_told_apart_by_what_our_proxy_wrote(settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    api = shopper()
    for made_up in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
        assert asked(api, **{"X-Forwarded-For": f"{made_up}, 192.0.2.7"}) == [200]
    assert asked(api, **{"X-Forwarded-For": "10.0.0.4, 192.0.2.7"}) == [429]
    assert asked(api, **{"X-Forwarded-For": "192.0.2.8"}) == [200]
    for number in range(3):
        assert asked(api, **{"X-Forwarded-For": f"2001:db8:1:2::{number}"}) == [200]
    assert asked(api, **{"X-Forwarded-For": "2001:db8:1:2:ffff::9"}) == [429]
    assert asked(api, **{"X-Forwarded-For": "2001:db8:1:3::9"}) == [200]


def test_without_a_proxy_nobody_is_believed(settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 0}
    api = shopper()
    answers = [asked(api, **{"X-Forwarded-For": f"10.0.0.{number}"}) for number in range(4)]
    assert answers == [[200], [200], [200], [429]]


def test_a_key_has_its_own_limit_that_a_refused_client_does_not_use_up(settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    api = shopper()
    assert asked(api, 9, **{"X-Forwarded-For": "192.0.2.1"}) == [200] * 3 + [429] * 6
    for host in (2, 3):
        assert asked(api, 3, **{"X-Forwarded-For": f"192.0.2.{host}"}) == [200] * 3
    assert asked(api, 2, **{"X-Forwarded-For": "192.0.2.4"}) == [200, 429]
    assert asked(shopper(), 3) == [200] * 3


@pytest.mark.parametrize("scopes", [("products:read",), ("products:read", "orders:place", "orders:write")])
def test_other_keys_are_not_counted(scopes, monkeypatch):
    monkeypatch.setattr(limits, "_redis", None)  # whoever asked it would fail
    assert asked(Api(*scopes), 20) == [200] * 20


def test_a_limit_of_none_is_none(settings):
    settings.PUBLIC_REQUESTS_PER_CLIENT = settings.PUBLIC_REQUESTS_PER_KEY = 0
    assert asked(shopper(), 20) == [200] * 20


def test_nobody_is_refused_while_redis_is_away(settings, begun, caplog):
    there, settings.REDIS_URL = settings.REDIS_URL, NOBODY_LISTENS
    api = shopper()
    with caplog.at_level(logging.WARNING, "orders.api.limits"):
        assert asked(api, 20) == [200] * 20
    (line,) = caplog.messages
    assert line.startswith("Publishable keys are not limited now, Redis does not answer: ")
    settings.REDIS_URL = there
    assert asked(api, 5) == [200] * 5
    with clock.at(begun + limits.AWAY_FOR):
        assert asked(api, 4) == [200, 200, 200, 429]


def test_a_refused_order_is_placed_a_minute_later_under_the_same_key(begun):
    api = shopper()
    make_stock(make_product(), 10)
    asked(api, 3)
    body = order_body()
    key = random_name("k")
    assert api.place(body, key).status_code == 429
    with clock.at(begun + timedelta(minutes=1)):
        placed = api.place(body, key)
    assert (placed.status_code, placed.headers.get("Idempotent-Replayed")) == (201, None)
    assert problem(api.get(ORDERS), 403, "scope_missing")
