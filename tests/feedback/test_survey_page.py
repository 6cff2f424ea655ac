"""The survey a customer answers from the link in the mail."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from feedback.models import Answer, Survey
from feedback.question_sets import Questionnaire, save_questionnaire
from feedback.questions import Kind, Question
from feedback.services import invite
from fulfillment.returns.receiving import receive_return
from inventory import clock
from orders.models import Order, OrderEvent
from orders.tokens import sign
from tests.factories import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(db: None) -> Order:
    """A delivered order whose customer was invited a moment ago."""
    order = make_order([("MUG-1", 1), ("JAR-1", 1)], state="delivered")
    invite(order.pk, by="test")
    return order


def address(order: Order, purpose: str = "survey") -> str:
    return f"/survey/{sign(order.pk, purpose)}/"


def test_the_link_opens_without_signing_in_and_names_the_order(client: Client, asked: Order) -> None:
    page = client.get(address(asked)).content.decode()
    assert f"Order {asked.number}" in page
    assert "Mug-1 and 1 more item." in page


def test_looking_records_nothing(client: Client, asked: Order) -> None:
    before = OrderEvent.objects.count()
    client.get(address(asked), {"csat": "5"})
    client.head(address(asked))
    assert (Answer.objects.count(), OrderEvent.objects.count()) == (0, before)


def test_an_answer_is_kept_and_thanked_for(client: Client, asked: Order) -> None:
    where = address(asked)
    answer = client.post(where, {"csat": "4", "nps": "9", "comment": "Lovely wrapping"}, follow=True)
    assert answer.redirect_chain == [(f"{where}?thanks", 302)]
    assert "4 of 5" in answer.content.decode()
    row = Answer.objects.get()
    assert (row.csat, row.nps, row.comment) == (4, 9, "Lovely wrapping")


def test_only_the_first_question_must_be_answered(client: Client, asked: Order) -> None:
    client.post(address(asked), {"csat": "3"})
    row = Answer.objects.get()
    assert (row.csat, row.nps, row.comment) == (3, None, "")


def test_a_recommendation_of_zero_is_an_answer(client: Client, asked: Order) -> None:
    client.post(address(asked), {"csat": "1", "nps": "0"})
    assert Answer.objects.get().nps == 0


def test_a_second_answer_replaces_the_first_and_starts_from_it(client: Client, asked: Order) -> None:
    client.post(address(asked), {"csat": "2", "nps": "3", "comment": "A chip"})
    page = client.get(address(asked)).content.decode()
    assert 'name="csat" value="2" checked' in page
    assert 'name="nps" value="3" checked' in page
    assert "A chip" in page
    client.post(address(asked), {"csat": "5", "nps": "", "comment": ""})
    row = Answer.objects.get()
    assert (row.csat, row.nps, row.comment) == (5, None, "")


@pytest.mark.parametrize(
    "typed",
    [
        {"csat": "", "nps": "7"},
        {"csat": "0", "nps": "7"},
        {"csat": "6", "nps": "7"},
        {"csat": "five", "nps": "7"},
        {"csat": "4", "nps": "11"},
        {"csat": "4", "nps": "-1"},
        {"csat": "4", "nps": "7", "comment": "x" * 2001},
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(
    client: Client, asked: Order, typed: dict[str, str]
) -> None:
    typed = {"comment": "Please keep <b>this</b>", **typed}
    answer = client.post(address(asked), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert Answer.objects.count() == 0
    assert 'class="errorlist"' in page
    assert typed["comment"].replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;") in page
    if typed["nps"] == "7":
        assert 'name="nps" value="7" checked' in page


def test_a_closed_survey_says_so_and_takes_nothing(client: Client, asked: Order) -> None:
    Survey.objects.update(closes_at=clock.now() - timedelta(seconds=1))
    for answer in (client.get(address(asked)), client.post(address(asked), {"csat": "5"})):
        assert answer.status_code == 410
        assert "This survey is closed" in answer.content.decode()
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("spoil", [str.upper, "x{}".format, "{}x".format])
def test_an_altered_link_opens_nothing(client: Client, asked: Order, spoil: object) -> None:
    answer = client.post(f"/survey/{spoil(sign(asked.pk, 'survey'))}/", {"csat": "5"})  # type: ignore[operator]
    assert answer.status_code == 404
    assert "We do not know this link" in answer.content.decode()
    assert Answer.objects.count() == 0


def test_a_link_for_another_purpose_opens_nothing(client: Client, asked: Order) -> None:
    assert client.get(address(asked, "track")).status_code == 404


def test_a_link_that_is_too_old_opens_nothing(client: Client, asked: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: datetime(2001, 1, 1, tzinfo=UTC).timestamp())
    old = address(asked)
    monkeypatch.undo()
    assert client.get(old).status_code == 404


def test_before_the_invitation_there_is_nothing_to_answer(client: Client) -> None:
    assert client.get(address(make_order(state="delivered"))).status_code == 404


def test_the_link_is_told_to_nobody_and_kept_nowhere(client: Client, asked: Order) -> None:
    headers = client.get(address(asked)).headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Robots-Tag"] == "noindex"


def test_a_refused_link_is_not_written_to_the_log(
    client: Client, asked: Order, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/survey/altered/")
    client.post(address(asked), {})
    assert caplog.records == []


def test_the_survey_costs_two_queries(client: Client, asked: Order, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        client.get(address(asked))


def test_a_link_that_is_opened_before_the_order_has_arrived_says_so(client: Client) -> None:
    order = make_order(state="placed")
    answer = client.get(f"/survey/{sign(order.pk, 'survey')}/")
    assert (answer.status_code, "It is a little early" in answer.content.decode()) == (404, True)


def ask_otherwise(asked: Order, **fields: object) -> None:
    row = save_questionnaire(asked.channel, Questionnaire(**fields), note="", by="alice")  # type: ignore[arg-type]
    Survey.objects.update(question_set=row)


def test_a_score_tapped_in_the_mail_is_chosen_and_not_kept(client: Client, asked: Order) -> None:
    page = client.get(address(asked), {"csat": "4"}).content.decode()
    assert 'name="csat" value="4" checked' in page
    assert Answer.objects.count() == 0
    assert " checked" not in client.get(address(asked), {"csat": "9"}).content.decode()


def test_lines_and_stages_are_asked_and_kept(client: Client, asked: Order) -> None:
    mug, cup = asked.lines.all()
    typed = {"csat": "3", f"line-{mug.pk}": ["item", "quantity"], f"line-{cup.pk}": "fine"}
    client.post(address(asked), {**typed, "packaging": "2", "call": "no"})
    row = Answer.objects.get()
    assert (row.stages, row.may_call) == ({"pack": 2}, False)
    assert [line.faults for line in row.lines.all()] == [{"item", "quantity"}, set()]
    page = client.get(address(asked)).content.decode()
    for said in (f'name="line-{mug.pk}" value="item" checked', 'name="packaging" value="2" checked'):
        assert said in page


def test_a_line_is_not_right_and_wrong_at_once(client: Client, asked: Order) -> None:
    line = asked.lines.first()
    answer = client.post(address(asked), {"csat": "3", f"line-{line.pk}": ["fine", "item"]})
    assert (answer.status_code, Answer.objects.count()) == (422, 0)
    assert "Either it was all right, or something was not." in answer.content.decode()


def test_the_shop_asks_its_own_questions_in_its_own_order(client: Client, asked: Order) -> None:
    ask_otherwise(asked, questions=(Question(Kind.TEXT, {"en": "Tell us <all>"}), Question(Kind.CSAT)))
    page = client.get(address(asked)).content.decode()
    assert page.index("Tell us &lt;all&gt;") < page.index("How satisfied are you?")
    assert 'name="nps"' not in page
    client.post(address(asked), {"csat": "5", "nps": "9"})
    assert Answer.objects.get().nps is None


@pytest.mark.parametrize(
    ("said", "asks", "sorry"),
    [
        ({"csat": "4"}, True, False),
        ({"csat": "3", "nps": "9"}, True, False),
        ({"csat": "3"}, False, False),
        ({"csat": "5", "nps": "6"}, False, True),
        ({"csat": "1", "nps": "10"}, False, True),
    ],
)
def test_only_the_happy_are_asked_to_tell_others(
    client: Client, asked: Order, said: dict[str, str], asks: bool, sorry: bool
) -> None:
    ask_otherwise(asked, review_link="https://reviews.example/shop")
    page = client.post(address(asked), said, follow=True).content.decode()
    assert ('href="https://reviews.example/shop"' in page, "We are sorry" in page) == (asks, sorry)


def test_who_found_a_line_wrong_is_not_asked_to_tell_others(client: Client, asked: Order) -> None:
    ask_otherwise(asked, review_link="https://reviews.example/shop")
    said = {"csat": "5", f"line-{asked.lines.first().pk}": "condition"}
    page = client.post(address(asked), said, follow=True).content.decode()
    assert ("reviews.example" in page, "We are sorry" in page) == (False, True)


def test_after_a_return_the_words_are_others(client: Client, asked: Order) -> None:
    receive_return(asked.pk, lines={"MUG-1": 1}, reason="damaged", key="r", by="sam")
    assert "something of your order came back to us" in client.get(address(asked)).content.decode()


def test_the_page_speaks_the_browsers_language(client: Client, asked: Order) -> None:
    page = client.get(address(asked), headers={"Accept-Language": "fr, de-AT;q=0.8"}).content.decode()
    assert '<html lang="de" dir="ltr">' in page
    assert "Wie zufrieden sind Sie?" in page
    ask_otherwise(asked, language="de")
    assert "Wie zufrieden sind Sie?" in client.get(address(asked)).content.decode()
    english = client.get(address(asked), headers={"Accept-Language": "en"}).content.decode()
    assert "How satisfied are you?" in english


@pytest.mark.parametrize(
    ("language", "until"),
    [("en-US", "until 1 July 2027, 00:30."), ("de", "bis 1. Juli 2027, 00:30"), ("", "until 1 July 2027, 00:30.")],
)
def test_dates_are_written_as_the_language_does_and_in_the_shops_zone(
    client: Client, asked: Order, language: str, until: str
) -> None:
    Survey.objects.update(closes_at=datetime(2027, 6, 30, 23, 30, tzinfo=UTC))
    assert until in client.get(address(asked), headers={"Accept-Language": language}).content.decode()


def test_a_long_order_folds_its_lines_away(client: Client) -> None:
    order = make_order([(f"CUP-{number}", 1) for number in range(8)], state="delivered")
    invite(order.pk, by="test")
    page = client.get(address(order)).content.decode()
    assert (page.count('class="line-asked"'), "2 more items</summary>" in page) == (8, True)
