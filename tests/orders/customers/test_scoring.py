"""Tiers are computed for whoever ordered, as often as one likes, and a person's word counts more."""

from datetime import timedelta

import pytest

from inventory import clock
from orders.customers.scoring import override_tier, rescore, rescore_due
from orders.errors import CustomerRefused
from orders.flow import State
from orders.models import Customer, CustomerEvent, Order
from orders.tasks import rescore_customers
from tests.books import DAY, NOON, marta, order_of
from tests.factories import make_product, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with clock.at(NOON):
        make_stock(make_product(), 1000)
        yield


def told() -> list[tuple[str, str, dict]]:
    return list(CustomerEvent.objects.values_list("name", "by", "data"))


def test_scores_are_kept_with_all_they_were_computed_from():
    order_of("700")
    order_of("700")
    assert rescore([marta().pk]) == 1
    row = marta()
    assert (row.tier, row.standing, row.scored_at) == ("B", "B", NOON)
    assert row.scores["points"] == 66
    assert row.scores["sentence"] == "B: 2 orders in 12 months, last 10 days ago, paid in advance"
    assert row.scores["inputs"][2] == {"name": "value", "value": "£1,400.00 in 12 months", "points": 16, "most": 20}
    assert told() == [
        ("customer.scored", "system:tiers", {"from": "", "to": "B", "sentence": row.scores["sentence"]}),
    ]


def test_scoring_again_tells_nothing_new():
    order_of("700")
    rescore([marta().pk])
    assert rescore([marta().pk]) == 0
    assert len(told()) == 1


def test_any_number_is_scored_in_a_fixed_number_of_statements(django_assert_num_queries):
    for name in "abcde":
        order_of(email=f"{name}@example.org")
    ids = list(Customer.objects.values_list("pk", flat=True))
    with django_assert_num_queries(6):  # a savepoint and its end, the rows, their histories, scores, events
        assert rescore(ids) == 5


def test_the_chore_scores_everybody_once_a_day_and_whose_order_has_just_ended(monkeypatch):
    monkeypatch.setattr("orders.customers.scoring.BATCH", 2)
    for name in "abc":
        order_of(email=f"{name}@example.org", ago=20)
    assert rescore_due() == 3
    assert rescore_due() == 0
    order = order_of(email="a@example.org", ago=1)
    with clock.at(NOON + timedelta(minutes=5)):
        Order.objects.filter(pk=order.pk).update(state_since=NOON + timedelta(minutes=4))
        assert rescore_due() == 1
        assert rescore_due() == 0
        assert Customer.objects.get(email="a@example.org").scores["inputs"][1]["value"] == "2 orders in 12 months"
    with clock.at(NOON + DAY + timedelta(minutes=1)):
        rescore_customers()
        assert set(Customer.objects.values_list("scored_at", flat=True)) == {
            NOON + DAY + timedelta(minutes=1),
            NOON + timedelta(minutes=5),
        }


def test_who_was_erased_or_merged_is_not_scored():
    order_of()
    other = Customer.objects.create(email="x@example.org", name="X")
    Customer.objects.filter(pk=marta().pk).update(erased_at=NOON)
    Customer.objects.filter(pk=other.pk).update(merged_into=marta())
    assert rescore_due() == rescore([marta().pk, other.pk]) == 0
    assert told() == []


def test_who_has_only_ordered_has_no_tier_yet():
    order_of(state=State.PLACED)
    rescore([marta().pk])
    assert (marta().tier, marta().scores["sentence"]) == ("", "No tier yet: no order has been delivered.")


def test_a_person_overrides_the_tier_and_says_why():
    order_of("700")
    rescore([marta().pk])
    row = override_tier(marta().pk, tier="A", reason=" A good friend of the house ", by="alice")
    assert (row.tier, row.tier_override, row.standing) == ("B", "A", "A")
    assert row.tier_reason == "A good friend of the house"
    data = {"from": "B", "to": "A", "reason": "A good friend of the house"}
    assert told()[1:] == [("customer.tier_overridden", "alice", data)]
    rescore([row.pk])
    assert marta().standing == "A"


def test_the_same_override_again_changes_nothing_and_an_empty_one_ends_it():
    order_of("700")
    rescore([marta().pk])
    for _ in range(2):
        override_tier(marta().pk, tier="A", reason="Friend", by="alice")
    assert len(told()) == 2
    row = override_tier(marta().pk, tier="", reason="", by="bob")
    assert (row.standing, row.tier_override, row.tier_reason) == ("B", "", "")
    assert told()[-1] == ("customer.tier_overridden", "bob", {"from": "A", "to": "B", "reason": ""})


@pytest.mark.parametrize(
    ("change", "given", "reason"),
    [
        ({}, {"tier": "A", "reason": "  "}, "reason_missing"),
        ({"erased_at": NOON}, {"tier": "A", "reason": "x"}, "erased"),
    ],
)
def test_an_override_is_refused_without_a_reason_and_for_nobody(change, given, reason):
    order_of()
    Customer.objects.filter(pk=marta().pk).update(**change)
    with pytest.raises(CustomerRefused) as refusal:
        override_tier(marta().pk, by="alice", **given)
    assert refusal.value.reason == reason
    assert (marta().tier_override, told()) == ("", [])


def test_there_are_three_tiers():
    order_of()
    with pytest.raises(ValueError, match="There is no tier Z"):
        override_tier(marta().pk, tier="Z", reason="x", by="alice")
