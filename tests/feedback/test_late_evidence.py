"""The kept verdict follows the evidence: a return or claim after the review changes it, the history keeps both."""

import pytest

from feedback.models import ImprovementItem, OrderReview, VerdictCursor
from feedback.services import follow_evidence, judge_late_evidence
from feedback.stages.review import review
from fulfillment.claims import Told, open_claim, refuse_claim
from fulfillment.returns.receiving import receive_return
from inventory import clock
from kpis.fold import check
from kpis.models import OrderFact
from ordermgmt.timeline.entries import entry
from orders.models import Order, OrderEvent
from tests.factories import make_order
from tests.kpis.settling import fold_settled, settle

OLD, NEW = {"perfect": True, "failed": []}, {"perfect": False, "failed": ["in_full"]}


def perfect():
    order = make_order([("MUG-1", 2)], state="surveyed", promised_at=clock.now())
    review(order.pk, by="system:review")
    assert verdict() == OLD
    return order


def verdict():
    return OrderReview.objects.values("perfect", "failed").get()


def rejudged():
    return list(OrderEvent.objects.filter(name="order.rejudged").order_by("seq").values_list("data", flat=True))


def came_back(order, reason):
    receive_return(order.pk, lines={"MUG-1": 1}, reason=reason, key="R-1", by="bob")


def claimed(order, **told):
    line = order.lines.get()
    return open_claim(order.pk, kind="missing", units={line.pk: 1}, key="C-1", by="sam", told=Told(**told))


def read_history():
    settle()
    while judge_late_evidence():
        pass


@pytest.mark.django_db(transaction=True)
def test_a_return_after_the_review_changes_verdict_and_figures_once():
    order = perfect()
    came_back(order, "wrong_item")
    assert verdict() == OLD
    read_history()
    assert (verdict(), rejudged()) == (NEW, [NEW | {"before": OLD}])
    VerdictCursor.objects.update(xid=0, event_id=0)  # whoever was cut short reads the same again
    kept = OrderReview.objects.values().get()
    read_history()
    assert (OrderReview.objects.values().get(), len(rejudged())) == (kept, 1)
    assert VerdictCursor.objects.values_list("event_id", flat=True).get() == OrderEvent.objects.latest("seq").pk
    fold_settled()
    fact = OrderFact.objects.get()
    assert (fact.short, fact.late, fact.damaged, fact.documents) == (True, False, False, False)
    assert check(lambda done, of: None) == []


@pytest.mark.django_db
def test_the_timeline_tells_both_verdicts():
    order = perfect()
    came_back(order, "damaged")
    with clock.at(clock.now()):
        follow_evidence(order.pk, by="system:review")
    event, row = OrderEvent.objects.get(name="order.rejudged"), OrderReview.objects.get()
    assert entry(event, "GBP").sentence == "Judged anew: failed undamaged; before: a perfect delivery"
    assert row.judged_at == event.at > row.reviewed_at
    assert list(ImprovementItem.objects.values_list("stage", "finding")) == [("pack", "Arrived damaged")]


@pytest.mark.django_db
def test_a_claim_that_is_refused_gives_the_verdict_back():
    order = perfect()
    claim = claimed(order)
    follow_evidence(order.pk, by="system:review")
    assert verdict() == NEW
    refuse_claim(claim.pk, note="All of it was there", by="sam")
    follow_evidence(order.pk, by="system:review")
    assert (verdict(), rejudged()) == (OLD, [NEW | {"before": OLD}, OLD | {"before": NEW}])
    assert ImprovementItem.objects.count() == 0


@pytest.mark.django_db
def test_what_fails_nothing_changes_no_verdict():
    order = perfect()
    claimed(order, against="carrier")
    came_back(order, "unwanted")
    follow_evidence(order.pk, by="system:review")
    assert (verdict(), rejudged()) == (OLD, [])
    assert OrderReview.objects.get().evidence["exceptions"] == ["claimed", "returned"]


@pytest.mark.django_db
def test_before_the_review_there_is_nothing_to_judge_anew():
    order = make_order([("MUG-1", 1)], state="surveyed")
    came_back(order, "wrong_item")
    follow_evidence(order.pk, by="system:review")
    assert (Order.objects.get().state, OrderReview.objects.count(), rejudged()) == ("surveyed", 0, [])
