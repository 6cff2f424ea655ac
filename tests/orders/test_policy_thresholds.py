"""Every check at, below and above its threshold."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orders.policy import BY_NAME, Outcome, Policy, decide
from tests.orders.test_policy import TRUSTED

# (check, what its rule says, facts that just pass, facts that just do not)
EDGES = [
    ("blocked", {}, {}, {"blocked": True}),
    ("blocked", {}, {}, {"listed": ("email",)}),
    ("payment", {}, {"pledged": "120.00"}, {"pledged": "119.99"}),
    ("payment", {}, {"pledged": "500.00"}, {"pledged": "0.00"}),
    ("payment", {}, {"pledged": "0.00", "pays_later": True}, {"pledged": "0.00"}),
    ("stock", {}, {}, {"unpromised": ("MUG-1",)}),
    ("first-order-value", {}, {"first_order_limit": "120.00"}, {"first_order_limit": "119.99"}),
    ("first-order-value", {"threshold": "119.99"}, {"earlier_orders": 1}, {"earlier_orders": 0}),
    ("first-order-value", {"threshold": "500.00"}, {"total": "500.00", "pledged": "600"}, {"total": "500.01"}),
    ("address", {}, {"countries": ("FR", "FR")}, {"countries": ("FR", "GB")}),
    ("postcode", {}, {}, {"postcodes_differ": True}),
    ("address-warnings", {}, {}, {"warnings": ("shipping_address.city required",)}),
    ("new-address", {}, {"earlier_orders": 3}, {"earlier_orders": 3, "address_is_new": True}),
    ("overdue", {}, {"overdue": 0}, {"overdue": 1}),
    ("overdue", {"threshold": "2"}, {"overdue": 2}, {"overdue": 3}),
    ("charge-backs", {}, {"charge_backs": 0}, {"charge_backs": 1}),
    ("charge-backs", {"threshold": "1"}, {"charge_backs": 1}, {"charge_backs": 2}),
    ("on-time", {}, {"paid_on_time": 4, "paid_late": 1}, {"paid_on_time": 3, "paid_late": 1}),
    ("on-time", {"threshold": "100"}, {"paid_on_time": 3}, {"paid_on_time": 99, "paid_late": 1}),
    ("on-time", {}, {"paid_late": 2}, {"paid_late": 3}),  # two payments say nothing yet
    ("tier", {}, {"tier": "B"}, {"tier": "C"}),
    ("tier", {}, {"tier": ""}, {"tier": "C"}),
    ("usual-value", {}, {"usual_total": "30.00", "usual_of": 3}, {"usual_total": "29.99", "usual_of": 3}),
    ("usual-value", {"threshold": "1.5"}, {"usual_total": "80", "usual_of": 9}, {"usual_total": "79.9", "usual_of": 9}),
    ("usual-value", {}, {"usual_total": "1.00", "usual_of": 2}, {"usual_total": "1.00", "usual_of": 3}),
    ("velocity", {}, {"recent_minutes": (1, 10, 11)}, {"recent_minutes": (1, 9, 10)}),
    ("velocity", {"threshold": "1", "within": 60}, {"recent_minutes": (61,)}, {"recent_minutes": (60,)}),
    ("duplicate", {}, {"same_minutes": 24 * 60 + 1}, {"same_minutes": 24 * 60}),
    ("duplicate", {"within": 1}, {"same_minutes": None}, {"same_minutes": 60}),
]
AMOUNTS = ("total", "pledged", "first_order_limit", "usual_total")


def answered(name, rule, facts):
    """The check of this name alone, as a reason to hold."""
    typed = {key: Decimal(value) if key == "threshold" else value for key, value in rule.items()}
    asked = {other: replace(row.default, asked=other == name) for other, row in BY_NAME.items()}
    asked[name] = replace(asked[name], outcome=Outcome.HOLD, **typed)
    amounts = {key: Decimal(value) if key in AMOUNTS and value else value for key, value in facts.items()}
    return decide(replace(TRUSTED, **amounts), Policy(rules=asked))


@pytest.mark.parametrize(("name", "rule", "passes", "fails"), EDGES)
def test_a_check_passes_up_to_its_threshold_and_fails_beyond(name, rule, passes, fails):
    assert answered(name, rule, passes).outcome is Outcome.APPROVE
    assert answered(name, rule, fails).outcome is Outcome.HOLD


def test_every_check_has_its_edges():
    assert {name for name, *_ in EDGES} == set(BY_NAME)


@pytest.mark.parametrize(
    ("facts", "value", "wanted"),
    [
        ({"usual_total": "29.99", "usual_of": 3}, "4.01× usual (£29.99)", "up to 4× usual"),
        ({"usual_total": "12.00", "usual_of": 3}, "10× usual (£12.00)", "up to 4× usual"),
    ],
)
def test_what_fails_never_looks_as_if_it_passed(facts, value, wanted):
    (check,) = answered("usual-value", {}, facts).checks
    assert (check.value, check.threshold) == (value, wanted)
    (check,) = answered("on-time", {"threshold": "66.7"}, {"paid_on_time": 2, "paid_late": 1}).checks
    assert (check.value, check.threshold) == ("66.6\N{NO-BREAK SPACE}%", "66.7\N{NO-BREAK SPACE}% or more")
