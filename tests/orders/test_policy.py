"""Whom the shop trusts: what overrules, what a trusted tier may skip, and the sentence that says it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.policy import BY_NAME, DEFAULT, QUESTIONS, Facts, Outcome, Policy, Rule, decide

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
    "overdue": ({"overdue": 2}, Outcome.HOLD, "Held: 2 payments overdue"),
    "charge-backs": ({"charge_backs": 1}, Outcome.HOLD, "Held: 1 charge-back"),
}
NOTED = {
    "postcode": ({"postcodes_differ": True}, "billed and sent to different postcodes"),
    "address-warnings": (
        {"warnings": ("shipping_address.postal_code invalid",)},
        "the address looks wrong (shipping_address.postal_code invalid)",
    ),
    "new-address": ({"address_is_new": True, "earlier_orders": 1}, "first order to this address"),
    "on-time": ({"paid_on_time": 3, "paid_late": 1}, "only 75\N{NO-BREAK SPACE}% paid on time"),
    "tier": ({"tier": "C"}, "a customer of tier C"),
    "usual-value": ({"usual_total": Decimal("28.57"), "usual_of": 3}, "value 4.21× usual"),
    "velocity": ({"recent_minutes": (1, 5, 10)}, "4 orders in 10 minutes"),
    "duplicate": ({"same_minutes": 90}, "the same was ordered 1 h ago"),
}
ALL_FAULTS = {key: value for fault, *_ in (*FAULTS.values(), *NOTED.values()) for key, value in fault.items()}


def strictly(name, **changes):
    """The default policy, with the check of this name asked otherwise."""
    return Policy(rules={name: replace(BY_NAME[name].default, **changes)})


def failed(decision):
    return [check.name for check in decision.checks if not check.passed]


def test_an_order_that_passes_every_check_is_approved():
    decision = decide(TRUSTED)
    assert (decision.outcome, decision.why) == (Outcome.APPROVE, "Approved: all 15 checks passed")
    assert [check.name for check in decision.checks] == [question.name for question in QUESTIONS]
    assert {*FAULTS, *NOTED} == set(BY_NAME)


@pytest.mark.parametrize("name", FAULTS)
def test_each_check_alone_stops_the_order_and_says_why(name):
    fault, outcome, why = FAULTS[name]
    decision = decide(replace(TRUSTED, **fault))
    assert (decision.outcome, decision.why, failed(decision)) == (outcome, why, [name])


@pytest.mark.parametrize("name", NOTED)
def test_what_is_only_noted_stops_nothing_until_a_policy_holds_or_rejects_for_it(name):
    fault, said = NOTED[name]
    facts = replace(TRUSTED, **fault)
    decision = decide(facts)
    assert (decision.outcome, failed(decision)) == (Outcome.APPROVE, [name])
    assert decision.why == f"Approved: 14 of 15 checks passed; noted: {said}"
    held, rejected = (decide(facts, strictly(name, outcome=what)) for what in (Outcome.HOLD, Outcome.REJECT))
    assert [(row.outcome, row.why) for row in (held, rejected)] == [
        (Outcome.HOLD, f"Held: {said}"),
        (Outcome.REJECT, f"Rejected: {said}"),
    ]


@pytest.mark.parametrize("name", BY_NAME)
def test_a_check_that_is_not_asked_is_not_there(name):
    decision = decide(replace(TRUSTED, **ALL_FAULTS), strictly(name, asked=False))
    assert name not in [check.name for check in decision.checks]
    assert len(decision.checks) == 14


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_person_overruled_does_not_stop_the_order_again_but_stays_on_record(name):
    fault, _, why = FAULTS[name]
    decision = decide(replace(TRUSTED, **fault), overruled=frozenset({name}))
    said = why.partition(": ")[2]
    assert (decision.outcome, failed(decision)) == (Outcome.APPROVE, [name])
    assert decision.why == f"Approved: 14 of 15 checks passed; overruled: {said}"
    assert [check.name for check in decision.checks if check.overruled] == [name]


def test_what_passes_is_neither_overruled_nor_skipped():
    policy = Policy(rules={name: replace(row.default, trusted=True) for name, row in BY_NAME.items()})
    decision = decide(replace(TRUSTED, tier="A"), policy, overruled=frozenset(BY_NAME))
    assert {(check.skipped, check.overruled) for check in decision.checks} == {(False, False)}


def test_overruling_one_check_leaves_the_others_standing():
    facts = replace(TRUSTED, **FAULTS["payment"][0], **FAULTS["address"][0])
    decision = decide(facts, overruled=frozenset({"payment"}))
    assert (decision.outcome, decision.why) == (Outcome.HOLD, "Held: billed in GB, sent to FR")


def test_every_reason_to_hold_is_named():
    facts = replace(TRUSTED, **FAULTS["payment"][0], **FAULTS["address"][0])
    assert decide(facts).why == "Held: £119.99 pledged of £120.00 and billed in GB, sent to FR"


def test_the_sentence_of_the_issue():
    policy = Policy(rules={name: Rule(threshold=Decimal(4)) for name in ("usual-value", "new-address")})
    facts = replace(TRUSTED, total=Decimal(126), pledged=Decimal(126), usual_total=Decimal(30), usual_of=5)
    decision = decide(replace(facts, earlier_orders=5, address_is_new=True), policy)
    assert decision.why == "Held: first order to this address and value 4.2× usual"


def test_a_reason_to_reject_beats_every_reason_to_hold():
    decision = decide(replace(TRUSTED, **{**ALL_FAULTS, "earlier_orders": 0}))
    assert (decision.outcome, decision.why) == (Outcome.REJECT, "Rejected: the customer is blocked")
    assert all(not check.passed for check in decision.checks)


def test_a_trusted_tier_skips_what_the_policy_lets_it_skip():
    facts = replace(TRUSTED, **FAULTS["address"][0])
    decision = decide(replace(facts, tier="A"))
    assert (decision.outcome, decision.why) == (
        Outcome.APPROVE,
        "Approved: 14 of 15 checks passed; trusted with: billed in GB, sent to FR",
    )
    assert [check.name for check in decision.checks if check.skipped] == ["address"]
    assert decide(replace(facts, tier="B")).outcome is Outcome.HOLD
    assert decide(replace(facts, tier="B"), Policy(trusted_tiers=("A", "B"))).outcome is Outcome.APPROVE
    assert decide(replace(facts, tier="A"), Policy(trusted_tiers=())).outcome is Outcome.HOLD
    assert decide(replace(facts, tier="A"), strictly("address", trusted=False)).outcome is Outcome.HOLD


def test_the_evidence_says_what_was_seen_and_what_was_asked_for():
    seen = {row["name"]: (row["value"], row["threshold"]) for row in decide(TRUSTED).evidence()}
    assert seen == {
        "blocked": ("not blocked", "not blocked"),
        "payment": ("£120.00", "£120.00"),
        "stock": ("all promised", "all promised"),
        "first-order-value": ("£120.00", "£1,000.00"),
        "address": ("GB to GB", "same country"),
        "postcode": ("same postcode", "same postcode"),
        "address-warnings": ("none", "none"),
        "new-address": ("known, or a first order", "sent there before"),
        "overdue": ("0", "none"),
        "charge-backs": ("0", "none"),
        "on-time": ("0 payments so far", "80\N{NO-BREAK SPACE}% or more"),
        "tier": ("none yet", "not C"),
        "usual-value": ("0 earlier orders", "up to 4× usual"),
        "velocity": ("1 order in 10 minutes", "up to 3 in 10 minutes"),
        "duplicate": ("not ordered before", "not within 24 hours"),
    }


def test_the_evidence_of_one_who_pays_later_says_so():
    seen = {row["name"]: row["value"] for row in decide(replace(TRUSTED, pays_later=True)).evidence()}
    assert seen["payment"] == "pays later"


def test_hundreds_of_products_without_stock_make_a_short_sentence():
    facts = replace(TRUSTED, unpromised=tuple(f"SKU-{number}" for number in range(300)))
    assert decide(facts).why == "Held: no stock behind SKU-0, SKU-1, SKU-2, SKU-3, SKU-4 and 295 more"


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ({"listed": ("domain",)}, "Rejected: the e-mail domain is blocked"),
        ({"listed": ("phone", "address")}, "Rejected: the phone number and postal address are blocked"),
        ({"listed": ("email",), "blocked": True}, "Rejected: the customer is blocked"),
    ],
)
def test_a_blocked_mark_is_told_by_its_kind_only(marks, said):
    assert decide(replace(TRUSTED, **marks)).why == said


amounts = st.decimals(0, 10_000, places=2)
counts = st.integers(0, 6)
facts_ = st.builds(
    Facts,
    total=amounts,
    currency=st.just("GBP"),
    pledged=amounts,
    pays_later=st.booleans(),
    earlier_orders=counts,
    blocked=st.booleans(),
    countries=st.tuples(*[st.sampled_from(["GB", "FR"])] * 2),
    unpromised=st.sampled_from([(), ("MUG-1",)]),
    first_order_limit=amounts,
    version=counts,
    tier=st.sampled_from(["", "A", "B", "C"]),
    listed=st.sampled_from([(), ("domain",)]),
    usual_total=st.none() | amounts,
    usual_of=counts,
    paid_on_time=counts,
    paid_late=counts,
    overdue=counts,
    charge_backs=counts,
    postcodes_differ=st.booleans(),
    address_is_new=st.booleans(),
    warnings=st.sampled_from([(), ("shipping_address.city required",)]),
    recent_minutes=st.lists(st.integers(0, 1440), max_size=6).map(tuple),
    same_minutes=st.none() | st.integers(0, 10_080),
)
rules = st.builds(
    Rule,
    asked=st.booleans(),
    outcome=st.sampled_from([Outcome.NOTE, Outcome.HOLD, Outcome.REJECT]),
    threshold=st.none() | st.decimals(0, 1000, places=1),
    within=st.none() | st.integers(1, 100),
    trusted=st.booleans(),
)
policies = st.builds(
    Policy,
    rules=st.dictionaries(st.sampled_from(sorted(BY_NAME)), rules),
    trusted_tiers=st.sampled_from([(), ("A",), ("A", "B")]),
)
SEVERITY = [Outcome.APPROVE, Outcome.HOLD, Outcome.REJECT]
LESS_IS_STRICTER = ("first-order-value", "overdue", "charge-backs", "usual-value", "velocity")


@given(facts_)
def test_facts_survive_the_database(facts):
    assert Facts.from_json(facts.to_json()) == facts


@given(policies, facts_, st.sampled_from(LESS_IS_STRICTER), st.data())
def test_a_stricter_threshold_never_approves_more(policy, facts, name, data):
    rule = policy.rules.get(name, BY_NAME[name].default)
    if rule.threshold is None:  # the channel's limit for a first order; nothing can be said against it
        rule = replace(rule, threshold=facts.first_order_limit)
    stricter = replace(rule, threshold=data.draw(st.decimals(0, rule.threshold, places=1)))
    before = decide(facts, replace(policy, rules={**policy.rules, name: rule}))
    after = decide(facts, replace(policy, rules={**policy.rules, name: stricter}))
    assert SEVERITY.index(after.outcome) >= SEVERITY.index(before.outcome)


@given(policies, facts_, st.sampled_from(sorted(BY_NAME)))
def test_asking_one_more_check_never_approves_more_and_trusting_never_less(policy, facts, name):
    rule = policy.rules.get(name, BY_NAME[name].default)
    ways = [
        replace(rule, asked=False),
        replace(rule, trusted=True, asked=True),
        replace(rule, trusted=False, asked=True),
    ]
    found = [decide(facts, replace(policy, rules={**policy.rules, name: way})).outcome for way in ways]
    assert found == sorted(found, key=SEVERITY.index)


@given(policies, facts_)
def test_the_outcome_is_the_worst_of_what_stands(policy, facts):
    decision = decide(facts, policy)
    worst = max((check.outcome for check in decision.against), key=SEVERITY.index, default=Outcome.APPROVE)
    assert decision.outcome == worst
    assert decision.why.startswith({"approve": "Approved: ", "hold": "Held: ", "reject": "Rejected: "}[worst])


def test_facts_of_another_version_are_read_as_far_as_they_go():
    kept = TRUSTED.to_json()
    for name in ("tier", "usual_total", "recent_minutes", "same_minutes", "listed", "version"):
        del kept[name]
    assert Facts.from_json({**kept, "moon": "full"}) == TRUSTED
    assert decide(Facts.from_json(kept), DEFAULT).outcome is Outcome.APPROVE
