"""Every plan is true, and the verifier sees what is not."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fulfillment.packing import Carton, Filled, Item, Placed, Plan, Rates, plan
from fulfillment.packing.check import faults

RATES = Rates(((1_000, Decimal("2.50")), (5_000, Decimal("4.10")), (20_000, Decimal("9.99"))), 5_000)
MOST_G = 20_000

sides = st.integers(min_value=1, max_value=60)
sizes = st.tuples(sides, sides, sides)
flags = st.booleans()
baskets = st.lists(
    st.tuples(st.integers(1, 6), sizes, st.integers(0, 3_000), flags, flags, flags, st.integers(0, 3)), max_size=6
).map(
    lambda rows: [
        Item(f"S{number}", *row[:3], upright=row[3], no_stack=row[4], alone=row[5] and row[0] < 3, padding_mm=row[6])
        for number, row in enumerate(rows)
    ]
)
room = st.integers(min_value=20, max_value=100)
shelves = st.lists(
    st.tuples(st.tuples(room, room, room), st.integers(0, 9), st.integers(500, 9_000), st.none() | st.integers(0, 4)),
    min_size=1,
    max_size=4,
).map(
    lambda rows: [
        Carton(f"C{number}", inner, tuple(side + wall for side in inner), 50, most_g, Decimal(number) / 4, stock)
        for number, (inner, wall, most_g, stock) in enumerate(rows, 1)
    ]
)
SMALL_WORK = 20_000


@settings(max_examples=150)
@given(
    items=baskets,
    cartons=shelves,
    rates=st.sampled_from([None, RATES]),
    objective=st.sampled_from(["cost", "count"]),
    support=st.sampled_from([0.0, 0.6, 1.0]),
)
def test_every_plan_is_true(items, cartons, rates, objective, support):
    planned = plan(items, cartons, rates=rates, objective=objective, support=support, work=SMALL_WORK)
    assert faults(planned, items, cartons, rates=rates, support=support) == []


@settings(max_examples=50)
@given(items=baskets, cartons=shelves, rates=st.sampled_from([None, RATES]))
def test_a_plan_by_cost_is_never_dearer_than_one_by_count(items, cartons, rates):
    plenty = [replace(carton, stock=None) for carton in cartons]
    by_cost = plan(items, plenty, rates=rates, work=SMALL_WORK)
    by_count = plan(items, plenty, rates=rates, objective="count", work=SMALL_WORK)
    assert by_cost.cost <= by_count.cost
    assert by_cost.unpacked == by_count.unpacked


@settings(max_examples=25)
@given(items=baskets, cartons=shelves)
def test_a_plan_is_the_same_every_time(items, cartons):
    assert plan(items, cartons, work=SMALL_WORK) == plan(items, cartons, work=SMALL_WORK)


CARTON = Carton("M", (300, 200, 100), (300, 200, 100), 100, 2_000, Decimal("1.00"), 1)
BOOK = Item("BOOK", 2, (200, 100, 40), 700)
TRUE = Plan(
    (
        Filled(
            CARTON,
            (Placed("BOOK", (0, 0, 0), (200, 100, 40)), Placed("BOOK", (0, 0, 40), (200, 100, 40))),
            1_500,
            Decimal("1.00"),
        ),
    )
)


def changed(*placed, **fields):
    filled = TRUE.cartons[0]
    return Plan((replace(filled, items=placed or filled.items, **fields),))


LOW, HIGH = TRUE.cartons[0].items
BREACHES = [
    (changed(LOW, replace(HIGH, at=(0, 0, 39))), "carton 1: BOOK and BOOK are both at (0, 0, 39)"),
    (changed(LOW, replace(HIGH, at=(0, 101, 0))), "carton 1: BOOK sticks out at (0, 101, 0)"),
    (changed(LOW, replace(HIGH, at=(-1, 0, 40))), "carton 1: BOOK sticks out at (-1, 0, 40)"),
    (changed(LOW, replace(HIGH, at=(0, 0, 41))), "carton 1: BOOK has too little below it at (0, 0, 41)"),
    (changed(LOW, replace(HIGH, size=(200, 100, 39))), "carton 1: BOOK was turned into (200, 100, 39)"),
    (changed(gross_g=1_499), "carton 1: weighs 1500 g, not 1499 g"),
    (changed(cost=Decimal("0.99")), "carton 1: costs 1.00, not 0.99"),
    (changed(LOW, gross_g=800), "BOOK: 1 units instead of 2"),
    (replace(TRUE, unpacked=("BOOK",)), "BOOK: 3 units instead of 2"),
    (Plan(TRUE.cartons * 2), "M: 2 used, 1 there"),
    (changed(LOW, replace(HIGH, sku="CUP")), "carton 1: M ['CUP'] was never there"),
    (Plan((*TRUE.cartons, Filled(CARTON, (), 100, Decimal("1.00")))), "carton 2: empty"),
]


def test_the_plan_that_is_broken_below_is_true():
    assert faults(TRUE, [BOOK], [CARTON]) == []


@pytest.mark.parametrize(("broken", "said"), BREACHES, ids=[said for _, said in BREACHES])
def test_the_verifier_sees_a_broken_plan(broken, said):
    assert said in faults(broken, [BOOK], [CARTON])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"no_stack": True}, "carton 1: BOOK is above BOOK, which bears nothing"),
        ({"alone": True}, "carton 1: what ships alone has company"),
        ({"padding_mm": 1}, "carton 1: BOOK sticks out at (-1, -1, -1)"),
        ({"weight_g": 951}, "carton 1: weighs 2002 g, not 1500 g"),
        ({"size": (100, 40, 200), "upright": True}, "carton 1: BOOK was turned into (200, 100, 40)"),
    ],
    ids=["no_stack", "alone", "padding", "weight", "upright"],
)
def test_the_verifier_knows_each_rule(rule, said):
    assert said in faults(TRUE, [replace(BOOK, **rule)], [CARTON])


def test_the_verifier_weighs_and_asks_the_carrier():
    weak = replace(CARTON, max_gross_g=1_499)
    assert faults(changed(carton=weak), [BOOK], [weak]) == ["carton 1: 1500 g are more than 1499 g"]
    light = Rates(((1_000, Decimal("2.50")),))
    assert faults(TRUE, [BOOK], [CARTON], rates=light) == ["carton 1: not carried at these rates"]


def test_the_verifier_asks_for_the_support_that_was_wished():
    aside = changed(LOW, replace(HIGH, at=(100, 50, 40)))  # a quarter of its base
    assert faults(aside, [BOOK], [CARTON], support=0.25) == []
    assert faults(aside, [BOOK], [CARTON], support=0.26) == ["carton 1: BOOK has too little below it at (100, 50, 40)"]
