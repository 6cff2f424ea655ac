"""Whom the shop trusts: each check alone, what a person overruled, and the sentence that says it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orders.policy import Facts, Outcome, decide

TRUSTED = Facts(
    total=Decimal("120.00"),
    currency="GBP",
    pledged=Decimal("120.00"),
    pays_later=False,
    earlier_orders=0,
    blocked=False,
    countries=("GB", "GB"),
    unpromised=(),
    first_order_limit=Decimal("1000.00"),
)
FAULTS = {
    "blocked": ({"blocked": True}, Outcome.REJECT, "Rejected: the customer is blocked"),
    "payment": ({"pledged": Decimal("119.99")}, Outcome.HOLD, "Held: £119.99 pledged of £120.00"),
    "stock": ({"unpromised": ("MUG-1", "PLATE")}, Outcome.HOLD, "Held: no stock behind MUG-1, PLATE"),
    "first-order-value": (
        {"first_order_limit": Decimal("119.99")},
        Outcome.HOLD,
        "Held: a first order of £120.00, above £119.99",
    ),
    "address": ({"countries": ("GB", "FR")}, Outcome.HOLD, "Held: billed in GB, sent to FR"),
}


def test_an_order_that_passes_every_check_is_approved():
    decision = decide(TRUSTED)
    assert (decision.outcome, decision.why) == (Outcome.APPROVE, "Approved: all 5 checks passed or were overruled")
    assert [(check.name, check.passed) for check in decision.checks] == [(name, True) for name in FAULTS]


@pytest.mark.parametrize("name", FAULTS)
def test_each_check_alone_stops_the_order_and_says_why(name):
    fault, outcome, why = FAULTS[name]
    decision = decide(replace(TRUSTED, **fault))
    assert (decision.outcome, decision.why) == (outcome, why)
    assert [check.name for check in decision.checks if not check.passed] == [name]


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_person_overruled_does_not_stop_the_order_again_but_stays_on_record(name):
    decision = decide(replace(TRUSTED, **FAULTS[name][0]), overruled=frozenset({name}))
    assert decision.outcome is Outcome.APPROVE
    assert [check.name for check in decision.checks if not check.passed] == [name]


def test_overruling_one_check_leaves_the_others_standing():
    facts = replace(TRUSTED, **FAULTS["payment"][0], **FAULTS["address"][0])
    decision = decide(facts, overruled=frozenset({"payment"}))
    assert (decision.outcome, decision.why) == (Outcome.HOLD, "Held: billed in GB, sent to FR")


def test_every_reason_to_hold_is_named():
    facts = replace(TRUSTED, **FAULTS["payment"][0], **FAULTS["address"][0])
    assert decide(facts).why == "Held: £119.99 pledged of £120.00 and billed in GB, sent to FR"


def test_a_reason_to_reject_beats_every_reason_to_hold():
    facts = replace(TRUSTED, **{key: value for fault, _, _ in FAULTS.values() for key, value in fault.items()})
    decision = decide(facts)
    assert (decision.outcome, decision.why) == (Outcome.REJECT, "Rejected: the customer is blocked")
    assert all(not check.passed for check in decision.checks)


@pytest.mark.parametrize(
    "change",
    [
        {"pledged": Decimal("120.00")},
        {"pledged": Decimal("500.00")},
        {"pledged": Decimal(0), "pays_later": True},
        {"first_order_limit": Decimal("120.00")},
        {"first_order_limit": Decimal(0), "earlier_orders": 1},
        {"countries": ("FR", "FR")},
    ],
)
def test_what_is_just_enough_is_enough(change):
    assert decide(replace(TRUSTED, **change)).outcome is Outcome.APPROVE


def test_the_evidence_says_what_was_seen_and_what_was_asked_for():
    seen = {row["name"]: (row["value"], row["threshold"]) for row in decide(TRUSTED).evidence()}
    assert seen == {
        "blocked": ("not blocked", "not blocked"),
        "payment": ("£120.00", "£120.00"),
        "stock": ("all promised", "all promised"),
        "first-order-value": ("£120.00", "£1,000.00"),
        "address": ("GB to GB", "same country"),
    }


def test_the_evidence_of_one_who_pays_later_says_so():
    seen = {row["name"]: row["value"] for row in decide(replace(TRUSTED, pays_later=True)).evidence()}
    assert seen["payment"] == "pays later"
