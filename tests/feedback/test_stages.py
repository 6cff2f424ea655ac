"""Stage 8: invited once, mailed once; an answer or the end of the window moves the order on."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction

from feedback.errors import NoSurvey, SurveyClosed
from feedback.models import Answer, Survey
from feedback.question_sets import Questionnaire, save_questionnaire
from feedback.services import answer
from feedback.stages.survey import survey
from feedback.tasks import drain_review, drain_survey
from fulfillment.models import Message
from fulfillment.returns.receiving import receive_return
from inventory import clock
from orders import services
from orders.errors import NotAllowedNow
from orders.models import Customer, Order, OrderEvent
from orders.queue import held
from orders.tokens import read
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db
WINDOW = timedelta(days=14)


@pytest.fixture(autouse=True)
def real_days(settings):
    settings.SURVEY_DELAY_SECONDS, settings.SURVEY_WINDOW_SECONDS = 3 * 86_400, WINDOW.total_seconds()
    settings.SHOP_NAME, settings.BASE_URL = "Northwind Gifts", "https://shop.example"


@pytest.fixture
def order():
    return make_order(state="delivered")


def ask(order):
    survey(order.pk, by="system:survey")
    return Survey.objects.get(order=order)


def said(order, csat=4, nps=9, comment=""):
    return answer(order.pk, csat=csat, nps=nps, comment=comment)


def names(order):
    return list(order.events.filter(seq__gt=events_before(order)).values_list("name", flat=True))


def events_before(order):
    """The number of the event that says the order has arrived."""
    return order.events.get(name="order.delivered").seq


def as_it_is(order):
    row = Order.objects.filter(pk=order.pk).values("state", "due_at", "event_seq").get()
    return row, list(Survey.objects.values()), list(Answer.objects.values()), OrderEvent.objects.count()


def test_the_customer_is_invited_and_the_order_waits_for_the_window(order, mailoutbox):
    with clock.at(clock.now()):
        invitation, now = ask(order), clock.now()
    assert (invitation.invited_at, invitation.mailed_at, invitation.closes_at) == (now, now, now + WINDOW)
    row = Order.objects.get()
    assert (row.state, row.due_at) == ("delivered", now + WINDOW)
    assert names(order) == ["order.invited"]


def test_the_mail_leads_to_the_survey_of_this_order_and_no_other(order, mailoutbox):
    invitation = ask(order)
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["marta@example.org"], f"Northwind Gifts: how was order {order.number}?")
    assert mail.extra_headers["Message-ID"].startswith(f"<survey-{invitation.pk}@")
    address = next(line for line in mail.body.splitlines() if line.startswith("https://shop.example/survey/"))
    assert read(address.rstrip("/").rsplit("/", 1)[1], "survey") == order.pk
    assert mail.body.startswith("Dear Marta Silva,")


def test_nothing_is_kept_of_the_mail_to_a_person_who_was_erased_while_it_was_sent(order, mailoutbox, monkeypatch):
    real = EmailMessage.send

    def send(self, fail_silently=False):
        Customer.objects.update(erased_at=clock.now())
        return real(self, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", send)
    ask(order)
    assert (len(mailoutbox), Message.objects.filter(key__startswith="survey").count()) == (1, 0)


def test_asking_again_neither_invites_nor_mails_again(order, mailoutbox):
    first = ask(order)
    with clock.at(clock.now() + timedelta(days=1)):
        again = ask(order)
    assert (again.pk, again.invited_at, again.closes_at) == (first.pk, first.invited_at, first.closes_at)
    assert (len(mailoutbox), names(order)) == (1, ["order.invited"])


def test_a_mail_that_could_not_be_sent_is_sent_at_the_next_try(order, mailoutbox, monkeypatch):
    real = EmailMessage.send

    def fail(self, fail_silently=False):
        raise OSError("the mail server is away")

    monkeypatch.setattr(EmailMessage, "send", fail)
    with clock.at(clock.now() + timedelta(days=4)):
        drain_survey()
        now = clock.now()
    row = Order.objects.get()
    assert (row.state, row.attempts, row.due_at) == ("delivered", 1, now + timedelta(seconds=2))
    assert (Survey.objects.get().mailed_at, mailoutbox) == (None, [])
    monkeypatch.setattr(EmailMessage, "send", real)
    with clock.at(now + timedelta(seconds=2)):
        drain_survey()
    assert (len(mailoutbox), Survey.objects.get().mailed_at) == (1, now + timedelta(seconds=2))
    assert names(order) == ["order.invited"]


def test_an_answer_moves_the_order_on(order, mailoutbox):
    ask(order)
    given = said(order, csat=5, nps=10, comment="Lovely")
    assert (given.csat, given.nps, given.comment) == (5, 10, "Lovely")
    assert Order.objects.get().due_at <= clock.now()
    drain_survey()
    row = Order.objects.get()
    assert (row.state, row.due_at) == ("surveyed", row.state_since)
    assert names(order) == ["order.invited", "order.answered", "order.surveyed"]
    answered, surveyed = OrderEvent.objects.order_by("-seq")[:2][::-1]
    assert (answered.by, answered.data) == ("customer", {"csat": 5, "nps": 10})
    assert surveyed.data == {"answered": True}
    assert len(mailoutbox) == 1


def test_silence_moves_the_order_on_at_the_end_of_the_window_and_not_before(order, mailoutbox):
    closes = ask(order).closes_at
    with clock.at(closes - timedelta(seconds=1)):
        drain_survey()
        assert Order.objects.get().state == "delivered"
    with clock.at(closes):
        drain_survey()
    assert Order.objects.get().state == "surveyed"
    assert OrderEvent.objects.latest("seq").data == {"answered": False}
    assert len(mailoutbox) == 1


def test_an_order_is_surveyed_after_some_days_and_not_at_once(order, mailoutbox):
    drain_survey()
    assert (Survey.objects.count(), mailoutbox) == (0, [])
    with clock.at(order.due_at):
        drain_survey()
    assert (Survey.objects.count(), len(mailoutbox)) == (1, 1)


def test_a_second_answer_replaces_the_first(order):
    ask(order)
    first = said(order, csat=1, nps=0, comment="Broken")
    again = said(order, csat=4, nps=None, comment="Replaced, thank you")
    assert (again.pk, Answer.objects.count()) == (first.pk, 1)
    kept = Answer.objects.get()
    assert (kept.csat, kept.nps, kept.comment) == (4, None, "Replaced, thank you")
    assert names(order) == ["order.invited", "order.answered", "order.answered"]


def test_an_answer_after_the_order_went_on_is_kept_and_does_not_call_it_back(order):
    ask(order)
    said(order)
    drain_survey()
    drain_review()
    before = Order.objects.values("state", "due_at").get()
    assert before["state"] == "reviewed"
    said(order, csat=2)
    assert Answer.objects.get().csat == 2
    assert Order.objects.values("state", "due_at").get() == before


def test_a_closed_survey_takes_no_answer(order):
    closes = ask(order).closes_at
    before = as_it_is(order)
    with clock.at(closes), pytest.raises(SurveyClosed, match="This survey is closed") as refused:
        said(order)
    assert (refused.value.code, as_it_is(order)) == ("survey_closed", before)
    with clock.at(closes - timedelta(seconds=1)):
        assert said(order).csat == 4


def test_without_an_invitation_there_is_nothing_to_answer(order):
    before = as_it_is(order)
    with pytest.raises(NoSurvey, match="There is no survey for this order yet") as refused:
        said(order)
    assert (refused.value.code, as_it_is(order)) == ("no_survey", before)


@pytest.mark.parametrize("state", ["placed", "shipped", "surveyed", "reviewed"])
def test_only_an_order_that_has_just_arrived_is_surveyed(state, mailoutbox):
    order = make_order(state=state)
    before, mails = as_it_is(order), len(mailoutbox)
    with pytest.raises(NotAllowedNow, match=f"Cannot survey #{order.number} now: it is {state}"):
        survey(order.pk, by="test")
    assert (as_it_is(order), len(mailoutbox)) == (before, mails)


def test_a_held_order_waits_with_its_survey(order, mailoutbox):
    with held(order.pk) as row:
        services.place_hold(row, reason="exception", note="", by="system")
    with clock.at(order.due_at):
        drain_survey()
    assert (Survey.objects.count(), mailoutbox) == (0, [])


def test_one_bad_address_stops_no_other_survey(mailoutbox, monkeypatch):
    make_stock(make_product(), 10)
    bad = make_order(state="delivered", email="bad@example.org")
    good = make_order(state="delivered", email="good@example.org")
    real = EmailMessage.send

    def send(self, fail_silently=False):
        if self.to == ["bad@example.org"]:
            raise OSError("no such box")
        return real(self)

    monkeypatch.setattr(EmailMessage, "send", send)
    with clock.at(clock.now() + timedelta(days=4)):
        drain_survey()
    assert [mail.to for mail in mailoutbox] == [["good@example.org"]]
    assert [Order.objects.get(pk=row.pk).attempts for row in (bad, good)] == [1, 0]


@pytest.mark.parametrize(
    ("scores", "wall"),
    [
        ({"csat": 0}, "csat_from_1_to_5"),
        ({"csat": 6}, "csat_from_1_to_5"),
        ({"csat": 3, "nps": 11}, "nps_from_0_to_10"),
    ],
)
def test_the_database_knows_the_scales(order, scores, wall):
    ask(order)
    with pytest.raises(IntegrityError, match=wall), transaction.atomic():
        said(order, **scores)
    assert (Answer.objects.count(), names(order)) == (0, ["order.invited"])


def test_the_mail_has_a_link_for_each_score_and_says_more_after_a_return(order, mailoutbox):
    receive_return(order.pk, lines={"MUG-1": 1}, reason="unwanted", key="r", by="sam")
    ask(order)
    (mail,) = mailoutbox
    ((html, kind),) = mail.alternatives
    assert (kind, html.count("/?csat=")) == ("text/html", 5)
    assert "came back to us, and that is settled now" in mail.body


def test_the_mail_speaks_the_channels_language(order, mailoutbox):
    save_questionnaire(order.channel, Questionnaire(language="de"), note="", by="alice")
    ask(order)
    (mail,) = mailoutbox
    assert mail.subject == f"Northwind Gifts: Wie war die Bestellung {order.number}?"
    assert mail.body.startswith("Guten Tag Marta Silva,")
