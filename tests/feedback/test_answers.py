"""What customers say line by line and stage by stage: kept, told without words, heard by a person, judged anew."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, transaction

from feedback.asking import may_be_asked
from feedback.errors import FollowUpDone, SurveyClosed
from feedback.models import Answer, FollowUp, ImprovementItem, LineAnswer, OrderReview, Survey
from feedback.question_sets import DEFAULT, Questionnaire, save_questionnaire
from feedback.services import Details, LineSaid, answer, forget_words, settle_follow_up, take_follow_up
from feedback.stages.review import review
from feedback.stages.survey import survey
from inventory import clock
from orders.models import Order, OrderEvent, Payment, Transaction
from tests.factories import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    order = make_order([("MUG-1", 2), ("JAR-1", 1)], state="delivered")
    survey(order.pk, by="system:survey")
    return Order.objects.get(pk=order.pk)


def said(order, csat=5, nps=10, comment="", **details):
    return answer(order.pk, csat=csat, nps=nps, comment=comment, details=Details(**details))


def lines_of(order, **wrong):
    """MUG_1={"item"} says that the wrong item came; a line that is not named was fine."""
    found = {line.sku.replace("-", "_"): line.pk for line in order.lines.all()}
    return tuple(LineSaid(pk, frozenset(wrong.get(sku, ()))) for sku, pk in found.items())


def finish(order):
    """The answer moves the order on, and it is reviewed."""
    survey(order.pk, by="system:survey")
    review(order.pk, by="system:review")


def as_it_is():
    rows = list(Answer.objects.values()), list(LineAnswer.objects.values()), list(FollowUp.objects.values())
    return rows, OrderEvent.objects.count()


def test_lines_and_stages_are_kept(order):
    row = said(order, lines=lines_of(order, MUG_1={"quantity"}), stages={"pack": 4}, may_call=True)
    assert (row.stages, row.may_call) == ({"pack": 4}, True)
    kept = LineAnswer.objects.order_by("order_line__position")
    assert [(line.order_line.sku, line.right_item, line.right_quantity, line.undamaged) for line in kept] == [
        ("MUG-1", True, False, True),
        ("JAR-1", True, True, True),
    ]


def test_the_history_tells_scores_and_wrong_lines_and_no_words(order):
    said(order, 3, 7, "I am Marta", lines=lines_of(order, JAR_1={"item", "condition"}), stages={"deliver": 2})
    assert OrderEvent.objects.latest("seq").data == {
        "csat": 3,
        "nps": 7,
        "stages": {"deliver": 2},
        "wrong": [{"sku": "JAR-1", "what": ["condition", "item"]}],
    }


def test_saying_the_same_again_changes_nothing(order):
    details = {"lines": lines_of(order, MUG_1={"item"}), "stages": {"pack": 1}}
    said(order, 2, 3, "No", **details)
    before = as_it_is()
    said(order, 2, 3, "No", **details)
    assert as_it_is() == before


def test_only_a_line_that_changed_is_a_changed_answer(order):
    said(order, lines=lines_of(order, MUG_1={"item"}))
    said(order, lines=lines_of(order))
    assert [line.faults for line in LineAnswer.objects.all()] == [frozenset(), frozenset()]
    assert OrderEvent.objects.filter(name="order.answered").count() == 2


def test_a_line_of_another_order_is_not_answered(order):
    other = make_order([("CUP-1", 1)])
    said(order, lines=(LineSaid(other.lines.get().pk, frozenset({"item"})),))
    assert LineAnswer.objects.count() == 0


@pytest.mark.parametrize(
    ("csat", "nps", "wrong", "followed"),
    [
        (3, 7, {}, False),
        (5, None, {}, False),
        (2, None, {}, True),
        (5, 6, {}, True),
        (5, 10, {"MUG_1": {"condition"}}, True),
    ],
)
def test_an_unhappy_answer_is_followed_up(order, csat, nps, wrong, followed):
    with clock.at(clock.now()):
        said(order, csat, nps, lines=lines_of(order, **wrong))
        now = clock.now()
    rows = list(FollowUp.objects.values_list("csat", "nps", "wrong_lines", "owner", "opened_at", "due_at", "done_at"))
    expected = (csat, nps, len(wrong), "", now, now + timedelta(hours=24), None)
    assert rows == ([expected] if followed else [])


def test_the_channel_says_who_follows_up_and_within_how_long(order):
    Survey.objects.all().delete()
    wanted = Questionnaire(follow_up_owner="sam", follow_up_hours=4)
    row = save_questionnaire(order.channel, wanted, note="", by="alice")
    Survey.objects.create(order=order, question_set=row, closes_at=clock.now() + timedelta(days=1))
    said(order, 1)
    follow_up = FollowUp.objects.get()
    assert (follow_up.owner, follow_up.due_at - follow_up.opened_at) == ("sam", timedelta(hours=4))


def test_where_the_channel_names_nobody_they_take_turns(order):
    User.objects.create(username="alice", is_staff=True, is_superuser=True)
    User.objects.create(username="bob", is_staff=True)
    said(order, 1)
    for name in ("sam", "tom"):
        able = Permission.objects.filter(codename__in=["view_survey", "change_order"])
        User.objects.create(username=name, is_staff=True).user_permissions.set(able)
    FollowUp.objects.create(order=make_order(), csat=1, owner="sam", due_at=clock.now())
    for _ in range(2):
        said(order, 5)
        said(order, 1)
    assert list(FollowUp.objects.filter(order=order).order_by("pk").values_list("owner", flat=True)) == [
        "alice",
        "tom",
        "tom",
    ]


def test_a_changed_answer_changes_its_follow_up_and_not_the_bound(order):
    said(order, 2, 3)
    due_at = FollowUp.objects.get().due_at
    with clock.at(clock.now() + timedelta(hours=5)):
        said(order, 1, 0)
    row = FollowUp.objects.get()
    assert (row.csat, row.nps, row.due_at) == (1, 0, due_at)


def test_who_is_happy_after_all_needs_nobody(order):
    said(order, 1)
    said(order, 5)
    row = FollowUp.objects.get()
    assert (row.done_by, row.outcome) == ("customer", "The customer changed their answer.")


def test_a_settled_follow_up_is_opened_anew_by_a_new_complaint(order):
    said(order, 1)
    settle_follow_up(FollowUp.objects.get().pk, outcome="Rang", by="sam")
    said(order, 2, 1)
    assert list(FollowUp.objects.order_by("id").values_list("outcome", "csat")) == [("Rang", 1), ("", 2)]


def test_a_follow_up_is_taken_and_settled_once(order):
    said(order, 1)
    pk = FollowUp.objects.get().pk
    take_follow_up(pk, owner="bob")
    row = settle_follow_up(pk, outcome="Sent a new one", by="sam")
    assert (row.owner, row.done_by, row.outcome) == ("bob", "sam", "Sent a new one")
    event = OrderEvent.objects.latest("seq")
    assert (event.name, event.by, event.data) == ("order.followed_up", "sam", {})
    before = as_it_is()
    with pytest.raises(FollowUpDone):
        take_follow_up(pk, owner="petra")
    with pytest.raises(FollowUpDone):
        settle_follow_up(pk, outcome="Again", by="petra")
    assert as_it_is() == before


def test_the_database_keeps_one_open_follow_up_per_order(order):
    said(order, 1)
    with pytest.raises(IntegrityError, match="one_open_follow_up_per_order"), transaction.atomic():
        FollowUp.objects.create(order=order, csat=1, due_at=clock.now())


def test_an_answer_changed_after_the_review_is_judged_anew(order):
    said(order, 5, 10)
    finish(order)
    Order.objects.update(promised_at=clock.now() + timedelta(days=1))
    reviewed_at = OrderReview.objects.get().reviewed_at
    said(order, 2, 2, "It broke", lines=lines_of(order, MUG_1={"condition"}), stages={"pack": 1})
    row = OrderReview.objects.get()
    assert (row.perfect, row.failed, row.reviewed_at) == (False, ["undamaged"], reviewed_at)
    told = OrderEvent.objects.latest("seq")
    assert (told.name, told.by, told.data["before"]["perfect"]) == ("order.rejudged", "customer", True)
    assert (row.judged_at is not None, row.evidence["scores"]["csat"]) == (True, 2)
    found = set(ImprovementItem.objects.values_list("stage", "finding"))
    assert found == {
        ("pack", "Arrived damaged"),
        ("pack", "The customer gave this stage 1 of 5"),
        ("survey", "The customer gave 2 of 5"),
    }
    said(order, 5, 10)
    assert (OrderReview.objects.get().perfect, ImprovementItem.objects.count()) == (True, 0)


def test_what_somebody_took_care_of_stays_when_the_customer_changes_their_mind(order):
    said(order, 1)
    finish(order)
    ImprovementItem.objects.filter(finding="The customer gave 1 of 5").update(owner="sam")
    said(order, 5)
    assert list(ImprovementItem.objects.filter(stage="survey").values_list("owner", flat=True)) == ["sam"]


def test_a_closed_survey_opens_no_follow_up(order):
    before = as_it_is()
    with clock.at(Survey.objects.get().closes_at), pytest.raises(SurveyClosed):
        said(order, 1, lines=lines_of(order, MUG_1={"item"}))
    assert as_it_is() == before


def test_erasing_takes_the_words_and_leaves_the_scores(order):
    said(order, 1, 0, "I am Marta", may_call=True, lines=lines_of(order, MUG_1={"item"}))
    settle_follow_up(FollowUp.objects.get().pk, outcome="Marta was out", by="sam")
    forget_words([order.pk])
    row = Answer.objects.get()
    assert (row.csat, row.nps, row.comment, row.may_call) == (1, 0, "", None)
    assert (FollowUp.objects.get().outcome, LineAnswer.objects.count()) == ("Erased", 2)


def test_nobody_is_asked_while_money_has_still_to_go_back(mailoutbox):
    order = make_order(state="delivered")
    row = Transaction.objects.create(
        payment=Payment.objects.get(order=order), kind="refund", amount=1, key="r-1", status="pending"
    )
    assert may_be_asked(order) is False
    with clock.at(order.due_at):
        survey(order.pk, by="system:survey")
        now = clock.now()
    assert (Survey.objects.count(), mailoutbox) == (0, [])
    assert Order.objects.get().due_at == now + timedelta(hours=6)
    Transaction.objects.filter(pk=row.pk).update(status="done", done_at=now)
    with clock.at(now + timedelta(hours=6)):
        survey(order.pk, by="system:survey")
    assert (Survey.objects.count(), len(mailoutbox)) == (1, 1)


def test_a_channel_may_wait_longer_than_the_shop(mailoutbox):
    order = make_order(state="delivered")
    save_questionnaire(order.channel, Questionnaire(delay_days=10), note="", by="alice")
    with clock.at(order.due_at):
        survey(order.pk, by="system:survey")
    later = order.state_since + timedelta(days=10)
    assert (Survey.objects.count(), Order.objects.get().due_at) == (0, later)
    with clock.at(later):
        survey(order.pk, by="system:survey")
    assert Survey.objects.get().invited_at == later


def test_the_invitation_keeps_the_questions_and_the_window_that_held():
    order = make_order(state="delivered")
    questions = DEFAULT.questions[:2]
    row = save_questionnaire(order.channel, Questionnaire(questions=questions, window_days=2), note="", by="alice")
    survey(order.pk, by="system:survey")
    save_questionnaire(order.channel, Questionnaire(version=1), note="", by="alice")
    invitation = Survey.objects.get()
    assert (invitation.question_set_id, invitation.closes_at - invitation.invited_at) == (row.pk, timedelta(days=2))
