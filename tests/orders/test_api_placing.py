"""Placing over the API: what is stored and shown, what the same order again means, what a fault leaves behind."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import OperationalError

from inventory.models import Stock
from orders.models import Customer, Order, OrderEvent, ShippingMethod
from tests.api import NOTHING, ORDERS, Api, kept_answers, order_body, problem, random_name, stored, without_survey
from tests.factories import LONDON, make_channel, make_product, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    make_stock(make_product("MUG-1", price="10.00"), 10)
    return Api()


TWO_MUGS = {
    "sku": "MUG-1",
    "name": "Mug-1",
    "bundle": "",
    "quantity": 2,
    "unit_price": "10.00",
    "discount": "0.00",
    "tax_rate": "0.2",
    "tax": "3.33",
    "total": "20.00",
}


def as_shown(number, *, placed_at, location):
    """The order of the test below, as the API shows it."""
    blank = {"line2": "", "region": "", "phone": ""}
    return {
        "number": number,
        "external_id": "shop-77",
        "state": "placed",
        "currency": "GBP",
        "open_holds": 0,
        "state_since": placed_at,
        "placed_at": placed_at,
        "promised_at": "2030-05-04T17:00:00Z",
        "items_total": "20.00",
        "shipping_total": "3.95",
        "tax_total": "3.33",
        "total": "23.95",
        "customer": {"email": "marta@example.org", "name": "Marta Silva", "phone": ""},
        "shipping_address": {**LONDON, **blank},
        "billing_address": {**LONDON, **blank},
        "note": "Ring twice.",
        "gift_note": "With love.",
        "warnings": [],
        "discount_total": "0.00",
        "discounts": [],
        "shipping_method": "",
        "expires_at": None,
        "lines": [TWO_MUGS | {"shipped": 0, "delivered": 0}],
        "payments": [{"method": "card", "authorised": "23.95", "captured": "3.50", "refunded": "0.00"}],
        "holds": [],
        "progress": {"shipments": 0, "shipped": 0, "delivered": 0},
        "shipments": [],
        "events": [
            {"seq": 1, "name": "order.placed", "at": placed_at},
            {"seq": 2, "name": "payment.captured", "at": placed_at},
        ],
        "links": {"self": location},
    }


def test_an_order_is_stored_and_shown_as_it_was_sent(api):
    body = order_body(
        external_id="shop-77",
        shipping_total="3.95",
        payment={"method": "card", "authorised": "23.95", "captured": "3.5", "reference": "pi_1"},
        promised_at="2030-05-04T19:00:00+02:00",
        note="Ring twice.",
        gift_note="With love.",
    )
    response = api.place(body)
    order = Order.objects.get()
    assert response.status_code == 201
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Location"].endswith(f"{ORDERS}{order.number}/")
    shown = response.json()
    survey = shown["links"].pop("survey")
    assert "/survey/" in survey
    assert shown == as_shown(order.number, placed_at=shown["placed_at"], location=response.headers["Location"])
    assert order.promised_at == datetime(2030, 5, 4, 17, tzinfo=UTC)
    assert (order.total, order.channel) == (Decimal("23.95"), api.channel)
    assert set(OrderEvent.objects.values_list("by", flat=True)) == {"API: Storefront"}
    assert Stock.objects.get().reserved == 2


def test_an_order_looks_the_same_when_asked_for_later(api):
    placed = api.place(order_body()).json()
    assert api.get(f"{ORDERS}{placed['number']}/").json() == placed


def test_without_an_external_id_the_idempotency_key_is_the_id(api):
    assert api.place(order_body(external_id=None), "basket-9").json()["external_id"] == "basket-9"


def test_an_idempotency_key_too_long_for_an_id_needs_one_beside_it(api):
    body = problem(api.place(order_body(external_id=None), "k" * 81), 400, "validation_failed")
    assert [error["field"] for error in body["errors"]] == ["external_id"]
    assert api.place(order_body(), "k" * 255).status_code == 201


def test_a_trusted_key_names_its_own_prices(api):
    body = order_body(lines=[{"sku": "MUG-1", "quantity": 3, "unit_price": "8.5"}])
    assert api.place(body).json()["items_total"] == "25.50"


def test_money_has_the_digits_of_its_currency():
    make_stock(make_product("FAN", price="1200", currency="JPY"), 5)
    api = Api(channel=make_channel("tokyo", currency="JPY"))
    placed = api.place(order_body(currency="JPY", lines=[{"sku": "FAN", "quantity": 2}], shipping_total="500")).json()
    assert (placed["items_total"], placed["shipping_total"], placed["total"]) == ("2400", "500", "2900")


def test_the_largest_order_allowed_is_placed(api):
    Stock.objects.update(on_hand=600 * 100_000)
    placed = api.place(order_body(lines=[{"sku": "MUG-1", "quantity": 100_000}] * 500))
    assert placed.status_code == 201
    assert placed.json()["items_total"] == "500000000.00"


def test_a_text_about_a_nul_is_no_nul(api):
    assert api.place(order_body(note="C:\\u0000")).json()["note"] == "C:\\u0000"


def test_any_script_and_emoji_are_kept(api):
    assert api.place(order_body(note="Grüße, 你好 🎁")).json()["note"] == "Grüße, 你好 🎁"


def test_the_same_order_under_another_key_is_the_same_order(api):
    body = order_body(
        external_id="shop-1", payment={"method": "card", "authorised": "20"}, promised_at="2030-01-01T01:00:00+01:00"
    )
    same = {**body, "payment": {"method": "card", "authorised": "20.00"}, "promised_at": "2030-01-01T00:00:00Z"}
    first, second = api.place(body), api.place(same)
    assert (first.status_code, second.status_code) == (201, 200)
    assert without_survey(second) == without_survey(first)
    assert "Location" not in second.headers
    assert (Order.objects.count(), Stock.objects.get().reserved, kept_answers()) == (1, 2, 2)


def test_another_order_under_the_same_external_id_is_refused(api):
    number = api.place(order_body(external_id="shop-1")).json()["number"]
    before = stored()
    other = order_body(external_id="shop-1", lines=[{"sku": "MUG-1", "quantity": 3}])
    body = problem(api.place(other), 422, "external_id_conflict")
    assert (body["external_id"], body["number"]) == ("shop-1", number)
    assert stored() == before


def test_two_channels_may_use_the_same_external_id(api):
    other = Api(channel=make_channel("market"))
    assert api.place(order_body(external_id="1"), "k").status_code == 201
    assert other.place(order_body(external_id="1"), "k").status_code == 201
    assert (Order.objects.count(), Customer.objects.count()) == (2, 1)


def test_what_goes_wrong_on_our_side_is_a_problem_too_and_is_not_kept(api, monkeypatch, caplog):
    monkeypatch.setattr("orders.api.orders.place", broken(ZeroDivisionError("secret")))
    body = problem(api.place(order_body(), "k"), 500, "server_error")
    assert "secret" not in str(body)
    assert "ZeroDivisionError: secret" in caplog.text
    monkeypatch.undo()
    assert (stored(), kept_answers()) == (NOTHING, 0)
    assert api.place(order_body(), "k").status_code == 201


def test_a_database_that_is_away_is_told_apart_from_a_fault(api, monkeypatch):
    monkeypatch.setattr("orders.api.orders.place", broken(OperationalError("gone")))
    response = api.place(order_body())
    problem(response, 503, "unavailable")
    assert response.headers["Retry-After"] == "1"


def broken(error):
    def fail(*args, **kwargs):
        raise error

    return fail


def test_placing_costs_few_statements(api, django_assert_num_queries):
    """The API key; the lock, the kept answer and what is there; the order with its stock and the answer to keep."""
    api.place(order_body())  # the key's first use of the minute is noted
    with django_assert_num_queries(3 + 2) as seen:
        assert api.place(order_body()).status_code == 201
    control = [query["sql"] for query in seen.captured_queries if "SAVEPOINT" in query["sql"]]
    assert len(control) == 2  # BEGIN and COMMIT outside a test


@pytest.mark.parametrize("name", ["web-1001", f"web-{7:031x}", f"{7:032x} ", "0190f3c0-1111-7222-8333", "x" * 40])
def test_a_browser_s_key_cannot_take_names_that_others_could_guess(api, name):
    browser = Api("orders:place", channel=api.channel)
    problem(browser.place(order_body(external_id=None), name.strip() + "?"), 400, "name_guessable")
    refused = problem(browser.place(order_body(external_id=name.strip() + "?")), 400, "validation_failed")
    assert [(row["field"], row["code"]) for row in refused["errors"]] == [("external_id", "guessable")]
    assert api.place(order_body(external_id=name.strip()), name.strip()).status_code == 201


def test_a_browser_s_key_cannot_leave_the_price_of_shipping_out(api):
    terms = {"currency": "GBP", "price": Decimal("4.95"), "days": 2}
    ShippingMethod.objects.create(code="ferry", name="Ferry", countries=["JE"], **terms)
    browser = Api("orders:place", channel=api.channel)
    assert browser.place(order_body(external_id=random_name("ferry"))).status_code == 201  # nothing is offered there
    ShippingMethod.objects.create(code="post", name="Post", **terms)
    refused = problem(browser.place(order_body(external_id=random_name("none"))), 400, "validation_failed")
    assert [(row["field"], row["code"]) for row in refused["errors"]] == [("shipping_method", "required")]
    placed = browser.place(order_body(external_id=random_name("post"), shipping_method="post"))
    assert (placed.status_code, placed.json()["shipping_total"]) == (201, "4.95")
    assert api.place(order_body()).status_code == 201


@pytest.mark.parametrize("name", [f"shop-{7:032x}", "0190F3C0-1111-7222-8333-444455556666", f"a.b:{7:032x}"])
def test_a_browser_s_key_takes_random_names(api, name):
    browser = Api("orders:place", channel=api.channel)
    assert browser.place(order_body(external_id=None), name).json()["external_id"] == name


def test_a_browser_s_key_changes_no_name_or_phone_of_a_customer_who_is_known(api):
    assert api.place(order_body(customer={"email": "ada@example.org", "name": "Ada"})).status_code == 201
    browser = Api("orders:place", channel=api.channel)
    stranger = {"email": "ADA@example.org", "name": "Mallory", "phone": "+44 20 7946 0000"}
    assert browser.place(order_body(customer=stranger)).status_code == 201
    customer = Customer.objects.get()
    assert (customer.name, customer.phone, customer.orders.count()) == ("Ada", "", 2)
    assert api.place(order_body(customer={"email": "ada@example.org", "name": "Ada Byron"})).status_code == 201
    assert Customer.objects.get().name == "Ada Byron"
