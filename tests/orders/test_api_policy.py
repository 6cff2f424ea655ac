"""The policy over the API: shown, tried and saved by a key that may approve; decisions with all their reasons."""

import pytest

from orders.models import ApprovalPolicy, Decision, Hold, Order, OrderEvent
from orders.policy import BY_NAME
from orders.stages.approve import approve
from tests.api import ORDERS, Api, problem
from tests.factories import LONDON, make_channel, make_order

pytestmark = pytest.mark.django_db
POLICY, TRY = "/api/v1/policy/", "/api/v1/policy/dry-run/"
PARIS = {**LONDON, "city": "Paris", "postal_code": "75001", "country": "FR"}
CALM = {"checks": {"address": {"asked": False}}}


@pytest.fixture
def api():
    return Api("orders:approve")


def held_order():
    return approve(make_order(state="received", billing_address=PARIS).pk, by="system:approve")


def test_the_programs_own_policy_holds_until_another_one_is_saved(api):
    shown = api.get(POLICY).json()
    assert (shown["version"], shown["trusted_tiers"], shown["second_person_above"]) == (0, ["A"], None)
    assert shown["checks"].keys() == BY_NAME.keys()
    assert shown["checks"]["velocity"] == {
        "asked": True,
        "outcome": "note",
        "threshold": "3",
        "within": 10,
        "trusted": True,
    }


def test_a_policy_is_saved_as_the_next_version(api):
    body = {**CALM, "version": 0, "trusted_tiers": ["A", "B"], "second_person_above": "500.00", "note": "Tourists"}
    saved = api.put(POLICY, body)
    assert saved.status_code == 200
    assert saved.json() == api.get(POLICY).json()
    assert (saved.json()["version"], saved.json()["checks"]["address"]["asked"]) == (1, False)
    row = ApprovalPolicy.objects.get()
    assert (row.version, row.note, row.by, row.channel.code) == (1, "Tourists", "API: Storefront", "web")
    assert (row.trusted_tiers, row.second_person_above) == (["A", "B"], 500)
    assert Api("orders:approve", channel=make_channel("desk")).get(POLICY).json()["version"] == 0


def test_who_looked_at_an_older_version_does_not_overwrite_a_newer_one(api):
    api.put(POLICY, {**CALM, "version": 0})
    assert problem(api.put(POLICY, {**CALM, "version": 0}), 409, "policy_changed")["version"] == 1
    assert ApprovalPolicy.objects.count() == 1


@pytest.mark.parametrize(
    ("checks", "field"),
    [
        ({"moon": {}}, "checks.moon"),
        ({"address": {"threshold": "1"}}, "checks.address.threshold"),
        ({"velocity": {"threshold": None}}, "checks.velocity.threshold"),
        ({"on-time": {"threshold": "100.1"}}, "checks.on-time.threshold"),
        ({"velocity": {"within": 0}}, "checks.velocity.within"),
        ({"velocity": {"within": 1441}}, "checks.velocity.within"),
        ({"duplicate": {"within": 169}}, "checks.duplicate.within"),
        ({"payment": {"within": 5}}, "checks.payment.within"),
        ({"payment": {"outcome": "approve"}}, "checks.payment.outcome"),
        ({"payment": {"asked": "perhaps"}}, "checks.payment.asked"),
        ({"payment": {"colour": "red"}}, "checks.payment.colour"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_named_and_nothing_is_saved(api, checks, field):
    refused = problem(api.put(POLICY, {"checks": checks, "version": 0}), 400, "validation_failed")
    assert [row["field"] for row in refused["errors"]] == [field]
    assert ApprovalPolicy.objects.count() == 0


def test_a_policy_is_tried_on_what_was_decided_and_nothing_is_written(api):
    order = held_order()
    approve(make_order(state="received").pk, by="system:approve")
    before = (Decision.objects.count(), OrderEvent.objects.count())
    tried = api.post(TRY, CALM)
    assert tried.status_code == 200
    assert {**tried.json(), "changes": None} == {
        "examined": 2,
        "before": {"approve": 1, "hold": 1},
        "after": {"approve": 2},
        "changes": None,
    }
    (change,) = tried.json()["changes"]
    assert (change["number"], change["total"], change["was"], change["becomes"]) == (
        order.number,
        "10.00",
        "hold",
        "approve",
    )
    assert change["because"] == "Held: billed in FR, sent to GB"
    assert api.post(TRY, {**CALM, "last": 1}).json()["examined"] == 1
    assert (Decision.objects.count(), OrderEvent.objects.count(), ApprovalPolicy.objects.count()) == (*before, 0)


@pytest.mark.parametrize("last", [0, 2001, "all"])
def test_a_policy_is_tried_on_so_many_orders_at_most(api, last):
    problem(api.post(TRY, {**CALM, "last": last}), 400, "validation_failed")


def test_the_decisions_of_an_order_come_with_facts_and_checks(api):
    order = held_order()
    (decision,) = api.get(f"{ORDERS}{order.number}/decisions/").json()["results"]
    assert (decision["outcome"], decision["why"]) == ("hold", "Held: billed in FR, sent to GB")
    assert (decision["policy_version"], decision["by"]) == (0, "system:approve")
    assert (decision["facts"]["total"], decision["facts"]["countries"]) == ("10.000", ["FR", "GB"])
    address = next(row for row in decision["checks"] if row["name"] == "address")
    assert (address["passed"], address["value"], address["threshold"]) == (False, "FR to GB", "same country")


def test_a_hold_may_have_a_date(api):
    order = make_order(state="received")
    body = {"reason": "fraud-service", "note": "Score 0.9", "until": "2126-05-04T12:00:00Z"}
    answer = api.post(f"{ORDERS}{order.number}/holds/", body)
    assert [row["reason"] for row in answer.json()["holds"]] == ["fraud-service"]
    assert (Hold.objects.get().by, Hold.objects.get().until.year) == ("API: Storefront", 2126)
    assert api.post(f"{ORDERS}{order.number}/holds/", body).status_code == 200
    assert Order.objects.get().open_holds == 1
    past = {**body, "reason": "other", "until": "2020-05-04T12:00:00Z"}
    problem(api.post(f"{ORDERS}{order.number}/holds/", past), 400, "validation_failed")


def test_the_first_of_two_keys_is_kept_and_the_same_one_again_is_refused(api):
    api.put(POLICY, {"checks": {}, "version": 0, "second_person_above": "5.00"})
    order = held_order()
    address, body = f"{ORDERS}{order.number}/release/", {"reason": "address", "note": "Looks fine"}
    first = api.post(address, body)
    assert (first.status_code, [row["reason"] for row in first.json()["holds"]]) == (202, ["address"])
    again = problem(api.post(address, body), 409, "needs_second_person")
    assert (again["reason"], again["seconded_by"]) == ("address", "API: Storefront")
    other = Api("orders:approve")
    other.key.name = "Fraud service"
    other.key.save()
    assert other.post(address, body).status_code == 200
    assert Hold.objects.values_list("seconded_by", "released_by").get() == ("API: Storefront", "API: Fraud service")


def test_an_order_is_rejected_once(api):
    order = held_order()
    answer = api.post(f"{ORDERS}{order.number}/reject/", {"reason": "Stolen card"})
    assert (answer.status_code, answer.json()["state"]) == (200, "rejected")
    problem(api.post(f"{ORDERS}{order.number}/reject/", {"reason": "Stolen card"}), 409, "not_allowed_now")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", POLICY),
        ("put", POLICY),
        ("post", TRY),
        ("get", ORDERS + "{}/decisions/"),
        ("post", ORDERS + "{}/holds/"),
        ("post", ORDERS + "{}/reject/"),
    ],
)
def test_without_the_scope_or_for_a_stranger_there_is_nothing(method, path):
    number = held_order().number
    key = Api("orders:read", "orders:write", "customers:read")
    refused = getattr(key, method)(path.format(number), *([{}] if method != "get" else []))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    if "{}" in path:
        stranger = Api("orders:approve", channel=make_channel("marketplace"))
        body = {"reason": "x"}
        assert getattr(stranger, method)(path.format(number), *([body] if method != "get" else [])).status_code == 404
    assert (ApprovalPolicy.objects.count(), Order.objects.get().state, Hold.objects.count()) == (0, "received", 1)
