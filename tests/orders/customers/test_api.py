"""Customers over the API: whom a key sees, what it may say of them, and the blocked list."""

from decimal import Decimal

import pytest

from inventory import clock
from orders.customers.scoring import rescore
from orders.models import Blocked, Customer, CustomerEvent, Order
from tests.api import Api, problem
from tests.books import NOON, invoice, marta, order_of
from tests.factories import make_channel, make_product, make_stock

pytestmark = pytest.mark.django_db
CUSTOMERS, BLOCKED = "/api/v1/customers/", "/api/v1/blocked/"


@pytest.fixture
def api() -> Api:
    with clock.at(NOON):
        make_stock(make_product(), 1000)
    return Api()


def others() -> Customer:
    """Who ordered in another channel only."""
    return order_of(email="other@example.org", name="Other", channel=make_channel("market")).customer


def emails(api: Api, **query: object) -> list[str]:
    return [row["email"] for row in api.get(CUSTOMERS, **query).json()["results"]]


def test_a_key_sees_who_ordered_in_its_channel(api):
    order_of()
    order_of(email="jonas@example.org")
    stranger = others()
    Customer.objects.create(email="nobody@example.org", name="Nobody")
    assert emails(api) == ["jonas@example.org", "marta@example.org"]
    assert emails(api, email="MARTA@example.org") == ["marta@example.org"]
    assert emails(api, email="other@example.org") == []
    problem(api.get(f"{CUSTOMERS}{stranger.pk}/"), 404, "not_found")
    for action, body in (("tier", {"tier": ""}), ("merge", {"duplicate": marta().pk}), ("erase", {"email": "x@x.org"})):
        problem(api.post(f"{CUSTOMERS}{stranger.pk}/{action}/", body), 404, "not_found")
    problem(api.post(f"{CUSTOMERS}{marta().pk}/merge/", {"duplicate": stranger.pk}), 404, "not_found")
    problem(api.get(f"{CUSTOMERS}{stranger.pk}/export/"), 404, "not_found")
    assert Customer.objects.filter(merged_into=None, erased_at=None).count() == 4


@pytest.mark.parametrize(
    ("method", "address", "has"),
    [
        ("get", "", "customers:write"),
        ("get", "{}/", "customers:write"),
        ("get", "{}/export/", "customers:read"),
        ("post", "{}/tier/", "customers:read"),
        ("post", "{}/merge/", "customers:read"),
        ("post", "{}/erase/", "customers:read"),
    ],
)
def test_a_key_with_another_scope_sees_and_does_nothing(api, method, address, has):
    order_of()
    problem(getattr(Api(has), method)(CUSTOMERS + address.format(marta().pk)), 403, "scope_missing")


def test_a_customer_is_shown_with_what_their_tier_was_computed_from(api):
    with clock.at(NOON):
        order = order_of("30", ago=20)
        invoice(order_of("50"), due=-5, paid=-4)
        order_of("70", channel=make_channel("market"))
        rescore([marta().pk])
        shown = api.get(f"{CUSTOMERS}{marta().pk}/").json()
    assert (shown["tier"], shown["scores"]["override"], shown["scores"]["points"]) == ("C", "", 30)
    assert shown["scores"]["sentence"] == "C: 3 orders in 12 months, last 10 days ago, paid 1 of 1 bill late"
    assert shown["scores"]["inputs"][0] == {"name": "recency", "value": "10 days ago", "points": 20, "most": 20}
    assert shown["payments"] == {
        **dict.fromkeys(("called_off", "returned", "paid_on_time", "overdue_now", "charged_back"), 0),
        "orders": 3,
        "finished": 3,
        "paid_late": 1,
        "spending": [{"currency": "GBP", "orders": 3, "total": "150.00", "usual": "50.00"}],
    }
    assert [row["total"] for row in shown["orders"]] == ["50.00", "30.00"]
    assert shown["orders"][1]["number"] == order.number


def test_the_tier_is_overridden_and_narrows_the_list_as_it_counts(api):
    order_of()
    order_of(email="jonas@example.org")
    Customer.objects.update(tier="A")
    address = f"{CUSTOMERS}{marta().pk}/tier/"
    shown = api.post(address, {"tier": "C", "reason": "Rude"}).json()
    assert (shown["tier"], shown["scores"]["tier"], shown["scores"]["override"]) == ("C", "A", "C")
    assert (emails(api, tier="C"), emails(api, tier="A")) == (["marta@example.org"], ["jonas@example.org"])
    assert problem(api.post(address, {"tier": "B"}), 409, "customer_refused")["reason"] == "reason_missing"
    problem(api.post(address, {"tier": "Z", "reason": "x"}), 400, "validation_failed")
    assert marta().tier_override == "C"
    assert api.post(address, {"tier": ""}).json()["tier"] == "A"
    assert [row.by for row in CustomerEvent.objects.all()] == ["API: Storefront"] * 2


def test_a_duplicate_is_merged_once(api):
    order_of()
    other = order_of(email="m@example.org").customer
    for _ in range(2):
        answer = api.post(f"{CUSTOMERS}{marta().pk}/merge/", {"duplicate": other.pk})
        assert (answer.status_code, len(answer.json()["orders"])) == (200, 2)
    assert emails(api) == ["marta@example.org"]
    problem(api.get(f"{CUSTOMERS}{other.pk}/"), 404, "not_found")
    itself = problem(api.post(f"{CUSTOMERS}{marta().pk}/merge/", {"duplicate": marta().pk}), 409, "customer_refused")
    assert itself["reason"] == "same"
    assert set(Order.objects.values_list("customer", flat=True)) == {marta().pk}


def test_a_person_is_exported_and_erased(api):
    with clock.at(NOON):
        order = order_of()
        order.payments.update(captured=order.total, authorised=order.total)
        pk = marta().pk
        data = api.get(f"{CUSTOMERS}{pk}/export/").json()
        assert (data["customer"]["email"], len(data["orders"]), data["orders"][0]["number"]) == (
            *("marta@example.org", 1),
            order.number,
        )
        wrong = problem(api.post(f"{CUSTOMERS}{pk}/erase/", {"email": "x@example.org"}), 400, "validation_failed")
        assert wrong["errors"][0]["code"] == "wrong_email"
        for _ in range(2):
            left = api.post(f"{CUSTOMERS}{pk}/erase/", {"email": "MARTA@example.org"})
            assert (left.status_code, left.json()["name"]) == (200, "Erased customer")
    assert emails(api) == []
    assert CustomerEvent.objects.filter(name="customer.erased").count() == 1


def test_who_owes_money_is_not_erased(api):
    with clock.at(NOON):
        invoice(order_of(), due=5)
        refusal = api.post(f"{CUSTOMERS}{marta().pk}/erase/", {"email": "marta@example.org"})
    assert problem(refusal, 409, "customer_refused")["reason"] == "money_owed"
    assert marta().erased_at is None


def test_marks_are_blocked_listed_and_taken_off(api):
    mark = {"kind": "address", "value": "1 High Street, N1 9GU, GB", "reason": "Fraud"}
    entry = api.post(BLOCKED, mark).json()
    assert (entry["value"], entry["reason"]) == ("gb n19gu 1highstreet", "Fraud")
    assert api.post(BLOCKED, {**mark, "reason": "Again"}).json() == entry
    assert api.get(BLOCKED).json()["results"] == [entry]
    for _ in range(2):
        assert api.delete(f"{BLOCKED}{entry['id']}/").status_code == 204
    assert api.get(BLOCKED).json()["results"] == []


def test_what_is_no_mark_is_told_at_its_field(api):
    found = problem(api.post(BLOCKED, {"kind": "phone", "value": "1", "reason": "x"}), 400, "validation_failed")
    assert found["errors"] == [
        {"field": "value", "code": "invalid", "detail": "A phone number has six digits or more."}
    ]
    problem(api.post(BLOCKED, {"kind": "phone", "value": "07946 000123"}), 400, "validation_failed")
    problem(Api("customers:read").post(BLOCKED, {}), 403, "scope_missing")
    problem(Api("customers:read").delete(f"{BLOCKED}1/"), 403, "scope_missing")
    assert Blocked.objects.count() == 0


def test_a_page_of_customers_is_two_statements_and_a_customer_four(api, django_assert_num_queries):
    for name in "abcd":
        order_of(Decimal(10), email=f"{name}@example.org")
    api.get(CUSTOMERS)  # notes the key's use
    with django_assert_num_queries(2):  # the key, the customers
        api.get(CUSTOMERS)
    address = f"{CUSTOMERS}{Customer.objects.get(email='a@example.org').pk}/"
    with django_assert_num_queries(4):  # the key, the customer, their history, their orders
        api.get(address)
