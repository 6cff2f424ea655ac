"""Who may call the API: keys, their scopes, and what every refused caller is told."""

import hashlib
import time
from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from inventory import clock
from orders.api.endpoint import Endpoint
from orders.keys import SCOPES, authenticate, issue_key, revoke_key
from orders.models import ApiKey, Order
from tests.api import NOTHING, ORDERS, PRODUCTS, SHIPMENTS, Api, kept_answers, order_body, problem, stored
from tests.factories import make_channel, make_product, make_stock

pytestmark = pytest.mark.django_db


def test_a_key_is_random_recognisable_and_stored_as_its_hash_only():
    secret = issue_key(channel=make_channel(), name="Till", scopes=["products:read", "orders:write"])
    key = ApiKey.objects.get()
    assert len(secret) == len("omk_") + 43
    assert key.prefix == secret[:12]
    assert key.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert key.scopes == ["orders:write", "products:read"]
    assert not [value for value in vars(key).values() if value == secret]
    assert issue_key(channel=make_channel(), name="Till", scopes=[]) != secret


def test_a_key_with_an_unknown_scope_is_not_made():
    with pytest.raises(ValueError, match="Unknown scopes: orders:delete"):
        issue_key(channel=make_channel(), name="Till", scopes=["orders:read", "orders:delete"])
    assert ApiKey.objects.count() == 0


def test_a_key_opens_until_it_is_revoked_or_expires():
    secret = issue_key(channel=make_channel(), name="Till", scopes=[])
    key = authenticate(secret)
    assert key == ApiKey.objects.get()
    ApiKey.objects.update(expires_at=clock.now() + timedelta(hours=1))
    assert authenticate(secret) == key
    with clock.at(clock.now() + timedelta(hours=2)):
        assert authenticate(secret) is None
    revoke_key(key.pk)
    revoked_at = ApiKey.objects.get().revoked_at
    assert authenticate(secret) is None
    revoke_key(key.pk)
    assert ApiKey.objects.get().revoked_at == revoked_at
    assert authenticate(secret[:-1]) is None


def test_the_use_of_a_key_is_noted_once_a_minute(django_assert_num_queries):
    secret, start = issue_key(channel=make_channel(), name="Till", scopes=[]), clock.now()
    for seconds, statements, noted in [(0, 2, 0), (59, 1, 0), (61, 2, 61)]:
        with clock.at(start + timedelta(seconds=seconds)), django_assert_num_queries(statements):
            authenticate(secret)
        assert ApiKey.objects.get().last_used_at == start + timedelta(seconds=noted)


def test_a_busy_key_is_looked_up_once_a_second(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("orders.keys.KNOWN_SECONDS", 60.0)
    secret = issue_key(channel=make_channel(), name="Till", scopes=[])
    key = authenticate(secret)
    with django_assert_num_queries(0):
        assert authenticate(secret) == key
    with clock.at(clock.now() + timedelta(hours=2)):
        assert authenticate(secret) == key
    ApiKey.objects.update(revoked_at=clock.now())  # by another process
    assert authenticate(secret) == key
    monkeypatch.setattr("orders.keys.monotonic", lambda: time.monotonic() + 61)
    assert authenticate(secret) is None


def test_a_known_key_still_expires_and_is_taken_back_at_once_here(monkeypatch):
    monkeypatch.setattr("orders.keys.KNOWN_SECONDS", 60.0)
    secret = issue_key(channel=make_channel(), name="Till", scopes=[])
    ApiKey.objects.update(expires_at=clock.now() + timedelta(hours=1))
    key = authenticate(secret)
    with clock.at(clock.now() + timedelta(hours=2)):
        assert authenticate(secret) is None
    assert authenticate(secret) == key
    revoke_key(key.pk)
    assert authenticate(secret) is None


CALLS = {
    "place": ("post", ORDERS, "orders:place"),
    "quote": ("post", "/api/v1/quotes/", "orders:place"),
    "place many": ("post", f"{ORDERS}bulk/", "orders:write"),
    "list orders": ("get", ORDERS, "orders:read"),
    "show": ("get", f"{ORDERS}1/", "orders:read"),
    "cancel": ("post", f"{ORDERS}1/cancel/", "orders:write"),
    "release": ("post", f"{ORDERS}1/release/", "orders:approve"),
    "return": ("post", f"{ORDERS}1/returns/", "orders:write"),
    "list products": ("get", PRODUCTS, "products:read"),
    "list shipments": ("get", SHIPMENTS, "fulfillment:write"),
    "picked": ("post", f"{SHIPMENTS}1-1/picked/", "fulfillment:write"),
    "packed": ("post", f"{SHIPMENTS}1-1/packed/", "fulfillment:write"),
    "shipped": ("post", f"{SHIPMENTS}1-1/shipped/", "fulfillment:write"),
}


METHODS = ("get", "post", "put", "patch", "delete")


def endpoints(patterns):
    """The views of all addresses of the API that a key opens."""
    for row in patterns:
        if isinstance(row, URLResolver):
            yield from endpoints(row.url_patterns)
        elif isinstance(row, URLPattern) and issubclass(getattr(row.callback, "view_class", object), Endpoint):
            yield row.callback.view_class


def test_no_address_answers_a_method_for_which_it_names_no_scope():
    views = set(endpoints(get_resolver().url_patterns))
    assert len(views) >= 40
    answered = [(view.__name__, name) for view in views for name in METHODS if hasattr(view, name)]
    opened = [(view.__name__, name.lower()) for view in views for name, scopes in view.scopes.items() if scopes]
    assert set(answered) - set(opened) == set()


# Other scopes for the same address: a wider one, and one that opens a part of it.
ALSO_OPEN = {"orders:place": ("orders:write",), "orders:write": ("orders:edit",)}


def call(api, method, path):
    return api.get(path) if method == "get" else api.post(path, order_body(), **{"Idempotency-Key": "k"})


@pytest.mark.parametrize(("method", "path", "scope"), CALLS.values(), ids=CALLS.keys())
def test_every_address_needs_its_scope_and_no_other(method, path, scope):
    others = Api(*(name for name in SCOPES if name != scope and name not in ALSO_OPEN.get(scope, ())))
    assert problem(call(others, method, path), 403, "scope_missing")["scope"] == scope
    assert call(Api(scope), method, path).status_code not in {401, 403}
    assert stored() == NOTHING


@pytest.mark.parametrize(("method", "path", "scope"), CALLS.values(), ids=CALLS.keys())
def test_every_address_needs_a_key(method, path, scope):
    api = Api(scope)
    api.headers = {}
    response = call(api, method, path)
    problem(response, 401, "not_authenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_key_that_changes_orders_calls_no_whole_order_off():
    make_stock(make_product(), 10)
    number = Api().place(order_body()).json()["number"]
    refused = Api("orders:edit").post(f"{ORDERS}{number}/cancel/", {"reason": "Changed their mind"})
    assert problem(refused, 403, "scope_missing")["scope"] == "orders:write"
    assert Order.objects.get().state == "placed"


def test_a_revoked_key_places_nothing():
    api = Api()
    revoke_key(api.key.pk)
    response = api.place(order_body())
    problem(response, 401, "key_revoked")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert (stored(), kept_answers()) == (NOTHING, 0)


def test_an_expired_key_places_nothing():
    api = Api()
    ApiKey.objects.update(expires_at=clock.now())
    problem(api.place(order_body()), 401, "key_revoked")
    assert (stored(), kept_answers()) == (NOTHING, 0)


HEADERS = {
    "made up": ("Bearer omk_nobody", "key_unknown"),
    "no key": ("Bearer", "key_malformed"),
    "two words": ("Bearer one two", "key_malformed"),
    "not ASCII": ("Bearer schlüssel", "key_unknown"),
    "another scheme": ("Basic YTpi", "not_authenticated"),
    "empty": ("", "not_authenticated"),
}


@pytest.mark.parametrize(("header", "code"), HEADERS.values(), ids=HEADERS.keys())
def test_whatever_else_is_sent_as_a_key_is_refused(header, code):
    api = Api()
    api.headers = {"Authorization": header}
    problem(api.place(order_body()), 401, code)
    assert (stored(), kept_answers()) == (NOTHING, 0)


def test_no_cache_on_the_way_may_keep_an_answer():
    api = Api("orders:read")
    for response in (api.get(ORDERS), api.get(PRODUCTS), api.get(f"{ORDERS}1/")):
        assert response.headers["Cache-Control"] == "no-store"


def test_the_word_bearer_may_be_written_small():
    api = Api()
    api.headers = {"Authorization": f"bearer {api.secret}"}
    assert api.get(ORDERS).status_code == 200


def test_a_signed_in_person_is_no_key(admin_client):
    response = admin_client.get(ORDERS)
    problem(response, 401, "not_authenticated")


def test_a_method_that_is_not_offered_says_which_are():
    api = Api()
    response = api.client.delete(ORDERS, headers=api.headers)
    problem(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/orders", "/api/v2/orders/", "/api/v1/orders/x/"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_below_api_answers_as_the_api_does(client, method, path):
    problem(getattr(client, method)(path), 404, "not_found")


def test_who_wants_something_else_than_json_is_told_so():
    api = Api()
    problem(api.client.get(ORDERS, headers={**api.headers, "Accept": "text/csv"}), 406, "not_acceptable")
