"""Evidence that comes late: what customers say of their lines counts for the pick and for the perfect order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback.services import Details, LineSaid, answer
from feedback.stages.survey import survey
from fulfillment.claims import Told, open_claim, refuse_claim
from kpis import windows
from kpis.figures import Scope, report
from kpis.figures.behind import Behind
from kpis.fold import check
from kpis.models import LineFact, OrderFact
from orders.models import Order
from tests.factories import make_order
from tests.kpis.settling import fold_settled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order():
    """Delivered, asked, and folded before anybody answered."""
    order = make_order([("MUG-1", 2), ("JAR-1", 1)], state="delivered")
    survey(order.pk, by="system:survey")
    fold_settled()
    return Order.objects.get(pk=order.pk)


def said(order, **wrong):
    """MUG_1={"item"} says that the wrong item came; then what has settled is folded."""
    lines = [LineSaid(row.pk, frozenset(wrong.get(row.sku.replace("-", "_"), ()))) for row in order.lines.all()]
    answer(order.pk, csat=3, nps=7, comment="", details=Details(lines=tuple(lines)))
    fold_settled()


def facts(order):
    fact = OrderFact.objects.get(order=order)
    return fact.short, fact.damaged, dict(LineFact.objects.filter(fact=fact).values_list("sku", "wrong"))


RIGHT = {"MUG-1": False, "JAR-1": False}


@pytest.mark.parametrize(
    ("wrong", "short", "damaged", "lines"),
    [
        ({}, False, False, RIGHT),
        ({"MUG_1": {"item"}}, True, False, RIGHT | {"MUG-1": True}),
        ({"JAR_1": {"quantity"}}, True, False, RIGHT | {"JAR-1": True}),
        ({"JAR_1": {"condition"}}, False, True, RIGHT),
        ({"MUG_1": {"item", "condition"}, "JAR_1": {"quantity"}}, True, True, {"MUG-1": True, "JAR-1": True}),
    ],
)
def test_what_customers_say_of_a_line_is_evidence(order, wrong, short, damaged, lines):
    assert facts(order) == (False, False, RIGHT)
    said(order, **wrong)
    assert facts(order) == (short, damaged, lines)
    assert check(lambda done, of: None) == []


def test_an_answer_that_is_taken_back_is_no_evidence(order):
    said(order, MUG_1={"item"}, JAR_1={"condition"})
    said(order)
    assert facts(order) == (False, False, RIGHT)
    assert check(lambda done, of: None) == []


def test_the_evidence_is_dated_back_to_the_pick(order):
    picked = dict(LineFact.objects.values_list("sku", "picked_at"))
    said(order, MUG_1={"item"})
    assert dict(LineFact.objects.values_list("sku", "picked_at")) == picked


def claimed(order, kind, sku="MUG-1", against="shop"):
    line = order.lines.get(sku=sku)
    row = open_claim(order.pk, kind=kind, units={line.pk: 1}, key=kind, by="sam", told=Told(against=against))
    fold_settled()
    return row


@pytest.mark.parametrize(
    ("kind", "short", "damaged", "wrong"),
    [
        ("missing", True, False, True),
        ("wrong", True, False, True),
        ("damaged", False, True, False),
        ("lost", True, False, False),
    ],
)
def test_what_customers_claim_is_evidence(order, kind, short, damaged, wrong):
    picked = dict(LineFact.objects.values_list("sku", "picked_at"))
    claimed(order, kind)
    assert facts(order) == (short, damaged, RIGHT | {"MUG-1": wrong})
    assert dict(LineFact.objects.values_list("sku", "picked_at")) == picked
    assert check(lambda done, of: None) == []


def test_a_claim_that_does_not_hold_and_one_against_a_carrier_are_no_evidence(order):
    refuse_claim(claimed(order, "missing").pk, note="", by="sam")
    claimed(order, "lost", against="carrier")
    assert facts(order) == (False, False, RIGHT)
    assert check(lambda done, of: None) == []


def test_what_customers_give_a_stage_is_counted_by_stage(order):
    day = windows.today()
    answer(order.pk, csat=4, nps=9, comment="", details=Details(stages={"pack": 2, "deliver": 5}))
    fold_settled()
    told = report(day, day + timedelta(days=1))["satisfaction"]
    assert (told["answers"], told["invitations"], told["response_rate"]) == (1, 1, 1.0)
    assert told["stages"] == {
        "deliver": {"csat": 1.0, "mean_score": 5.0, "answers": 1},
        "pack": {"csat": 0.0, "mean_score": 2.0, "answers": 1},
    }
    scope = Scope(windows.days(day, day + timedelta(days=1)), only={"asked": "pack"})
    assert Behind("satisfaction", "answered", scope).count() == 1
    assert Behind("satisfaction", "answered", replace(scope, only={"asked": "place"})).count() == 0
