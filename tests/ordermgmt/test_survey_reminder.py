"""The one reminder of a survey: after its days, to who has not answered, and never a second one."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from feedback.models import Survey
from feedback.question_sets import DEFAULT, questionnaire_of, save_questionnaire
from feedback.services import answer
from feedback.stages.survey import survey
from feedback.tasks import drain_survey
from fulfillment.claims import open_claim, refuse_claim
from inventory import clock
from ordermgmt.verify import verify
from orders.models import Order
from tests.factories import make_order

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=5)


@pytest.fixture
def order(noon: datetime) -> Order:
    """Asked at noon, in a channel whose survey is open for ten days and is reminded of after five."""
    made = make_order(state="delivered")
    wanted = {**vars(questionnaire_of(made.channel_id)), "window_days": 10, "reminder_days": DAYS.days}
    save_questionnaire(made.channel, type(DEFAULT)(**wanted), note="", by="alice")
    survey(made.pk, by="system:survey")
    return Order.objects.get(pk=made.pk)


def told(order: Order) -> list[str]:
    return [name for name in order.events.values_list("name", flat=True) if name.startswith("order.asked")]


def at(moment: datetime) -> int:
    """How many mails there are after the workers had this moment."""
    with clock.at(moment):
        drain_survey()
    return len(mail.outbox)


def test_who_stays_silent_is_asked_once_more_and_the_order_waits_on(order: Order, noon: datetime) -> None:
    assert order.due_at == noon + DAYS
    assert at(noon + DAYS - timedelta(seconds=1)) == 1
    assert at(noon + DAYS) == 2
    row = Order.objects.get()
    assert (row.state, row.due_at, told(row)) == ("delivered", noon + 2 * DAYS, ["order.asked_again"])
    assert at(noon + DAYS + timedelta(days=4)) == 2
    assert at(noon + 2 * DAYS) == 2
    assert (Order.objects.get().state, Survey.objects.get().reminded_at) == ("surveyed", noon + DAYS)
    assert [found.name for found in verify().checks if not found.ok] == []


def test_the_reminder_is_told_apart_from_the_invitation(order: Order, noon: datetime) -> None:
    at(noon + DAYS)
    asked, again = mail.outbox
    assert asked.extra_headers["Message-ID"].split("@")[0] + "-again" == again.extra_headers["Message-ID"].split("@")[0]
    assert "We would still like to know, and will not ask again." in again.body


def test_both_mails_are_kept_as_they_were_sent(order: Order, noon: datetime) -> None:
    at(noon + DAYS)
    kept = list(order.messages.order_by("pk"))
    assert [row.kind for row in kept] == ["survey", "survey_reminder"]
    for row, sent in zip(kept, mail.outbox, strict=True):
        assert (row.recipient, row.subject, row.text, row.html) == (
            *(sent.to[0], sent.subject, sent.body),
            sent.alternatives[0][0],  # type: ignore[attr-defined]
        )
        assert row.state == "sent"


def test_who_has_answered_is_left_in_peace(order: Order, noon: datetime) -> None:
    answer(order.pk, csat=5, nps=None, comment="")
    assert (at(noon + DAYS), told(order)) == (1, [])
    assert Order.objects.get().state == "surveyed"


def test_without_days_nobody_is_reminded(noon: datetime) -> None:
    survey(make_order(state="delivered").pk, by="system:survey")
    assert at(noon + timedelta(days=30)) == 1
    assert Order.objects.get().state == "surveyed"


def test_nobody_is_reminded_while_something_is_open_between_them_and_the_shop(order: Order, noon: datetime) -> None:
    line = order.lines.get()
    claim = open_claim(order.pk, kind="damaged", units={line.pk: 1}, key="C-1", by="customer")
    assert at(noon + DAYS) == 1
    assert Order.objects.get().due_at == noon + DAYS + timedelta(hours=6)
    refuse_claim(claim.pk, note="It is whole", by="sam")
    assert at(noon + DAYS + timedelta(hours=6)) == 2


def test_a_reminder_that_could_not_be_sent_is_sent_at_the_next_try(
    order: Order, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", lambda *args, **kwargs: 1 / 0)
        assert at(noon + DAYS) == 1
    assert (Survey.objects.get().reminded_at, told(order)) == (None, [])
    assert (at(noon + DAYS + timedelta(seconds=2)), told(order)) == (2, ["order.asked_again"])


def test_its_days_count_from_the_mail_however_late_that_is_sent(order: Order, noon: datetime) -> None:
    Survey.objects.update(mailed_at=None)
    mail.outbox.clear()
    assert at(noon + DAYS) == 1
    assert Order.objects.get().due_at == noon + 2 * DAYS
    assert told(order) == []


def test_the_survey_says_when_it_is_sent(bob: Client, order: Order) -> None:
    assert 'name="reminder_days" value="5.0"' in bob.get("/improve/questions/web/").content.decode()
    assert 'name="reminder_days" min' in bob.get("/improve/questions/web/?version=0").content.decode()
