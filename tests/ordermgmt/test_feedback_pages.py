"""Follow-ups where people look, and the questions of a channel edited without code."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from feedback.models import FollowUp, QuestionSet, Survey
from feedback.questions import Kind
from feedback.services import Details, LineSaid, answer
from feedback.stages.survey import survey
from inventory import clock
from ordermgmt.attention import desk
from ordermgmt.board import board
from ordermgmt.feedback.forms import QuestionSetForm
from ordermgmt.feedback.questions_page import questions_page
from orders.models import Order
from tests.factories import make_channel, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def unhappy(noon: datetime) -> Order:
    """Marta gave 1 of 5 an hour ago, and a line was wrong."""
    order = make_order([("MUG-1", 1)], state="delivered")
    survey(order.pk, by="test")
    wrong = LineSaid(order.lines.get().pk, frozenset({"condition"}))
    with clock.at(noon - timedelta(hours=1)):
        details = Details(stages={"pack": 1}, lines=(wrong,), may_call=True)
        answer(order.pk, csat=1, nps=2, comment="It was <broken>", details=details)
    FollowUp.objects.update(owner="")  # it would be Bob's turn where he is
    return Order.objects.get(pk=order.pk)


def typed(**changes: str) -> dict[str, str]:
    """The form as the page shows it, with some fields changed; a change to "-" leaves a box empty."""
    form = QuestionSetForm.of(questions_page("web", version=None).shown, newest=QuestionSet.objects.count())
    start = {name: form[name].value() for name in form.fields}
    sent = {
        name: "on" if value is True else str(value)
        for name, value in start.items()
        if value is not None and value is not False
    }
    return {name: value for name, value in {**sent, **changes}.items() if value != "-"}


def test_an_unhappy_customer_needs_a_person(unhappy: Order, noon: datetime) -> None:
    (trouble,) = board().desk.troubles
    assert (trouble.order.number, trouble.tone, trouble.why, trouble.action, trouble.anchor) == (
        *(unhappy.number, "warn", "Unhappy customer"),
        *("Get back", "follow-up"),
    )
    assert trouble.what == "Gave 1 of 5, recommends us 2 of 10, found 1 line wrong."
    assert desk().troubles == ()


def test_an_overdue_follow_up_is_urgent(unhappy: Order, noon: datetime) -> None:
    with clock.at(noon + timedelta(hours=24)):
        (trouble,) = board().desk.troubles
        assert (trouble.tone, trouble.what.endswith("It is overdue.")) == ("bad", True)


def test_the_orders_page_shows_what_was_said_and_who_gets_back(bob: Client, unhappy: Order) -> None:
    page = bob.get(f"/orders/{unhappy.number}/").content.decode()
    for words in (
        "Unhappy customer",
        "It was &lt;broken&gt;",
        "Damaged",
        "May be called",
        "I take care",
        "wrong: MUG-1",
    ):
        assert words in page
    pk = FollowUp.objects.get().pk
    bob.post(f"/improve/follow-ups/{pk}/take/")
    assert FollowUp.objects.get().owner == "bob"
    answer = bob.post(f"/improve/follow-ups/{pk}/settle/", {"outcome": "Sent a new one"})
    assert answer.headers["Location"] == f"/orders/{unhappy.number}/"
    assert "Sent a new one" in bob.get(f"/orders/{unhappy.number}/").content.decode()
    assert board().desk.troubles == ()


def test_a_follow_up_is_not_settled_without_a_word(bob: Client, unhappy: Order) -> None:
    pk = FollowUp.objects.get().pk
    page = bob.post(f"/improve/follow-ups/{pk}/settle/", {"outcome": ""}, follow=True).content.decode()
    assert ("Nothing was changed." in page, FollowUp.objects.get().done_at) == (True, None)


def test_settling_twice_is_refused(bob: Client, unhappy: Order) -> None:
    pk = FollowUp.objects.get().pk
    bob.post(f"/improve/follow-ups/{pk}/settle/", {"outcome": "Rang", "next": "/improve/follow-ups/"})
    page = bob.post(f"/improve/follow-ups/{pk}/settle/", {"outcome": "Rang again"}, follow=True).content.decode()
    assert "already. Nothing was changed." in page
    assert FollowUp.objects.get().outcome == "Rang"


@pytest.mark.parametrize(
    ("next_", "place"), [("/improve/follow-ups/?tab=mine", "/improve/follow-ups/?tab=mine"), ("//evil.example/", "")]
)
def test_one_comes_back_to_where_one_was_and_nowhere_else(bob: Client, unhappy: Order, next_: str, place: str) -> None:
    answer = bob.post(f"/improve/follow-ups/{FollowUp.objects.get().pk}/take/", {"next": next_})
    assert answer.headers["Location"] == (place or f"/orders/{unhappy.number}/")


def test_the_list_has_tabs(bob: Client, unhappy: Order) -> None:
    def shown(tab: str) -> bool:
        return f"#{unhappy.number}" in bob.get("/improve/follow-ups/", {"tab": tab}).content.decode()

    assert (shown(""), shown("mine"), shown("done")) == (True, False, False)
    bob.post(f"/improve/follow-ups/{FollowUp.objects.get().pk}/take/")
    assert shown("mine")
    bob.post(f"/improve/follow-ups/{FollowUp.objects.get().pk}/settle/", {"outcome": "Rang"})
    assert (shown(""), shown("mine"), shown("done")) == (False, False, True)


def test_sam_looks_and_may_not_act(sam: Client, unhappy: Order) -> None:
    pk = FollowUp.objects.get().pk
    assert "I take care" not in sam.get("/improve/follow-ups/").content.decode()
    for path in (f"follow-ups/{pk}/take/", f"follow-ups/{pk}/settle/", "questions/web/change/"):
        assert sam.post(f"/improve/{path}", {"outcome": "x"}).status_code == 403
    assert (FollowUp.objects.get().owner, FollowUp.objects.get().done_at, QuestionSet.objects.count()) == ("", None, 0)


def test_charlie_sees_nothing(charlie: Client, noon: datetime) -> None:
    paths = ["", "findings/", "actions/", "follow-ups/", "questions/"]
    assert {charlie.get(f"/improve/{path}").status_code for path in paths} == {403}


def test_a_question_set_is_saved_as_the_next_version(bob: Client, noon: datetime) -> None:
    make_channel()
    assert bob.get("/improve/questions/").headers["Location"] == "/improve/questions/web/"
    changes = {"comment-place": "1", "csat-place": "2", "comment-en": "Tell us", "nps-asked": "-", "delay_days": "5"}
    assert bob.post("/improve/questions/web/change/", typed(**changes)).status_code == 302
    row = QuestionSet.objects.get()
    assert (row.version, row.by, row.delay_days, row.follow_up_hours) == (1, "bob", 5, 24)
    assert row.questions[:2] == [{"kind": "comment", "texts": {"en": "Tell us"}}, {"kind": "csat", "texts": {}}]
    assert [question["kind"] for question in row.questions] == [
        *("comment", "csat"),
        *(kind.value for kind in Kind if kind not in (Kind.CSAT, Kind.NPS, Kind.TEXT)),
    ]
    page = bob.get("/improve/questions/web/").content.decode()
    assert ('value="Tell us"' in page, "Version 1" in page) == (True, True)
    assert "This is version 0; version 1 holds" in bob.get("/improve/questions/web/?version=0").content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"csat-asked": "-"},
        {"window_days": "0"},
        {"window_days": "7", "reminder_days": "7"},
        {"review_link": "javascript:alert(1)"},
        {"follow_up_owner": "nobody"},
        {"nps-place": "99"},
        {"comment-en": "x" * 201},
    ],
)
def test_what_cannot_be_asked_is_not_saved(bob: Client, noon: datetime, changes: dict[str, str]) -> None:
    make_channel()
    assert bob.post("/improve/questions/web/change/", typed(**changes)).status_code == 422
    assert QuestionSet.objects.count() == 0


def test_who_edits_an_old_version_is_told(bob: Client, noon: datetime) -> None:
    make_channel()
    sent = typed()
    bob.post("/improve/questions/web/change/", sent)
    page = bob.post("/improve/questions/web/change/", sent)
    assert (page.status_code, "Somebody has saved version 1" in page.content.decode()) == (422, True)
    assert QuestionSet.objects.count() == 1


def test_there_are_no_other_questions(bob: Client, noon: datetime) -> None:
    assert bob.get("/improve/questions/").status_code == 404
    make_channel()
    assert bob.get("/improve/questions/moon/").status_code == 404
    assert bob.get("/improve/questions/web/?version=7").status_code == 404
    assert Survey.objects.count() == 0
