"""Sourcing weighs every way to fill an order by the shop's rules, and says why the others were not taken."""

from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.sourcing import (
    Lane,
    Question,
    Rule,
    Shelf,
    Site,
    Wanted,
    arrival_of,
    decide,
    lane_to,
    leaving_day,
    working_day,
)

MONDAY, TUESDAY, FRIDAY = date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 8)
LEEDS, YORK, BATH, HULL = 1, 2, 3, 4
NAMES = {LEEDS: "Leeds", YORK: "York", BATH: "Bath", HULL: "Hull"}
MUG, TEA = 1, 2
SKUS = {MUG: "MUG-1", TEA: "TEA-1"}


def site(id_, *, leaves=MONDAY, arrives=TUESDAY, cost="4.00", priority=None, keeps=()):
    cost = None if cost is None else Decimal(cost)
    return Site(id_, NAMES.get(id_, str(id_)), priority or id_, leaves, arrives, cost, frozenset(keeps))


def question(wanted, shelves, *, rules=(), sites=(), needs=None):
    """`wanted` is [(product, units)]; `shelves` is {(warehouse, product): units or (units, room, due)}."""
    lines = tuple(
        Wanted(f"line:{n}", product, SKUS.get(product, str(product)), units, frozenset((needs or {}).get(product, ())))
        for n, (product, units) in enumerate(wanted, 1)
    )
    full = {place: units if isinstance(units, tuple) else (units, 0) for place, units in shelves.items()}
    rows = tuple(Shelf(where * 100 + product, where, product, *units) for (where, product), units in full.items())
    given_ids = {row.id for row in sites}
    rest = tuple(site(id_) for id_ in sorted({where for where, _ in shelves} - given_ids))
    return Question(lines, (*sites, *rest), rows, tuple(rules))


def taken(decision):
    """(line, warehouse, units)"""
    return sorted((share.key, NAMES[share.site_id], share.units) for share in decision.chosen.shares)


def not_taken(decision):
    """What is said against each other way, by its warehouses."""
    return {
        "+".join(sorted(place.name for place in way.sites)): way.why_not
        for way in decision.candidates
        if way is not decision.chosen
    }


def test_one_warehouse_is_taken_before_two_and_the_first_of_equals():
    decision = decide(question([(MUG, 2), (TEA, 1)], {(LEEDS, MUG): 5, (YORK, MUG): 5, (YORK, TEA): 5, (BATH, TEA): 9}))
    assert taken(decision) == [("line:1", "York", 2), ("line:2", "York", 1)]
    assert decision.plan == {"line:1": {201: 2}, "line:2": {202: 1}}
    assert decision.reason == "fewest parcels"
    assert not_taken(decision) == {
        "Leeds+York": "2 parcels instead of 1",
        "Bath+Leeds": "2 parcels instead of 1",
        "Leeds": "Lacks 1 × TEA-1",
        "Bath": "Lacks 2 × MUG-1",
    }


def test_a_line_is_split_only_where_nobody_has_it_whole():
    decision = decide(question([(MUG, 5)], {(LEEDS, MUG): 3, (YORK, MUG): 4}))
    assert taken(decision) == [("line:1", "Leeds", 3), ("line:1", "York", 2)]
    assert decision.reason == "no single warehouse has everything"
    assert not_taken(decision) == {"Leeds": "Lacks 2 × MUG-1", "York": "Lacks 1 × MUG-1"}


def test_two_lines_of_one_product_share_its_stock():
    decision = decide(question([(MUG, 2), (MUG, 2)], {(LEEDS, MUG): 3, (YORK, MUG): 4}))
    assert taken(decision) == [("line:1", "York", 2), ("line:2", "York", 2)]
    assert not_taken(decision)["Leeds"] == "Lacks 1 × MUG-1"


def test_goods_on_hand_in_two_places_come_before_a_backorder_in_one():
    decision = decide(question([(MUG, 5)], {(LEEDS, MUG): (3, 50), (YORK, MUG): (2, 0)}))
    assert taken(decision) == [("line:1", "Leeds", 3), ("line:1", "York", 2)]
    assert decision.chosen.awaited == 0


def test_where_goods_are_short_the_rest_is_awaited_as_little_as_can_be():
    decision = decide(question([(MUG, 6)], {(LEEDS, MUG): (3, 50), (YORK, MUG): (2, 0)}))
    assert [(share.site_id, share.units, share.awaited) for share in decision.chosen.shares] == [
        (LEEDS, 4, 1),
        (YORK, 2, 0),
    ]
    assert (decision.chosen.leaves, decision.chosen.arrives) == (None, None)
    assert not_taken(decision) == {"Leeds": "3 units to wait for instead of 1", "York": "Lacks 4 × MUG-1"}


def test_what_is_awaited_is_awaited_where_it_is_announced_first():
    shelves = {(LEEDS, MUG): (1, 50), (YORK, MUG): (0, 50, FRIDAY), (BATH, MUG): (0, 50, TUESDAY)}
    decision = decide(question([(MUG, 4)], shelves, rules=[Rule("nearest")]))
    assert taken(decision) == [("line:1", "Bath", 3), ("line:1", "Leeds", 1)]
    assert (decision.chosen.leaves, decision.chosen.arrives) == (TUESDAY, date(2026, 5, 6))
    assert not_taken(decision) == {
        "Leeds+York": "Arrives Sat 9 May instead of Wed 6 May",
        "Bath": "4 units to wait for instead of 3",
        "York": "4 units to wait for instead of 3",
        "Leeds": "What it waits for is not announced",
    }


def test_what_cannot_be_had_at_all_is_no_decision():
    decision = decide(question([(MUG, 6)], {(LEEDS, MUG): 3, (YORK, MUG): 2}))
    assert (decision.chosen, decision.plan, decision.reason) == (None, {}, "not all of it can be had")
    assert not_taken(decision) == {"Leeds": "Lacks 3 × MUG-1", "York": "Lacks 4 × MUG-1"}


def test_what_three_warehouses_cannot_send_all_of_them_send():
    decision = decide(question([(MUG, 4)], {(place, MUG): 1 for place in NAMES}))
    assert taken(decision) == [("line:1", name, 1) for name in sorted(NAMES.values())]


def test_cold_goods_lie_only_where_they_can_be_kept():
    shelves = {(LEEDS, MUG): 5, (LEEDS, TEA): 5, (YORK, MUG): 5, (YORK, TEA): 5}
    needs = {TEA: ["cold"]}
    decision = decide(question([(MUG, 1), (TEA, 1)], shelves, needs=needs, sites=[site(YORK, keeps=["cold"])]))
    assert taken(decision) == [("line:1", "York", 1), ("line:2", "York", 1)]
    assert not_taken(decision)["Leeds"] == "Cannot keep cold goods"


BOTH = {(LEEDS, MUG): 5, (YORK, MUG): 5}


@pytest.mark.parametrize(
    ("rule", "york", "reason", "against"),
    [
        (Rule("preferred", YORK, "York"), {}, "York is preferred", "Not from York"),
        (Rule("cut_off"), {"leaves": date(2026, 5, 1)}, "leaves first", "Leaves Mon 4 May instead of Fri 1 May"),
        (Rule("nearest"), {"arrives": MONDAY}, "arrives first", "Arrives Tue 5 May instead of Mon 4 May"),
        (Rule("cheapest"), {"cost": "3.90"}, "costs least", "Costs 0.10 more"),
        (
            Rule("priority"),
            {"priority": 1, "cost": "9"},
            "first in the order of the warehouses",
            "Stands after York in the order of the warehouses",
        ),
    ],
)
def test_each_rule_can_prefer_the_second_warehouse(rule, york, reason, against):
    sites = [site(LEEDS, priority=9), site(YORK, **{"priority": 20, **york})]
    decision = decide(question([(MUG, 1)], BOTH, rules=[rule], sites=sites))
    assert taken(decision) == [("line:1", "York", 1)]
    assert (decision.reason, not_taken(decision)) == (reason, {"Leeds": against})


def test_an_unknown_cost_never_beats_a_known_one():
    sites = [site(LEEDS, cost=None), site(YORK, cost="999")]
    decision = decide(question([(MUG, 1)], BOTH, rules=[Rule("cheapest")], sites=sites))
    assert taken(decision) == [("line:1", "York", 1)]
    assert not_taken(decision) == {"Leeds": "Its cost is not known"}


def test_the_costs_and_days_of_several_parcels_are_the_sum_and_the_slowest():
    sites = [site(LEEDS, cost="4.00"), site(YORK, cost="2.50", leaves=TUESDAY, arrives=FRIDAY)]
    chosen = decide(question([(MUG, 1), (TEA, 1)], {(LEEDS, MUG): 1, (YORK, TEA): 1}, sites=sites)).chosen
    assert (chosen.cost, chosen.leaves, chosen.arrives) == (Decimal("6.50"), TUESDAY, FRIDAY)


def test_a_later_rule_decides_only_between_equals():
    sites = [site(LEEDS, cost="1.00"), site(YORK, cost="5.00"), site(BATH, cost="5.00", leaves=FRIDAY)]
    rules = [Rule("preferred", YORK, "York"), Rule("cheapest")]
    shelves = {(LEEDS, MUG): 5, (YORK, MUG): 5, (BATH, MUG): 5}
    assert taken(decide(question([(MUG, 1)], shelves, rules=rules, sites=sites))) == [("line:1", "York", 1)]
    rules = [Rule("cut_off"), Rule("cheapest")]
    decision = decide(question([(MUG, 1)], shelves, rules=rules, sites=sites))
    assert not_taken(decision) == {"York": "Costs 4.00 more", "Bath": "Leaves Fri 8 May instead of Mon 4 May"}


def test_only_from_the_preferred_warehouse_is_better_than_from_there_too():
    sites = [site(LEEDS), site(YORK)]
    rules = [Rule("preferred", LEEDS, "Leeds")]
    shelves = {(LEEDS, MUG): 1, (YORK, MUG): 9, (YORK, TEA): 9}
    decision = decide(question([(MUG, 1), (TEA, 1)], shelves, rules=rules, sites=sites))
    assert taken(decision) == [("line:1", "Leeds", 1), ("line:2", "York", 1)]
    assert not_taken(decision) == {"York": "Not from Leeds", "Leeds": "Lacks 1 × TEA-1"}


def test_at_most_twelve_ways_are_told():
    decision = decide(
        question([(MUG, 2), (TEA, 2)], {(place, product): 9 for place in range(1, 12) for product in (MUG, TEA)})
    )
    assert len(decision.candidates) <= 12


WAREHOUSES, PRODUCTS = st.integers(1, 5), st.integers(1, 3)
RULES = st.lists(
    st.sampled_from(
        [Rule(kind) for kind in ("fewest_splits", "cut_off", "nearest", "cheapest", "priority")]
        + [Rule("preferred", LEEDS, "Leeds")]
    ),
    max_size=4,
)


@st.composite
def questions(draw):
    days = st.integers(0, 6).map(lambda days: date(2026, 5, 4 + days))
    costs = st.none() | st.decimals("0", "20", places=2)
    sites = [Site(id_, str(id_), draw(st.integers(1, 3)), draw(days), draw(days), draw(costs)) for id_ in range(1, 6)]
    wanted = draw(st.lists(st.tuples(PRODUCTS, st.integers(1, 6)), min_size=1, max_size=5))
    units = st.tuples(st.integers(0, 6), st.integers(0, 6), st.none() | days)
    shelves = draw(st.dictionaries(st.tuples(WAREHOUSES, PRODUCTS), units, max_size=12))
    return question(wanted, shelves, sites=sites, rules=draw(RULES))


@given(questions())
@settings(max_examples=300)
def test_a_plan_covers_every_line_and_takes_nothing_that_is_not_there(asked):
    decision = decide(asked)
    wanted, has, on_hand = Counter(), Counter(), Counter()
    for line in asked.wanted:
        wanted[line.product_id] += line.units
    for shelf in asked.shelves:
        has[shelf.product_id] += shelf.on_hand + shelf.room
        on_hand[shelf.product_id] += shelf.on_hand
    if decision.chosen is None:
        assert any(wanted[product] > has[product] for product in wanted)
        return
    got = Counter()
    for share in decision.chosen.shares:
        got[share.key] += share.units
    assert got == {line.key: line.units for line in asked.wanted}
    by_stock = {shelf.stock_id: shelf for shelf in asked.shelves}
    drawn, awaited = Counter(), Counter()
    for share in decision.chosen.shares:
        drawn[share.stock_id] += share.units
        awaited[share.stock_id] += share.awaited
    for id_, units in drawn.items():
        assert units - awaited[id_] <= by_stock[id_].on_hand
        assert awaited[id_] <= by_stock[id_].room
    if all(wanted[product] <= on_hand[product] for product in wanted):
        assert decision.chosen.awaited == 0


@given(questions(), st.randoms())
@settings(max_examples=150)
def test_the_same_facts_in_another_order_are_the_same_decision(asked, chance):
    sites, shelves = list(asked.sites), list(asked.shelves)
    chance.shuffle(sites)
    chance.shuffle(shelves)
    again = decide(Question(asked.wanted, tuple(sites), tuple(shelves), asked.rules))
    assert again == decide(asked)


@given(questions())
@settings(max_examples=300)
def test_a_way_that_is_worse_by_one_rule_and_better_by_none_is_never_taken(asked):
    decision = decide(asked)
    rivals = [way for way in decision.candidates if way is not decision.chosen and not way.lacks]
    for way in rivals:
        pairs = list(zip(way.score, decision.chosen.score, strict=True))
        assert not (all(theirs <= ours for theirs, ours in pairs) and any(theirs < ours for theirs, ours in pairs))
        assert way.why_not


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (datetime(2026, 5, 4, 12, 59, tzinfo=UTC), MONDAY),  # 13:59 in London
        (datetime(2026, 5, 4, 13, 1, tzinfo=UTC), TUESDAY),
        (datetime(2026, 5, 8, 13, 1, tzinfo=UTC), date(2026, 5, 11)),
        (datetime(2026, 5, 9, 8, 0, tzinfo=UTC), date(2026, 5, 11)),
        (datetime(2026, 5, 10, 23, 30, tzinfo=UTC), MONDAY.replace(day=11)),  # Monday already in London
    ],
)
def test_what_comes_before_the_cut_off_of_the_warehouse_leaves_the_same_working_day(now, leaves):
    assert leaving_day(now, time_zone="Europe/London", cut_off=time(14)) == leaves


def test_the_cut_off_is_told_by_the_clock_of_the_warehouse():
    now = datetime(2026, 5, 4, 13, 30, tzinfo=UTC)
    assert leaving_day(now, time_zone="America/New_York", cut_off=time(14)) == MONDAY
    assert leaving_day(now, time_zone="Europe/Berlin", cut_off=time(14)) == TUESDAY
    assert leaving_day(now, time_zone="Asia/Tokyo", cut_off=None) == MONDAY


def test_a_weekend_is_no_working_day():
    assert [working_day(date(2026, 5, day)).day for day in range(8, 13)] == [8, 11, 11, 11, 12]


LANES = [
    Lane("GB", "", 2, Decimal(3)),
    Lane("GB", "YO", 1, Decimal(2)),
    Lane("GB", "YO10", 3, None),
    Lane("FR", "", 4, None),
]


@pytest.mark.parametrize(
    ("country", "postal_code", "days"),
    [
        ("GB", "N1 9GU", 2),
        ("GB", "yo1 7hh", 1),
        ("GB", "YO 10 5DD", 3),
        ("FR", "75001", 4),
        ("DE", "10115", 5),
        ("IE", "", 5),
    ],
)
def test_the_longest_prefix_that_fits_is_the_lane(country, postal_code, days):
    assert lane_to(country, postal_code, LANES, home="GB").days == days


def test_without_a_lane_home_is_a_day_away_and_its_cost_not_known():
    assert lane_to("GB", "N1", [], home="GB") == Lane("GB", "", 1, None)


def test_goods_are_there_when_enough_have_come():
    arrivals = [(MONDAY, 2), (TUESDAY, 2), (FRIDAY, 9)]
    assert [arrival_of(units, arrivals) for units in (1, 2, 3, 5, 13, 14)] == [
        MONDAY,
        MONDAY,
        TUESDAY,
        FRIDAY,
        FRIDAY,
        None,
    ]
